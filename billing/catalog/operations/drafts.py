"""Write the terms of a plan before they are published."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from accounts.audit.actor import Actor
from accounts.audit.operations import differences, record
from config.kernel.errors import DomainError
from metering.credits.rollover import RolloverPolicy

from ...choices import RolloverBasis
from ...models import Feature, OveragePrice, Plan, PlanFeature, PlanVersion, Price
from ..terms import (
    PriceOffer,
    VersionTerms,
    loaded_terms,
    overage_of,
    price_offers_of,
    rollover_of,
    terms_of,
)


class DraftExists(DomainError):
    """A plan has at most one draft."""

    code = "draft_exists"
    title = "There is a draft already"


class VersionPublished(DomainError):
    """What is published never changes; a change is a new version."""

    code = "version_published"
    title = "The version is published already"


@dataclass(frozen=True, slots=True)
class DraftFeature:
    """What a draft grants of one feature. `FeatureTerms` says what the fields mean."""

    feature: Feature
    value: Any = None
    allowance: Decimal | None = None
    limit: Decimal | None = None
    rollover: RolloverPolicy | None = None
    overage: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DraftTerms:
    """All terms of a draft. Included seats of None are unlimited."""

    included_seats: int | None
    prices: tuple[PriceOffer, ...]
    features: tuple[DraftFeature, ...]


@transaction.atomic
def create_draft(*, plan: Plan, actor: Actor, now: datetime) -> PlanVersion:
    """
    Start the next version of a plan as a copy of the newest published one, or empty.

    Raises `DraftExists`.
    """
    versions = PlanVersion.objects.filter(plan=plan).prefetch_related(*loaded_terms())
    newest = versions.order_by("-number").first()
    if newest is not None and newest.published_at is None:
        raise DraftExists(f"{plan.name} has a draft already: version {newest.number}.")
    number = newest.number + 1 if newest is not None else 1
    try:
        with transaction.atomic():
            draft = PlanVersion.objects.create(plan=plan, number=number)
    except IntegrityError as error:
        raise DraftExists(f"{plan.name} has a draft already.") from error
    if newest is not None:
        _write(draft, _copy_of(newest))
    record(actor=actor, action="plan_version.drafted", target=label(draft), now=now)
    return draft


@transaction.atomic
def edit_draft(
    *, plan_version: PlanVersion, terms: DraftTerms, actor: Actor, now: datetime
) -> PlanVersion:
    """
    Replace all terms of a draft. Whether they make sense together is asked when it is published.

    Raises `VersionPublished`.
    """
    draft = lock_draft(plan_version=plan_version)
    before = readable_terms(_loaded(draft))
    _write(draft, terms)
    changes = differences(before, readable_terms(_loaded(draft)))
    if changes:
        record(
            actor=actor, action="plan_version.edited", target=label(draft), changes=changes, now=now
        )
    return draft


@transaction.atomic
def discard_draft(*, plan_version: PlanVersion, actor: Actor, now: datetime) -> None:
    """Throw a draft away. Raises `VersionPublished`."""
    draft = lock_draft(plan_version=plan_version)
    record(actor=actor, action="plan_version.discarded", target=label(draft), now=now)
    draft.delete()


def lock_draft(*, plan_version: PlanVersion) -> PlanVersion:
    """
    Return the draft with its plan, locked until the transaction ends: nobody else can edit or
    publish it meanwhile. Raises `VersionPublished`.
    """
    draft = (
        PlanVersion.objects.select_for_update(of=["self"])
        .select_related("plan")
        .get(pk=plan_version.pk)
    )
    if draft.published_at is not None:
        raise VersionPublished(f"{draft} was published; make a new draft to change its terms.")
    return draft


def label(version: PlanVersion) -> str:
    """How audit entries name a plan version."""
    return f"{version.plan.public_id} v{version.number}"


def readable_terms(terms: VersionTerms) -> dict[str, Any]:
    """The terms as plain JSON values, so that an audit entry can show what changed."""
    return {
        "included_seats": terms.included_seats,
        "prices": {
            f"{price.currency} {price.interval} {price.kind}": price.unit_amount_minor
            for price in terms.prices
        },
        "features": {
            feature.code: {
                "value": feature.value,
                "allowance": _text(feature.allowance),
                "limit": _text(feature.limit),
                "overage": {currency: str(price) for currency, price in feature.overage.items()},
                "rollover": str(feature.rollover) if feature.rollover is not None else None,
            }
            for feature in terms.features
        },
    }


def _text(quantity: Decimal | None) -> str | None:
    return None if quantity is None else str(quantity)


def _loaded(draft: PlanVersion) -> VersionTerms:
    return terms_of(PlanVersion.objects.prefetch_related(*loaded_terms()).get(pk=draft.pk))


def _copy_of(version: PlanVersion) -> DraftTerms:
    return DraftTerms(
        included_seats=version.included_seats,
        prices=price_offers_of(version),
        features=tuple(
            DraftFeature(
                feature=item.feature,
                value=item.value,
                allowance=item.allowance,
                limit=item.limit,
                rollover=rollover_of(item),
                overage=overage_of(item),
            )
            for item in version.plan_features.all()
        ),
    )


def _write(draft: PlanVersion, terms: DraftTerms) -> None:
    draft.included_seats = terms.included_seats
    draft.save(update_fields=["included_seats"])
    Price.objects.filter(plan_version=draft).delete()
    PlanFeature.objects.filter(plan_version=draft).delete()
    Price.objects.bulk_create(
        Price(
            plan_version=draft,
            kind=price.kind,
            currency=price.currency,
            interval=price.interval,
            unit_amount_minor=price.unit_amount_minor,
        )
        for price in terms.prices
    )
    rows = PlanFeature.objects.bulk_create(_plan_feature(draft, item) for item in terms.features)
    OveragePrice.objects.bulk_create(
        OveragePrice(plan_feature=row, currency=currency, unit_price=unit_price)
        for row, item in zip(rows, terms.features, strict=True)
        for currency, unit_price in item.overage.items()
    )


def _plan_feature(draft: PlanVersion, item: DraftFeature) -> PlanFeature:
    row = PlanFeature(
        plan_version=draft,
        feature=item.feature,
        value=item.value,
        allowance=item.allowance,
        limit=item.limit,
    )
    if item.rollover is not None:
        row.rollover_basis = RolloverBasis(item.rollover.basis)
        row.rollover_percent = item.rollover.percent
        row.rollover_cap_percent = item.rollover.cap_percent
        row.rollover_term_periods = item.rollover.term_periods
        row.rollover_rerolls = item.rollover.rerolls
    return row
