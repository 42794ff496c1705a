"""The waterfall of recurring revenue: from one day to another, step by step."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel.charts import BarChart, DayOfBars, bar_chart
from config.kernel.money import Money

from ..analytics.mrr import Moved, Movement, Movements
from ..wording import money_words

_LABELS: Final[dict[Movement, Any]] = {
    Movement.NEW: gettext_lazy("New"),
    Movement.RETURNED: gettext_lazy("Returned"),
    Movement.EXPANSION: gettext_lazy("Expansion"),
    Movement.CONTRACTION: gettext_lazy("Contraction"),
    Movement.CHURNED: gettext_lazy("Churned"),
}
_NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class WaterfallRow:
    """One step in words; `is_total` marks the two ends."""

    label: str
    amount: str
    customers: int
    is_total: bool


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The steps as rows, and drawn; `summary` says them to who does not see the chart."""

    rows: tuple[WaterfallRow, ...]
    chart: BarChart
    summary: str


def waterfall_of(movements: Movements, *, currency: str) -> Waterfall:
    """Lay out how revenue came from its start to its end."""
    rows = tuple(_rows(movements, currency=currency))
    return Waterfall(
        rows=rows,
        chart=bar_chart(list(_bars(movements, currency=currency))),
        summary=", ".join(f"{row.label} {row.amount}" for row in rows),
    )


def signed_words(amount: Money) -> str:
    """Say an amount that moved, with its sign: `+$99`, or `$0` without."""
    words = money_words(Money(abs(amount.minor), amount.currency))
    if not amount.minor:
        return words
    return f"+{words}" if amount.minor > 0 else f"\N{MINUS SIGN}{words}"


def _rows(movements: Movements, *, currency: str) -> Iterator[WaterfallRow]:
    yield _total(_("At the start"), movements.start, currency)
    for kind, moved in movements.steps():
        words = signed_words(Money(moved.minor, currency))
        yield WaterfallRow(str(_LABELS[kind]), words, moved.customers, is_total=False)
    yield _total(_("At the end"), movements.end, currency)


def _total(label: str, moved: Moved, currency: str) -> WaterfallRow:
    words = money_words(Money(moved.minor, currency))
    return WaterfallRow(label, words, moved.customers, is_total=True)


def _bars(movements: Movements, *, currency: str) -> Iterator[DayOfBars]:
    """
    Each step stands on what was there before it: an unseen part, then a total, more, or less.
    """
    height = movements.start.minor
    yield _bar(_("At the start"), height, currency, total=height)
    for kind, moved in movements.steps():
        floor = min(height, height + moved.minor)
        more, less = max(moved.minor, 0), max(-moved.minor, 0)
        yield _bar(str(_LABELS[kind]), moved.minor, currency, floor=floor, more=more, less=less)
        height += moved.minor
    yield _bar(_("At the end"), height, currency, total=height)


def _bar(label: str, minor: int, currency: str, **parts: int) -> DayOfBars:
    return DayOfBars(
        label=label,
        title=f"{label}: {money_words(Money(abs(minor), currency))}",
        quantities=tuple(
            Money(parts.get(part, 0), currency).amount if part in parts else _NOTHING
            for part in ("floor", "total", "more", "less")
        ),
    )
