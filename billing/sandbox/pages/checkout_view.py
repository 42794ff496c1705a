"""How the Checkout page looks."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from billing.sandbox.call import Visit
from billing.sandbox.engine.pricing import cost
from billing.sandbox.errors import StripeError
from billing.sandbox.pages.answers import Page, said
from billing.sandbox.pages.bank import bank_page
from billing.sandbox.pages.card_form import card_fields, test_numbers
from billing.sandbox.pages.html import Content, Markup, join, tag
from billing.sandbox.pages.layout import button, card, choice, facts, field, form, notice
from billing.sandbox.pages.wording import day, money
from billing.sandbox.store import Row

TAX_IDS = [
    ("", "None"),
    ("eu_vat", "EU VAT"),
    ("gb_vat", "UK VAT"),
    ("ch_vat", "Swiss VAT"),
    ("no_vat", "Norwegian VAT"),
    ("us_ein", "US EIN"),
    ("ca_bn", "Canadian BN"),
    ("au_abn", "Australian ABN"),
]
_VERBS = {"subscription": "Subscribe", "payment": "Pay", "setup": "Save card"}
_SUBMIT = {"book": "Book", "donate": "Donate", "pay": "Pay", "subscribe": "Subscribe"}
_EVERY = {"day": "daily", "week": "weekly", "month": "monthly", "year": "yearly"}


@dataclass(frozen=True)
class Till:
    """All that the page shows."""

    session: Row
    customer: Row | None
    code: str | None
    needs_card: bool
    visit: Visit | None = None
    wrong: StripeError | None = None
    wrong_code: str | None = None


def till(till: Till) -> Page:
    """The order and the fields to pay for it, side by side where there is room."""
    session = till.session
    both = tag("div", tag("div", _order(till)), tag("div", _payment(till)), class_="columns")
    status = 402 if till.wrong or till.wrong_code else 200
    leads_to = tuple(url for url in (session["success_url"], session["cancel_url"]) if url)
    return Page(_verb(session), both, status, leads_to=leads_to, is_wide=True)


def done(session: Row) -> Page:
    """A session that is complete already."""
    link = tag("a", "Go on", href=success_url(session), class_="button")
    return Page(
        "Done", join(tag("h1", "All done"), notice("This order is complete.", "good"), link)
    )


def over(session: Row) -> Page:
    """A session that can be completed no more."""
    return Page(
        "Expired",
        join(
            tag("h1", "This page has expired"),
            notice("The time for this order is over; nothing was charged.", "bad"),
            _back(session),
        ),
        status=410,
    )


def bank(session: Row) -> Page:
    """3-D Secure: the bank asks its customer."""
    question = (
        f"Is it you who pays {_today(session)}?"
        if session["amount_total"]
        else "Is this your card?"
    )
    action = f"/c/pay/{session['id']}/confirm"
    return bank_page(question, action=action, leads_to=(session["success_url"],))


def success_url(session: Row) -> str:
    """Where the buyer goes afterwards; the session's id stands where the address asks for it."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", str(session["id"]))


def _order(till: Till) -> Markup:
    session = till.session
    items = session["_sandbox"]["items"]
    if session["mode"] == "setup":
        return join(
            tag("h1", "Save a card"),
            tag("p", "Nothing is charged now.", class_="note"),
            _back(session),
        )
    lines = [tag("li", _line(item)) for item in items]
    return join(
        tag("h1", _heading(session)),
        tag("p", _today(session), class_="sum"),
        tag("p", _afterwards(session, items), class_="note"),
        tag("ul", lines, class_="lines", role="list"),
        _sums(till),
        _code_form(till),
        _back(session),
    )


def _line(item: Row) -> Markup:
    price = item["price"]
    about = _rate(price, item["quantity"])
    return join(
        tag("div", item["description"], tag("small", about)),
        tag("span", money(item["amount_subtotal"], item["currency"]), class_="amount"),
    )


def _rate(price: Row, quantity: int | None) -> str:
    rhythm = price["recurring"]
    often = ""
    if rhythm:
        count = rhythm["interval_count"]
        every = _EVERY[rhythm["interval"]]
        often = f", billed {every}" if count == 1 else f", every {count} {rhythm['interval']}s"
    if quantity is None:
        return f"By usage{often}"
    each = f" at {money(price['unit_amount'], price['currency'])}" if price["unit_amount"] else ""
    return f"Quantity {quantity}{each}{often}"


