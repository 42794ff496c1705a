"""One-time things sold along with a subscription (``add_invoice_items``)."""

from __future__ import annotations

from decimal import Decimal

from billing.sandbox.call import Tools
from billing.sandbox.engine.basket import asked_price
from billing.sandbox.engine.discounts import Target, grant
from billing.sandbox.engine.items import make_item
from billing.sandbox.engine.lines import one_off_charge, priced_at, product_name
from billing.sandbox.engine.rows import refuse_others
from billing.sandbox.store import Row

KNOWN = frozenset({"price", "price_data", "quantity", "metadata", "discounts", "discountable"})


def add_invoice_items(tools: Tools, subscription: Row, given: list[Row], *, at: int) -> list[Row]:
    """Let them wait for the subscription's next invoice. Raises ``StripeError``."""
    return [
        _add(tools, subscription, one, at=at, param=f"add_invoice_items[{number}]")
        for number, one in enumerate(given)
    ]


def _add(tools: Tools, subscription: Row, given: Row, *, at: int, param: str) -> Row:
    refuse_others(given, known=KNOWN)
    price = asked_price(tools, given, param=param, recurring=False)
    quantity = Decimal(given.get("quantity", 1))
    charge = one_off_charge(price, quantity)
    target = Target(customer=subscription["customer"], at=at, subscription=subscription["id"])
    return make_item(
        tools,
        amount=charge.amount,
        at=at,
        currency=price["currency"],
        customer=subscription["customer"],
        description=product_name(tools, price),
        discountable=given.get("discountable", True),
        discounts=grant(tools, given.get("discounts"), target=target),
        metadata=given.get("metadata") or {},
        period=(at, at),
        pricing=priced_at(price, charge.unit_amount_decimal),
        quantity=quantity,
        subscription=subscription["id"],
    )
