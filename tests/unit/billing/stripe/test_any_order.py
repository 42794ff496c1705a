"""
Eight things happen to a subscription, and are told in any order.

Whoever is told asks Stripe how things stand then, which is at least as far as what is told.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import accumulate, permutations

from billing.choices import AgreementStatus
from billing.stripe.levelling.standing import Agreed
from tests.unit.billing.stripe.lives import BUSINESS, LIFE, OVER, Life, see

ORDERS = 40_320
EVENTS = range(len(LIFE))


def end_states(look: Callable[[Sequence[int]], Iterable[tuple[int, int]]]) -> set[Life]:
    """The states in which each order of the events ends."""
    ends = set()
    count = 0
    for order in permutations(EVENTS):
        life = Life()
        for seen, clock in look(order):
            life = see(life, LIFE[seen][0], moment(clock))
        ends.add(life)
        count += 1
    assert count == ORDERS
    return ends


def moment(event: int) -> datetime:
    return LIFE[event][1]


def as_it_stands(order: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Each event finds the subscription as far as the latest that has happened."""
    return ((latest, latest) for latest in accumulate(order, max))


def all_of_them_late(order: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Everything has happened before anything is told."""
    return ((EVENTS[-1], EVENTS[-1]) for _ in order)


def as_it_was(order: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Each event is believed, old as it may be; then somebody looks once more."""
    latest = list(accumulate(order, max))
    yield from zip(order, latest, strict=True)
    yield EVENTS[-1], EVENTS[-1]


def in_order(count: int = len(LIFE)) -> Life:
    """The state after the first so many events, each told when it happens."""
    life = Life()
    for told, at in LIFE[:count]:
        life = see(life, told, at)
    return life


def test_in_order_everything_is_followed() -> None:
    life = in_order()
    assert life.is_over
    assert isinstance(life.agreed, Agreed)
    assert (life.agreed.status, life.agreed.ended_at) == (AgreementStatus.CANCELED, OVER)
    assert (life.agreed.sold.version_id, life.agreed.sold.seats) == (BUSINESS, 5)
    assert life.agreed.notice == LIFE[-1][0].notice


def test_every_order_ends_alike() -> None:
    assert end_states(as_it_stands) == {in_order()}


def test_told_all_at_once_afterwards_it_is_made_up_for() -> None:
    assert end_states(all_of_them_late) == {in_order()}


def test_old_news_do_no_harm_that_another_look_does_not_mend() -> None:
    assert end_states(as_it_was) == {in_order()}


def test_twice_is_once() -> None:
    for count, (told, at) in enumerate(LIFE, start=1):
        assert see(in_order(count), told, at) == in_order(count)
