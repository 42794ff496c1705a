"""The terms of a plan version, as values that never change once it is published."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from django.db.models import Prefetch

from config.kernel.money import Money
from metering.credits.rollover import Basis, RolloverPolicy

from ..choices import BillingInterval, FeatureKind, OverageCollection, PriceKind, RolloverBasis
from ..models import OveragePrice, PlanFeature, PlanVersion
from ..rating.charges import BasePrice, base_charge
from ..rating.pricing import Model, OveragePricing, Tier

_NOT_SOLD: Final[Mapping[str, OveragePricing]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PriceOffer:
    """A base price: so many minor units of a currency for each interval, once or per seat."""

    kind: str
    currency: str
    interval: str
    unit_amount_minor: int


@dataclass(frozen=True, slots=True)
class FeatureTerms:
    """
    What a plan version grants of one feature.

    A flag has a `value`. A metered feature has an `allowance` per month (None: unlimited), a
    `limit` per month (None: none), a price per currency for its `overage` (empty: not sold), a
    rollover policy (None: unused credits expire), and says what `when_past_due` allows.

    How reports make the value of a period, by `aggregation` and `unique_property`, and the
    `source` that they come from are the meter's, which never change; empty for a flag.
    """

    feature_id: int
    code: str
    kind: str
    value_type: str
    value: Any
    meter_id: int | None
    allowance: Decimal | None
    limit: Decimal | None
    overage: Mapping[str, OveragePricing]
    rollover: RolloverPolicy | None
    when_past_due: str
    aggregation: str
    unique_property: str
    source: str

    @property
    def is_metered(self) -> bool:
        """Whether the feature is counted."""
        return self.kind == FeatureKind.METERED

    @property
    def is_unlimited(self) -> bool:
        """Whether it is counted, but as much as one likes is included."""
        return self.is_metered and self.allowance is None


@dataclass(frozen=True, slots=True)
class VersionTerms:
    """
    All terms of one plan version, and nothing that staff can still change: no names, no units.

    That is why they may be kept for as long as the process lives.

    A new customer has `trial_days` free of charge (0: no trial); `trial_needs_card` says whether
    a payment method is asked for at its beginning or the trial otherwise just ends.
    `overage_collection` says how the overage reaches Stripe.
    """

    version_id: int
    number: int
    plan_id: int
    included_seats: int | None
    prices: tuple[PriceOffer, ...]
    features: tuple[FeatureTerms, ...]
    trial_days: int = 0
    trial_needs_card: bool = True
    overage_collection: str = OverageCollection.INVOICE_ITEM

    def base_price(self, *, currency: str, interval: str) -> BasePrice | None:
        """The base price of one currency and interval; None if the plan is not sold so."""
        return find_base_price(self.prices, currency=currency, interval=interval)

    def monthly_minor(self, *, currency: str, seats: int) -> Fraction | None:
        """
        What a month costs in minor units, exact, to compare plans by: a twelfth of the yearly
        price if there is no monthly one. None if the plan is not sold in the currency.
        """
        monthly = self.base_price(currency=currency, interval=BillingInterval.MONTH)
        if monthly is not None:
            return Fraction(base_charge(price=monthly, seats=seats).minor)
        yearly = self.base_price(currency=currency, interval=BillingInterval.YEAR)
        if yearly is not None:
            return Fraction(base_charge(price=yearly, seats=seats).minor, 12)
        return None

    def feature(self, code: str) -> FeatureTerms | None:
        """The terms of a feature; None if the plan does not name it."""
        return next((feature for feature in self.features if feature.code == code), None)

    @property
    def metered(self) -> tuple[FeatureTerms, ...]:
        """The features that are counted."""
        return tuple(feature for feature in self.features if feature.is_metered)

    @property
    def on_trial(self) -> "VersionTerms":
        """The same while it is tried: everything is there, but no overage is sold."""
        features = tuple(replace(feature, overage=_NOT_SOLD) for feature in self.features)
        return replace(self, features=features)

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies that the plan is sold in, in alphabetical order."""
        return tuple(sorted({price.currency for price in self.prices}))

    @property
    def is_free(self) -> bool:
        """Whether no base price charges anything, in no currency and interval."""
        return not any(price.unit_amount_minor for price in self.prices)


