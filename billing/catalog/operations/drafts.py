"""Write the terms of a plan before they are published."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.audit.operations import differences, record
from config.kernel.errors import DomainError, Invalid
from metering.credits.rollover import RolloverPolicy

from ...choices import OverageCollection, RolloverBasis, WhenPastDue
from ...models import Feature, OveragePrice, OverageTier, Plan, PlanFeature, PlanVersion, Price
from ...models.plan import LONGEST_TRIAL_DAYS
from ...rating.pricing import OveragePricing
from ..pricing_review import list_pricing_objections
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


class PricingMalformed(Invalid):
    """The price of a feature's overage contradicts itself, so nothing could be charged by it."""

    code = "pricing_malformed"
    title = "The overage price cannot be charged by"


@dataclass(frozen=True, slots=True)
class DraftFeature:
    """What a draft grants of one feature. `FeatureTerms` says what the fields mean."""

    feature: Feature
    value: Any = None
    allowance: Decimal | None = None
    limit: Decimal | None = None
    rollover: RolloverPolicy | None = None
    overage: Mapping[str, OveragePricing] = field(default_factory=dict)
    when_past_due: str = WhenPastDue.ALLOW


@dataclass(frozen=True, slots=True)
class DraftTerms:
    """All terms of a draft. `VersionTerms` says what the fields mean."""

    included_seats: int | None
    prices: tuple[PriceOffer, ...]
    features: tuple[DraftFeature, ...]
    trial_days: int = 0
    trial_needs_card: bool = True
    overage_collection: str = OverageCollection.INVOICE_ITEM

    def check(self) -> None:
        """Raise `Invalid` for what no draft can hold."""
        if not 0 <= self.trial_days <= LONGEST_TRIAL_DAYS:
            raise Invalid(
                _("A trial has at most %(most)s days; 0 means none.") % {"most": LONGEST_TRIAL_DAYS}
            )
        if self.overage_collection not in OverageCollection.values:
            raise Invalid(_("Overage reaches Stripe on an invoice, or by a Billing Meter."))


