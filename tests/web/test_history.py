"""The days that a projection goes by: whole ones, as the organization's zone counts them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from config.kernel.periods import Period
from config.kernel.quantities import ZERO
from portal.web.presenters.history import UsageHistory

BERLIN = ZoneInfo("Europe/Berlin")


def history(
    starts_at: datetime, ends_at: datetime, used: dict[date, int], *, before: Period | None = None
) -> UsageHistory:
    """A period with so much used on some days."""
    by_day = {day: Decimal(quantity) for day, quantity in used.items()}
    return UsageHistory(Period(starts_at, ends_at), (), by_day, before, {})


@pytest.mark.parametrize(
    ("zone", "starts_at"),
    [
        # The day with 25 hours, and the one with 23, is a day like any other.
        ("Europe/Berlin", datetime(2026, 10, 23, 22, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2027, 3, 26, 23, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 10, 30, 4, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2026, 10, 2, 13, 30, tzinfo=UTC)),
        ("Asia/Kathmandu", datetime(2026, 10, 23, 18, 15, tzinfo=UTC)),
    ],
)
def test_days_begin_at_midnight_also_when_clocks_change(zone: str, starts_at: datetime) -> None:
    local = starts_at.astimezone(ZoneInfo(zone))
    assert (local.hour, local.minute) == (0, 0)
    first = local.date()
    days = [date.fromordinal(first.toordinal() + index) for index in range(4)]
    used = {day: number for number, day in enumerate(days, start=1)}
    now = datetime.combine(days[3], datetime.min.time(), tzinfo=ZoneInfo(zone))
    period = history(starts_at, now.replace(year=now.year + 1), used)
    assert period.whole_days(now=now, zone=ZoneInfo(zone)) == [1, 2, 3]


def test_the_day_on_which_it_began_is_not_whole() -> None:
    starts_at = datetime(2026, 9, 10, 8, tzinfo=UTC)
    period = history(starts_at, datetime(2026, 10, 10, 8, tzinfo=UTC), {date(2026, 9, 10): 9})
    now = datetime(2026, 9, 13, 8, tzinfo=UTC)
    assert period.whole_days(now=now, zone=BERLIN) == [ZERO, ZERO]
    assert period.whole_days(now=starts_at, zone=BERLIN) == []


def test_the_day_between_two_periods_is_one_day() -> None:
    turn = datetime(2026, 10, 10, 8, tzinfo=UTC)
    before = Period(datetime(2026, 10, 7, 22, tzinfo=UTC), turn)
    both = UsageHistory(
        period=Period(turn, turn.replace(month=11)),
        rows=(),
        by_day={date(2026, 10, 10): Decimal(4)},
        previous=before,
        previous_by_day={date(2026, 10, 8): Decimal(1), date(2026, 10, 10): Decimal(3)},
    )
    now = datetime(2026, 10, 11, 8, tzinfo=UTC)
    assert both.whole_days(now=now, zone=BERLIN) == [1, 0, 7]
