"""What a month with so many credits costs on each plan."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from billing.catalog.offers import PlanOffer
from billing.choices import BillingInterval
from billing.rating.charges import base_charge
from config.kernel.money import Money
from config.kernel.quantities import ZERO


@dataclass(frozen=True, slots=True)
class PlanEstimate:
    """
    A month on one plan. `total` is None where there is nothing to reckon with: no public price,
    or more credits than the plan sells.
    """

    code: str
    name: str
    base: Money | None
    included: Decimal | None
    overage_credits: Decimal
    overage: Money | None
    total: Money | None
    is_cheapest: bool = False


def estimate_plans(
    plans: Sequence[PlanOffer], *, meter: str, credits: Decimal, currency: str
) -> tuple[PlanEstimate, ...]:
    """Return a month's cost per plan at the monthly price and one seat, the cheapest marked."""
    estimates = [_estimate(plan, meter=meter, credits=credits, currency=currency) for plan in plans]
    totals = [estimate.total.minor for estimate in estimates if estimate.total is not None]
    if not totals:
        return tuple(estimates)
    cheapest = next(
        one for one in estimates if one.total is not None and one.total.minor == min(totals)
    )
    return tuple(replace(one, is_cheapest=one is cheapest) for one in estimates)


def _estimate(plan: PlanOffer, *, meter: str, credits: Decimal, currency: str) -> PlanEstimate:
    price = plan.base_price(currency=currency, interval=BillingInterval.MONTH)
    feature = plan.feature(meter)
    base = base_charge(price=price, seats=1) if price else None
    if base is None or feature is None:
        return PlanEstimate(plan.code, plan.name, base, None, ZERO, None, None)
    over = ZERO if feature.allowance is None else max(credits - feature.allowance, ZERO)
    pricing = feature.overage.get(currency)
    if over and pricing is None:
        return PlanEstimate(plan.code, plan.name, base, feature.allowance, over, None, None)
    overage = Money(0, currency) if pricing is None else pricing.charge(over)
    return PlanEstimate(
        plan.code, plan.name, base, feature.allowance, over, overage, base + overage
    )
