"""What rolls over, and “Do my credits expire?”, answered from the policy itself."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metering.credits.rollover import (
    Basis,
    RolloverPolicy,
    Slice,
    above_cap,
    rolled_over,
)

PROFESSIONAL = RolloverPolicy(Basis.UNUSED, percent=25, term_periods=1)
ENTERPRISE = RolloverPolicy(Basis.UNUSED, percent=50, cap_percent=100)


def slices(*unused: str) -> list[Slice]:
    return [Slice(index, Decimal(amount)) for index, amount in enumerate(unused, start=1)]


def roll(
    policy: RolloverPolicy, *unused: str, allowance: str = "1000", pool: str = "0"
) -> dict[int, Decimal]:
    return rolled_over(
        policy, unused=slices(*unused), allowance=Decimal(allowance), pool=Decimal(pool)
    )


def test_a_percentage_of_each_slice_rolls_over() -> None:
    assert roll(PROFESSIONAL, "2000", "10") == {1: 500, 2: Decimal("2.5")}


def test_what_rolls_over_is_rounded_down_to_six_places() -> None:
    assert roll(PROFESSIONAL, "0.000007") == {1: Decimal("0.000001")}
    assert roll(PROFESSIONAL, "0.000003") == {}


def test_the_cap_leaves_room_for_what_the_pool_does_not_hold() -> None:
    assert roll(ENTERPRISE, "1000", pool="700") == {1: 300}
    assert roll(ENTERPRISE, "1000", pool="1000") == {}
    assert roll(ENTERPRISE, "800", "800", pool="300") == {1: 400, 2: 300}


def test_a_share_of_the_allowance_bounds_all_slices_together() -> None:
    policy = RolloverPolicy(Basis.ALLOWANCE, percent=50)
    assert roll(policy, "400") == {1: 400}
    assert roll(policy, "900") == {1: 500}
    assert roll(policy, "300", "300") == {1: 300, 2: 200}


@pytest.mark.parametrize(
    ("policy", "allowance", "pool", "lost"),
    [
        (ENTERPRISE, 450, 600, {1: 100, 2: 50}),
        (ENTERPRISE, 600, 600, {}),
        # Holds have taken 150 more: it may come back, and would stand above the cap then.
        (ENTERPRISE, 600, 750, {1: 100, 2: 50}),
        (PROFESSIONAL, 1, 600, {}),
    ],
)
def test_a_pool_above_its_cap_loses_what_ends_first(
    policy: RolloverPolicy, allowance: int, pool: int, lost: dict[int, int]
) -> None:
    rolled = slices("100", "300", "200")
    found = above_cap(policy, slices=rolled, allowance=Decimal(allowance), pool=Decimal(pool))
    assert found == lost


def test_credits_that_would_be_lost_stand_before_the_allowance() -> None:
    assert PROFESSIONAL.priority == 90
    assert ENTERPRISE.priority == 100


@given(
    percent=st.integers(1, 100),
    cap=st.none() | st.integers(0, 300),
    basis=st.sampled_from(Basis),
    unused=st.lists(st.decimals("0", 5_000, places=6), max_size=4),
    pool=st.decimals("0", 5_000, places=6),
)
def test_nothing_is_made_and_no_bound_is_passed(
    percent: int, cap: int | None, basis: Basis, unused: list[Decimal], pool: Decimal
) -> None:
    policy = RolloverPolicy(basis, percent=percent, cap_percent=cap)
    allowance = Decimal(5_000)
    parts = [Slice(index, amount) for index, amount in enumerate(unused)]
    rolled = rolled_over(policy, unused=parts, allowance=allowance, pool=pool)
    assert all(
        0 < rolled[part.grant_id] <= part.unused for part in parts if part.grant_id in rolled
    )
    total = sum(rolled.values(), Decimal(0))
    bound = policy.cap(allowance)
    assert bound is None or total == 0 or pool + total <= bound
    base = sum(unused, Decimal(0)) if basis is Basis.UNUSED else allowance
    assert total * 100 <= base * percent
