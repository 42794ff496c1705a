"""What was used, over any span of time and however much it was."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from config.kernel.periods import Period
from config.kernel.quantities import ZERO
from config.kernel.sql import Row

from .sums import By, MeterBooks, sum_usage


@dataclass(frozen=True, slots=True)
class DayUsage:
    """
    Usage of one action (None: reported as a plain quantity) on one day of a usage period.

    The day on which one period ends and the next begins is told once for each.
    """

    period_starts_at: datetime
    day: date
    action: str | None
    quantity: Decimal
    credits: Decimal
    event_count: int


@dataclass(frozen=True, slots=True)
class ActionUsage:
    """Usage of one action (None: reported as a plain quantity) over a span of time."""

    action: str | None
    name: str | None
    quantity: Decimal
    credits: Decimal
    overage: Decimal
    cost: Decimal
    event_count: int


@dataclass(frozen=True, slots=True)
class UsageSum:
    """
    Usage that has something in common: its day, hour, action, member or API key.

    `key` says what: a date, the instant at which an hour begins, the code of an action (None: a
    plain quantity), the member as the app names it ("": none), or the id of a key (None: by
    ourselves). `name` is what people call an action or a key.
    """

    key: date | datetime | str | None
    name: str | None
    quantity: Decimal
    credits: Decimal
    overage: Decimal
    cost: Decimal
    event_count: int


def summarize_usage(
    *,
    organization_id: int,
    meter_id: int,
    starts_at: datetime,
    ends_at: datetime,
    by: By,
    time_zone: str = "UTC",
    books: MeterBooks | None = None,
) -> list[UsageSum]:
    """
    Return usage over `[starts_at, ends_at)`, added up by one thing.

    Usage counts where its event was counted; an event that was taken back is not in it, and
    `overage` is what nothing has paid for until now. Days are those of `time_zone`, hours those
    of UTC; both come in order, the rest with the most credits first. The answer is exact whether
    or not the sums that are kept have caught up with the books. `books` are those of the meter, if
    they were read: that saves a statement, here as below.
    """
    rows = _sum(organization_id, meter_id, starts_at, ends_at, by, time_zone=time_zone, books=books)
    if by in (By.ACTION, By.API_KEY):
        return [UsageSum(*row) for row in rows]
    return [UsageSum(row[0], None, *row[1:]) for row in rows]


def list_daily_usage(
    *,
    organization_id: int,
    meter_id: int,
    starts_at: datetime,
    ends_at: datetime,
    time_zone: str,
    books: MeterBooks | None = None,
) -> list[DayUsage]:
    """
    Return usage by period, day and action over `[starts_at, ends_at)`, in that order.

    Days are as the zone counts them.
    """
    rows = _sum(
        *(organization_id, meter_id, starts_at, ends_at, By.DAY, By.ACTION),
        time_zone=time_zone,
        books=books,
    )
    return [
        DayUsage(period_starts_at, day, action, quantity, credits, event_count)
        for period_starts_at, day, action, quantity, credits, _overage, _cost, event_count in rows
    ]


def list_usage_by_action(
    *, organization_id: int, meter_id: int, starts_at: datetime, ends_at: datetime
) -> list[ActionUsage]:
    """Return usage by action over `[starts_at, ends_at)`, the most credits first."""
    rows = _sum(organization_id, meter_id, starts_at, ends_at, By.ACTION)
    return [ActionUsage(*row) for row in rows]


def get_used_between(
    *,
    organization_id: int,
    meter_id: int,
    starts_at: datetime,
    ends_at: datetime,
    books: MeterBooks | None = None,
) -> Decimal:
    """Return the credits used over `[starts_at, ends_at)`."""
    rows = _sum(organization_id, meter_id, starts_at, ends_at, books=books)
    used: Decimal = rows[0][2] if rows else ZERO
    return used


def _sum(
    organization_id: int,
    meter_id: int,
    starts_at: datetime,
    ends_at: datetime,
    *by: By,
    time_zone: str = "UTC",
    books: MeterBooks | None = None,
) -> list[Row]:
    """No usage where the span is empty."""
    if starts_at >= ends_at:
        return []
    return sum_usage(
        organization_id=organization_id,
        meter_id=meter_id,
        span=Period(starts_at, ends_at),
        by=by,
        time_zone=time_zone,
        books=books,
    )
