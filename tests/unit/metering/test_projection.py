"""What a period may come to: exact on days that are known, and never absurd on any others."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.kernel.quantities import ZERO
from metering.credits.projection import (
    LEAST_DAYS,
    MOST_DAYS,
    Exhaustion,
    Projection,
    Range,
    project,
    roughly,
)
from tests.support.chance import chance_of

quantities = st.decimals(min_value=0, max_value=10**12, places=6)
histories = st.lists(quantities, max_size=60)
spans = st.decimals(min_value=0, max_value=31, places=3)


def days(*quantities: int) -> list[Decimal]:
    return [Decimal(quantity) for quantity in quantities]


def projected(used: int, *quantities: int) -> Projection:
    projection = project(used=Decimal(used), days=days(*quantities))
    assert projection is not None
    return projection


def test_days_that_are_all_alike_go_on_alike() -> None:
    total = projected(700, 100, 100, 100).after(Decimal("19.5"))
    assert total == Range(Decimal(2650), Decimal(2650), Decimal(2650))
    assert total.is_point


def test_days_that_differ_leave_room_on_both_sides() -> None:
    projection = projected(60, 10, 20, 30)
    # The mean is 20 and the deviation 10; 1.886 x 10 x sqrt(6 + 36/3) = 80.02.
    total = projection.after(Decimal(6))
    assert (projection.per_day, projection.deviation, projection.day_count) == (20, 10, 3)
    assert [round(one, 2) for one in (total.low, total.expected, total.high)] == [
        Decimal("99.98"),
        Decimal(180),
        Decimal("260.02"),
    ]


@pytest.mark.parametrize("quantities", [(), (0,) * 30, (5, 5), (0, 0, 0, 7, 9)])
def test_two_days_of_use_are_too_few_to_go_by(quantities: tuple[int, ...]) -> None:
    assert project(used=Decimal(1), days=days(*quantities)) is None


def test_days_before_the_first_use_do_not_count() -> None:
    assert projected(9, 0, 0, 3, 3, 3) == projected(9, 3, 3, 3)


def test_days_without_use_since_then_do() -> None:
    assert projected(9, 6, 0, 0).per_day == 2


@pytest.mark.parametrize(
    ("available", "counted"),
    [(3, 3), (6, 6), (7, 7), (13, 7), (14, 14), (20, 14), (27, 21), (28, 28), (60, 28)],
)
def test_from_a_week_on_whole_weeks_count_and_at_most_four(available: int, counted: int) -> None:
    quantities = range(1, available + 1)
    assert projected(0, *quantities) == projected(0, *quantities[-counted:])
    assert projected(0, *quantities).day_count == counted


def test_credits_end_on_a_day_that_usage_decides() -> None:
    projection = projected(60, 10, 20, 30)
    assert projection.exhaustion(Decimal(100), within=Decimal(20)) == Exhaustion(3, 5, 13)
    assert projection.exhaustion(Decimal(100), within=Decimal(10)) == Exhaustion(3, 5, None)
    assert projection.exhaustion(Decimal(100), within=Decimal(4)) == Exhaustion(3, None, None)
    assert projection.exhaustion(Decimal(100), within=Decimal(2)) is None


def test_what_lasts_for_ever_does_not_end() -> None:
    projection = projected(1, 1, 0, 0, 0, 0, 0, 0)
    assert projection.exhaustion(Decimal(10**12), within=Decimal(30)) is None


def test_a_range_is_told_in_three_digits_and_never_below_what_is_used() -> None:
    total = Range(Decimal("12345.6"), Decimal(17894), Decimal("23456.789"))
    assert roughly(total, used=Decimal(12340)) == Range(
        Decimal(12340), Decimal(17900), Decimal(23500)
    )
    assert roughly(Range(*days(0, 7, 12)), used=ZERO) == Range(*days(0, 7, 12))


@given(used=quantities, history=histories, left=spans)
def test_what_is_expected_lies_in_its_range_and_above_what_is_used(
    used: Decimal, history: list[Decimal], left: Decimal
) -> None:
    projection = project(used=used, days=history)
    if projection is None:
        return
    total = projection.after(left)
    rough = roughly(total, used=used)
    assert LEAST_DAYS <= projection.day_count <= MOST_DAYS
    assert used <= total.low <= total.expected <= total.high
    assert used <= rough.low <= rough.expected <= rough.high


@given(used=quantities, history=histories, left=spans, more=spans)
def test_more_days_never_come_to_less(
    used: Decimal, history: list[Decimal], left: Decimal, more: Decimal
) -> None:
    projection = project(used=used, days=history)
    if projection is None:
        return
    sooner, later = projection.after(left), projection.after(left + more)
    assert sooner.low <= later.low
    assert sooner.expected <= later.expected
    assert sooner.high <= later.high


@given(history=histories, left=spans)
def test_twice_the_use_comes_to_twice_as_much(history: list[Decimal], left: Decimal) -> None:
    once = project(used=ZERO, days=history)
    twice = project(used=ZERO, days=[2 * day for day in history])
    if once is None or twice is None:
        assert once is twice
        return
    for one, other in zip(_totals(once, left), _totals(twice, left), strict=True):
        assert abs(other - 2 * one) <= Decimal("0.001")


@given(used=quantities, history=histories, remaining=quantities, within=spans)
def test_credits_never_end_late_before_they_end_early(
    used: Decimal, history: list[Decimal], remaining: Decimal, within: Decimal
) -> None:
    projection = project(used=used, days=history)
    end = None if projection is None else projection.exhaustion(remaining, within=within)
    if end is None:
        return
    after_all = within + 1
    assert end.earliest <= (end.expected or after_all) <= (end.latest or after_all)
    assert end.earliest - 1 < within or within == 0


@pytest.mark.parametrize("known", [3, 7, 28])
def test_four_of_five_periods_end_within_their_range(known: int) -> None:
    """Days that do not depend on each other and vary alike, as the method supposes."""
    chance, left, hits, trials = chance_of(known), 14, 0, 2_000
    for _ in range(trials):
        history = [Decimal(round(chance.gauss(1_000, 150))) for _ in range(known)]
        to_come = sum((Decimal(round(chance.gauss(1_000, 150))) for _ in range(left)), ZERO)
        projection = project(used=ZERO, days=history)
        assert projection is not None
        total = projection.after(Decimal(left))
        hits += total.low <= to_come <= total.high
    assert 0.77 < hits / trials < 0.83


def _totals(projection: Projection, left: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    total = projection.after(left)
    return total.low, total.expected, total.high
