"""Put the price list into the catalog, as staff would."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from accounts.audit.actor import SYSTEM
from metering.models import Meter
from metering.rate_card.operations import NewRate, create_action, create_meter, set_rate

from ..catalog.operations import (
    DraftFeature,
    DraftTerms,
    PlanDetails,
    PlanGroupDetails,
    create_draft,
    create_metered_feature,
    create_plan,
    create_plan_group,
    create_unmetered_feature,
    edit_draft,
    publish,
)
from ..catalog.terms import PriceOffer
from ..choices import BillingInterval, Visibility
from ..models import Feature, Plan
from ..rating.pricing import OveragePricing
from .price_list import (
    ACTIONS,
    CURRENT_PLANS,
    FLAGS,
    LEGACY_PLANS,
    METERS,
    DemoAction,
    DemoMeter,
    DemoPlan,
)

# After the oldest customer has come, and before all the others.
REVISED_AFTER: Final = timedelta(days=35)


def create_catalog(*, now: datetime) -> None:
    """Define everything that is for sale, and publish it."""
    meters = {meter.code: _create_meter(meter, now=now) for meter in METERS}
    for action in ACTIONS:
        _create_action(action, meter=meters[action.meter], now=now)
    features = _create_features(meters, now=now)
    for group, plans in (
        (PlanGroupDetails("current", "Current plans", is_default=True), CURRENT_PLANS),
        (PlanGroupDetails("legacy", "Legacy plans", visibility=Visibility.LEGACY), LEGACY_PLANS),
    ):
        _create_plans(group, plans, features=features, now=now)


def _create_meter(meter: DemoMeter, *, now: datetime) -> Meter:
    return create_meter(
        code=meter.code,
        name=meter.name,
        unit=meter.unit,
        unit_plural=meter.unit_plural,
        actor=SYSTEM,
        now=now,
    )


def _create_action(action: DemoAction, *, meter: Meter, now: datetime) -> None:
    created = create_action(
        code=action.code,
        name=action.name,
        name_plural=action.name_plural,
        description=action.description,
        meter=meter,
        actor=SYSTEM,
        now=now,
    )
    rate = NewRate(
        effective_at=now,
        credits=Decimal(action.credits),
        cost_components={part: Decimal(cost) for part, cost in action.cost.items()},
        customer_value=None if action.value is None else Decimal(action.value),
        value_note=action.value_note,
    )
    set_rate(action=created, rate=rate, actor=SYSTEM, now=now)


def _create_features(meters: Mapping[str, Meter], *, now: datetime) -> dict[str, Feature]:
    features = {
        meter.code: create_metered_feature(
            meter=meters[meter.code],
            name=meter.name,
            description=meter.description,
            position=meter.position,
            actor=SYSTEM,
            now=now,
        )
        for meter in METERS
    }
    for position, flag in enumerate(FLAGS, start=1):
        features[flag.code] = create_unmetered_feature(
            code=flag.code,
            name=flag.name,
            description=flag.description,
            value_type=flag.value_type,
            default_value=flag.default,
            position=position,
            actor=SYSTEM,
            now=now,
        )
    return features


def _create_plans(
    details: PlanGroupDetails,
    plans: tuple[DemoPlan, ...],
    *,
    features: Mapping[str, Feature],
    now: datetime,
) -> None:
    group = create_plan_group(details=details, actor=SYSTEM, now=now)
    for position, plan in enumerate(plans, start=1):
        created = create_plan(
            details=PlanDetails(
                code=plan.code,
                name=plan.name,
                group=group,
                tagline=plan.tagline,
                highlight=plan.highlight,
                position=position,
                is_self_serve=plan.is_self_serve,
            ),
            actor=SYSTEM,
            now=now,
        )
        published_at = now
        if plan.first_prices is not None:
            first = replace(plan, prices=plan.first_prices, trial_days=0)
            _publish(created, _terms(first, features), now=now)
            published_at = now + REVISED_AFTER
        _publish(created, _terms(plan, features), now=published_at)


def _publish(plan: Plan, terms: DraftTerms, *, now: datetime) -> None:
    draft = create_draft(plan=plan, actor=SYSTEM, now=now)
    edit_draft(plan_version=draft, terms=terms, actor=SYSTEM, now=now)
    publish(plan_version=draft, actor=SYSTEM, now=now)


def _terms(plan: DemoPlan, features: Mapping[str, Feature]) -> DraftTerms:
    metered = DraftFeature(
        features[plan.meter],
        allowance=None if plan.allowance is None else Decimal(plan.allowance),
        rollover=plan.rollover,
        overage={
            currency: OveragePricing.per_unit(Decimal(price), currency=currency)
            for currency, price in plan.overage.items()
        },
    )
    return DraftTerms(
        included_seats=plan.seats,
        prices=tuple(
            PriceOffer(plan.price_kind, currency, BillingInterval(interval), amount * 100)
            for (currency, interval), amount in plan.prices.items()
        ),
        features=(
            metered,
            *(DraftFeature(features[code], value=value) for code, value in plan.flags.items()),
        ),
        trial_days=plan.trial_days,
        trial_needs_card=plan.trial_needs_card,
    )
