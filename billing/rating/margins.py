"""
What is left of a price after the cost of serving it.

A margin is a share of revenue: 0.684 is 68.4 %. Without revenue there is none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from config.kernel.quantities import ZERO

_TENTH_OF_PERCENT = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class ActionCost:
    """An action of the rate card: the credits that it takes, and what one costs us."""

    code: str
    name: str
    credits: Decimal
    unit_cost: Decimal


@dataclass(frozen=True, slots=True)
class ActionMargin:
    """The margin on one action when it is paid for with included credits."""

    action: ActionCost
    revenue: Decimal
    margin: Decimal | None

    def misses(self, target: Decimal) -> bool:
        """Whether the margin is below the target; an action given away always is, if it costs."""
        if self.margin is None:
            return self.action.unit_cost > ZERO
        return self.margin < target


def margin(*, revenue: Decimal, cost: Decimal) -> Decimal | None:
    """Return the share of the revenue that is left, negative for a loss; None without revenue."""
    if revenue <= ZERO:
        return None
    return (revenue - cost) / revenue


def in_percent(share: Decimal) -> Decimal:
    """Return a margin as people read it: in percent with one decimal, half up."""
    return (share * 100).quantize(_TENTH_OF_PERCENT, rounding=ROUND_HALF_UP)


def included_credit_price(*, base: Decimal, allowance: Decimal) -> Decimal:
    """Return what an included credit earns when the whole allowance is used."""
    assert allowance > ZERO, allowance
    return base / allowance


def included_credit_margins(
    *, base: Decimal, allowance: Decimal, actions: Iterable[ActionCost]
) -> list[ActionMargin]:
    """
    Return the margin on each action if the allowance is used up on it alone.

    `base` is the price of one month and `allowance` its credits: the dearest way to serve a
    customer who pays nothing beyond the base price.
    """
    price = included_credit_price(base=base, allowance=allowance)
    return [
        ActionMargin(
            action=action,
            revenue=action.credits * price,
            margin=margin(revenue=action.credits * price, cost=action.unit_cost),
        )
        for action in actions
    ]
