"""
The hosted Checkout page.

Stripe's documentation: "How Checkout works" and "Testing" (the test cards).
"""

from __future__ import annotations

import re
from dataclasses import asdict, replace

from billing.sandbox.call import Tools, Visit
from billing.sandbox.checkout import basket, codes
from billing.sandbox.checkout.buyer import Buyer
from billing.sandbox.checkout.completion import HolderAsked, complete, needs_card
from billing.sandbox.engine.cards import find_card
from billing.sandbox.engine.rows import time_of
from billing.sandbox.errors import StripeError, invalid
from billing.sandbox.pages import checkout_view as view
from billing.sandbox.pages.answers import Page, Redirect, Reply, page, said
from billing.sandbox.pages.card_form import typed_card, typed_expiry
from billing.sandbox.store import Row

SESSION = "checkout.session"
MAX_TYPED = 200


@page("GET", "/c/pay/{session}")
def pay(visit: Visit) -> Reply:
    """What is bought, and the fields to pay for it."""
    session = _session(visit)
    if session["status"] == "complete":
        return view.done(session)
    if session["status"] == "expired" or session["expires_at"] <= time_of(visit.tools, session):
        return view.over(session)
    return _till(visit.tools, session)


@page("POST", "/c/pay/{session}")
def submit(visit: Visit) -> Reply:
    """Pay, or say why not and keep what was typed (the card's number excepted)."""
    session = _session(visit)
    try:
        buyer = _typed(visit, session)
    except StripeError as error:
        return _till(visit.tools, session, visit=visit, wrong=error)
    return _try(visit, session, buyer)


@page("POST", "/c/pay/{session}/code")
def redeem(visit: Visit) -> Reply:
    """Put a promotion code on the order, or take it off again."""
    session = _open_session(visit)
    if not session["allow_promotion_codes"]:
        raise invalid("This session takes no promotion codes.")
    items = session["_sandbox"]["items"]
    if said(visit, "do") == "remove":
        basket.reduce(items, None)
        given: list[Row] = []
    else:
        try:
            code = codes.typed_code(
                visit.tools,
                said(visit, "code"),
                customer=session["customer"],
                subtotal=session["amount_subtotal"],
            )
        except StripeError as error:
            return _till(visit.tools, session, visit=visit, wrong_code=str(error))
        basket.reduce(items, codes.coupon_of(visit.tools.store, code))
        given = [{"promotion_code": code["id"]}]
    session["_sandbox"]["discounts"] = given
    session["discounts"] = [{"coupon": None, **one} for one in given]
    session.update(basket.totals(items))
    visit.tools.store.save(session)
    return Redirect(f"/c/pay/{session['id']}")


@page("GET", "/c/pay/{session}/confirm")
def bank(visit: Visit) -> Reply:
    """The bank's own question: is it you?"""
    session = _open_session(visit)
    if "waiting" not in session["_sandbox"]:
        return Redirect(f"/c/pay/{session['id']}")
    return view.bank(session)


@page("POST", "/c/pay/{session}/confirm")
def confirm(visit: Visit) -> Reply:
    """The holder's answer to the bank."""
    session = _open_session(visit)
    waiting = session["_sandbox"].pop("waiting", None)
    if waiting is None:
        return Redirect(f"/c/pay/{session['id']}")
    visit.tools.store.save(session)
    if said(visit, "do") != "confirm":
        wrong = invalid(
            "We are unable to authenticate your payment method. Please choose a different payment"
            " method and try again.",
            code="payment_intent_authentication_failure",
        )
        return _till(visit.tools, session, wrong=wrong)
    number = waiting.pop("number")
    return _try(visit, session, Buyer(**waiting, card=find_card(number), confirmed=True))


def _try(visit: Visit, session: Row, buyer: Buyer) -> Reply:
    """Complete the session; whatever is refused leaves it as open as it was."""
    fresh = visit.tools.store.get(SESSION, session["id"])
    connection = visit.tools.store.connection
    connection.execute("SAVEPOINT completion")
    try:
        done = complete(visit.tools, session, buyer)
    except HolderAsked:
        connection.execute("ROLLBACK TO completion")
        _wait(visit.tools, fresh, buyer)
        return Redirect(f"/c/pay/{fresh['id']}/confirm")
    except StripeError as error:
        connection.execute("ROLLBACK TO completion")
        return _till(visit.tools, fresh, visit=visit, wrong=error)
    finally:
        connection.execute("RELEASE completion")
    return Redirect(view.success_url(done))


def _wait(tools: Tools, session: Row, buyer: Buyer) -> None:
    """Keep what was typed until the bank has its answer; of the card, which test card it is."""
    kept = asdict(replace(buyer, card=None))
    del kept["card"], kept["confirmed"], kept["method"]
    number = buyer.card.number if buyer.card else ""
    session["_sandbox"]["waiting"] = {**kept, "number": number}
    tools.store.save(session)


def _typed(visit: Visit, session: Row) -> Buyer:
    buyer = _contact(visit)
    if session["customer"] is None and "@" not in buyer.email:
        raise invalid("An email address is needed.", param="email")
    if session["billing_address_collection"] == "required" and not buyer.country:
        raise invalid("A country is needed.", param="country")
    if buyer.country and not re.fullmatch("[A-Z]{2}", buyer.country):
        raise invalid("A country is two letters, such as DE.", param="country")
    if not session["tax_id_collection"]["enabled"]:
        buyer = replace(buyer, tax_id="")
    if not needs_card(session):
        return buyer
    month, year = typed_expiry(visit)
    return replace(buyer, card=typed_card(visit), exp_month=month, exp_year=year)


def _contact(visit: Visit) -> Buyer:
    return Buyer(
        email=_short(visit, "email"),
        name=_short(visit, "name"),
        country=_short(visit, "country").upper(),
        postal_code=_short(visit, "postal_code"),
        tax_id_type=_short(visit, "tax_id_type"),
        tax_id=_short(visit, "tax_id"),
    )


def _short(visit: Visit, name: str) -> str:
    return said(visit, name)[:MAX_TYPED]


def _till(
    tools: Tools,
    session: Row,
    *,
    visit: Visit | None = None,
    wrong: StripeError | None = None,
    wrong_code: str | None = None,
) -> Page:
    customer = tools.store.find("customer", session["customer"]) if session["customer"] else None
    code = None
    for given in session["_sandbox"]["discounts"]:
        if "promotion_code" in given:
            code = tools.store.get("promotion_code", given["promotion_code"])["code"]
    till = view.Till(session, customer, code, needs_card(session), visit, wrong, wrong_code)
    return view.till(till)


def _session(visit: Visit) -> Row:
    return visit.tools.store.get(SESSION, visit.ids["session"])


def _open_session(visit: Visit) -> Row:
    session = _session(visit)
    if session["status"] != "open" or session["expires_at"] <= time_of(visit.tools, session):
        raise invalid("This session is not open any more.")
    return session