@transaction.atomic
def create_draft(*, plan: Plan, actor: Actor, now: datetime) -> PlanVersion:
    """
    Start the next version of a plan as a copy of the newest published one, or empty.

    Raises `DraftExists`.
    """
    versions = PlanVersion.objects.filter(plan=plan).prefetch_related(*loaded_terms())
    newest = versions.order_by("-number").first()
    if newest is not None and newest.published_at is None:
        raise DraftExists(
            _("%(plan)s has a draft already: version %(number)s.")
            % {"plan": plan.name, "number": newest.number}
        )
    number = newest.number + 1 if newest is not None else 1
    try:
        with transaction.atomic():
            draft = PlanVersion.objects.create(plan=plan, number=number)
    except IntegrityError as error:
        raise DraftExists(_("%(plan)s has a draft already.") % {"plan": plan.name}) from error
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

    Raises `VersionPublished`, `Invalid` for a trial that is too long, and `PricingMalformed` for
    a price that nothing could be charged by.
    """
    terms.check()
    _check_pricing(terms)
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
def price_overage(
    *,
    plan_version: PlanVersion,
    feature: Feature,
    overage: Mapping[str, OveragePricing],
    actor: Actor,
    now: datetime,
) -> PlanVersion:
    """
    Replace the prices of one feature's overage in a draft, and leave its other terms alone.

    Raises `VersionPublished`, `Invalid` if the draft does not name the feature, and
    `PricingMalformed`.
    """
    draft = lock_draft(plan_version=plan_version)
    terms = _copy_of(PlanVersion.objects.prefetch_related(*loaded_terms()).get(pk=draft.pk))
    if not any(item.feature == feature for item in terms.features):
        raise Invalid(
            _("The draft does not name %(feature)s any more.") % {"feature": feature.name}
        )
    features = tuple(
        replace(item, overage=overage) if item.feature == feature else item
        for item in terms.features
    )
    return edit_draft(
        plan_version=draft, terms=replace(terms, features=features), actor=actor, now=now
    )


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
        raise VersionPublished(
            _("%(draft)s was published; make a new draft to change its terms.") % {"draft": draft}
        )
    return draft


def label(version: PlanVersion) -> str:
    """How audit entries name a plan version."""
    return f"{version.plan.public_id} v{version.number}"


def readable_terms(terms: VersionTerms) -> dict[str, Any]:
    """The terms as plain JSON values, so that an audit entry can show what changed."""
    return {
        "included_seats": terms.included_seats,
        "trial_days": terms.trial_days,
        "trial_needs_card": terms.trial_needs_card,
        "overage_collection": str(terms.overage_collection),
        "prices": {
            f"{price.currency} {price.interval} {price.kind}": price.unit_amount_minor
            for price in terms.prices
        },
        "features": {
            feature.code: {
                "value": feature.value,
                "allowance": _text(feature.allowance),
                "limit": _text(feature.limit),
                "overage": {
                    currency: _readable_price(price) for currency, price in feature.overage.items()
                },
                "rollover": str(feature.rollover) if feature.rollover is not None else None,
                "when_past_due": str(feature.when_past_due),
            }
            for feature in terms.features
        },
    }


def _text(quantity: Decimal | None) -> str | None:
    return None if quantity is None else str(quantity)


def _plain(quantity: Decimal | None) -> str | None:
    return None if quantity is None else f"{quantity.normalize():f}"


def _readable_price(pricing: OveragePricing) -> str | dict[str, Any] | None:
    """The price of one unit where that is all; otherwise everything that is not left open."""
    if pricing.only_price is not None:
        return _plain(pricing.only_price)
    terms = {
        "model": pricing.model.value,
        "unit_price": _plain(pricing.unit_price),
        "package_size": _plain(pricing.package_size),
        "free_quantity": _plain(pricing.free_quantity or None),
        "tiers": [
            [_plain(tier.up_to), _plain(tier.unit_price), _plain(tier.flat_price)]
            for tier in pricing.tiers
        ],
        "minimum": pricing.minimum.minor if pricing.minimum is not None else None,
        "maximum": pricing.maximum.minor if pricing.maximum is not None else None,
    }
    return {name: term for name, term in terms.items() if term not in (None, [])}


def _check_pricing(terms: DraftTerms) -> None:
    for item in terms.features:
        for currency, pricing in item.overage.items():
            assert currency == pricing.currency, (currency, pricing)
            objections = list_pricing_objections(pricing)
            if objections:
                raise PricingMalformed(
                    f"{item.feature.name}, {currency}: {' '.join(objections)}",
                    feature=item.feature.code,
                    currency=currency,
                )


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
                when_past_due=item.when_past_due,
            )
            for item in version.plan_features.all()
        ),
        trial_days=version.trial_days,
        trial_needs_card=version.trial_needs_card,
        overage_collection=version.overage_collection,
    )


def _write(draft: PlanVersion, terms: DraftTerms) -> None:
    draft.included_seats = terms.included_seats
    draft.trial_days = terms.trial_days
    draft.trial_needs_card = terms.trial_needs_card
    draft.overage_collection = terms.overage_collection
    draft.save(
        update_fields=["included_seats", "trial_days", "trial_needs_card", "overage_collection"]
    )
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
    sold = [
        (row, pricing)
        for row, item in zip(rows, terms.features, strict=True)
        for pricing in item.overage.values()
    ]
    prices = OveragePrice.objects.bulk_create(_overage_price(row, pricing) for row, pricing in sold)
    OverageTier.objects.bulk_create(
        OverageTier(
            overage_price=price,
            up_to=tier.up_to,
            unit_price=tier.unit_price,
            flat_price=tier.flat_price,
        )
        for price, (_row, pricing) in zip(prices, sold, strict=True)
        for tier in pricing.tiers
    )


def _overage_price(row: PlanFeature, pricing: OveragePricing) -> OveragePrice:
    minimum, maximum = pricing.minimum, pricing.maximum
    return OveragePrice(
        plan_feature=row,
        currency=pricing.currency,
        model=pricing.model,
        unit_price=pricing.unit_price,
        package_size=pricing.package_size,
        free_quantity=pricing.free_quantity,
        minimum_minor=None if minimum is None else minimum.minor,
        maximum_minor=None if maximum is None else maximum.minor,
    )


def _plan_feature(draft: PlanVersion, item: DraftFeature) -> PlanFeature:
    row = PlanFeature(
        plan_version=draft,
        feature=item.feature,
        value=item.value,
        allowance=item.allowance,
        limit=item.limit,
        when_past_due=item.when_past_due,
    )
    if item.rollover is not None:
        row.rollover_basis = RolloverBasis(item.rollover.basis)
        row.rollover_percent = item.rollover.percent
        row.rollover_cap_percent = item.rollover.cap_percent
        row.rollover_term_periods = item.rollover.term_periods
        row.rollover_rerolls = item.rollover.rerolls
    return row
