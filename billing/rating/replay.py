"""
What months of usage would have cost on a plan: pure.

Months that are over are billed once more, by the functions that make the bills: allowances pay
first, what is left of them rolls over, what nothing pays for is priced. Within a month the order
of usage does not matter, so a month is one quantity for each metered feature.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import count
from math import floor

from config.kernel.money import Money
from config.kernel.periods import Interval
from config.kernel.quantities import ZERO
from metering.credits.burn_down import AvailableGrant, burn_down, in_burn_order
from metering.credits.rollover import (
    PRIORITY,
    RolloverPolicy,
    Slice,
    above_cap,
    rolled_over,
)

from .charges import BasePrice, base_charge
from .pricing import OveragePricing

_HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class MonthUsed:
    """What was used in one complete month, by the code of the metered feature."""

    starts_at: datetime
    ends_at: datetime
    used: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class PricedFeature:
    """
    A metered feature of a plan in one currency: the `allowance` of a month (None: unlimited),
    the price beyond it (None: not sold), and what rolls over (None: nothing).
    """

    code: str
    allowance: Decimal | None
    pricing: OveragePricing | None = None
    rollover: RolloverPolicy | None = None


@dataclass(frozen=True, slots=True)
class PricedPlan:
    """The terms of a plan that a bill follows from, in one currency and interval."""

    base: BasePrice
    interval: Interval
    features: tuple[PricedFeature, ...] = ()


@dataclass(frozen=True, slots=True)
class MonthlyBill:
    """
    What one month costs: its share of the base price, and the overage of each feature that the
    plan sells more of, by code, also where it is nothing. `total` is their sum.
    """

    starts_at: datetime
    ends_at: datetime
    base: Money
    overage: Mapping[str, Money]
    total: Money


def replay(plan: PricedPlan, *, seats: int, months: Sequence[MonthUsed]) -> list[MonthlyBill]:
    """
    Return what each of the months, oldest first, would have cost on the plan with so many seats.

    Every month has its whole allowance. Nothing had rolled over before the first of them. A
    yearly base price counts with a twelfth a month, rounded half up once for each bill. Usage of
    a feature that the plan does not have costs nothing.
    """
    base = _monthly_base(plan, seats=seats)
    charges = {
        feature.code: [feature.pricing.charge(overage) for overage in _overages(feature, months)]
        for feature in plan.features
        if feature.pricing is not None
    }
    bills = []
    for index, month in enumerate(months):
        overage = {code: of_months[index] for code, of_months in charges.items()}
        total = sum(overage.values(), base)
        bills.append(MonthlyBill(month.starts_at, month.ends_at, base, overage, total))
    return bills


def average_of(bills: Collection[MonthlyBill]) -> Money:
    """Return what the bills, at least one, come to a month: the mean, rounded half up, once."""
    total = sum(bill.total.minor for bill in bills)
    [currency] = {bill.total.currency for bill in bills}
    return Money(_half_up(Fraction(total, len(bills))), currency)


def dearest_of(bills: Collection[MonthlyBill]) -> MonthlyBill:
    """Return the bill of the dearest month, the earliest of several."""
    return max(bills, key=lambda bill: bill.total.minor)


def _monthly_base(plan: PricedPlan, *, seats: int) -> Money:
    charge = base_charge(price=plan.base, seats=seats)
    return Money(_half_up(Fraction(charge.minor, plan.interval.months)), charge.currency)


def _half_up(minor: Fraction) -> int:
    assert minor >= 0, minor
    return floor(minor + _HALF)


def _overages(feature: PricedFeature, months: Sequence[MonthUsed]) -> list[Decimal]:
    """What no credits pay for in each month; nothing where usage is unlimited."""
    if feature.allowance is None:
        return [ZERO for _ in months]
    purse = _Purse(feature.allowance, feature.rollover)
    ends = [month.ends_at for month in months]
    return [
        purse.spend(month, used=month.used.get(feature.code, ZERO), ends=ends[index:])
        for index, month in enumerate(months)
    ]


class _Purse:
    """The credits of one feature while the months go by: an allowance, and what rolled over."""

    def __init__(self, allowance: Decimal, policy: RolloverPolicy | None) -> None:
        self._allowance = allowance
        self._policy = policy
        self._rolled: list[AvailableGrant] = []
        self._ids = count(1)

    def spend(self, month: MonthUsed, *, used: Decimal, ends: Sequence[datetime]) -> Decimal:
        """
        Take what is used in a month, end the month, and return what no credits paid for.

        `ends` are the ends of this month and of those that follow.
        """
        allowance = AvailableGrant(
            grant_id=next(self._ids),
            remaining=self._allowance,
            priority=PRIORITY,
            effective_at=month.starts_at,
            expires_at=month.ends_at,
            is_purchased=False,
        )
        ranked = in_burn_order([allowance, *self._rolled])
        paid = burn_down(used, ranked, at=month.starts_at)
        if self._policy is not None:
            drawn = dict(paid.drawn)
            self._roll_over(
                self._policy,
                [
                    replace(grant, remaining=grant.remaining - drawn.get(grant.grant_id, ZERO))
                    for grant in (allowance, *self._rolled)
                ],
                ends=ends,
            )
        return paid.overage

    def _roll_over(
        self, policy: RolloverPolicy, left: Sequence[AvailableGrant], *, ends: Sequence[datetime]
    ) -> None:
        """Keep what lives on of an allowance, which comes first, and of what had rolled over."""
        over = [grant for grant in left if grant.expires_at == ends[0]]
        living = [grant for grant in left if grant.expires_at != ends[0]]
        pool = sum((grant.remaining for grant in living), ZERO)
        rolled = rolled_over(
            policy,
            unused=_slices(over if policy.rerolls else over[:1]),
            allowance=self._allowance,
            pool=pool,
        )
        trimmed = above_cap(policy, slices=_slices(living), allowance=self._allowance, pool=pool)
        self._rolled = [
            replace(grant, remaining=grant.remaining - trimmed.get(grant.grant_id, ZERO))
            for grant in living
        ] + [
            AvailableGrant(
                grant_id=next(self._ids),
                remaining=amount,
                priority=policy.priority,
                effective_at=ends[0],
                expires_at=_end_of_term(policy, ends),
                is_purchased=False,
            )
            for amount in rolled.values()
        ]


def _slices(grants: Iterable[AvailableGrant]) -> list[Slice]:
    return [Slice(grant.grant_id, grant.remaining) for grant in grants]


def _end_of_term(policy: RolloverPolicy, ends: Sequence[datetime]) -> datetime | None:
    """When what rolls over at the first of the ends is over; None if that is never looked at."""
    term = policy.term_periods
    return ends[term] if term is not None and term < len(ends) else None