def find_base_price(
    prices: tuple[PriceOffer, ...], *, currency: str, interval: str
) -> BasePrice | None:
    """Return what one currency and interval cost, from the prices of a plan version."""
    amounts = {
        price.kind: Money(price.unit_amount_minor, price.currency)
        for price in prices
        if price.currency == currency and price.interval == interval
    }
    if not amounts:
        return None
    return BasePrice(fixed=amounts.get(PriceKind.FIXED), per_seat=amounts.get(PriceKind.PER_SEAT))


def loaded_terms() -> tuple[str | Prefetch[Any], ...]:
    """What to prefetch with plan versions so that their terms can be read without a query."""
    plan_features = PlanFeature.objects.select_related("feature__meter").prefetch_related(
        "overage_prices__tiers"
    )
    return ("prices", Prefetch("plan_features", plan_features))


def terms_of(version: PlanVersion) -> VersionTerms:
    """Return the terms of a version that was read with `loaded_terms`."""
    return VersionTerms(
        version_id=version.pk,
        number=version.number,
        plan_id=version.plan_id,
        included_seats=version.included_seats,
        prices=price_offers_of(version),
        features=tuple(
            _feature_terms(plan_feature)
            for plan_feature in sorted(
                version.plan_features.all(), key=lambda item: item.feature.code
            )
        ),
        trial_days=version.trial_days,
        trial_needs_card=version.trial_needs_card,
        overage_collection=version.overage_collection,
    )


def price_offers_of(version: PlanVersion) -> tuple[PriceOffer, ...]:
    """Return the base prices by currency, monthly before yearly, fixed before per seat."""
    prices = (
        PriceOffer(price.kind, price.currency, price.interval, price.unit_amount_minor)
        for price in version.prices.all()
    )
    return tuple(sorted(prices, key=lambda price: (price.currency, price.interval, price.kind)))


def rollover_of(plan_feature: PlanFeature) -> RolloverPolicy | None:
    """Return the rollover policy of a plan feature; None if unused credits expire."""
    if plan_feature.rollover_basis == RolloverBasis.NONE:
        return None
    return RolloverPolicy(
        basis=Basis(plan_feature.rollover_basis),
        percent=plan_feature.rollover_percent,
        cap_percent=plan_feature.rollover_cap_percent,
        term_periods=plan_feature.rollover_term_periods,
        rerolls=plan_feature.rollover_rerolls,
    )


def overage_of(plan_feature: PlanFeature) -> Mapping[str, OveragePricing]:
    """Return the price of usage beyond the allowance, per currency."""
    return MappingProxyType(
        {
            price.currency: _pricing_of(price)
            for price in sorted(plan_feature.overage_prices.all(), key=lambda price: price.currency)
        }
    )


def _pricing_of(price: OveragePrice) -> OveragePricing:
    return OveragePricing(
        currency=price.currency,
        model=Model(price.model),
        unit_price=price.unit_price,
        package_size=price.package_size,
        free_quantity=price.free_quantity,
        tiers=tuple(
            Tier(tier.up_to, tier.unit_price, tier.flat_price)
            for tier in sorted(price.tiers.all(), key=lambda tier: (tier.up_to is None, tier.up_to))
        ),
        minimum=_money(price.minimum_minor, price.currency),
        maximum=_money(price.maximum_minor, price.currency),
    )


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)


def _feature_terms(plan_feature: PlanFeature) -> FeatureTerms:
    feature, meter = plan_feature.feature, plan_feature.feature.meter
    return FeatureTerms(
        feature_id=feature.pk,
        code=feature.code,
        kind=feature.kind,
        value_type=feature.value_type,
        value=plan_feature.value,
        meter_id=meter.pk if meter is not None else None,
        allowance=plan_feature.allowance,
        limit=plan_feature.limit,
        overage=overage_of(plan_feature),
        rollover=rollover_of(plan_feature),
        when_past_due=plan_feature.when_past_due,
        aggregation=meter.aggregation if meter is not None else "",
        unique_property=meter.unique_property if meter is not None else "",
        source=meter.source if meter is not None else "",
    )
