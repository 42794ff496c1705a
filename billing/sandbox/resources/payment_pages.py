"""What Stripe's own page says to Stripe: how its command line completes a Checkout session."""

from __future__ import annotations

from billing.sandbox.call import Call
from billing.sandbox.checkout.buyer import Buyer
from billing.sandbox.checkout.completion import HolderAsked, complete
from billing.sandbox.engine.cards import card_of
from billing.sandbox.errors import invalid
from billing.sandbox.resources.checkout_sessions import SESSION
from billing.sandbox.resources.test_cards import named_method
from billing.sandbox.routing import operation
from billing.sandbox.store import Row


@operation("GET", "/v1/payment_pages/{session}")
def retrieve(call: Call) -> Row:
    return call.store.get(SESSION, call.ids["session"])


@operation("POST", "/v1/payment_pages/{session}/confirm")
def confirm(call: Call) -> Row:
    """Complete a session with a payment method that is there already."""
    session = call.store.get(SESSION, call.ids["session"])
    if call.params["expected_amount"] != (session["amount_total"] or 0):
        raise invalid("The amount of this session has changed.", param="expected_amount")
    method = named_method(call.tools, call.params["payment_method"])
    details = method["billing_details"]
    buyer = Buyer(
        email=details["email"] or "",
        name=details["name"] or "",
        card=card_of(method),
        method=method["id"],
    )
    try:
        return complete(call.tools, session, buyer)
    except HolderAsked as cause:
        raise invalid("The holder of this card would have to confirm.") from cause
