"""What visitors are offered, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from metering.credits.rollover import RolloverPolicy
from metering.rate_card.queries import ActionOnCard

from ..choices import FeatureKind
from ..rating.charges import BasePrice
from ..rating.pricing import OveragePricing
from .rate_card import ComingRate
from .terms import PriceOffer, find_base_price


@dataclass(frozen=True, slots=True)
class FeatureOffer:
    """A feature as a plan offers it. `FeatureTerms` says what the fields mean."""

    code: str
    name: str
    description: str
    kind: str
    value_type: str
    value: Any
    allowance: Decimal | None
    limit: Decimal | None
    unit: str
    unit_plural: str
    overage: Mapping[str, OveragePricing]
    rollover: RolloverPolicy | None

    @property
    def is_metered(self) -> bool:
        """Whether the feature is counted."""
        return self.kind == FeatureKind.METERED

    @property
    def is_unlimited(self) -> bool:
        """Whether it is counted, but as much as one likes is included."""
        return self.is_metered and self.allowance is None


@dataclass(frozen=True, slots=True)
class PlanOffer:
    """A plan on sale with the terms of its newest published version."""

    code: str
    name: str
    tagline: str
    highlight: str
    is_self_serve: bool
    version_id: int
    included_seats: int | None
    trial_days: int
    trial_needs_card: bool
    prices: tuple[PriceOffer, ...]
    features: tuple[FeatureOffer, ...]
    summary: str

    def base_price(self, *, currency: str, interval: str) -> BasePrice | None:
        """The base price of one currency and interval; None if the plan is not sold so."""
        return find_base_price(self.prices, currency=currency, interval=interval)

    def feature(self, code: str) -> FeatureOffer | None:
        """A feature of the plan; None if the plan does not name it."""
        return next((feature for feature in self.features if feature.code == code), None)


@dataclass(frozen=True, slots=True)
class PricingTable:
    """
    The plans on sale in their order, the currencies and intervals that they are sold in (the
    reporting currency first), what credits buy, and what actions are going to take.
    """

    plans: tuple[PlanOffer, ...]
    currencies: tuple[str, ...]
    intervals: tuple[str, ...]
    actions: tuple[ActionOnCard, ...]
    coming: Mapping[str, ComingRate] = field(default_factory=dict)
