"""When a move may take effect: after its notice, and never within a contract."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.repricing.offers.notice_clock import (
    end_of_notice,
    first_renewal,
    is_renewal,
)
from config.kernel.periods import Interval, boundary

ANCHOR = datetime(2026, 1, 31, 9, tzinfo=UTC)
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)

moments = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    max_value=datetime(2035, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
intervals = st.sampled_from(list(Interval))
notices = st.integers(min_value=90, max_value=730)


def at(month: int, day: int, hour: int = 9, *, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def takes_effect_at(
    *, anchor_at: datetime, interval: str, noticed_at: datetime, notice_days: int
) -> datetime:
    """The first renewal at or after the end of the notice, as offers ask for it."""
    over_at = end_of_notice(noticed_at=noticed_at, notice_days=notice_days)
    return first_renewal(anchor_at=anchor_at, interval=interval, since=over_at)


def test_a_month_by_month_customer_moves_at_the_first_renewal_after_90_days() -> None:
    """Strategy 1 of the article: at renewal time, with 90 days notice."""
    noticed_at = at(9, 10)
    assert end_of_notice(noticed_at=noticed_at, notice_days=90) == at(12, 9)
    assert takes_effect_at(
        anchor_at=ANCHOR, interval="month", noticed_at=noticed_at, notice_days=90
    ) == at(12, 31)


def test_a_yearly_customer_moves_when_the_year_ends_however_long_that_is() -> None:
    assert takes_effect_at(
        anchor_at=ANCHOR, interval="year", noticed_at=at(2, 10), notice_days=90
    ) == at(1, 31, year=2027)
    assert takes_effect_at(
        anchor_at=ANCHOR, interval="year", noticed_at=at(12, 1), notice_days=90
    ) == at(1, 31, year=2028)


def test_a_renewal_at_the_very_end_of_the_notice_is_in_time_and_an_instant_before_is_not() -> None:
    def moves(noticed_at: datetime) -> datetime:
        return takes_effect_at(
            anchor_at=ANCHOR, interval="month", noticed_at=noticed_at, notice_days=90
        )

    noticed_at = at(7, 31) - 90 * DAY
    assert moves(noticed_at) == at(7, 31)
    assert moves(noticed_at + INSTANT) == at(8, 31)


def test_the_end_of_a_trial_is_a_renewal_too() -> None:
    assert first_renewal(anchor_at=ANCHOR, interval="year", since=at(1, 3)) == ANCHOR


@pytest.mark.parametrize(
    ("moment", "is_one"),
    [(at(2, 28), True), (at(2, 28, 10), False), (at(3, 31), True), (at(3, 28), False)],
)
def test_short_months_are_renewed_on_their_last_day(moment: datetime, *, is_one: bool) -> None:
    assert is_renewal(moment, anchor_at=ANCHOR, interval="month") is is_one


@given(anchor_at=moments, interval=intervals, noticed_at=moments, notice_days=notices)
def test_it_is_the_first_renewal_after_the_notice_and_no_other(
    anchor_at: datetime, interval: Interval, noticed_at: datetime, notice_days: int
) -> None:
    effective_at = takes_effect_at(
        anchor_at=anchor_at, interval=interval, noticed_at=noticed_at, notice_days=notice_days
    )
    over_at = end_of_notice(noticed_at=noticed_at, notice_days=notice_days)
    assert effective_at >= over_at
    months = (effective_at.year - anchor_at.year) * 12 + effective_at.month - anchor_at.month
    assert months % interval.months == 0
    assert effective_at == boundary(anchor_at, months=months)
    if effective_at > anchor_at:
        assert boundary(anchor_at, months=months - interval.months) < over_at


@given(anchor_at=moments, interval=intervals, one=moments, other=moments)
def test_a_later_notice_never_takes_effect_earlier(
    anchor_at: datetime, interval: Interval, one: datetime, other: datetime
) -> None:
    earlier, later = sorted((one, other))
    first = takes_effect_at(
        anchor_at=anchor_at, interval=interval, noticed_at=earlier, notice_days=90
    )
    second = takes_effect_at(
        anchor_at=anchor_at, interval=interval, noticed_at=later, notice_days=90
    )
    assert first <= second


@given(anchor_at=moments, interval=intervals, since=moments)
def test_a_renewal_is_its_own_first_renewal(
    anchor_at: datetime, interval: Interval, since: datetime
) -> None:
    renewal = first_renewal(anchor_at=anchor_at, interval=interval, since=since)
    assert is_renewal(renewal, anchor_at=anchor_at, interval=interval)
