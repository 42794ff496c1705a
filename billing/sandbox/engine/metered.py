"""What a metered price bills for a period: the usage that its meter has counted."""

from __future__ import annotations

from decimal import Decimal

from billing.sandbox.call import Tools
from billing.sandbox.resources.meters import used
from billing.sandbox.store import Row


def quantity_used(tools: Tools, price: Row, *, customer: str, start: int, end: int) -> Decimal:
    """The customer's usage from ``start`` up to, not including, ``end``; never below zero."""
    meter = price["recurring"].get("meter")
    if meter is None:
        return Decimal(0)
    return max(Decimal(0), used(tools.store, meter=meter, customer=customer, start=start, end=end))
