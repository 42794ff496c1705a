"""The portal's tasks: cards, details, canceling and resuming, confirming a change."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from billing.sandbox.call import Tools, Visit
from billing.sandbox.checkout.buyer import Buyer, attach, method_for
from billing.sandbox.checkout.completion import set_default
from billing.sandbox.engine.cards import asks_for_holder
from billing.sandbox.engine.lines import product_name
from billing.sandbox.engine.pricing import cost
from billing.sandbox.errors import StripeError, invalid
from billing.sandbox.pages.answers import Page, Redirect, Reply, attempt, page, said
from billing.sandbox.pages.bank import bank_page
from billing.sandbox.pages.card_form import card_fields, test_numbers, typed_card, typed_expiry
from billing.sandbox.pages.checkout_view import TAX_IDS
from billing.sandbox.pages.html import Content, Markup, join, tag
from billing.sandbox.pages.layout import button, card, choice, field, form, notice
from billing.sandbox.pages.portal import Portal, portal_of
from billing.sandbox.pages.wording import day, money, plain
from billing.sandbox.resources import customers, payment_methods, subscriptions, tax_ids
from billing.sandbox.store import Row

ADDRESS: Final = {
    "line1": "Street",
    "postal_code": "Postal code",
    "city": "City",
    "country": "Country (two letters)",
}
REASONS: Final = {
    "too_expensive": "It is too expensive",
    "missing_features": "I miss something",
    "switched_service": "I use another service",
    "unused": "I do not use it",
    "customer_service": "I am not happy with the support",
    "too_complex": "It is too complicated",
    "low_quality": "It is not good enough",
    "other": "Another reason",
}
MAX_TYPED = 200


def task_page(portal: Portal) -> Reply:
    """The page of the one task that a flow leads to."""
    flow = portal.flow or {}
    if flow["type"] == "payment_method_update":
        return _card_page(portal)
    task = flow[flow["type"]]
    subscription = portal.subscription(task["subscription"])
    if flow["type"] == "subscription_cancel":
        return _cancel_page(portal, subscription)
    return _change_page(portal, subscription, task["items"])


@page("GET", "/p/session/{session}/cards")
def new_card(visit: Visit) -> Reply:
    portal = portal_of(visit)
    portal.require("payment_method_update")
    return _card_page(portal)


@page("POST", "/p/session/{session}/cards")
def add_card(visit: Visit) -> Reply:
    """Keep a card and charge it from now on; its bank may want to see the holder first."""
    portal = portal_of(visit)
    portal.require("payment_method_update")
    try:
        with attempt(portal.tools):
            method = _keep(portal.tools, portal.customer, visit)
    except StripeError as error:
        return _card_page(portal, visit=visit, wrong=str(error))
    if asks_for_holder(method):
        return Redirect(f"{portal.path}/cards/{method['id']}/confirm")
    set_default(portal.tools, portal.customer["id"], method)
    return portal.finished("Your card is saved.")


@page("GET", "/p/session/{session}/cards/{method}/confirm")
def bank(visit: Visit) -> Reply:
    portal = portal_of(visit)
    method = portal.method(visit.ids["method"])
    action = f"{portal.path}/cards/{method['id']}/confirm"
    leads_to = portal.page("", None).leads_to
    return bank_page("Is this your card?", action=action, leads_to=leads_to)


@page("POST", "/p/session/{session}/cards/{method}/confirm")
def confirm_card(visit: Visit) -> Reply:
    """The holder's answer to the bank; a card that it does not confirm is let go again."""
    portal = portal_of(visit)
    portal.require("payment_method_update")
    method = portal.method(visit.ids["method"])
    if said(visit, "do") != "confirm":
        portal.ask(payment_methods.detach, {}, payment_method=method["id"])
        return _card_page(portal, wrong="Your bank could not confirm that it is you.")
    method["_sandbox"]["set_up"] = True
    portal.tools.store.save(method)
    set_default(portal.tools, portal.customer["id"], method)
    return portal.finished("Your card is saved.")


@page("POST", "/p/session/{session}/cards/{method}/default")
def make_default(visit: Visit) -> Reply:
    portal = portal_of(visit)
    portal.require("payment_method_update")
    set_default(portal.tools, portal.customer["id"], portal.method(visit.ids["method"]))
    return Redirect(portal.path)


@page("POST", "/p/session/{session}/cards/{method}/remove")
def remove_card(visit: Visit) -> Reply:
    portal = portal_of(visit)
    portal.require("payment_method_update")
    method = portal.method(visit.ids["method"])
    portal.ask(payment_methods.detach, {}, payment_method=method["id"])
    return Redirect(portal.path)


@page("GET", "/p/session/{session}/details")
def details(visit: Visit) -> Reply:
    portal = portal_of(visit)
    portal.require("customer_update")
    return _details_page(portal)


