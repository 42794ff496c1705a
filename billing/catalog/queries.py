"""Reads of the catalog. The number of queries never depends on the number of plans."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from django.db.models import F, Q, QuerySet, prefetch_related_objects

from config.kernel.errors import NotFound
from metering.choices import Aggregation

from ..choices import Audience, Visibility
from ..models import Feature, PlanVersion, PricingTableCard, PricingTableVersion
from .offers import FeatureOffer, PlanOffer, PricingTable
from .rate_card import read_rate_card
from .summary import leading_currency, summarize
from .terms import (
    VersionTerms,
    loaded_terms,
    overage_of,
    price_offers_of,
    rollover_of,
    terms_of,
)

ADDING_UP: Final = (Aggregation.SUM, Aggregation.COUNT)


class PlanNotOffered(NotFound):
    """There is no such plan, or it is not on sale: the two are never told apart."""

    code = "plan_not_offered"
    title = "No such plan on sale"


class PlanVersionNotFound(NotFound):
    """There is no such published plan version."""

    code = "plan_version_not_found"
    title = "No such plan version"


@dataclass(frozen=True, slots=True)
class FeatureLabel:
    """
    What people read about a feature. Staff may change it at any time.

    `adds_up` says whether each report of it adds to its period, so that a part of the period says
    something about the rest.
    """

    feature_id: int
    code: str
    name: str
    description: str
    kind: str
    unit: str
    unit_plural: str
    default_value: Any
    position: int
    adds_up: bool


def get_pricing_table(*, at: datetime, audience: str = Audience.ORGANIZATIONS) -> PricingTable:
    """
    Return what is on sale at a moment: the newest published version of each plan in the
    audience's default group. Legacy and private plans are never in it.
    """
    return _table_of(list_offers(at=at, audience=audience), at=at)


def get_table_of_plans(*, plan_ids: Sequence[int], at: datetime) -> PricingTable:
    """
    Return these plans as they are sold at a moment, in this order. Those of which nothing is
    published yet are left out; whether the others may be shown is the caller's to know.
    """
    published = PlanVersion.objects.filter(plan_id__in=plan_ids, published_at__lte=at)
    versions = _newest(published).prefetch_related(*loaded_terms())
    ordered = sorted(versions, key=lambda version: plan_ids.index(version.plan_id))
    return _table_of([offer_of(version) for version in ordered], at=at)


def _table_of(offers: Sequence[PlanOffer], *, at: datetime) -> PricingTable:
    currencies = {price.currency for offer in offers for price in offer.prices}
    leading = leading_currency(list(currencies))
    card = read_rate_card(at=at)
    return PricingTable(
        plans=tuple(offers),
        currencies=tuple(sorted(currencies, key=lambda currency: (currency != leading, currency))),
        intervals=tuple(sorted({price.interval for offer in offers for price in offer.prices})),
        actions=card.actions,
        coming=card.coming,
    )


def list_offers(
    *, at: datetime, audience: str = Audience.ORGANIZATIONS, beside_group_id: int | None = None
) -> list[PlanOffer]:
    """
    Return the plans on sale at a moment, in their order; for a customer with a plan of a group,
    those that are not only for new customers.
    """
    on_sale = _on_sale(at=at, audience=audience)
    if beside_group_id is not None:
        on_sale = on_sale.filter(
            Q(plan__group__for_new_customers_only=False) | Q(plan__group_id=beside_group_id)
        )
    versions = _newest(on_sale).prefetch_related(*loaded_terms())
    ordered = sorted(versions, key=lambda version: (version.plan.position, version.plan.code))
    return [offer_of(version) for version in ordered]


def list_versions_sold() -> list[PlanVersion]:
    """
    Return every published version of the plans on sale to organizations, the oldest first, with
    plans, groups and terms loaded. At a moment the newest of each is on sale that was published by
    then.
    """
    versions = _of_plans_on_sale(Audience.ORGANIZATIONS).filter(published_at__isnull=False)
    loaded = versions.select_related("plan__group").prefetch_related(*loaded_terms())
    return list(loaded.order_by("number"))


def find_offer(*, plan_code: str, at: datetime) -> PlanOffer | None:
    """
    Return a plan that organizations can agree on at a moment; None for any other plan.

    Such are the plans on sale, and those of other current groups that a live pricing table shows.
    """
    version = find_version_on_sale(plan_code=plan_code, at=at)
    if version is None:
        return None
    prefetch_related_objects([version], *loaded_terms())
    return offer_of(version)


def find_version_on_sale(*, plan_code: str, at: datetime) -> PlanVersion | None:
    """
    Return the version that an organization that subscribes at this moment would get, with its
    plan and group loaded. `find_offer` says of which plans.
    """
    shown = PricingTableVersion.objects.shown(at=at)
    cards = PricingTableCard.objects.filter(
        version__in=shown.filter(table__audience=Audience.ORGANIZATIONS).values("pk"),
        plan__group_id=F("version__table__plan_group_id"),
    )
    of_plan = PlanVersion.objects.filter(
        _is_on_sale(Audience.ORGANIZATIONS) | Q(plan_id__in=cards.values("plan_id")),
        plan__code=plan_code,
    )
    return _find_newest(of_plan, at=at)


def find_newest_version(*, plan_code: str, at: datetime) -> PlanVersion | None:
    """Return the newest published version of any plan, on sale or not, with its plan loaded."""
    return _find_newest(PlanVersion.objects.filter(plan__code=plan_code), at=at)


def list_newest_versions(*, plan_ids: Collection[int], at: datetime) -> list[PlanVersion]:
    """Return the newest published version of each of these plans, with its plan loaded."""
    return list(_newest(PlanVersion.objects.filter(plan_id__in=plan_ids, published_at__lte=at)))


def get_plan_version_terms(*, plan_version_id: int) -> VersionTerms:
    """
    Return the terms of a published version. Read once per process, because they never change.

    Raises `PlanVersionNotFound`, also for a draft.
    """
    return _published_terms(plan_version_id)


@lru_cache(maxsize=4_096)
def _published_terms(plan_version_id: int) -> VersionTerms:
    version = (
        PlanVersion.objects.filter(pk=plan_version_id, published_at__isnull=False)
        .prefetch_related(*loaded_terms())
        .first()
    )
    if version is None:
        raise PlanVersionNotFound("There is no such published plan version.")
    return terms_of(version)


def list_feature_labels(*, codes: Collection[str] | None = None) -> dict[str, FeatureLabel]:
    """Return what people read about the features, by code and in order; all of them by default."""
    features = Feature.objects.select_related("meter").order_by("position", "code")
    if codes is not None:
        features = features.filter(code__in=codes)
    return {
        feature.code: FeatureLabel(
            feature_id=feature.pk,
            code=feature.code,
            name=feature.name,
            description=feature.description,
            kind=feature.kind,
            unit=feature.meter.unit if feature.meter is not None else "",
            unit_plural=feature.meter.unit_plural if feature.meter is not None else "",
            default_value=feature.default_value,
            position=feature.position,
            adds_up=feature.meter is not None and feature.meter.aggregation in ADDING_UP,
        )
        for feature in features
    }


def _on_sale(*, at: datetime, audience: str) -> QuerySet[PlanVersion]:
    return _of_plans_on_sale(audience).filter(published_at__lte=at)


def _of_plans_on_sale(audience: str) -> QuerySet[PlanVersion]:
    return PlanVersion.objects.filter(_is_on_sale(audience))


def _is_on_sale(audience: str) -> Q:
    return Q(
        plan__group__is_default=True,
        plan__group__visibility=Visibility.CURRENT,
        plan__group__audience=audience,
    )


def _newest(versions: QuerySet[PlanVersion]) -> QuerySet[PlanVersion]:
    return versions.select_related("plan").order_by("plan_id", "-number").distinct("plan_id")


def _find_newest(versions: QuerySet[PlanVersion], *, at: datetime) -> PlanVersion | None:
    newest = versions.filter(published_at__lte=at).select_related("plan__group")
    return newest.order_by("-number").first()


def offer_of(version: PlanVersion) -> PlanOffer:
    """Return a plan as it is offered; the version is loaded with its plan and terms."""
    plan = version.plan
    prices = price_offers_of(version)
    features = _feature_offers(version)
    return PlanOffer(
        code=plan.code,
        name=plan.name,
        tagline=plan.tagline,
        highlight=plan.highlight,
        is_self_serve=plan.is_self_serve,
        version_id=version.pk,
        included_seats=version.included_seats,
        trial_days=version.trial_days,
        trial_needs_card=version.trial_needs_card,
        prices=prices,
        features=features,
        summary=summarize(
            name=plan.name,
            included_seats=version.included_seats,
            trial_days=version.trial_days,
            prices=prices,
            features=features,
        ),
    )


def _feature_offers(version: PlanVersion) -> tuple[FeatureOffer, ...]:
    ordered = sorted(
        version.plan_features.all(), key=lambda item: (item.feature.position, item.feature.code)
    )
    return tuple(
        FeatureOffer(
            code=item.feature.code,
            name=item.feature.name,
            description=item.feature.description,
            kind=item.feature.kind,
            value_type=item.feature.value_type,
            value=item.value,
            allowance=item.allowance,
            limit=item.limit,
            unit=item.feature.meter.unit if item.feature.meter is not None else "",
            unit_plural=item.feature.meter.unit_plural if item.feature.meter is not None else "",
            overage=overage_of(item),
            rollover=rollover_of(item),
        )
        for item in ordered
    )
