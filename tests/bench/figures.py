"""What the bench prints."""

import json
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """
    A rate or a duration, and that of a yardstick measured beside it, if there is one.

    `ratio` is the median of the rounds' own ratios, so that a machine whose speed drifts
    does not favour either side.
    """

    name: str
    unit: str
    value: float
    against: float | None = None
    ratio: float | None = None

    def print(self) -> None:
        """Write the figure as one line of JSON."""
        figure = {
            "name": self.name,
            "value": round(self.value, 1),
            "unit": self.unit,
            "against": None if self.against is None else round(self.against, 1),
            "ratio": None if self.ratio is None else round(self.ratio, 3),
        }
        print(json.dumps(figure), flush=True)


def measure(name: str, *, unit: str, measured: Callable[[], float], rounds: int) -> Figure:
    """Measure again and again, and take the median."""
    return Figure(name, unit, statistics.median(measured() for _ in range(rounds)))


def compare(
    name: str,
    *,
    unit: str,
    measured: Callable[[], float],
    yardstick: Callable[[], float],
    rounds: int,
) -> Figure:
    """Measure both in turn, round after round, and take medians."""
    pairs: Sequence[tuple[float, float]] = [(measured(), yardstick()) for _ in range(rounds)]
    return Figure(
        name=name,
        unit=unit,
        value=statistics.median(value for value, _ in pairs),
        against=statistics.median(against for _, against in pairs),
        ratio=statistics.median(value / against for value, against in pairs),
    )
