"""
What a no-increase guarantee gives back: pure.

A customer who moved to other prices is compared, month by month, with what the old prices would
have made of the same month. Two rules say what of the differences is given back:

* *every month by itself*: each month that cost more, with that month;
* *all months together*: what all months cost more in sum, once, when the last of them is over.
  Before that a cheap month may still make up for a dear one, so nothing is certain yet.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from math import floor

from config.kernel.money import Money
from config.kernel.quantities import EXACT, SMALLEST, ZERO

_HALF = Fraction(1, 2)


class Rule(StrEnum):
    """Which difference is given back."""

    PER_MONTH = "per_month"
    CUMULATIVE = "cumulative"


@dataclass(frozen=True, slots=True)
class ComparedMonth:
    """What one month would have cost before, and what it costs now, in one currency."""

    before: Money
    now: Money

    def __post_init__(self) -> None:
        assert self.before.currency == self.now.currency, (self.before, self.now)

    @property
    def increase(self) -> int:
        """How many minor units more it costs now; negative where it costs less."""
        return self.now.minor - self.before.minor


@dataclass(frozen=True, slots=True)
class Conversion:
    """So many (`factor`) of the metered feature `to` stand for each one of `source`."""

    source: str
    to: str
    factor: Decimal


def used_before(
    used: Mapping[str, Decimal], *, conversions: Sequence[Conversion], counted: Collection[str]
) -> dict[str, Decimal]:
    """
    Return what was used, in the features that a plan of before counted.

    What that plan did not know is turned back into the feature that it stands for, to six places,
    half up. Of several such features it is the one of which the fewest make up the quantity.
    """
    before = dict(used)
    for code, quantity in used.items():
        sources = [
            item
            for item in conversions
            if item.to == code and item.source in counted and item.factor > ZERO
        ]
        if code in counted or not sources:
            continue
        chosen = max(sources, key=lambda item: (item.factor, item.source))
        share = EXACT.divide(quantity, chosen.factor).quantize(
            SMALLEST, ROUND_HALF_UP, context=EXACT
        )
        before[chosen.source] = before.get(chosen.source, ZERO) + share
    return before


def credit_due(
    *, rule: Rule, months: Sequence[ComparedMonth], credited: Money, is_over: bool
) -> Money:
    """
    Return what is given back with the last of the months, at least one, oldest first.

    `credited` is what was given back with the months before it, and `is_over` says that no other
    month follows. It is never negative: what was given back stays, but where an earlier month
    turned out to be cheaper than it was then, that much less is given back now.
    """
    return Money(max(0, _owed(rule, months, is_over=is_over) - credited.minor), credited.currency)


def credits_of(*, rule: Rule, months: Sequence[ComparedMonth], lasts: int) -> list[Money]:
    """Return what is given back with each month of a guarantee that lasts so many months."""
    credits: list[Money] = []
    for index, month in enumerate(months, start=1):
        credited = sum(credits, Money(0, month.now.currency))
        credits.append(
            credit_due(rule=rule, months=months[:index], credited=credited, is_over=index == lasts)
        )
    return credits


def expected_credit(
    *,
    rule: Rule,
    months: Sequence[ComparedMonth],
    likely: Sequence[ComparedMonth],
    lasts: int,
    currency: str,
) -> Money:
    """
    Return what a guarantee will still give back if its other months are like those so far.

    `months` are those compared so far, at most as many as it `lasts`; before the first of them
    the `likely` ones, such as those of a simulation, say what to expect. Of neither nothing can
    be expected. An estimate: the mean of the months, times those that are left, rounded half up.
    """
    sample = months or likely
    left = lasts - len(months)
    assert left >= 0, (lasts, len(months))
    if not sample or not left:
        return Money(0, currency)
    if rule is Rule.PER_MONTH:
        positive = sum(max(0, month.increase) for month in sample)
        return Money(_half_up(Fraction(positive * left, len(sample))), currency)
    so_far = sum(month.increase for month in months)
    to_come = Fraction(sum(month.increase for month in sample) * left, len(sample))
    return Money(_half_up(max(Fraction(0), so_far + to_come)), currency)


def _owed(rule: Rule, months: Sequence[ComparedMonth], *, is_over: bool) -> int:
    """What the months so far are worth in all, in minor units."""
    if rule is Rule.PER_MONTH:
        return sum(max(0, month.increase) for month in months)
    return max(0, sum(month.increase for month in months)) if is_over else 0


def _half_up(minor: Fraction) -> int:
    return floor(minor + _HALF)
