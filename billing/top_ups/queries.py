"""Reads of packs and top-ups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import Organization, OrganizationOwnedQuerySet
from config.kernel.money import Money

from ..agreements.queries import find_live_agreement
from ..catalog.queries import get_plan_version_terms
from ..choices import AgreementStatus, TopUpStatus, TopUpTrigger
from ..models import Agreement, AutomaticTopUp, PackPrice, TopUp
from .errors import NothingToTopUp, PackNotOffered, TopUpNotFound
from .offers import PackOffer, offer_of

# Money that is spent, or will be once the payment comes.
COUNTED = (TopUpStatus.PENDING, TopUpStatus.PAID)


@dataclass(frozen=True, slots=True)
class TopUpView:
    """An order as its customer sees it. `ended_at` is when it was paid, failed or canceled."""

    id: str
    feature: str
    pack_code: str
    pack_name: str
    pack_count: int
    credits: Decimal
    unit_plural: str
    amount: Money
    expires_after_months: int | None
    trigger: str
    status: str
    ordered_at: datetime
    ended_at: datetime | None


class Obstacle(StrEnum):
    """Why an automatic top-up would order nothing now."""

    PAYMENT_OVERDUE = "payment_overdue"
    OTHER_CURRENCY = "other_currency"
    PACK_NOT_OFFERED = "pack_not_offered"
    ORDER_WAITING = "order_waiting"
    LIMIT_REACHED = "limit_reached"


@dataclass(frozen=True, slots=True)
class AutomaticTopUpView:
    """
    An automatic top-up as its customer sees it.

    `ordered` is what its orders of the period come to, paid or waiting; `obstacle` why it would
    order nothing now (None: nothing keeps it from ordering).
    """

    feature: str
    pack_code: str
    pack_name: str
    threshold: Decimal
    target: Decimal
    limit: Money
    ordered: Money
    obstacle: Obstacle | None


def list_packs(*, organization: Organization) -> list[PackOffer]:
    """
    Return the packs that an organization can order, in their order.

    They are sold in its agreement's currency and fill up what its plan counts. Without an
    agreement there are none.
    """
    agreement = find_live_agreement(organization=organization)
    return [] if agreement is None else list_packs_under(agreement=agreement)


def list_packs_under(*, agreement: Agreement) -> list[PackOffer]:
    """Return the same for an agreement in force that was read."""
    prices = _on_sale(currency=agreement.currency).filter(
        pack__feature_id__in=_features_to_top_up(agreement)
    )
    ordered = prices.order_by("pack__feature__position", "pack__position", "pack__code")
    return [offer_of(price) for price in ordered]


def get_pack(*, organization: Organization, code: str) -> PackOffer:
    """
    Return a pack that the organization can order.

    Raises `PackNotOffered`, and `NothingToTopUp` if its plan does not count the feature or
    includes as much as one likes.
    """
    agreement = find_live_agreement(organization=organization)
    if agreement is None:
        raise NothingToTopUp(
            _("%(organization)s has no plan to top up.") % {"organization": organization.name}
        )
    price = _on_sale(currency=agreement.currency).filter(pack__code=code).first()
    if price is None:
        raise PackNotOffered(f"There is no pack “{code}” on sale in {agreement.currency}.")
    if price.pack.feature_id not in _features_to_top_up(agreement):
        raise NothingToTopUp(_("The plan has no use for %(pack)s.") % {"pack": price.pack.name})
    return offer_of(price)


def get_top_up(*, organization: Organization, public_id: str) -> TopUp:
    """
    Return an order with its pack and feature loaded.

    Raises `TopUpNotFound`, also for another organization's.
    """
    top_up = _loaded().owned_by(organization).filter(public_id=public_id).first()
    if top_up is None:
        raise TopUpNotFound("There is no such top-up.")
    return top_up


def list_top_ups(
    *,
    organization: Organization,
    limit: int,
    feature: str | None = None,
    after: TopUp | None = None,
) -> list[TopUpView]:
    """Return the orders, of one feature's packs if it is named, newest first; in pages."""
    top_ups = _loaded().owned_by(organization).order_by("-pk")
    if feature is not None:
        top_ups = top_ups.filter(feature__code=feature)
    if after is not None:
        top_ups = top_ups.filter(pk__lt=after.pk)
    return [describe_top_up(top_up=top_up) for top_up in top_ups[:limit]]


def map_top_ups(*, organization: Organization, public_ids: list[str]) -> Mapping[str, TopUpView]:
    """Return orders by their ids; those of others, and ids of anything else, are left out."""
    top_ups = _loaded().owned_by(organization).filter(public_id__in=public_ids)
    return {top_up.public_id: describe_top_up(top_up=top_up) for top_up in top_ups}


