"""
The hosted invoice page, its pay button and its PDF.

Stripe's documentation: "Hosted Invoice Page".
"""

from __future__ import annotations

from billing.sandbox.call import Tools, Visit
from billing.sandbox.checkout.buyer import Buyer, attach, method_for
from billing.sandbox.engine.invoicing import intent_of
from billing.sandbox.engine.payment import pay_invoice
from billing.sandbox.engine.rows import time_of
from billing.sandbox.errors import StripeError, invalid, missing
from billing.sandbox.pages.answers import File, Page, Redirect, Reply, attempt, page, said
from billing.sandbox.pages.bank import ASKS_HOLDER, bank_page
from billing.sandbox.pages.card_form import card_fields, test_numbers, typed_card, typed_expiry
from billing.sandbox.pages.html import Content, Markup, join, tag
from billing.sandbox.pages.layout import badge, button, card, facts, form, notice
from billing.sandbox.pages.pdf import Line, pdf
from billing.sandbox.pages.wording import day, money, plain, span
from billing.sandbox.store import Row

KINDS = {"paid": "good", "open": "warn", "uncollectible": "bad"}


@page("GET", "/i/{invoice}")
def show(visit: Visit) -> Page:
    """What is billed and, while it is open, the fields to pay it."""
    return _invoice_page(_finalized(visit))


@page("POST", "/i/{invoice}")
def pay(visit: Visit) -> Reply:
    """Pay with a card that is typed in; it is kept for the customer, as on Stripe's page."""
    invoice = _finalized(visit)
    try:
        with attempt(visit.tools):
            _pay(visit.tools, invoice, _typed(visit))
    except StripeError as error:
        return _not_paid(visit, invoice, error)
    return Redirect(f"/i/{invoice['id']}")


@page("GET", "/i/{invoice}/confirm")
def bank(visit: Visit) -> Reply:
    """The bank's own question: is it you?"""
    invoice = _finalized(visit)
    amount = money(invoice["amount_due"], invoice["currency"])
    return bank_page(f"Is it you who pays {amount}?", action=f"/i/{invoice['id']}/confirm")


@page("POST", "/i/{invoice}/confirm")
def confirm(visit: Visit) -> Reply:
    """The holder's answer to the bank."""
    invoice = _finalized(visit)
    intent = intent_of(visit.tools, invoice)
    if intent is None or intent["status"] != "requires_action":
        return Redirect(f"/i/{invoice['id']}")
    if said(visit, "do") != "confirm":
        return _invoice_page(
            invoice, visit=visit, wrong="Your bank could not confirm that it is you."
        )
    now = time_of(visit.tools, invoice)
    try:
        with attempt(visit.tools):
            pay_invoice(visit.tools, invoice, intent["payment_method"], at=now, authenticated=True)
    except StripeError as error:
        return _not_paid(visit, invoice, error)
    return Redirect(f"/i/{invoice['id']}")


@page("GET", "/i/{invoice}/pdf")
def document(visit: Visit) -> File:
    """The invoice on paper."""
    invoice = _finalized(visit)
    title = f"Invoice {invoice['number']}"
    return File("application/pdf", pdf(_paper(invoice), title=title), f"{invoice['id']}.pdf")


def _finalized(visit: Visit) -> Row:
    """The invoice; a draft has no page yet."""
    invoice = visit.tools.store.get("invoice", visit.ids["invoice"])
    if invoice["status"] == "draft":
        raise missing("invoice", invoice["id"])
    return invoice


def _typed(visit: Visit) -> Buyer:
    month, year = typed_expiry(visit)
    return Buyer(card=typed_card(visit), exp_month=month, exp_year=year)


def _pay(tools: Tools, invoice: Row, buyer: Buyer) -> None:
    if invoice["status"] not in {"open", "uncollectible"} or buyer.card is None:
        raise invalid(f"This invoice is {invoice['status']}.")
    customer = tools.store.get("customer", invoice["customer"])
    method = attach(tools, method_for(tools, buyer, buyer.card), customer)
    pay_invoice(tools, invoice, method["id"], at=time_of(tools, invoice))


def _not_paid(visit: Visit, invoice: Row, error: StripeError) -> Reply:
    if error.error.get("code") == ASKS_HOLDER:
        return Redirect(f"/i/{invoice['id']}/confirm")
    return _invoice_page(
        visit.tools.store.get("invoice", invoice["id"]), visit=visit, wrong=str(error)
    )


