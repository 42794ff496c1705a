"""The phases of a subscription schedule, as they are described and as they are kept.

Stripe's documentation: "Subscription schedules".
"""

from __future__ import annotations

from typing import Any

from billing.sandbox.call import Tools, id_of
from billing.sandbox.engine.basket import live_price
from billing.sandbox.engine.calendar import boundary
from billing.sandbox.engine.rows import not_implemented, refuse_others, unset
from billing.sandbox.errors import invalid
from billing.sandbox.skeleton import shape
from billing.sandbox.store import Row

KNOWN = frozenset(
    "items start_date end_date duration proration_behavior discounts metadata description"
    " default_payment_method collection_method trial_end".split()
)
KNOWN_OF_ITEM = frozenset({"price", "quantity", "metadata", "tax_rates", "discounts"})
MOST_PHASES = 10


def read_phases(
    tools: Tools, given: list[Row], *, start: int, at: int, proration: str = "create_prorations"
) -> list[Row]:
    """The phases that parameters describe, each where the one before it ends.

    Raises ``StripeError`` for phases that leave a gap, run backwards or sell what is not for sale.
    """
    if not 1 <= len(given) <= MOST_PHASES:
        raise invalid(f"A schedule has between 1 and {MOST_PHASES} phases.", param="phases")
    phases: list[Row] = []
    for number, one in enumerate(given):
        begins = phases[-1]["end_date"] if phases else start
        phases.append(_phase(tools, one, begins, at, f"phases[{number}]", proration))
    return phases


def phase_of_subscription(subscription: Row, *, start: int, end: int) -> Row:
    """The phase that a subscription is already in."""
    return {
        **_empty(subscription["currency"]),
        "start_date": start,
        "end_date": end,
        "discounts": [_discount({"discount": id_of(one)}) for one in subscription["discounts"]],
        "items": [
            _item(item["price"]["id"], item.get("quantity"), dict(item["metadata"]))
            for item in subscription["items"]["data"]
        ],
        "metadata": {},
        "trial_end": subscription["trial_end"] if subscription["status"] == "trialing" else None,
    }


def _phase(
    tools: Tools, given: dict[str, Any], begins: int, at: int, param: str, proration: str
) -> Row:
    refuse_others(given, known=KNOWN if begins <= at else KNOWN - {"trial_end"})
    start = _moment(given.get("start_date", begins), at)
    if start != begins:
        raise invalid(
            "The start of a phase must be the end of the one before it.",
            param=f"{param}[start_date]",
        )
    items = [_read_item(tools, one, f"{param}[items][{n}]") for n, one in enumerate(given["items"])]
    if not items:
        raise invalid("A phase needs at least one item.", param=f"{param}[items]")
    prices = [tools.store.get("price", item["price"]) for item in items]
    end = _end(given, start, prices[0], at)
    if end <= start:
        raise invalid(
            "The end date of a phase must lie after its start.", param=f"{param}[end_date]"
        )
    return {
        **_empty(prices[0]["currency"]),
        "collection_method": given.get("collection_method"),
        "default_payment_method": given.get("default_payment_method"),
        "description": unset(given.get("description")),
        "discounts": [_discount(one) for one in given.get("discounts") or []],
        "end_date": end,
        "items": items,
        "metadata": given.get("metadata") or {},
        "proration_behavior": given.get("proration_behavior", proration),
        "start_date": start,
        "trial_end": given.get("trial_end"),
    }


def _end(given: dict[str, Any], start: int, price: Row, at: int) -> int:
    """Given, or reached after a duration; without either, after one interval of the price."""
    if "end_date" in given and "duration" in given:
        raise invalid("You may only specify one of end_date and duration.")
    if "end_date" in given:
        return _moment(given["end_date"], at)
    length = given.get("duration") or price["recurring"]
    return boundary(
        start, interval=length["interval"], count=length.get("interval_count", 1), step=1
    )


def _moment(given: int | str, at: int) -> int:
    return at if given == "now" else int(given)


def _read_item(tools: Tools, given: Row, param: str) -> Row:
    refuse_others(given, known=KNOWN_OF_ITEM)
    if "price" not in given:
        raise not_implemented(f"{param}[price_data]")
    if given.get("discounts"):
        raise not_implemented(f"{param}[discounts]")
    price = live_or_kept(tools, given["price"], param)
    metered = price["recurring"]["usage_type"] == "metered"
    quantity = None if metered else given.get("quantity", 1)
    return _item(price["id"], quantity, given.get("metadata") or {})


def live_or_kept(tools: Tools, id: str, param: str) -> Row:
    """An archived price stays with whoever already pays it."""
    price = tools.store.find("price", id)
    if price is not None and not price["active"] and price["type"] == "recurring":
        return price
    return live_price(tools, id, param=f"{param}[price]", recurring=True)


def _item(price: str, quantity: int | None, metadata: Row) -> Row:
    item = {**shape("subscription_schedule_configuration_item"), "price": price}
    item.update(billing_thresholds=None, discounts=[], metadata=metadata, tax_rates=[])
    return item if quantity is None else {**item, "quantity": quantity}


def _discount(given: Row) -> Row:
    return {name: given.get(name) for name in ("coupon", "discount", "promotion_code")}


def _empty(currency: str) -> Row:
    return {
        **shape("subscription_schedule_phase_configuration"),
        "add_invoice_items": [],
        "currency": currency,
        "discounts": [],
        "proration_behavior": "create_prorations",
    }
