"""Charges: attempts to take money, as payment intents make them."""

from __future__ import annotations

from typing import Any

from billing.sandbox.call import Call, Tools
from billing.sandbox.engine.rows import refuse_others
from billing.sandbox.engine.rows import update as update_row
from billing.sandbox.listing import envelope, listed
from billing.sandbox.resources.merging import merged
from billing.sandbox.routing import includable, operation
from billing.sandbox.store import Row


@operation("GET", "/v1/charges")
def index(call: Call) -> Row:
    names = ("customer", "payment_intent")
    equals = {name: call.params[name] for name in names if name in call.params}
    return listed(call, call.store.list("charge", **equals))


@operation("GET", "/v1/charges/{charge}")
def retrieve(call: Call) -> Row:
    return call.store.get("charge", call.ids["charge"])


@operation("POST", "/v1/charges/{charge}")
def update(call: Call) -> Row:
    refuse_others(call.params, known=frozenset({"metadata", "description", "receipt_email"}))
    charge = call.store.get("charge", call.ids["charge"])
    return update_row(call.tools, merged(charge, call.params), "charge.updated")


@includable("charge", "refunds")
def refunds(tools: Tools, charge: Row) -> Any:
    found = tools.store.list("refund", charge=charge["id"])
    return envelope(found, url=f"/v1/charges/{charge['id']}/refunds")
