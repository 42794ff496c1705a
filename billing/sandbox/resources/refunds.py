"""Refunds.

Stripe's documentation: "Refunds" in the API reference.
"""

from __future__ import annotations

from billing.sandbox.call import Call, id_of
from billing.sandbox.engine.refunding import refund
from billing.sandbox.engine.rows import refuse_others, time_of
from billing.sandbox.engine.rows import update as update_row
from billing.sandbox.errors import invalid
from billing.sandbox.listing import listed
from billing.sandbox.resources.merging import merged
from billing.sandbox.routing import operation
from billing.sandbox.store import Row

KNOWN = frozenset({"charge", "payment_intent", "amount", "reason", "metadata"})


@operation("POST", "/v1/refunds")
def create(call: Call) -> Row:
    refuse_others(call.params, known=KNOWN)
    charge = _charge(call)
    return refund(
        call.tools,
        charge,
        amount=call.params.get("amount"),
        at=time_of(call.tools, charge),
        metadata=call.params.get("metadata") or {},
        reason=call.params.get("reason"),
    )


@operation("GET", "/v1/refunds")
def index(call: Call) -> Row:
    names = ("charge", "payment_intent")
    equals = {name: call.params[name] for name in names if name in call.params}
    return listed(call, call.store.list("refund", **equals))


@operation("GET", "/v1/refunds/{refund}")
def retrieve(call: Call) -> Row:
    return call.store.get("refund", call.ids["refund"])


@operation("POST", "/v1/refunds/{refund}")
def update(call: Call) -> Row:
    """Announced twice, under its own name and under the charge's."""
    before = call.store.get("refund", call.ids["refund"])
    after = merged(before, call.params)
    if after != before:
        update_row(call.tools, after, "refund.updated")
        call.tools.emit("charge.refund.updated", after, before)
    return after


def _charge(call: Call) -> Row:
    if "charge" in call.params:
        return call.store.get("charge", call.params["charge"], param="charge", status=400)
    if "payment_intent" not in call.params:
        raise invalid("One of charge and payment_intent must be given.", param="charge")
    name = call.params["payment_intent"]
    intent = call.store.get("payment_intent", name, param="payment_intent", status=400)
    if intent["latest_charge"] is None:
        raise invalid("This PaymentIntent does not have a successful charge to refund.")
    return call.store.get("charge", id_of(intent["latest_charge"]))
