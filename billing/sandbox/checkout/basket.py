"""What a Checkout session sells, and what is due for it today."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from billing.sandbox.call import Tools, id_of
from billing.sandbox.checkout.rules import Params, not_implemented
from billing.sandbox.engine.calendar import previous_boundary
from billing.sandbox.engine.pricing import cost
from billing.sandbox.engine.proration import charge_for_rest
from billing.sandbox.engine.reductions import Line, Reduction, apply
from billing.sandbox.errors import invalid
from billing.sandbox.resources.catalog import create_price
from billing.sandbox.store import Row

MOST_RECURRING = 20
NOT_IMPLEMENTED = ("adjustable_quantity", "dynamic_tax_rates", "tax_rates")


def fill(tools: Tools, params: Params, *, now: int) -> list[Row]:
    """The line items that the parameters ask for, at what is due for each of them today."""
    items = [_item(tools, given, number) for number, given in enumerate(params["line_items"])]
    recurring = [item for item in items if item["price"]["recurring"]]
    _check(params["mode"], items, recurring)
    data = params.get("subscription_data") or {}
    for item in recurring:
        item["amount_subtotal"] = item["amount_total"] = _due_today(item, data, now=now)
    return items


def reduce(items: list[Row], coupon: Row | None) -> None:
    """Set what a coupon takes off each line, or take back what one took off before."""
    lines = [Line(item["amount_subtotal"], id_of(item["price"]["product"])) for item in items]
    taken = apply(lines, of_lines=[], of_invoice=[_reduction(coupon)] if coupon else [])
    for item, discounts in zip(items, taken, strict=True):
        item["amount_discount"] = sum(discounts.values())
        item["amount_total"] = item["amount_subtotal"] - item["amount_discount"]


def totals(items: list[Row]) -> dict[str, Any]:
    """The amounts of a session. The sandbox computes no tax."""
    return {
        "amount_subtotal": sum(item["amount_subtotal"] for item in items),
        "amount_total": sum(item["amount_total"] for item in items),
        "total_details": {
            "amount_discount": sum(item["amount_discount"] for item in items),
            "amount_shipping": 0,
            "amount_tax": 0,
        },
    }


def _item(tools: Tools, given: Params, number: int) -> Row:
    where = f"line_items[{number}]"
    for name in NOT_IMPLEMENTED:
        if name in given:
            raise not_implemented(f"{where}[{name}]")
    price = _price(tools, given, where)
    quantity = _quantity(price, given, where)
    amount = cost(price, Decimal(quantity or 0))
    return tools.make(
        "item",
        "li",
        price=price,
        quantity=quantity,
        currency=price["currency"],
        description=tools.store.get("product", id_of(price["product"]))["name"],
        metadata=given.get("metadata", {}),
        amount_subtotal=amount,
        amount_total=amount,
    )


def _price(tools: Tools, given: Params, where: str) -> Row:
    if ("price" in given) == ("price_data" in given):
        raise invalid(f"You must specify either `price` or `price_data` for {where}.", param=where)
    if "price_data" in given:
        return create_price(tools, dict(given["price_data"]))
    price = tools.store.get("price", given["price"], param=f"{where}[price]", status=400)
    if not price["active"]:
        raise invalid(
            "The price specified is inactive. This field only accepts active prices:"
            f" {price['id']}",
            param=f"{where}[price]",
        )
    return price


def _quantity(price: Row, given: Params, where: str) -> int | None:
    is_metered = (price["recurring"] or {}).get("usage_type") == "metered"
    if is_metered and "quantity" in given:
        raise invalid(
            "You cannot specify a quantity for a metered price.", param=f"{where}[quantity]"
        )
    if is_metered:
        return None
    if given.get("quantity", 0) < 1:
        raise invalid(
            "Quantity is required. Add `quantity` to each of your line items.",
            param=f"{where}[quantity]",
        )
    return int(given["quantity"])


def _check(mode: str, items: list[Row], recurring: list[Row]) -> None:
    if mode == "subscription" and not recurring:
        raise invalid(
            "You must provide at least one recurring price in `subscription` mode when using"
            " prices.",
            param="line_items",
        )
    if mode == "payment" and recurring:
        raise invalid(
            "You specified `payment` mode but passed a recurring price. Either switch to"
            " `subscription` mode or use only one-time prices.",
            param="mode",
        )
    if len({item["currency"] for item in items}) > 1:
        raise invalid("All prices must have the same currency.", param="line_items")
    if len(recurring) > MOST_RECURRING:
        raise invalid(f"You may use at most {MOST_RECURRING} recurring prices.", param="line_items")


def _due_today(item: Row, data: Params, *, now: int) -> int:
    """A recurring price is due ahead: not during a trial, and in part until a given anchor."""
    if "trial_end" in data or "trial_period_days" in data:
        return 0
    anchor = data.get("billing_cycle_anchor")
    amount = int(item["amount_subtotal"])
    if anchor is None:
        return amount
    if data.get("proration_behavior") == "none":
        return 0
    every = item["price"]["recurring"]
    start = previous_boundary(
        anchor, interval=every["interval"], count=every["interval_count"], until=anchor - 1
    )
    return charge_for_rest(amount, start=start, end=anchor, at=now)


def _reduction(coupon: Row) -> Reduction:
    products = coupon.get("_sandbox", {}).get("products")
    return Reduction(
        discount=coupon["id"],
        percent_off=None if coupon["percent_off"] is None else Decimal(coupon["percent_off"]),
        amount_off=coupon["amount_off"],
        products=frozenset(products) if products else None,
    )