def describe_top_up(*, top_up: TopUp) -> TopUpView:
    """Return what there is to say about an order."""
    meter = top_up.feature.meter
    return TopUpView(
        id=top_up.public_id,
        feature=top_up.feature.code,
        pack_code=top_up.pack.code,
        pack_name=top_up.pack.name,
        pack_count=top_up.pack_count,
        credits=top_up.credits,
        unit_plural=meter.unit_plural if meter is not None else "",
        amount=Money(top_up.amount_minor, top_up.currency),
        expires_after_months=top_up.expires_after_months,
        trigger=top_up.trigger,
        status=top_up.status,
        ordered_at=top_up.ordered_at,
        ended_at=top_up.ended_at,
    )


def find_last_automatic(*, organization: Organization, feature: str) -> TopUpView | None:
    """Return the newest order that an automatic top-up of a feature made, if it ever made one."""
    newest = (
        _loaded()
        .owned_by(organization)
        .filter(feature__code=feature, trigger=TopUpTrigger.AUTOMATIC)
        .order_by("-pk")
        .first()
    )
    return None if newest is None else describe_top_up(top_up=newest)


def find_automatic_top_up(
    *, organization: Organization, feature: str, period_starts_at: datetime
) -> AutomaticTopUpView | None:
    """Return what is set for a feature, with what it ordered in a usage period; None if off."""
    agreement = find_live_agreement(organization=organization)
    automatic = _find_set(organization, feature=feature, period_starts_at=period_starts_at)
    if automatic is None:
        return None
    prices = _on_sale(currency=automatic.settings.currency)
    price = prices.filter(pack=automatic.settings.pack_id).first()
    offer = None if price is None else offer_of(price)
    return _describe_automatic(automatic, agreement=agreement, offer=offer)


def find_automatic_under(
    *,
    agreement: Agreement,
    packs: Sequence[PackOffer],
    feature: str,
    period_starts_at: datetime,
) -> AutomaticTopUpView | None:
    """Return the same for an agreement in force, and the packs it can order, that were read."""
    automatic = _find_set(
        agreement.organization, feature=feature, period_starts_at=period_starts_at
    )
    if automatic is None:
        return None
    pack_id = automatic.settings.pack_id
    offer = next((pack for pack in packs if pack.pack_id == pack_id), None)
    return _describe_automatic(automatic, agreement=agreement, offer=offer)


@dataclass(frozen=True, slots=True)
class _Automatic:
    """What is set, and what its orders of a period come to."""

    settings: AutomaticTopUp
    ordered: Money
    is_order_waiting: bool


def _find_set(
    organization: Organization, *, feature: str, period_starts_at: datetime
) -> _Automatic | None:
    orders = TopUp.objects.filter(
        organization_id=OuterRef("organization_id"),
        feature_id=OuterRef("feature_id"),
        trigger=TopUpTrigger.AUTOMATIC,
    )
    counted = orders.filter(status__in=COUNTED, period_starts_at__gte=period_starts_at)
    total = counted.order_by().values("feature_id").annotate(total=Sum("amount_minor"))
    found: Any = (
        AutomaticTopUp.objects.owned_by(organization)
        .select_related("feature", "pack")
        .filter(feature__code=feature)
        .annotate(
            ordered_minor=Coalesce(Subquery(total.values("total")), 0),
            is_order_waiting=Exists(orders.filter(status=TopUpStatus.PENDING)),
        )
        .first()
    )
    if found is None:
        return None
    return _Automatic(found, Money(found.ordered_minor, found.currency), found.is_order_waiting)


def _describe_automatic(
    found: _Automatic, *, agreement: Agreement | None, offer: PackOffer | None
) -> AutomaticTopUpView:
    automatic = found.settings
    return AutomaticTopUpView(
        feature=automatic.feature.code,
        pack_code=automatic.pack.code,
        pack_name=automatic.pack.name,
        threshold=automatic.threshold,
        target=automatic.target,
        limit=Money(automatic.limit_minor, automatic.currency),
        ordered=found.ordered,
        obstacle=_obstacle(found, agreement=agreement, offer=offer),
    )


def _obstacle(
    found: _Automatic, *, agreement: Agreement | None, offer: PackOffer | None
) -> Obstacle | None:
    automatic = found.settings
    if agreement is not None and agreement.status == AgreementStatus.PAST_DUE:
        return Obstacle.PAYMENT_OVERDUE
    if agreement is not None and agreement.currency != automatic.currency:
        return Obstacle.OTHER_CURRENCY
    if offer is None:
        return Obstacle.PACK_NOT_OFFERED
    if found.is_order_waiting:
        return Obstacle.ORDER_WAITING
    if found.ordered.minor + offer.price.minor > automatic.limit_minor:
        return Obstacle.LIMIT_REACHED
    return None


def _on_sale(*, currency: str) -> QuerySet[PackPrice]:
    """Prices with their packs, in one statement, so that what is read belongs together."""
    return PackPrice.objects.select_related("pack__feature").filter(
        currency=currency, pack__is_on_sale=True
    )


def _features_to_top_up(agreement: Agreement) -> list[int]:
    terms = get_plan_version_terms(plan_version_id=agreement.plan_version_id)
    return [feature.feature_id for feature in terms.metered if not feature.is_unlimited]


def _loaded() -> OrganizationOwnedQuerySet[TopUp]:
    return TopUp.objects.select_related("pack", "feature__meter")
