"""What a credit sells for: as overage, and as a part of an allowance that is used up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from config.kernel.quantities import ZERO

from ..catalog.offers import FeatureOffer, PlanOffer
from ..catalog.queries import list_offers
from ..choices import BillingInterval
from ..rating.charges import base_charge
from ..rating.margins import included_credit_price
from ..rating.pricing import TIERED, Model, OveragePricing


class Sold(StrEnum):
    """How a credit is sold."""

    OVERAGE = "overage"
    INCLUDED = "included"


@dataclass(frozen=True, slots=True)
class SellingPrice:
    """
    What one credit of a plan earns at the least, in the currency that was asked for.

    Overage counts at its lowest price, an included credit as its share of the base price when the
    whole allowance is used, at the `interval` in which that is paid.
    """

    plan: str
    plan_name: str
    sold: Sold
    price: Decimal
    is_self_serve: bool = True
    interval: str | None = None
    base: Decimal | None = None
    allowance: Decimal | None = None

    @property
    def is_overage(self) -> bool:
        """Whether it is charged besides the base price."""
        return self.sold is Sold.OVERAGE


def list_selling_prices(*, meter: str, currency: str, at: datetime) -> list[SellingPrice]:
    """Return what a credit earns on each plan on sale, overage first, in the plans' order."""
    prices = [
        price
        for plan in list_offers(at=at)
        if (feature := plan.feature(meter)) is not None and feature.is_metered
        for price in _prices_of(plan, feature, currency)
    ]
    return sorted(prices, key=lambda price: not price.is_overage)


def lowest_price(pricing: OveragePricing) -> Decimal | None:
    """Return the least that one more unit may cost; None where it is a share of a value."""
    if pricing.model is Model.PERCENTAGE:
        return None
    if pricing.model in TIERED:
        return min((tier.unit_price for tier in pricing.tiers), default=None)
    if pricing.unit_price is None or pricing.package_size is None:
        return pricing.unit_price
    return pricing.unit_price / pricing.package_size


def _prices_of(plan: PlanOffer, feature: FeatureOffer, currency: str) -> Iterator[SellingPrice]:
    pricing = feature.overage.get(currency)
    overage = None if pricing is None else lowest_price(pricing)
    if overage is not None:
        yield SellingPrice(plan.code, plan.name, Sold.OVERAGE, overage, plan.is_self_serve)
    if feature.allowance is None or feature.allowance <= ZERO:
        return
    for interval in BillingInterval:
        base = plan.base_price(currency=currency, interval=interval)
        if base is None:
            continue
        amount = base_charge(price=base, seats=plan.included_seats or 1).amount
        month = amount if interval == BillingInterval.MONTH else amount / 12
        yield SellingPrice(
            plan.code,
            plan.name,
            Sold.INCLUDED,
            included_credit_price(base=month, allowance=feature.allowance),
            plan.is_self_serve,
            interval=interval,
            base=amount,
            allowance=feature.allowance,
        )