@page("POST", "/p/session/{session}/details")
def change_details(visit: Visit) -> Reply:
    """Change what the configuration allows to be changed, and nothing else."""
    portal = portal_of(visit)
    allowed = portal.require("customer_update")["allowed_updates"]
    params: Row = {
        name: said(visit, name)[:MAX_TYPED]
        for name in ("name", "email")
        if name in allowed and name in visit.form
    }
    if "address" in allowed:
        given = {name: said(visit, name)[:MAX_TYPED] for name in ADDRESS if name in visit.form}
        kept = portal.customer.get("address") or {}
        blank = {"city": None, "country": None, "line1": None, "line2": None}
        params["address"] = {**blank, "postal_code": None, "state": None, **kept, **given}
    try:
        with attempt(portal.tools):
            portal.ask(customers.update, params, customer=portal.customer["id"])
            if "tax_id" in allowed and said(visit, "tax_id"):
                value = {"type": said(visit, "tax_id_type"), "value": said(visit, "tax_id")}
                tax_ids.create_tax_id(portal.tools, portal.customer, value)
    except StripeError as error:
        return _details_page(portal, wrong=str(error))
    return Redirect(portal.path)


@page("POST", "/p/session/{session}/tax_ids/{tax_id}/remove")
def remove_tax_id(visit: Visit) -> Reply:
    portal = portal_of(visit)
    if "tax_id" not in portal.require("customer_update")["allowed_updates"]:
        raise invalid("Tax IDs cannot be changed here.")
    ids = {"customer": portal.customer["id"], "id": visit.ids["tax_id"]}
    portal.ask(tax_ids.delete, {}, **ids)
    return Redirect(f"{portal.path}/details")


@page("GET", "/p/session/{session}/subscriptions/{subscription}/cancel")
def cancel_question(visit: Visit) -> Reply:
    portal = portal_of(visit)
    portal.require("subscription_cancel")
    return _cancel_page(portal, portal.subscription(visit.ids["subscription"]))


@page("POST", "/p/session/{session}/subscriptions/{subscription}/cancel")
def cancel(visit: Visit) -> Reply:
    """End it now or with its period, as configured; the reason goes along."""
    portal = portal_of(visit)
    settings = portal.require("subscription_cancel")
    subscription = portal.subscription(visit.ids["subscription"])
    feedback = said(visit, "feedback")
    options = settings["cancellation_reason"]["options"]
    told: Row = {"comment": said(visit, "comment")[:MAX_TYPED]} if said(visit, "comment") else {}
    if settings["cancellation_reason"]["enabled"] and feedback in options:
        told["feedback"] = feedback
    details = {"cancellation_details": told} if told else {}
    if settings["mode"] == "at_period_end":
        params = {"cancel_at_period_end": True, **details}
        portal.ask(subscriptions.update, params, subscription_exposed_id=subscription["id"])
        return portal.finished("Your subscription ends with its period.")
    prorate = settings["proration_behavior"] != "none"
    params = {"prorate": prorate, "invoice_now": settings["proration_behavior"] == "always_invoice"}
    portal.ask(
        subscriptions.cancel, {**params, **details}, subscription_exposed_id=subscription["id"]
    )
    return portal.finished("Your subscription has ended.")


@page("POST", "/p/session/{session}/subscriptions/{subscription}/resume")
def resume(visit: Visit) -> Reply:
    """Take a cancellation back, as long as the period lasts."""
    portal = portal_of(visit)
    portal.require("subscription_cancel")
    subscription = portal.subscription(visit.ids["subscription"])
    params = {"cancel_at_period_end": False}
    portal.ask(subscriptions.update, params, subscription_exposed_id=subscription["id"])
    return Redirect(portal.path)


@page("POST", "/p/session/{session}/change")
def confirm_change(visit: Visit) -> Reply:
    """Make the change that the flow proposes."""
    portal = portal_of(visit)
    settings = portal.require("subscription_update")
    flow = portal.flow or {}
    if flow.get("type") != "subscription_update_confirm":
        raise invalid("This session proposes no change.")
    task = flow["subscription_update_confirm"]
    subscription = portal.subscription(task["subscription"])
    params = {
        "items": [_asked(item) for item in task["items"]],
        "proration_behavior": settings["proration_behavior"],
        "payment_behavior": "error_if_incomplete",
    }
    try:
        with attempt(portal.tools):
            portal.ask(subscriptions.update, params, subscription_exposed_id=subscription["id"])
    except StripeError as error:
        return _change_page(portal, subscription, task["items"], wrong=str(error))
    return portal.finished("Your subscription is changed.")


def _asked(item: Row) -> Row:
    return {name: item[name] for name in ("id", "price", "quantity") if item[name] is not None}


