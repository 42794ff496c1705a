"""What a metered price bills for a period: the usage that its meter has counted.

Stripe's documentation: "Configure the grace period": what is reported of a period while the
draft that bills it is open is on that bill.
"""

from __future__ import annotations

from decimal import Decimal

from billing.sandbox.call import Tools
from billing.sandbox.engine.lines import subscription_lines
from billing.sandbox.engine.totals import lines_of
from billing.sandbox.resources.meters import used
from billing.sandbox.store import Row


def quantity_used(tools: Tools, price: Row, *, customer: str, start: int, end: int) -> Decimal:
    """The customer's usage from ``start`` up to, not including, ``end``; never below zero."""
    meter = price["recurring"].get("meter")
    if meter is None:
        return Decimal(0)
    return max(Decimal(0), used(tools.store, meter=meter, customer=customer, start=start, end=end))


def count_again(tools: Tools, invoice: Row) -> None:
    """Bring the lines of a draft that bill usage level with what its meters have counted."""
    lines = lines_of(invoice)
    counted: list[Row] = []
    seen = set()
    for line in lines:
        found = _metered_item(tools, line)
        if found is None:
            counted.append(line)
        elif found[1]["id"] not in seen:
            seen.add(found[1]["id"])
            counted += _usage_lines(tools, *found, line["period"])
    lines[:] = counted


def _metered_item(tools: Tools, line: Row) -> tuple[Row, Row] | None:
    """The subscription and its item that a line bills the usage of."""
    details = line["parent"].get("subscription_item_details")
    if details is None or details["proration"]:
        return None
    subscription = tools.store.find("subscription", details["subscription"])
    items = subscription["items"]["data"] if subscription else []
    for item in items:
        is_metered = item["price"]["recurring"]["usage_type"] == "metered"
        if subscription and is_metered and item["id"] == details["subscription_item"]:
            return subscription, item
    return None


def _usage_lines(tools: Tools, subscription: Row, item: Row, period: Row) -> list[Row]:
    start, end = period["start"], period["end"]
    quantity = quantity_used(
        tools, item["price"], customer=subscription["customer"], start=start, end=end
    )
    return subscription_lines(tools, subscription, item, quantity=quantity, period=(start, end))
