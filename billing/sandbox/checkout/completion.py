"""
Completing a Checkout session: the customer, the card, what is bought, and the events of it.

Stripe's documentation: "How Checkout works" and "Fulfill orders". A card that is refused leaves
the session open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from billing.sandbox.call import Tools, id_of
from billing.sandbox.checkout.buyer import Buyer, attach, customer_for, method_for
from billing.sandbox.engine.cards import asks_for_holder
from billing.sandbox.engine.discounts import Target, grant
from billing.sandbox.engine.intents import confirm, failure, open_intent
from billing.sandbox.engine.invoicing import draft, finalize, intent_of, take_pending
from billing.sandbox.engine.items import make_item
from billing.sandbox.engine.lines import one_off_charge, priced_at
from billing.sandbox.engine.payment import pay_invoice
from billing.sandbox.engine.rows import time_of, update
from billing.sandbox.engine.setup import confirm_setup, open_setup, setup_refusal
from billing.sandbox.engine.subscribing import subscribe
from billing.sandbox.errors import StripeError, invalid
from billing.sandbox.store import Row


class HolderAsked(Exception):
    """The bank wants its customer to confirm first."""


def needs_card(session: Row) -> bool:
    """Whether a card is collected: not if it is asked for only where money is due today."""
    if session["payment_method_collection"] == "if_required":
        return bool(session["amount_total"])
    return session["mode"] != "payment" or bool(session["amount_total"])


def complete(tools: Tools, session: Row, buyer: Buyer) -> Row:
    """
    Do what the session is for, and announce it.

    Raises StripeError if the card or anything else is refused, and HolderAsked if the bank wants
    its customer to confirm first (call again with a buyer who is `confirmed` then).
    """
    if session["status"] != "open":
        raise invalid(f"This session is {session['status']}.")
    if session["expires_at"] <= time_of(tools, session):
        raise invalid("This session has expired.")
    if needs_card(session) and buyer.card is None:
        raise invalid("A card is needed.", param="card")
    _MODES[session["mode"]](tools, session, buyer)
    session.update(status="complete", url=None, customer_details=_details(tools, session, buyer))
    if session["automatic_tax"]["enabled"]:
        session["automatic_tax"]["status"] = "complete"
    tools.store.save(session)
    tools.emit("checkout.session.completed", session)
    return session


def _subscribe(tools: Tools, session: Row, buyer: Buyer) -> None:
    """A subscription with its first invoice, paid if anything is due."""
    customer = customer_for(tools, session, buyer)
    session["customer"] = customer["id"]
    method = _kept_method(tools, buyer, customer)
    now = time_of(tools, customer)
    subscription = subscribe(tools, _subscription_params(session, method), at=now)
    session["subscription"] = subscription["id"]
    session["payment_status"] = "no_payment_required"
    invoice = _first_invoice(tools, subscription)
    if invoice is not None:
        session["invoice"] = invoice["id"]
        if invoice["status"] == "open":
            _pay(tools, invoice, method, confirmed=buyer.confirmed)
        if session["amount_total"]:
            session["payment_status"] = "paid"
    if method is not None and not session["amount_total"]:
        _set_up(tools, method, customer, {}, confirmed=buyer.confirmed)


def _buy(tools: Tools, session: Row, buyer: Buyer) -> None:
    """One payment, with an invoice if the session was to make one."""
    facts = session["_sandbox"]
    keeps = facts["payment_intent_data"].get("setup_future_usage")
    with_invoice = session["invoice_creation"]["enabled"]
    wants_customer = session["customer_creation"] == "always" or keeps or with_invoice
    customer = None
    if session["customer"] is not None or wants_customer:
        customer = customer_for(tools, session, buyer)
        session["customer"] = customer["id"]
    method = method_for(tools, buyer, buyer.card) if buyer.card else None
    if method is not None and customer is not None and (keeps or with_invoice):
        method = attach(tools, method, customer)
    if with_invoice and customer is not None:
        _pay_with_invoice(tools, session, customer, method, confirmed=buyer.confirmed)
    elif method is not None:
        _pay_directly(tools, session, customer, method, confirmed=buyer.confirmed)
    session["payment_status"] = "paid" if session["amount_total"] else "no_payment_required"


def _collect(tools: Tools, session: Row, buyer: Buyer) -> None:
    """A card for later."""
    customer = None
    if session["customer"] is not None or session["customer_creation"] == "always":
        customer = customer_for(tools, session, buyer)
        session["customer"] = customer["id"]
    if buyer.card is None:
        raise invalid("A card is needed.", param="card")
    method = method_for(tools, buyer, buyer.card)
    data = session["_sandbox"]["setup_intent_data"]
    intent = _set_up(tools, method, customer, data, confirmed=buyer.confirmed)
    session["setup_intent"] = intent["id"]


_Do = Callable[[Tools, Row, Buyer], None]
_MODES: Final[Mapping[str, _Do]] = {"subscription": _subscribe, "payment": _buy, "setup": _collect}


def _kept_method(tools: Tools, buyer: Buyer, customer: Row) -> Row | None:
    if buyer.card is None:
        return None
    method = attach(tools, method_for(tools, buyer, buyer.card), customer)
    if asks_for_holder(method):
        if not buyer.confirmed:
            raise HolderAsked
        # Checkout saves the card for the renewals, which the holder agrees to in one go.
        method["_sandbox"]["set_up"] = True
        tools.store.save(method)
    return method


def _subscription_params(session: Row, method: Row | None) -> Row:
    facts = session["_sandbox"]
    recurring = [item for item in facts["items"] if item["price"]["recurring"]]
    once = [item for item in facts["items"] if not item["price"]["recurring"]]
    params = {
        **facts["subscription_data"],
        "customer": session["customer"],
        "items": [_sold(item) for item in recurring],
        "payment_behavior": "default_incomplete",
    }
    if once:
        params["add_invoice_items"] = [_sold(item) for item in once]
    if facts["discounts"]:
        params["discounts"] = facts["discounts"]
    if method is not None:
        params["default_payment_method"] = method["id"]
    if session["automatic_tax"]["enabled"]:
        params["automatic_tax"] = {"enabled": True}
    return params


def _sold(item: Row) -> Row:
    sold = {"price": item["price"]["id"]}
    return sold if item["quantity"] is None else {**sold, "quantity": item["quantity"]}


def _first_invoice(tools: Tools, subscription: Row) -> Row | None:
    if subscription["latest_invoice"] is None:
        return None
    return tools.store.get("invoice", id_of(subscription["latest_invoice"]))


def _pay_with_invoice(
    tools: Tools, session: Row, customer: Row, method: Row | None, *, confirmed: bool
) -> None:
    data, now = session["invoice_creation"]["invoice_data"], time_of(tools, customer)
    target = Target(customer=customer["id"], at=now)
    invoice = draft(
        tools,
        customer=customer["id"],
        currency=session["currency"],
        reason="manual",
        at=now,
        auto_advance=False,
        **{name: data[name] for name in ("description", "footer", "metadata")},
        discounts=grant(tools, session["_sandbox"]["discounts"], target=target),
    )
    sold = [_invoice_item(tools, item, customer, at=now) for item in session["_sandbox"]["items"]]
    invoice = finalize(tools, take_pending(tools, invoice, sold, at=now), at=now)
    session["invoice"] = invoice["id"]
    intent = intent_of(tools, invoice)
    if intent is not None:
        session["payment_intent"] = intent["id"]
        tools.store.save({**intent, **session["_sandbox"]["payment_intent_data"]})
        _pay(tools, invoice, method, confirmed=confirmed)


def _invoice_item(tools: Tools, item: Row, customer: Row, *, at: int) -> Row:
    quantity = Decimal(item["quantity"])
    charge = one_off_charge(item["price"], quantity)
    return make_item(
        tools,
        amount=charge.amount,
        at=at,
        currency=item["currency"],
        customer=customer["id"],
        description=item["description"],
        metadata=item["metadata"],
        period=(at, at),
        pricing=priced_at(item["price"], charge.unit_amount_decimal),
        quantity=quantity,
    )


def _pay(tools: Tools, invoice: Row, method: Row | None, *, confirmed: bool) -> None:
    now = time_of(tools, invoice)
    chosen = method["id"] if method else None
    try:
        pay_invoice(tools, invoice, chosen, at=now, authenticated=confirmed)
    except StripeError as error:
        if error.error.get("code") == "invoice_payment_intent_requires_action":
            raise HolderAsked from error
        raise


def _pay_directly(
    tools: Tools, session: Row, customer: Row | None, method: Row, *, confirmed: bool
) -> None:
    now = time_of(tools, customer)
    intent = open_intent(
        tools,
        amount=session["amount_total"],
        currency=session["currency"],
        customer=customer["id"] if customer else None,
        at=now,
        **session["_sandbox"]["payment_intent_data"],
    )
    session["payment_intent"] = intent["id"]
    intent = confirm(tools, intent, method=method, at=now, authenticated=confirmed)
    if intent["status"] == "requires_action":
        raise HolderAsked
    error = failure(intent)
    if error is not None:
        raise error


def _set_up(tools: Tools, method: Row, customer: Row | None, data: Row, *, confirmed: bool) -> Row:
    """A setup intent that has succeeded, so that the card may be charged later."""
    intent = open_setup(
        tools,
        customer=customer["id"] if customer else None,
        at=time_of(tools, customer),
        **data,
    )
    intent = confirm_setup(tools, intent, method=method, authenticated=confirmed)
    if intent["status"] == "requires_action":
        raise HolderAsked
    error = setup_refusal(intent)
    if error is not None:
        raise error
    return intent


def _details(tools: Tools, session: Row, buyer: Buyer) -> Row:
    known = tools.store.get("customer", session["customer"]) if session["customer"] else {}
    kept = tools.store.list("tax_id", customer=known["id"]) if known else []
    return {
        "address": buyer.address or known.get("address"),
        "business_name": buyer.name if buyer.tax_id else None,
        "email": buyer.email or known.get("email"),
        "individual_name": None,
        "name": buyer.name or known.get("name"),
        "phone": known.get("phone"),
        "tax_exempt": known.get("tax_exempt") or "none",
        "tax_ids": [{"type": one["type"], "value": one["value"]} for one in kept],
    }


def set_default(tools: Tools, customer_id: str, method: Row) -> Row:
    """The customer's invoices are charged to this card from now on."""
    customer = tools.store.get("customer", customer_id)
    settings = customer["invoice_settings"]
    customer["invoice_settings"] = {**settings, "default_payment_method": method["id"]}
    return update(tools, customer, "customer.updated")
