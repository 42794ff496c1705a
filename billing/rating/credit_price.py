"""
How many credits an action should take, and what a credit should cost.

A price, a cost and a share are exact here: a result is rounded once, upwards, so that the margin
that was aimed at is reached and not just nearly. The formula is that of the credit pricing guide:
credits = ceil(cost x (1 + buffer) / (price x (1 - target))).
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from config.kernel.money import Money, minor_digits
from config.kernel.quantities import ZERO

from .margins import margin


@dataclass(frozen=True, slots=True)
class Aim:
    """
    What prices are designed for: a share to keep of each price, and a buffer on each cost.

    Both are shares: a `target` of 0.7 keeps 70 % of the price, a `buffer` of 0.4 reckons with
    costs that are 40 % higher than known.
    """

    target: Decimal
    buffer: Decimal

    def __post_init__(self) -> None:
        assert 0 <= self.target < 1, self.target
        assert self.buffer >= 0, self.buffer

    def buffered(self, cost: Decimal) -> Decimal:
        """A cost with the buffer on it."""
        return cost * (1 + self.buffer)


def suggested_credits(*, cost: Decimal, price: Decimal, aim: Aim) -> int:
    """
    Return the fewest whole credits with which an action reaches the target, its cost buffered.

    `cost` is that of one action and `price` (above 0) that of one credit, in the same currency.
    What costs nothing takes none.
    """
    assert price > ZERO, price
    kept = Fraction(price) * (1 - Fraction(aim.target))
    return ceil(Fraction(cost) * (1 + Fraction(aim.buffer)) / kept)


def price_for_margin(*, cost: Decimal, target: Decimal) -> Fraction:
    """Return the exact price of something that costs so much, for a margin of `target`."""
    assert 0 <= target < 1, target
    return Fraction(cost) / (1 - Fraction(target))


def rounded_up(price: Fraction, *, currency: str) -> Money:
    """Return the least amount of a currency that is no less than an exact price."""
    return Money(ceil(price * 10 ** minor_digits(currency)), currency)


@dataclass(frozen=True, slots=True)
class PriceMargins:
    """
    The margin on one action at a price of a credit, as it costs and with the buffer on its cost;
    None where the action or the credit earns nothing.
    """

    revenue: Decimal
    plain: Decimal | None
    buffered: Decimal | None
    misses_target: bool


def margins_at(*, credits: Decimal, cost: Decimal, price: Decimal, aim: Aim) -> PriceMargins:
    """
    Return the margins on one action that takes so many credits.

    It misses the target if its buffered margin does, or if it earns nothing and costs something.
    """
    revenue = credits * price
    plain = margin(revenue=revenue, cost=cost)
    buffered = margin(revenue=revenue, cost=aim.buffered(cost))
    return PriceMargins(
        revenue=revenue,
        plain=plain,
        buffered=buffered,
        misses_target=cost > ZERO if buffered is None else buffered < aim.target,
    )


def cost_per_credit(*, cost: Decimal, credits: Decimal) -> Decimal | None:
    """Return what one credit of an action costs; None for one that takes none."""
    return None if credits <= ZERO else cost / credits
