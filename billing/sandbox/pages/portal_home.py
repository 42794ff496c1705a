"""The portal's first page: subscriptions, cards, details and invoices at one glance."""

from __future__ import annotations

from billing.sandbox.call import Tools, Visit, id_of
from billing.sandbox.engine.lines import product_name
from billing.sandbox.pages.answers import Reply, page
from billing.sandbox.pages.html import Content, Markup, join, tag
from billing.sandbox.pages.invoices import KINDS
from billing.sandbox.pages.layout import badge, button, card, facts, form, table
from billing.sandbox.pages.portal import OVER, Portal, portal_of
from billing.sandbox.pages.portal_tasks import task_page
from billing.sandbox.pages.wording import day, money, plain
from billing.sandbox.store import Row

INVOICES_SHOWN = 24
_STATUSES = {"active": "good", "trialing": "good", "past_due": "bad", "unpaid": "bad"}


@page("GET", "/p/session/{session}")
def home(visit: Visit) -> Reply:
    """Everything that the seller's configuration shows, or the one task of a flow."""
    portal = portal_of(visit)
    if portal.flow is not None:
        return task_page(portal)
    return portal.page(
        "Billing",
        tag("h1", "Billing"),
        tag("p", portal.customer.get("name") or portal.customer.get("email") or "", class_="note"),
        _subscriptions(portal),
        _cards(portal),
        _details(portal),
        _invoices(portal),
    )


def card_name(method: Row) -> str:
    """A card as its holder knows it."""
    shown = method["card"]
    expiry = f"{shown['exp_month']:02}/{shown['exp_year'] % 100:02}"
    return f"{shown['brand'].capitalize()} ending in {shown['last4']}, until {expiry}"


def _subscriptions(portal: Portal) -> Markup:
    found = portal.tools.store.list("subscription", customer=portal.customer["id"])
    shown = [_subscription(portal, one) for one in found if one["status"] not in OVER]
    nothing = tag("p", "There is no subscription.", class_="note")
    return card("Subscriptions", shown or nothing)


def _subscription(portal: Portal, subscription: Row) -> Markup:
    items = subscription["items"]["data"]
    names = ", ".join(item_name(portal.tools, item) for item in items)
    status = subscription["status"]
    state = badge(plain(status), _STATUSES.get(status, "warn"))
    return tag(
        "div",
        tag("h3", names, " ", state),
        tag("p", _course(subscription), class_="note"),
        _cancel_button(portal, subscription),
    )


def item_name(tools: Tools, item: Row) -> str:
    """What an item sells, how often, and at which price."""
    price = item["price"]
    name = product_name(tools, price)
    quantity = item.get("quantity") or 1
    counted = f"{quantity} x {name}" if quantity > 1 else name
    if price["unit_amount"] is None:
        return counted
    every = price["recurring"]["interval"]
    return f"{counted} at {money(price['unit_amount'], price['currency'])} per {every}"


def _course(subscription: Row) -> str:
    end = subscription["items"]["data"][0]["current_period_end"]
    if subscription["cancel_at"]:
        return f"Ends on {day(subscription['cancel_at'])}."
    if subscription["cancel_at_period_end"]:
        return f"Ends on {day(end)}."
    if subscription["status"] == "trialing":
        return f"Free until {day(subscription['trial_end'])}."
    return f"Renews on {day(end)}."


def _cancel_button(portal: Portal, subscription: Row) -> Content:
    if not portal.features["subscription_cancel"]["enabled"]:
        return None
    path = f"{portal.path}/subscriptions/{subscription['id']}"
    if subscription["cancel_at_period_end"] or subscription["cancel_at"]:
        return form(f"{path}/resume", button("Do not cancel"), class_="row")
    return tag("p", tag("a", "Cancel", href=f"{path}/cancel", class_="button"))


def _cards(portal: Portal) -> Content:
    if not portal.features["payment_method_update"]["enabled"]:
        return None
    default = portal.customer["invoice_settings"]["default_payment_method"]
    methods = portal.tools.store.list("payment_method", customer=portal.customer["id"])
    rows = [tag("li", _method(portal, one, is_default=one["id"] == default)) for one in methods]
    add = tag("a", "Add a card", href=f"{portal.path}/cards", class_="button")
    listed = tag("ul", rows, class_="lines", role="list") if rows else None
    return card("Payment methods", listed, tag("p", add))


def _method(portal: Portal, method: Row, *, is_default: bool) -> Markup:
    path = f"{portal.path}/cards/{method['id']}"
    name = card_name(method)
    if is_default:
        return join(tag("span", name), badge("Default", "good"))
    actions = tag(
        "div",
        form(f"{path}/default", button("Make default", of=name)),
        form(f"{path}/remove", button("Remove", of=name)),
        class_="actions",
    )
    return join(tag("span", name), actions)


def _details(portal: Portal) -> Content:
    customer, settings = portal.customer, portal.features["customer_update"]
    address = customer.get("address") or {}
    parts = [address.get(name) for name in ("line1", "postal_code", "city", "country")]
    tax_ids = portal.tools.store.list("tax_id", customer=customer["id"])
    rows: list[tuple[str, Content]] = [
        ("Name", customer.get("name") or "Not given"),
        ("Email", customer.get("email") or "Not given"),
        ("Address", ", ".join(part for part in parts if part) or "Not given"),
        ("Tax IDs", ", ".join(one["value"] for one in tax_ids) or "None"),
    ]
    change = tag("a", "Change", href=f"{portal.path}/details", class_="button")
    return card("Billing details", facts(rows), tag("p", change) if settings["enabled"] else None)


def _invoices(portal: Portal) -> Content:
    if not portal.features["invoice_history"]["enabled"]:
        return None
    found = portal.tools.store.list("invoice", customer=portal.customer["id"])
    shown = [_invoice(one) for one in found if one["status"] != "draft"][:INVOICES_SHOWN]
    if not shown:
        return card("Invoices", tag("p", "There is no invoice yet.", class_="note"))
    return card(
        "Invoices", table(["Date", "Invoice", "Amount", "State"], shown, caption="Newest first")
    )


def _invoice(invoice: Row) -> list[Content]:
    status = invoice["status"]
    return [
        day(invoice["created"]),
        tag("a", invoice["number"], href=f"/i/{id_of(invoice)}"),
        money(invoice["total"], invoice["currency"]),
        badge(plain(status), KINDS.get(status, "quiet")),
    ]