def _keep(tools: Tools, customer: Row, visit: Visit) -> Row:
    month, year = typed_expiry(visit)
    buyer = Buyer(card=typed_card(visit), exp_month=month, exp_year=year)
    return attach(tools, method_for(tools, buyer, typed_card(visit)), customer)


def _card_page(portal: Portal, *, visit: Visit | None = None, wrong: str | None = None) -> Page:
    fields = join(
        notice(wrong, "bad") if wrong else None,
        card_fields(visit),
        button("Save", kind="main"),
    )
    note = "It is charged from now on."
    return portal.page(
        "Add a card",
        tag("h1", "Add a card"),
        card("Card", form(f"{portal.path}/cards", fields), test_numbers(), note=note),
        _back_home(portal),
        status=402 if wrong else 200,
    )


def _details_page(portal: Portal, *, wrong: str | None = None) -> Page:
    allowed = portal.features["customer_update"]["allowed_updates"]
    customer = portal.customer
    address = customer.get("address") or {}
    fields: list[Content] = [notice(wrong, "bad") if wrong else None]
    for name, label in (("name", "Name"), ("email", "Email")):
        if name in allowed:
            fields.append(field(label, name, value=customer.get(name) or "", maxlength=MAX_TYPED))
    if "address" in allowed:
        fields += [
            field(label, name, value=address.get(name) or "", maxlength=MAX_TYPED)
            for name, label in ADDRESS.items()
        ]
    if "tax_id" in allowed:
        kind = choice("Add a tax ID", "tax_id_type", TAX_IDS)
        fields.append(tag("div", kind, field("Number", "tax_id", maxlength=60), class_="pair"))
    return portal.page(
        "Billing details",
        tag("h1", "Billing details"),
        card("Details", form(f"{portal.path}/details", *fields, button("Save", kind="main"))),
        _tax_ids(portal) if "tax_id" in allowed else None,
        _back_home(portal),
        status=400 if wrong else 200,
    )


def _tax_ids(portal: Portal) -> Markup | None:
    found = portal.tools.store.list("tax_id", customer=portal.customer["id"])
    rows = [
        tag(
            "li",
            tag("span", f"{one['value']} ({one['type'].replace('_', ' ').upper()})"),
            form(f"{portal.path}/tax_ids/{one['id']}/remove", button("Remove", of=one["value"])),
        )
        for one in found
    ]
    return card("Tax IDs", tag("ul", rows, class_="lines", role="list")) if rows else None


def _cancel_page(portal: Portal, subscription: Row) -> Page:
    settings = portal.features["subscription_cancel"]
    end = day(subscription["items"]["data"][0]["current_period_end"])
    when = (
        f"It stays usable until {end}." if settings["mode"] == "at_period_end" else "It ends now."
    )
    action = f"{portal.path}/subscriptions/{subscription['id']}/cancel"
    fields = join(
        _reasons(settings["cancellation_reason"]), button("Cancel subscription", kind="danger")
    )
    names = [product_name(portal.tools, item["price"]) for item in subscription["items"]["data"]]
    return portal.page(
        "Cancel",
        tag("h1", f"Cancel {', '.join(names)}"),
        card("Are you sure?", tag("p", when), form(action, fields)),
        _back_home(portal),
    )


def _reasons(settings: Row) -> Content:
    if not settings["enabled"]:
        return None
    options = [
        tag(
            "label",
            tag("input", type="radio", name="feedback", value=reason),
            tag("span", REASONS.get(reason, plain(reason))),
            class_="option",
        )
        for reason in settings["options"]
    ]
    return join(
        tag("fieldset", tag("legend", "Why?"), *options),
        field("Anything to add?", "comment", maxlength=MAX_TYPED),
    )


def _change_page(
    portal: Portal, subscription: Row, items: list[Row], *, wrong: str | None = None
) -> Page:
    rows = [tag("li", _proposed(portal.tools, item)) for item in items]
    return portal.page(
        "Confirm the change",
        tag("h1", "Confirm the change"),
        card(
            "From now on",
            tag("ul", rows, class_="lines", role="list"),
            notice(wrong, "bad") if wrong else None,
            form(f"{portal.path}/change", button("Confirm", kind="main")),
        ),
        _back_home(portal),
        status=402 if wrong else 200,
    )


def _proposed(tools: Tools, item: Row) -> Markup:
    price = tools.store.get("price", item["price"])
    quantity = item["quantity"] or 1
    amount = money(cost(price, Decimal(quantity)), price["currency"])
    every = price["recurring"]["interval"]
    return join(
        tag("span", f"{quantity} x {product_name(tools, price)}"),
        tag("span", f"{amount} per {every}", class_="amount"),
    )


def _back_home(portal: Portal) -> Markup | None:
    """A flow shows its one task alone."""
    return None if portal.flow else tag("p", tag("a", "Back to billing", href=portal.path))
