"""The items of a subscription: which prices, how many of each, for which period."""

from __future__ import annotations

from typing import Any

from billing.sandbox.call import Tools
from billing.sandbox.engine.calendar import next_boundary
from billing.sandbox.engine.debits import is_metered
from billing.sandbox.engine.discounts import Target, grant
from billing.sandbox.engine.rows import not_implemented
from billing.sandbox.errors import invalid, missing
from billing.sandbox.resources.catalog import create_price
from billing.sandbox.resources.merging import merged_metadata
from billing.sandbox.store import Row

KNOWN = frozenset({"id", "price", "price_data", "quantity", "metadata", "deleted", "discounts"})
MOST_ITEMS = 20


def live_price(tools: Tools, id: str, *, param: str, recurring: bool) -> Row:
    """A price that can be sold now. Raises ``StripeError`` for any other."""
    price = tools.store.find("price", id)
    if price is None:
        raise missing("price", id, param=param, status=400)
    if not price["active"]:
        raise invalid(
            "The price specified is inactive. This field only accepts active prices.", param=param
        )
    if (price["type"] == "recurring") != recurring:
        wanted = "recurring" if recurring else "one_time"
        raise invalid(
            f"The price specified is set to `type={price['type']}` but this field only accepts"
            f" prices with `type={wanted}`.",
            param=param,
        )
    return price


def asked_price(tools: Tools, given: Row, *, param: str, recurring: bool) -> Row:
    """The price that ``price`` names or ``price_data`` describes. Raises ``StripeError``."""
    if "price_data" in given:
        return create_price(tools, dict(given["price_data"]))
    if "price" not in given:
        raise invalid(
            f"Missing required param: {param}[price].",
            param=f"{param}[price]",
            code="parameter_missing",
        )
    return live_price(tools, given["price"], param=f"{param}[price]", recurring=recurring)


def new_item(tools: Tools, subscription: Row, given: Row, *, at: int, param: str) -> Row:
    """An item that a parameter asks for; its period is still empty."""
    _check(given, param)
    price = asked_price(tools, given, param=param, recurring=True)
    item = tools.make(
        "subscription_item",
        "si",
        created=at,
        current_period_start=at,
        current_period_end=at,
        discounts=[],
        metadata=merged_metadata({}, given.get("metadata") or {}),
        price=price,
        subscription=subscription["id"],
        tax_rates=[],
    )
    _set_quantity(item, given, param)
    _set_discounts(tools, subscription, item, given, at=at)
    return item


def changed_items(tools: Tools, subscription: Row, given: list[Row], *, at: int) -> list[Row]:
    """The items as they are once these changes apply: by id changed or removed, else added.

    The items of the subscription itself are left alone. Raises ``StripeError``.
    """
    items = {item["id"]: dict(item) for item in subscription["items"]["data"]}
    for number, change in enumerate(given):
        param = f"items[{number}]"
        if "id" not in change:
            added = new_item(tools, subscription, change, at=at, param=param)
            items[added["id"]] = added
            continue
        if change["id"] not in items:
            raise missing("subscription item", change["id"], param=f"{param}[id]", status=400)
        if change.get("deleted"):
            del items[change["id"]]
        else:
            _change(tools, subscription, items[change["id"]], change, at=at, param=param)
    if not items:
        raise invalid("A subscription must have at least one active item.", param="items")
    check_together(list(items.values()), currency=subscription["currency"])
    return list(items.values())


def check_together(items: list[Row], *, currency: str) -> None:
    """Raises ``StripeError`` for items that cannot be on one subscription."""
    if len(items) > MOST_ITEMS:
        raise invalid(f"A subscription can have at most {MOST_ITEMS} items.", param="items")
    if any(item["price"]["currency"] != currency for item in items):
        raise invalid("All prices on a subscription must have the same currency.", param="items")


def set_period(item: Row, *, start: int, anchor: int, until: int | None = None) -> None:
    """The period that begins at ``start``: up to the next boundary of its anchor."""
    recurring = item["price"]["recurring"]
    item["current_period_start"] = start
    item["current_period_end"] = until or next_boundary(
        anchor,
        interval=recurring["interval"],
        count=recurring["interval_count"],
        after=start,
    )


def interval_of(item: Row) -> tuple[str, int]:
    recurring = item["price"]["recurring"]
    return recurring["interval"], recurring["interval_count"]


def item_list(subscription_id: str, items: list[Row]) -> Row:
    return {
        "object": "list",
        "data": items,
        "has_more": False,
        "url": f"/v1/subscription_items?subscription={subscription_id}",
    }


def licensed(subscription: Row) -> list[Row]:
    return [item for item in subscription["items"]["data"] if not is_metered(item["price"])]


def metered(subscription: Row) -> list[Row]:
    return [item for item in subscription["items"]["data"] if is_metered(item["price"])]


def _change(
    tools: Tools, subscription: Row, item: Row, change: Row, *, at: int, param: str
) -> None:
    _check(change, param)
    if "price" in change and change["price"] != item["price"]["id"]:
        item["price"] = live_price(tools, change["price"], param=f"{param}[price]", recurring=True)
    if "metadata" in change:
        item["metadata"] = merged_metadata(item["metadata"], change["metadata"])
    _set_quantity(item, {"quantity": item.get("quantity", 1), **change}, param, kept=True)
    _set_discounts(tools, subscription, item, change, at=at)


def _set_quantity(item: Row, given: Row, param: str, *, kept: bool = False) -> None:
    if is_metered(item["price"]):
        if "quantity" in given and not kept:
            raise invalid(
                "Metered prices take no quantity: usage is what counts.",
                param=f"{param}[quantity]",
            )
        item.pop("quantity", None)
        return
    quantity = given.get("quantity", 1)
    if quantity < 0:
        raise invalid("This value must be greater than or equal to 0.", param=f"{param}[quantity]")
    item["quantity"] = quantity


def _set_discounts(tools: Tools, subscription: Row, item: Row, given: Row, *, at: int) -> None:
    if "discounts" in given:
        target = Target(
            customer=subscription["customer"],
            at=at,
            subscription=subscription["id"],
            subscription_item=item["id"],
        )
        item["discounts"] = grant(tools, given["discounts"], target=target)


def _check(given: dict[str, Any], param: str) -> None:
    for name, value in given.items():
        if name not in KNOWN and value not in ("", []):
            raise not_implemented(f"{param}[{name}]")
