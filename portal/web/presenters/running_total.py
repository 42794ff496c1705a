"""A period as a rising line: what was used, what it may come to, and the period before."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from billing.usage.queries import FeatureBalance
from config.kernel.charts import CurveChart, Expected, curve_chart
from config.kernel.periods import Period
from config.kernel.quantities import ZERO

from ...formatting import credits_text, moment_text
from .history import UsageHistory
from .pace import Pace
from .spans import in_days, running_total


@dataclass(frozen=True, slots=True)
class DayTotal:
    """What one day took, and the running total after it."""

    day: date
    used: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class RunningTotal:
    """The chart, the same as a table, and in a sentence for those who see neither."""

    chart: CurveChart
    days: tuple[DayTotal, ...]
    summary: str
    allowance: Decimal | None


def present_running_total(
    balance: FeatureBalance,
    history: UsageHistory,
    *,
    allowance: Decimal | None,
    until: datetime,
    zone: ZoneInfo,
    pace: Pace | None = None,
) -> RunningTotal:
    """Draw a period up to a moment, and with a pace on from there to its end."""
    course = () if pace is None else pace.course
    chart = curve_chart(
        length=in_days(history.period.ends_at - history.period.starts_at),
        used=running_total(history.by_day, period=history.period, until=until, zone=zone),
        previous=running_total(
            history.previous_by_day,
            period=history.previous,
            until=history.previous.ends_at,
            zone=zone,
        )
        if history.previous
        else (),
        projected=[Expected(at, one.low, one.expected, one.high) for at, one in course],
        allowance=allowance,
        labels=_labels(history.period, until=until, zone=zone),
    )
    days = _day_totals(history.by_day)
    return RunningTotal(chart, days, _summary(balance, days, pace), allowance)


def _labels(period: Period, *, until: datetime, zone: ZoneInfo) -> list[tuple[Decimal, str]]:
    length, today = in_days(period.ends_at - period.starts_at), in_days(until - period.starts_at)
    labels = [(ZERO, moment_text(period.starts_at, zone=zone, style="day"))]
    if Decimal("0.15") < today / length < Decimal("0.85"):
        labels.append((today, _("today")))
    return [*labels, (length, moment_text(period.ends_at, zone=zone, style="day"))]


def _day_totals(by_day: dict[date, Decimal]) -> tuple[DayTotal, ...]:
    days, total = [], ZERO
    for day in sorted(by_day):
        total += by_day[day]
        days.append(DayTotal(day, by_day[day], total))
    return tuple(days)


def _summary(balance: FeatureBalance, days: tuple[DayTotal, ...], pace: Pace | None) -> str:
    facts = {
        "used": credits_text(days[-1].total if days else ZERO),
        "units": balance.unit_plural,
    }
    if pace is None or pace.total is None:
        return _("%(used)s %(units)s used.") % facts
    return _(
        "%(used)s %(units)s used so far; on course for about %(total)s, between %(low)s and "
        "%(high)s."
    ) % {
        **facts,
        "total": credits_text(pace.total.expected),
        "low": credits_text(pace.total.low),
        "high": credits_text(pace.total.high),
    }
