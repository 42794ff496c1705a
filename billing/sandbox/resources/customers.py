"""Customers: who pays."""

from __future__ import annotations

from billing.sandbox.call import Call
from billing.sandbox.listing import listed
from billing.sandbox.resources.merging import merged
from billing.sandbox.routing import operation
from billing.sandbox.store import Row


@operation("POST", "/v1/customers")
def create(call: Call) -> Row:
    customer = call.tools.make("customer", "cus", **merged({}, call.params))
    call.store.save(customer)
    call.tools.emit("customer.created", customer)
    return customer


@operation("GET", "/v1/customers/{customer}")
def retrieve(call: Call) -> Row:
    """A deleted customer is still answered, as deleted."""
    return call.store.get("customer", call.ids["customer"])


@operation("GET", "/v1/customers")
def index(call: Call) -> Row:
    equals = {name: call.params[name] for name in ("email", "test_clock") if name in call.params}
    return listed(call, call.store.list("customer", **equals))
