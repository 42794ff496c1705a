"""Which grants pay: the published order, with the cases that other systems document."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from metering.credits.burn_down import AvailableGrant, burn_down, in_burn_order

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def grant(
    grant_id: int,
    remaining: int,
    *,
    priority: int = 100,
    expires: timedelta | None = None,
    effective: timedelta = -DAY,
    purchased: bool = False,
) -> AvailableGrant:
    return AvailableGrant(
        grant_id=grant_id,
        remaining=Decimal(remaining),
        priority=priority,
        effective_at=NOW + effective,
        expires_at=None if expires is None else NOW + expires,
        is_purchased=purchased,
    )


def drawn(quantity: int, *grants: AvailableGrant) -> dict[int, int]:
    return {
        grant_id: int(amount)
        for grant_id, amount in burn_down(Decimal(quantity), in_burn_order(grants), at=NOW).drawn
    }


def test_priority_comes_before_expiry() -> None:
    """AC-029: A 50 (priority 1, day 10), B 80 (priority 1, day 20), C 100 (priority 2, never)."""
    a = grant(1, 50, priority=1, expires=10 * DAY)
    b = grant(2, 80, priority=1, expires=20 * DAY)
    c = grant(3, 100, priority=2)
    assert drawn(90, c, b, a) == {1: 50, 2: 40}


def test_the_earlier_expiry_is_spent_first() -> None:
    """AC-037: two grants of 100; 120 used; the one that expires earlier is empty."""
    assert drawn(120, grant(1, 100, expires=20 * DAY), grant(2, 100, expires=10 * DAY)) == {
        2: 100,
        1: 20,
    }


def test_the_id_breaks_a_tie() -> None:
    alike = [grant(grant_id, 100, expires=10 * DAY) for grant_id in (3, 1, 2)]
    assert [given.grant_id for given in in_burn_order(alike)] == [1, 2, 3]


def test_a_grant_that_never_expires_is_spent_last() -> None:
    assert drawn(120, grant(1, 100), grant(2, 100, expires=10_000 * DAY)) == {2: 100, 1: 20}


def test_a_grant_for_some_actions_pays_for_no_other() -> None:
    for_one = replace(grant(1, 100, priority=1), action_ids=frozenset({7, 8}))
    for_all = grant(2, 100)
    ranked = in_burn_order([for_all, for_one])
    of_another = burn_down(Decimal(120), ranked, at=NOW, action_id=9)
    assert (of_another.drawn, of_another.overage) == (((2, Decimal(100)),), Decimal(20))
    of_its_own = burn_down(Decimal(120), ranked, at=NOW, action_id=8)
    assert of_its_own.drawn == ((1, Decimal(100)), (2, Decimal(20)))
    assert burn_down(Decimal(1), [for_one], at=NOW).overage == 1


def test_free_credits_are_spent_before_purchased_ones() -> None:
    """AC-043: A 50 paid and B 20 promotional expire together, C 100 has a later priority."""
    a = grant(1, 50, priority=1, expires=DAY, purchased=True)
    b = grant(2, 20, priority=1, expires=DAY)
    c = grant(3, 100, priority=2, expires=DAY / 2)
    assert drawn(60, a, b, c) == {2: 20, 1: 40}


def test_many_grants_are_spent_in_turn() -> None:
    """AC-047: 20 (priority 1), 25, 25, 30 (priority 2); 80 used; 20 of the last remain."""
    grants = [
        grant(1, 20, priority=1),
        grant(2, 25, priority=2, effective=-4 * DAY),
        grant(3, 25, priority=2, effective=-3 * DAY),
        grant(4, 30, priority=2, effective=-2 * DAY),
    ]
    assert drawn(80, *grants) == {1: 20, 2: 25, 3: 25, 4: 10}


def test_the_older_of_two_equal_grants_is_spent_first_whatever_their_ids() -> None:
    newer, older = grant(1, 50, effective=-DAY), grant(2, 50, effective=-2 * DAY)
    assert drawn(60, newer, older) == {2: 50, 1: 10}


def test_what_no_grant_covers_is_overage() -> None:
    """AC-031: 40 credits there, 100 used: 60 are left to pay in money."""
    result = burn_down(Decimal(100), [grant(1, 40)], at=NOW)
    assert result.drawn == ((1, Decimal(40)),)
    assert result.overage == Decimal(60)


def test_a_grant_pays_from_its_first_instant_until_just_before_its_last() -> None:
    starts_now = grant(1, 10, effective=timedelta(0))
    starts_later = grant(2, 10, effective=timedelta(microseconds=1))
    ends_now = grant(3, 10, expires=timedelta(0))
    ends_later = grant(4, 10, expires=timedelta(microseconds=1))
    assert drawn(100, starts_now, starts_later, ends_now, ends_later) == {4: 10, 1: 10}


def test_using_nothing_draws_nothing() -> None:
    assert drawn(0, grant(1, 10)) == {}


GRANTS = st.lists(
    st.builds(
        grant,
        grant_id=st.integers(1, 10_000),
        remaining=st.integers(0, 500),
        priority=st.integers(1, 3),
        expires=st.none() | st.integers(-2, 5).map(lambda days: days * DAY),
        effective=st.integers(-3, 2).map(lambda days: days * DAY),
        purchased=st.booleans(),
    ),
    unique_by=lambda g: g.grant_id,
    max_size=8,
)


@given(grants=GRANTS, quantity=st.decimals(0, 3_000, places=6))
def test_credits_are_neither_made_nor_lost(grants: list[AvailableGrant], quantity: Decimal) -> None:
    ranked = in_burn_order(grants)
    result = burn_down(quantity, ranked, at=NOW)
    left = {g.grant_id: g.remaining for g in grants}

    assert sum((amount for _, amount in result.drawn), result.overage) == quantity
    for grant_id, amount in result.drawn:
        assert 0 < amount <= left[grant_id]
    if result.overage:
        spent = {grant_id for grant_id, _ in result.drawn}
        active = {g.grant_id for g in grants if g.may_pay(at=NOW, action_id=None) and g.remaining}
        assert spent == active


@given(grants=GRANTS, quantity=st.decimals(0, 3_000, places=6), seed=st.randoms())
def test_the_order_in_which_grants_are_read_does_not_matter(
    grants: list[AvailableGrant], quantity: Decimal, seed: Random
) -> None:
    shuffled = list(grants)
    seed.shuffle(shuffled)
    assert burn_down(quantity, in_burn_order(grants), at=NOW) == burn_down(
        quantity, in_burn_order(shuffled), at=NOW
    )
