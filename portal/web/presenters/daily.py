"""Usage by day, stacked by action: the chart and the table that says the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from config.kernel.charts import BarChart, DayOfBars, bar_chart
from config.kernel.periods import Period
from config.kernel.quantities import ZERO
from metering.queries import DayUsage

from ...formatting import credits_text, date_text
from .spans import days_of

# More colours than this cannot be told apart; the smaller actions share the last one.
_MOST_SERIES: Final = 5


@dataclass(frozen=True, slots=True)
class ActionTotal:
    """What one action took over a period; None is usage that was reported as a plain quantity."""

    action: str | None
    name: str
    quantity: Decimal
    credits: Decimal
    event_count: int


@dataclass(frozen=True, slots=True)
class Series:
    """A colour of the chart and the actions that it stands for."""

    number: int
    label: str
    actions: frozenset[str | None]


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day: a quantity for each series, and their sum."""

    day: date
    quantities: tuple[Decimal, ...]
    total: Decimal


@dataclass(frozen=True, slots=True)
class DailyUsage:
    """A period by day."""

    chart: BarChart
    series: tuple[Series, ...]
    days: tuple[DayRow, ...]
    busiest: DayRow | None

    @property
    def series_of(self) -> dict[str | None, int]:
        """The colour of each action."""
        return {action: one.number for one in self.series for action in one.actions}


def present_daily_usage(
    rows: Sequence[DayUsage],
    *,
    by_action: Sequence[ActionTotal],
    period: Period,
    zone: ZoneInfo,
    unit_plural: str,
    even_pace: Decimal | None,
) -> DailyUsage:
    """Lay usage out over the days of a period; the actions with the most credits come first."""
    series = _series(by_action)
    days = _day_rows(rows, series, days_of(period, zone=zone))
    used = [row for row in days if row.total]
    return DailyUsage(
        chart=bar_chart([_bar(row, series, unit_plural) for row in days], line=even_pace),
        series=series,
        days=tuple(used),
        busiest=max(used, key=lambda row: row.total, default=None),
    )


def action_label(action: str | None, name: str | None) -> str:
    """The name of an action; usage that named none was reported as a plain quantity."""
    return name or action or _("Reported directly")


def _series(by_action: Sequence[ActionTotal]) -> tuple[Series, ...]:
    named = [
        Series(number, usage.name, frozenset({usage.action}))
        for number, usage in enumerate(by_action[:_MOST_SERIES], start=1)
    ]
    rest = frozenset(usage.action for usage in by_action[_MOST_SERIES:])
    return (*named, Series(_MOST_SERIES + 1, _("Other actions"), rest)) if rest else tuple(named)


def _day_rows(
    rows: Sequence[DayUsage], series: Sequence[Series], days: Sequence[date]
) -> list[DayRow]:
    credits: dict[tuple[date, int], Decimal] = {}
    number_of = {action: one.number for one in series for action in one.actions}
    for row in rows:
        place = (row.day, number_of[row.action])
        credits[place] = credits.get(place, ZERO) + row.credits
    return [
        DayRow(day, quantities, sum(quantities, ZERO))
        for day in days
        for quantities in [tuple(credits.get((day, one.number), ZERO) for one in series)]
    ]


def _bar(row: DayRow, series: Sequence[Series], unit_plural: str) -> DayOfBars:
    written = date_text(row.day, style="weekday")
    parts = [
        f"{one.label}: {credits_text(quantity)}"
        for one, quantity in zip(series, row.quantities, strict=True)
        if quantity
    ]
    title = "\n".join(
        [f"{written}: {credits_text(row.total)} {unit_plural}", *(parts if len(parts) > 1 else [])]
    )
    return DayOfBars(
        label=date_text(row.day, style="day"),
        title=title,
        quantities=row.quantities,
    )
