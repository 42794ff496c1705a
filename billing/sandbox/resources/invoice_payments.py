"""Invoice payments: which payment pays which invoice."""

from __future__ import annotations

from billing.sandbox.call import Call
from billing.sandbox.listing import listed
from billing.sandbox.routing import operation
from billing.sandbox.store import Row


@operation("GET", "/v1/invoice_payments")
def index(call: Call) -> Row:
    names = ("invoice", "status")
    equals: Row = {name: call.params[name] for name in names if name in call.params}
    intent = call.params.get("payment", {}).get("payment_intent")
    if intent is not None:
        equals["payment__payment_intent"] = intent
    return listed(call, call.store.list("invoice_payment", **equals))


@operation("GET", "/v1/invoice_payments/{invoice_payment}")
def retrieve(call: Call) -> Row:
    return call.store.get("invoice_payment", call.ids["invoice_payment"])