def _invoice_page(invoice: Row, *, visit: Visit | None = None, wrong: str | None = None) -> Page:
    number = f"Invoice {invoice['number']}"
    status = invoice["status"]
    left = tag(
        "div",
        tag("h1", number, " ", badge(plain(status), KINDS.get(status, "quiet"))),
        tag("p", money(invoice["amount_due"], invoice["currency"]), class_="sum"),
        _about(invoice),
        tag("ul", [tag("li", _line(line)) for line in lines(invoice)], class_="lines", role="list"),
        facts(_sums(invoice), "facts sums"),
        tag("p", tag("a", "Download as PDF", href=f"/i/{invoice['id']}/pdf")),
    )
    both = tag("div", left, tag("div", _payment(invoice, visit, wrong)), class_="columns")
    return Page(number, both, status=402 if wrong else 200, is_wide=True)


def _about(invoice: Row) -> Markup:
    rows: list[tuple[str, Content]] = [
        ("For", invoice["customer_name"] or invoice["customer_email"] or invoice["customer"]),
        ("Date", day(_date(invoice))),
    ]
    if invoice["due_date"]:
        rows.append(("Due", day(invoice["due_date"])))
    return facts(rows)


def _payment(invoice: Row, visit: Visit | None, wrong: str | None) -> Content:
    if invoice["status"] == "paid":
        return notice("This invoice is paid. Thank you.", "good")
    if invoice["status"] not in {"open", "uncollectible"}:
        return notice("There is nothing to pay.")
    fields = join(
        notice(wrong, "bad") if wrong else None,
        card_fields(visit),
        button(f"Pay {money(invoice['amount_remaining'], invoice['currency'])}", kind="main"),
    )
    return card("Pay by card", form(f"/i/{invoice['id']}", fields), test_numbers())


def lines(invoice: Row) -> list[Row]:
    """The lines as they are shown, first to last."""
    return list(invoice["lines"]["data"])


def _line(line: Row) -> Markup:
    period = span(line["period"]["start"], line["period"]["end"])
    return join(
        tag("div", line["description"] or "Item", tag("small", period)),
        tag("span", money(line["amount"], line["currency"]), class_="amount"),
    )


def _sums(invoice: Row) -> list[tuple[str, Content]]:
    currency = invoice["currency"]
    off = sum(one["amount"] for one in invoice["total_discount_amounts"] or [])
    balance = invoice["amount_due"] - invoice["total"]
    named = [
        ("Subtotal", invoice["subtotal"], True),
        ("Discounts", -off, bool(off)),
        ("Total", invoice["total"], True),
        ("Balance applied", balance, bool(balance)),
        ("Paid", -invoice["amount_paid"], bool(invoice["amount_paid"])),
        ("Amount due", invoice["amount_remaining"], True),
    ]
    return [(name, money(amount, currency)) for name, amount, is_shown in named if is_shown]


def _date(invoice: Row) -> int:
    return int(invoice["status_transitions"]["finalized_at"] or invoice["created"])


def _paper(invoice: Row) -> list[Line]:
    whose = [invoice["customer_name"], invoice["customer_email"]]
    address = invoice["customer_address"] or {}
    place = [address.get(name) for name in ("line1", "line2", "postal_code", "city", "country")]
    tax_ids = [f"{one['type']} {one['value']}" for one in invoice["customer_tax_ids"] or []]
    heading = [
        Line("Sandbox - this is not Stripe, no money moves", size=9),
        Line(),
        Line(f"Invoice {invoice['number']}", plain(invoice["status"]), size=18, bold=True),
        Line(f"Date {day(_date(invoice))}"),
        Line(),
        *[Line(str(part)) for part in [*whose, *place, *tax_ids] if part],
        Line(),
    ]
    items = [
        part
        for line in lines(invoice)
        for part in (
            Line(line["description"] or "Item", money(line["amount"], line["currency"])),
            Line(
                f"{span(line['period']['start'], line['period']['end'])}"
                f", quantity {line['quantity'] or 1}",
                size=8,
            ),
        )
    ]
    sums = [Line(name, str(amount), bold=True) for name, amount in _sums(invoice)]
    footer = [Line(), Line(invoice["footer"])] if invoice["footer"] else []
    return [*heading, *items, Line(), *sums, *footer]
