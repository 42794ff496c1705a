"""Finding the customer that is meant."""

from __future__ import annotations

from billing.sandbox.call import Tools
from billing.sandbox.errors import missing
from billing.sandbox.store import Row


def living_customer(tools: Tools, id: str, *, param: str = "customer", status: int = 400) -> Row:
    """The customer of this id. Raises ``StripeError`` if there is none, or none any more."""
    customer = tools.store.find("customer", id)
    if customer is None or customer.get("deleted"):
        raise missing("customer", id, param=param, status=status)
    return customer
