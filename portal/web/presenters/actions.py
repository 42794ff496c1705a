"""What credits buy: never a bare number."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from billing.catalog.rate_card import ComingRate, RateCard
from billing.rating.pricing import OveragePricing
from billing.usage.estimates import added_charge, share_of_allowance
from config.kernel.money import Money
from config.kernel.quantities import ZERO
from metering.rate_card.queries import ActionOnCard


@dataclass(frozen=True, slots=True)
class Buys:
    """How many of one action a number of credits pays for."""

    count: Decimal
    what: str


@dataclass(frozen=True, slots=True)
class CreditLine:
    """
    What one action takes and is worth: 50 credits, 1% of the allowance, about $150 of value; and
    what it is going to take.
    """

    code: str
    name: str
    credits: Decimal
    share_of_allowance: Decimal | None
    worth: Decimal | None
    worth_note: str
    left: Decimal | None
    coming: ComingRate | None


@dataclass(frozen=True, slots=True)
class CostNow:
    """What one more use of an action costs when no credits are left."""

    name: str
    amount: Money


def costs_as_overage(
    *, actions: Sequence[ActionOnCard], pricing: OveragePricing, overage: Decimal
) -> tuple[CostNow, ...]:
    """Return what one more of each action adds to the charge of the overage so far."""
    return tuple(
        CostNow(action.name, added_charge(pricing, so_far=overage, more=action.credits))
        for action in actions
    )


def what_credits_buy(quantity: Decimal, *, actions: Sequence[ActionOnCard]) -> tuple[Buys, ...]:
    """Return how many of each action the credits pay for, the most first."""
    return tuple(
        Buys(
            count=(quantity / action.credits).to_integral_value(rounding=ROUND_DOWN),
            what=action.name_plural,
        )
        for action in actions
        if action.credits > ZERO
    )


def credit_lines(
    card: RateCard, *, allowance: Decimal | None, remaining: Decimal | None
) -> tuple[CreditLine, ...]:
    """Return what each action takes, its share of the allowance, and how many more are left."""
    return tuple(
        CreditLine(
            code=action.code,
            name=action.name,
            credits=action.credits,
            share_of_allowance=share_of_allowance(action.credits, allowance=allowance),
            worth=action.customer_value,
            worth_note=action.value_note,
            left=(remaining / action.credits).to_integral_value(rounding=ROUND_DOWN)
            if remaining is not None and action.credits > ZERO
            else None,
            coming=card.coming.get(action.code),
        )
        for action in card.actions
    )
