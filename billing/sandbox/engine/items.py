"""Invoice items: what is to be billed besides the subscription itself.

Stripe's documentation: "Invoice Items".
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from billing.sandbox.call import Tools
from billing.sandbox.engine.lines import subscription_of_item, whole
from billing.sandbox.engine.money import plain
from billing.sandbox.engine.rows import create
from billing.sandbox.store import Row


def make_item(
    tools: Tools,
    *,
    customer: str,
    period: tuple[int, int],
    at: int,
    subscription: str | None = None,
    subscription_item: str | None = None,
    **values: Any,
) -> Row:
    """A new invoice item, saved and told of. It is pending until an invoice takes it."""
    quantity: Decimal = values.pop("quantity", Decimal(1))
    item = tools.make(
        "invoiceitem",
        "ii",
        customer=customer,
        date=at,
        discountable=values.pop("discountable", True),
        discounts=values.pop("discounts", []),
        metadata=values.pop("metadata", {}),
        net_amount=values["amount"],
        parent=_parent(subscription, subscription_item),
        period={"start": period[0], "end": period[1]},
        proration=values.pop("proration", False),
        quantity=whole(quantity),
        quantity_decimal=plain(quantity),
        tax_rates=[],
        test_clock=tools.clock_of(customer),
        **values,
    )
    return create(tools, item, "invoiceitem.created")


def pending_items(tools: Tools, *, customer: str, currency: str) -> list[Row]:
    """What waits for the customer's next invoice in this currency, newest first."""
    return [
        item
        for item in tools.store.list("invoiceitem", customer=customer, currency=currency)
        if item["invoice"] is None
    ]


def pending_for(
    tools: Tools, *, customer: str, currency: str, subscription: str | None
) -> list[Row]:
    """What the next invoice of this subscription takes: its own items, and those of none."""
    return [
        item
        for item in pending_items(tools, customer=customer, currency=currency)
        if subscription_of_item(item) in {None, subscription}
    ]


def _parent(subscription: str | None, subscription_item: str | None) -> Row | None:
    if subscription is None:
        return None
    details = {"subscription": subscription}
    if subscription_item is not None:
        details["subscription_item"] = subscription_item
    return {"type": "subscription_details", "subscription_details": details}
