"""
What a period may come to: pure.

The days of the recent past say how much a day takes and how much that varies. What is still to
come is expected to go on like that, so the total of the period is expected within a range.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Context, Decimal
from typing import Final

from config.kernel.quantities import ZERO

LEAST_DAYS: Final = 3
WEEK: Final = 7
MOST_DAYS: Final = 4 * WEEK

# Student's t by the number of days: four of five totals lie within so many deviations.
_FOUR_IN_FIVE: Final = {
    3: Decimal("1.886"),
    4: Decimal("1.638"),
    5: Decimal("1.533"),
    6: Decimal("1.476"),
    7: Decimal("1.440"),
    14: Decimal("1.350"),
    21: Decimal("1.325"),
    28: Decimal("1.314"),
}
# More digits would pretend to know.
_ROUGH: Final = Context(prec=3, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class Range:
    """A total that is expected, and between what it lies in four cases of five."""

    low: Decimal
    expected: Decimal
    high: Decimal

    @property
    def is_point(self) -> bool:
        """Whether every day took the same, so that there is nothing to allow for."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Exhaustion:
    """
    In how many days the credits are spent: `expected`, `earliest` if usage is high, and `latest`
    if it is low. None: not within the period.
    """

    earliest: int
    expected: int | None
    latest: int | None


@dataclass(frozen=True, slots=True)
class Projection:
    """How usage goes on: `used` so far, the mean of `day_count` days, and how much they vary."""

    used: Decimal
    per_day: Decimal
    deviation: Decimal
    day_count: int

    def after(self, days: Decimal) -> Range:
        """
        Return what the total is in so many days.

        It never falls below what is used already, and all three grow with the days.
        """
        more = self.per_day * days
        spread = _FOUR_IN_FIVE[self.day_count] * self._uncertainty(days)
        return Range(
            low=self.used + max(more - spread, ZERO),
            expected=self.used + more,
            high=self.used + more + spread,
        )

    def exhaustion(self, remaining: Decimal, *, within: Decimal) -> Exhaustion | None:
        """Return in how many days what remains is spent; None if it lasts for `within` days."""
        end = self.used + remaining
        last = int(within.to_integral_value(ROUND_CEILING))
        ranges = [self.after(min(Decimal(day), within)) for day in range(1, last + 1)]

        def first_day(totals: Sequence[Decimal]) -> int | None:
            return next((day for day, total in enumerate(totals, start=1) if total >= end), None)

        earliest = first_day([one.high for one in ranges])
        if earliest is None:
            return None
        return Exhaustion(
            earliest=earliest,
            expected=first_day([one.expected for one in ranges]),
            latest=first_day([one.low for one in ranges]),
        )

    def _uncertainty(self, days: Decimal) -> Decimal:
        """How far a sum of days strays: by their own variance, and by that of the mean."""
        return self.deviation * (days + days * days / self.day_count).sqrt()


def project(*, used: Decimal, days: Sequence[Decimal]) -> Projection | None:
    """
    Return how a period goes on in which so much is used, from what each whole day took, oldest
    first. None if there are too few to go by.

    Days before anything was used do not count. Of the others the last four weeks do, and from a
    week on whole weeks, so that no weekday weighs more than another.
    """
    recent = _sample(days)
    if len(recent) < LEAST_DAYS:
        return None
    count = len(recent)
    per_day = sum(recent, ZERO) / count
    variance = sum(((day - per_day) ** 2 for day in recent), ZERO) / (count - 1)
    return Projection(used=used, per_day=per_day, deviation=variance.sqrt(), day_count=count)


def roughly(total: Range, *, used: Decimal) -> Range:
    """Round a range to three digits, but not to less than what is used."""
    return Range(*(max(_rough(one), used) for one in (total.low, total.expected, total.high)))


def _sample(days: Sequence[Decimal]) -> Sequence[Decimal]:
    first = next((index for index, day in enumerate(days) if day), len(days))
    recent = days[first:][-MOST_DAYS:]
    if len(recent) < WEEK:
        return recent
    return recent[-(len(recent) // WEEK * WEEK) :]


def _rough(quantity: Decimal) -> Decimal:
    return _ROUGH.plus(quantity)
