"""The lines of invoices, and invoice items that become lines."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import Any

from billing.sandbox.call import Tools, id_of
from billing.sandbox.engine.money import half_up, plain
from billing.sandbox.engine.pricing import Charge, charges, unit_price
from billing.sandbox.engine.wording import priced
from billing.sandbox.store import Row


def product_name(tools: Tools, price: Row) -> str:
    product = tools.store.find("product", id_of(price["product"])) or {}
    return str(product.get("name") or id_of(price["product"]))


def priced_at(price: Row | None, unit_amount_decimal: str | None) -> Row:
    """Where a line's amount comes from: a price, or an amount of its own."""
    pricing: Row = {"type": "price_details", "unit_amount_decimal": unit_amount_decimal}
    if price is not None:
        pricing["price_details"] = {"price": price["id"], "product": id_of(price["product"])}
    return pricing


def make_line(tools: Tools, *, currency: str, period: tuple[int, int], **values: Any) -> Row:
    """One line of an invoice that it is not on yet."""
    quantity: Decimal = values.pop("quantity", Decimal(1))
    return tools.make(
        "line_item",
        "il",
        currency=currency,
        discount_amounts=[],
        discountable=values.pop("discountable", True),
        discounts=values.pop("discounts", []),
        metadata=values.pop("metadata", {}),
        period={"start": period[0], "end": period[1]},
        pretax_credit_amounts=[],
        quantity=whole(quantity),
        quantity_decimal=plain(quantity),
        subtotal=values["amount"],
        taxes=[],
        **values,
    )


def whole(quantity: Decimal) -> int:
    """The quantity as the older whole field has it: what is behind the point is cut off."""
    return int(quantity.to_integral_value(ROUND_DOWN))


def subscription_lines(
    tools: Tools, subscription: Row, item: Row, *, quantity: Decimal, period: tuple[int, int]
) -> list[Row]:
    """What an item of a subscription costs for a period: a line, or one for each tier."""
    price = item["price"]
    name = product_name(tools, price)
    return [
        make_line(
            tools,
            amount=charge.amount,
            currency=price["currency"],
            description=priced(name, price, charge),
            discounts=list(item["discounts"]),
            metadata=dict(subscription["metadata"]),
            parent=of_subscription_item(subscription["id"], item["id"]),
            period=period,
            pricing=priced_at(price, charge.unit_amount_decimal),
            quantity=charge.quantity,
            subscription=subscription["id"],
        )
        for charge in charges(price, quantity)
    ]


def trial_line(tools: Tools, subscription: Row, item: Row, *, period: tuple[int, int]) -> Row:
    """A trial costs nothing, and its invoice says so."""
    quantity = Decimal(item.get("quantity", 1))
    name = product_name(tools, item["price"])
    return make_line(
        tools,
        amount=0,
        currency=item["price"]["currency"],
        description=f"Trial period for {name}",
        metadata=dict(subscription["metadata"]),
        parent=of_subscription_item(subscription["id"], item["id"]),
        period=period,
        pricing=priced_at(item["price"], "0"),
        quantity=quantity,
        subscription=subscription["id"],
    )


def of_subscription_item(
    subscription: str,
    item: str,
    *,
    invoice_item: str | None = None,
    credited: Row | None = None,
) -> Row:
    """Where a line comes from: an item of a subscription, directly or by way of a proration."""
    return {
        "type": "subscription_item_details",
        "invoice_item_details": None,
        "subscription_item_details": {
            "invoice_item": invoice_item,
            "proration": invoice_item is not None,
            "proration_details": {"credited_items": credited},
            "subscription": subscription,
            "subscription_item": item,
        },
    }


def line_of_item(tools: Tools, item: Row) -> Row:
    """The line that an invoice item becomes."""
    return make_line(
        tools,
        amount=item["amount"],
        currency=item["currency"],
        description=item["description"],
        discountable=item["discountable"],
        discounts=list(item["discounts"] or []),
        metadata=dict(item["metadata"] or {}),
        parent=_parent_of_item(item),
        period=(item["period"]["start"], item["period"]["end"]),
        pricing=item["pricing"],
        quantity=Decimal(item["quantity_decimal"]),
        subscription=subscription_of_item(item),
    )


def subscription_of_item(item: Row) -> str | None:
    details = (item.get("parent") or {}).get("subscription_details")
    return details["subscription"] if details else None


def _parent_of_item(item: Row) -> Row:
    details = (item.get("parent") or {}).get("subscription_details") or {}
    if item["proration"]:
        credited = item.get("_sandbox", {}).get("credited")
        return of_subscription_item(
            details["subscription"],
            details["subscription_item"],
            invoice_item=item["id"],
            credited=credited,
        )
    return {
        "type": "invoice_item_details",
        "invoice_item_details": {
            "invoice_item": item["id"],
            "proration": False,
            "proration_details": None,
            "subscription": details.get("subscription"),
        },
        "subscription_item_details": None,
    }


def net_amount(line: Row) -> int:
    """What a line really takes: its discounts taken off."""
    taken = sum(discount["amount"] for discount in line["discount_amounts"] or [])
    return int(line["amount"] - taken)


def one_off_charge(price: Row, quantity: Decimal) -> Charge:
    """What a quantity costs at a one-time price, as one line."""
    each = unit_price(price)
    return Charge(half_up(each * quantity), quantity, plain(each), "")
