"""How a proposal is written as the items of a subscription. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..gateway.facts import SubscriptionFacts
from ..publishing import PublishedPrice

Item = dict[str, Any]


def new_items(prices: Sequence[PublishedPrice], *, seats: int) -> list[Item]:
    """The items of a subscription that is yet to be: one for each price, seats counted."""
    return [{"price": price.stripe_id} | _quantity(price, seats) for price in prices]


def changed_items(
    subscription: SubscriptionFacts,
    prices: Sequence[PublishedPrice],
    *,
    kinds: Mapping[str, str],
    seats: int,
) -> list[Item]:
    """
    The items as an update wants them: an item whose kind stays gets the new price, one whose kind
    goes is deleted, and what is new is added.

    `kinds` says what each present price stands for.
    """
    return list(_changed(subscription, prices, kinds=kinds, seats=seats))


def _changed(
    subscription: SubscriptionFacts,
    prices: Sequence[PublishedPrice],
    *,
    kinds: Mapping[str, str],
    seats: int,
) -> Iterator[Item]:
    present = {kinds[item.price_id]: item for item in subscription.items}
    for price in prices:
        item = present.pop(price.key, None)
        if item is None:
            yield {"price": price.stripe_id} | _quantity(price, seats)
        elif item.price_id == price.stripe_id:
            # It may not be sold any more; whoever has it keeps it.
            yield {"id": item.id} | _quantity(price, seats)
        else:
            yield {"id": item.id, "price": price.stripe_id} | _quantity(price, seats)
    for item in present.values():
        yield {"id": item.id, "deleted": True} | ({"clear_usage": True} if item.is_metered else {})


def _quantity(price: PublishedPrice, seats: int) -> Item:
    """Seats are counted; a metered price has no quantity."""
    if price.is_metered:
        return {}
    return {"quantity": seats if price.is_per_seat else 1}
