"""Geometry of the charts that the server draws: plain numbers in, places on a canvas out."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Final

BAR_HEIGHT: Final = 190
CURVE_HEIGHT: Final = 136
CURVE_WIDTH: Final = 1000
_HEADROOM: Final = 10
_STEPS: Final = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
_MOST_TICKS: Final = 4
_MOST_LABELS: Final = 8
_BAR_SHARE: Final = Decimal("0.72")

# A place in days, and a quantity.
Point = tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected at a place in days, and between what."""

    at: Decimal
    low: Decimal
    middle: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the plot and the quantity it stands for."""

    y: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Segment:
    """The part of a bar that belongs to one series."""

    series: int
    y: str
    height: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: its bar, the strip in which a pointer finds it, and what it says then."""

    hit_x: str
    hit_width: str
    x: str
    width: str
    middle: str
    segments: tuple[Segment, ...]
    title: str
    label: str
    is_minor_label: bool


@dataclass(frozen=True, slots=True)
class DayOfBars:
    """What one bar shows: quantities in the order of the series, a label and a tooltip."""

    label: str
    title: str
    quantities: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class BarChart:
    """Days side by side, each stacked by series, with a line that they may be held against."""

    height: int
    ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...]
    line_y: str | None


@dataclass(frozen=True, slots=True)
class Label:
    """A word under the plot."""

    x: str
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class CurveChart:
    """A running total, what it may come to, the period before, and the allowance above them."""

    height: int
    width: int
    ticks: tuple[Tick, ...]
    labels: tuple[Label, ...]
    line: str
    area: str
    ghost: str
    projection: str
    band: str
    allowance_y: str | None


def ticks_up_to(largest: Decimal) -> list[Decimal]:
    """Round quantities from 0 to at least `largest`, four steps at most."""
    if largest <= 0:
        return [Decimal(0), Decimal(1)]
    rough = largest / _MOST_TICKS
    magnitude = Decimal(1).scaleb(rough.adjusted())
    step = next(step * magnitude for step in _STEPS if step * magnitude >= rough)
    count = int((largest / step).to_integral_value(rounding=ROUND_CEILING))
    return [step * index for index in range(count + 1)]


def bar_chart(days: Sequence[DayOfBars], *, line: Decimal | None = None) -> BarChart:
    """Stack each day's quantities; `line` is drawn across at its height."""
    largest = max((sum(day.quantities, Decimal(0)) for day in days), default=Decimal(0))
    scale = _Scale(max(largest, line or Decimal(0)), plot_height=BAR_HEIGHT)
    slot = Decimal(100) / max(len(days), 1)
    every = -(-len(days) // _MOST_LABELS) or 1
    bars = tuple(
        Bar(
            hit_x=_percent(slot * index),
            hit_width=_percent(slot),
            x=_percent(slot * (index + (1 - _BAR_SHARE) / 2)),
            width=_percent(slot * _BAR_SHARE),
            middle=_percent(slot * (index + Decimal("0.5"))),
            segments=_stack(day.quantities, scale),
            title=day.title,
            label=day.label if index % every == 0 else "",
            is_minor_label=(index // every) % 2 == 1,
        )
        for index, day in enumerate(days)
    )
    return BarChart(
        height=BAR_HEIGHT,
        ticks=scale.ticks,
        bars=bars,
        line_y=None if line is None else scale.y(line),
    )


def curve_chart(
    *,
    length: Decimal,
    used: Sequence[Point],
    previous: Sequence[Point],
    projected: Sequence[Expected],
    allowance: Decimal | None,
    labels: Sequence[tuple[Decimal, str]],
) -> CurveChart:
    """
    Draw running totals over a span of `length` days.

    `used` and `previous` are points of rising totals, each from (0, 0); `projected` is how
    `used` may go on, within a band; `labels` are pairs of a place in days and a word for it.
    """
    today, total = used[-1]
    largest = max(
        total,
        previous[-1][1] if previous else total,
        projected[-1].high if projected else total,
        allowance or total,
    )
    scale = _Scale(largest, plot_height=CURVE_HEIGHT)

    def place(point: Point) -> str:
        day, quantity = point
        return f"{_number(min(day / length, Decimal(1)) * CURVE_WIDTH)},{scale.y(quantity)}"

    def path(points: Sequence[Point]) -> str:
        return " ".join(place(point) for point in points)

    return CurveChart(
        height=CURVE_HEIGHT,
        width=CURVE_WIDTH,
        ticks=scale.ticks,
        labels=tuple(_label(day / length, word) for day, word in labels),
        line=path(used),
        area=path([*used, (today, Decimal(0))]),
        ghost=path(previous),
        projection=path([(one.at, one.middle) for one in projected]),
        band=path(
            [(one.at, one.high) for one in projected]
            + [(one.at, one.low) for one in reversed(projected)]
        ),
        allowance_y=None if allowance is None else scale.y(allowance),
    )


class _Scale:
    """From quantities to heights: zero lies on the base line, the last tick just under the top."""

    def __init__(self, largest: Decimal, *, plot_height: int) -> None:
        quantities = ticks_up_to(largest)
        self._plot_height = plot_height
        self._top = quantities[-1]
        self.ticks = tuple(Tick(self.y(quantity), quantity) for quantity in quantities)

    def y(self, quantity: Decimal) -> str:
        return _number(self._plot_height - self.height(quantity))

    def height(self, quantity: Decimal) -> Decimal:
        return quantity / self._top * (self._plot_height - _HEADROOM)


def _stack(quantities: Sequence[Decimal], scale: _Scale) -> tuple[Segment, ...]:
    segments, below = [], Decimal(0)
    for index, quantity in enumerate(quantities):
        if quantity > 0:
            below += quantity
            segments.append(Segment(index + 1, scale.y(below), _number(scale.height(quantity))))
    return tuple(segments)


def _label(share: Decimal, word: str) -> Label:
    anchor = "middle"
    if share < Decimal("0.05"):
        anchor = "start"
    elif share > Decimal("0.95"):
        anchor = "end"
    return Label(_percent(share * 100), word, anchor)


def _number(quantity: Decimal) -> str:
    return f"{quantity:.2f}".rstrip("0").rstrip(".")


def _percent(quantity: Decimal) -> str:
    return f"{_number(quantity)}%"
