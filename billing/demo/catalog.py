"""Put the price list into the catalog, as staff would."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction

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
    update_plan,
)
from ..catalog.terms import PriceOffer
from ..choices import BillingInterval, Visibility
from ..models import Feature, Plan, PlanGroup, PlanVersion
from ..rating.pricing import OveragePricing
from .price_book import calls_of, create_price_book
from .price_list import (
    ACTIONS,
    CURRENT_PLANS,
    FLAGS,
    LEGACY_PLANS,
    METERS,
    RESOLUTIONS,
    DemoAction,
    DemoMeter,
    DemoPlan,
)

# After the first customer of the plan has come, and before all the others of it.
REVISED_AFTER: Final = timedelta(days=315)
# After the last customer has come who still got one of them.
RETIRED_AFTER: Final = timedelta(days=355)


def create_catalog(*, now: datetime) -> None:
    """
    Define everything that was for sale at first, and publish it.

    Later the plans that a new version was made of get it (`ensure_revised`), and those that are
    sold no more are retired (`ensure_retired`).
    """
    create_price_book(now=now)
    meters = {meter.code: _create_meter(meter, now=now) for meter in METERS}
    for action in ACTIONS:
        _create_action(action, meter=meters[action.meter], now=now)
    features = _create_features(meters, now=now)
    details = PlanGroupDetails("current", "Current plans", is_default=True)
    group = create_plan_group(details=details, actor=SYSTEM, now=now)
    for position, plan in enumerate((*CURRENT_PLANS, *LEGACY_PLANS), start=1):
        created = create_plan(details=_details(plan, group, position), actor=SYSTEM, now=now)
        _publish(created, _terms(_at_first(plan), features), now=now)


def ensure_revised(*, now: datetime) -> None:
    """Publish the present terms of the plans that were on sale for less before."""
    features = {feature.code: feature for feature in Feature.objects.all()}
    for plan in CURRENT_PLANS:
        if plan.first_prices is None:
            continue
        stored = Plan.objects.get(code=plan.code)
        if not PlanVersion.objects.filter(plan=stored, number=2).exists():
            _publish(stored, _terms(plan, features), now=now)


def ensure_retired(*, now: datetime) -> None:
    """Take the plans off the pricing table that are only honoured from then on."""
    group = PlanGroup.objects.filter(code="legacy").first() or create_plan_group(
        details=PlanGroupDetails("legacy", "Legacy plans", visibility=Visibility.LEGACY),
        actor=SYSTEM,
        now=now,
    )
    for position, plan in enumerate(LEGACY_PLANS, start=1):
        update_plan(
            plan=Plan.objects.get(code=plan.code),
            details=_details(plan, group, position),
            actor=SYSTEM,
            now=now,
        )


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
        cost_components={
            part: Decimal(cost) for part, cost in action.cost.items() if part not in action.calls
        },
        model_calls=calls_of(action),
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


def _details(plan: DemoPlan, group: PlanGroup, position: int) -> PlanDetails:
    return PlanDetails(
        code=plan.code,
        name=plan.name,
        group=group,
        tagline=plan.tagline,
        highlight=plan.highlight,
        position=position,
        is_self_serve=plan.is_self_serve,
    )


def _at_first(plan: DemoPlan) -> DemoPlan:
    if plan.first_prices is None:
        return plan
    return replace(plan, prices=plan.first_prices, trial_days=0)


@transaction.atomic
def _publish(plan: Plan, terms: DraftTerms, *, now: datetime) -> None:
    draft = create_draft(plan=plan, actor=SYSTEM, now=now)
    edit_draft(plan_version=draft, terms=terms, actor=SYSTEM, now=now)
    publish(plan_version=draft, actor=SYSTEM, now=now)


def _terms(plan: DemoPlan, features: Mapping[str, Feature]) -> DraftTerms:
    return DraftTerms(
        included_seats=plan.seats,
        prices=tuple(
            PriceOffer(plan.price_kind, currency, BillingInterval(interval), amount * 100)
            for (currency, interval), amount in plan.prices.items()
        ),
        features=(
            *_metered(plan, features),
            *(DraftFeature(features[code], value=value) for code, value in plan.flags.items()),
        ),
        trial_days=plan.trial_days,
        trial_needs_card=plan.trial_needs_card,
    )


def _metered(plan: DemoPlan, features: Mapping[str, Feature]) -> Iterator[DraftFeature]:
    yield DraftFeature(
        features[plan.meter],
        allowance=None if plan.allowance is None else Decimal(plan.allowance),
        rollover=plan.rollover,
        overage=_by_currency(plan.overage),
    )
    if plan.resolved_ticket:
        yield DraftFeature(
            features[RESOLUTIONS],
            allowance=Decimal(0),
            overage=_by_currency(plan.resolved_ticket),
        )


def _by_currency(prices: Mapping[str, str]) -> dict[str, OveragePricing]:
    return {
        currency: OveragePricing.per_unit(Decimal(price), currency=currency)
        for currency, price in prices.items()
    }