def _sums(till: Till) -> Markup:
    session = till.session
    currency = session["currency"]
    rows: list[tuple[str, Content]] = [("Subtotal", money(session["amount_subtotal"], currency))]
    taken = session["total_details"]["amount_discount"]
    if taken:
        name = f"Discount ({till.code})" if till.code else "Discount"
        rows.append((name, money(-taken, currency)))
    if session["automatic_tax"]["enabled"]:
        rows.append(("Tax (the sandbox computes none)", money(0, currency)))
    rows.append(("Due today", _today(session)))
    return facts(rows, "facts sums")


def _code_form(till: Till) -> Content:
    if not till.session["allow_promotion_codes"]:
        return None
    action = f"/c/pay/{till.session['id']}/code"
    if till.code:
        return form(action, button("Remove the code", value="remove", of=till.code), class_="row")
    typed = said(till.visit, "code") if till.visit else ""
    return join(
        notice(till.wrong_code, "bad") if till.wrong_code else None,
        form(
            action,
            field("Promotion code", "code", value=typed, maxlength=200),
            button("Apply", value="apply"),
            class_="row",
        ),
    )


def _payment(till: Till) -> Markup:
    session = till.session
    fields = join(
        notice(str(till.wrong), "bad") if till.wrong else None,
        _contact(till),
        card_fields(till.visit) if till.needs_card else None,
        _address(till),
        _tax_id(till),
        _said_by_seller(session),
        button(_verb(session), value="pay", kind="main"),
    )
    title = "Card" if till.needs_card else "Your details"
    return card(
        title, form(f"/c/pay/{session['id']}", fields), test_numbers() if till.needs_card else None
    )


def _contact(till: Till) -> Markup:
    known = (till.customer or {}).get("email")
    if known:
        return tag("p", "For ", tag("strong", known))
    value = _typed(till, "email") or till.session["customer_email"] or ""
    return field("Email", "email", value=value, type="email", required=True, maxlength=200)


def _address(till: Till) -> Markup:
    required = till.session["billing_address_collection"] == "required"
    name = field("Name", "name", value=_typed(till, "name"), maxlength=200)
    if not required:
        return name
    country = field(
        "Country",
        "country",
        value=_typed(till, "country"),
        placeholder="DE",
        required=True,
        maxlength=2,
    )
    code = field("Postal code", "postal_code", value=_typed(till, "postal_code"), maxlength=20)
    return join(name, tag("div", country, code, class_="pair"))


def _tax_id(till: Till) -> Content:
    if not till.session["tax_id_collection"]["enabled"]:
        return None
    kind = choice("Tax ID", "tax_id_type", TAX_IDS, chosen=_typed(till, "tax_id_type"))
    number = field("Number", "tax_id", value=_typed(till, "tax_id"), maxlength=60)
    return tag("div", kind, number, class_="pair")


def _said_by_seller(session: Row) -> Content:
    text = session["custom_text"]["submit"]
    return tag("p", text["message"], class_="note") if text else None


def _typed(till: Till, name: str) -> str:
    return said(till.visit, name) if till.visit else ""


def _heading(session: Row) -> str:
    return "Subscribe" if session["mode"] == "subscription" else "Pay"


def _verb(session: Row) -> str:
    if session["mode"] == "subscription" and not session["amount_total"]:
        data = session["_sandbox"]["subscription_data"]
        return "Start trial" if "trial_end" in data or "trial_period_days" in data else "Subscribe"
    return _SUBMIT.get(session["submit_type"] or "", _VERBS[session["mode"]])


def _today(session: Row) -> str:
    return money(session["amount_total"] or 0, session["currency"] or "usd")


def _afterwards(session: Row, items: list[Row]) -> str:
    data = session["_sandbox"]["subscription_data"]
    later = money(sum(_full(item) for item in items), session["currency"])
    if "trial_period_days" in data:
        return f"Free for {data['trial_period_days']} days, then {later}"
    if "trial_end" in data:
        return f"Free until {day(data['trial_end'])}, then {later}"
    return "Due today"


def _full(item: Row) -> int:
    """What a whole period of a recurring item costs; what is paid once is due today."""
    return cost(item["price"], Decimal(item["quantity"] or 0)) if item["price"]["recurring"] else 0


def _back(session: Row) -> Content:
    if not session["cancel_url"]:
        return None
    return tag("p", tag("a", "Cancel and go back", href=session["cancel_url"]))
