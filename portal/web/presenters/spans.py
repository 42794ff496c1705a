"""Periods as the days of a time zone: what charts and tables are laid out on."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from config.kernel.charts import Point
from config.kernel.periods import INSTANT, Period
from config.kernel.quantities import ZERO


def days_of(period: Period, *, zone: ZoneInfo) -> list[date]:
    """Every day that the period touches, as the zone counts days."""
    first = period.starts_at.astimezone(zone).date()
    last = (period.ends_at - INSTANT).astimezone(zone).date()
    return [first + timedelta(days=index) for index in range((last - first).days + 1)]


def in_days(span: timedelta) -> Decimal:
    """A span as days and a fraction."""
    return Decimal(span // timedelta(seconds=1)) / 86_400


def running_total(
    by_day: Mapping[date, Decimal], *, period: Period, until: datetime, zone: ZoneInfo
) -> tuple[Point, ...]:
    """Points of the running total from a period's start to a moment, one for each day's end."""
    points = [(ZERO, ZERO)]
    if until == period.starts_at:
        return tuple(points)
    total = ZERO
    for day in days_of(Period(period.starts_at, until), zone=zone):
        total += by_day.get(day, ZERO)
        midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
        points.append((in_days(min(midnight, until) - period.starts_at), total))
    return tuple(points)


def sum_by_day(rows: Iterable[tuple[date, Decimal]]) -> dict[date, Decimal]:
    """Add up quantities that fall on the same day."""
    totals: dict[date, Decimal] = {}
    for day, quantity in rows:
        totals[day] = totals.get(day, ZERO) + quantity
    return totals
