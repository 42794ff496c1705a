"""Periods tile time, and their boundaries never drift from the anchor's day."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.kernel.periods import Interval, Period, boundary, period_at

ANCHORS = st.integers(0, 4_000 * 24 * 60).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
INTERVALS = st.sampled_from(Interval)


def day(year: int, month: int, day_: int) -> datetime:
    return datetime(year, month, day_, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        (1, day(2027, 2, 28)),
        (2, day(2027, 3, 31)),
        (3, day(2027, 4, 30)),
        (13, day(2028, 2, 29)),
        (14, day(2028, 3, 31)),
    ],
)
def test_an_anchor_on_the_31st_returns_to_the_31st(months: int, expected: datetime) -> None:
    assert boundary(day(2027, 1, 31), months=months) == expected


def test_a_leap_day_anchor_returns_to_the_leap_day() -> None:
    anchor = day(2028, 2, 29)
    assert boundary(anchor, months=12) == day(2029, 2, 28)
    assert boundary(anchor, months=48) == day(2032, 2, 29)


def test_a_boundary_belongs_to_the_period_that_it_starts() -> None:
    anchor = day(2026, 1, 31)
    assert period_at(anchor, interval=Interval.MONTH, at=day(2026, 2, 28)) == Period(
        day(2026, 2, 28), day(2026, 3, 31)
    )
    just_before = day(2026, 2, 28) - timedelta(microseconds=1)
    assert period_at(anchor, interval=Interval.MONTH, at=just_before) == Period(
        day(2026, 1, 31), day(2026, 2, 28)
    )


def test_nothing_was_agreed_before_the_anchor() -> None:
    anchor = day(2026, 1, 31)
    with pytest.raises(ValueError, match="before the anchor"):
        period_at(anchor, interval=Interval.MONTH, at=anchor - timedelta(seconds=1))


def test_periods_that_reach_back_end_with_the_anchor() -> None:
    anchor = day(2026, 3, 31)

    def month_of(at: datetime) -> Period:
        return period_at(anchor, interval=Interval.MONTH, at=at, reaches_back=True)

    assert month_of(anchor - timedelta(seconds=1)) == Period(day(2026, 2, 28), anchor)
    assert month_of(day(2026, 2, 27)) == Period(day(2026, 1, 31), day(2026, 2, 28))
    assert month_of(anchor) == period_at(anchor, interval=Interval.MONTH, at=anchor)


@given(anchor=ANCHORS, interval=INTERVALS, days=st.integers(-4_000, 4_000))
def test_periods_tile_time(anchor: datetime, interval: Interval, days: int) -> None:
    def period_of(at: datetime) -> Period:
        return period_at(anchor, interval=interval, at=at, reaches_back=days < 0)

    at = anchor + timedelta(days=days)
    period = period_of(at)

    assert period.contains(at)
    assert period_of(period.ends_at).starts_at == period.ends_at
    assert period_of(period.ends_at - timedelta(microseconds=1)) == period
