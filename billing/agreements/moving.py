"""Let an agreement be something else from an instant on. The caller holds the lock."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Self

from django.conf import settings
from django.db.models import Max

from accounts.audit.actor import Actor
from accounts.models import Organization
from accounts.webhooks.values import instant
from config.kernel.periods import INSTANT
from config.kernel.quantities import ZERO
from metering.models import UsagePeriod
from metering.operations import open_periods, raise_allowance
from metering.usage.reports import MeterTerms

from ..catalog.queries import get_plan_version_terms
from ..choices import AgreementStatus, Collection
from ..events import EventType
from ..models import AgreedSeats, Agreement, PlanChange, PlanVersion
from ..rating.proration import share_left
from .accepting import accept_private_offer
from .conditions import collection_of, price_of
from .noting import changed_subscription, note, subscription_of
from .opening import move_on
from .periods import usage_month_at
from .seat_history import note_seats
from .terms import list_meter_terms

FULL: Final = "full"
WHOLE: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class Target:
    """What an agreement is, or is going to be."""

    version: PlanVersion
    interval: str
    seats: int
    collection: Collection | str

    @classmethod
    def of(cls, agreement: Agreement) -> Self:
        """What an agreement is now. Its plan is loaded."""
        return cls(
            agreement.plan_version, agreement.interval, agreement.seats, agreement.collection
        )

    @property
    def facts(self) -> dict[str, Any]:
        """The same in the words of the audit log."""
        return {
            "plan": f"{self.version.plan.code} v{self.version.number}",
            "interval": self.interval,
            "seats": self.seats,
            "collection": self.collection,
        }


def target_of(agreement: Agreement, *, version: PlanVersion, interval: str, seats: int) -> Target:
    """
    Return what an agreement would be on a plan version, with so many seats.

    Raises `PriceNotOffered` if the version is not sold in its currency for that interval.
    """
    terms = get_plan_version_terms(plan_version_id=version.pk)
    price = price_of(
        terms, plan_name=version.plan.name, currency=agreement.currency, interval=interval
    )
    is_collected = agreement.collection == Collection.STRIPE
    collection = Collection.STRIPE if is_collected else collection_of(terms, price)
    return Target(version, interval, seats, collection)


def move(
    agreement: Agreement, to: Target, *, at: datetime, actor: Actor, reason: str, now: datetime
) -> PlanChange | None:
    """
    Move an agreement to other terms at an instant, and return the plan change, if it is one.

    What began before that instant began on the old terms, however late this comes. Of larger
    allowances the difference is granted for the rest of the month. Another interval moves the
    anchor, except on trial: that is where its end is. Its plan and organization are loaded.
    """
    effective_at = _earliest_change(agreement, at=at)
    move_on(agreement, now=effective_at - INSTANT)
    before, told_before = Target.of(agreement), subscription_of(agreement)
    if to.interval != before.interval and agreement.status != AgreementStatus.TRIALING:
        agreement.anchor_at = at
    agreement.plan_version = to.version
    agreement.interval = to.interval
    agreement.seats = to.seats
    agreement.collection = to.collection
    agreement.save(update_fields=["plan_version", "interval", "seats", "collection", "anchor_at"])
    note_seats(agreement, at=effective_at)
    change = None
    if to.version != before.version:
        change = _change_plan(agreement, before.version, at=effective_at)
        accept_private_offer(agreement, actor=actor, now=now)
    move_on(agreement, now=effective_at)
    _tell(
        agreement,
        before,
        data=changed_subscription(agreement, told_before) | {"effective_at": instant(effective_at)},
        actor=actor,
        reason=reason,
        now=now,
    )
    return change


def _change_plan(agreement: Agreement, before: PlanVersion, *, at: datetime) -> PlanChange:
    change = PlanChange.objects.create(
        organization_id=agreement.organization_id,
        agreement=agreement,
        from_version=before,
        to_version=agreement.plan_version,
        effective_at=at,
    )
    _raise_allowances(agreement, at=at)
    return change


def _tell(
    agreement: Agreement,
    before: Target,
    *,
    data: Mapping[str, Any],
    actor: Actor,
    reason: str,
    now: datetime,
) -> None:
    after = Target.of(agreement)
    only_seats = (before.version, before.interval) == (after.version, after.interval)
    note(
        agreement,
        EventType.SUBSCRIPTION_UPDATED,
        deed="agreement.seats_changed" if only_seats else "agreement.plan_changed",
        actor=actor,
        changes={name: [before.facts[name], value] for name, value in after.facts.items()},
        reason=reason,
        data=data,
        now=now,
    )


def _earliest_change(agreement: Agreement, *, at: datetime) -> datetime:
    """That instant, or as soon as what has begun already allows where a clock ran ahead of it."""
    changes = PlanChange.objects.filter(agreement=agreement).values_list("effective_at", flat=True)
    seats = AgreedSeats.objects.filter(agreement=agreement).values_list("effective_at", flat=True)
    [last_change] = changes.union(seats).order_by("-effective_at")[:1]
    last_period = UsagePeriod.objects.filter(
        organization_id=agreement.organization_id, source=agreement.public_id
    ).aggregate(begun=Max("starts_at"))["begun"]
    earliest: datetime = max(at, last_change + INSTANT, last_period or agreement.started_at)
    return earliest


def _raise_allowances(agreement: Agreement, *, at: datetime) -> None:
    """Grant what the new plan adds to the month, and begin to count on meters that it adds."""
    month = usage_month_at(started_at=agreement.started_at, anchor_at=agreement.anchor_at, at=at)
    share = WHOLE if settings.ALLOWANCE_ON_UPGRADE == FULL else share_left(period=month, at=at)
    for terms in list_meter_terms(agreement=agreement):
        _open_if_new(agreement.organization, terms, at=at)
        raise_allowance(
            organization_id=agreement.organization_id,
            meter_id=terms.meter_id,
            source=terms.source,
            allowance=terms.allowance,
            share=share,
            at=at,
        )


def _open_if_new(organization: Organization, terms: MeterTerms, *, at: datetime) -> None:
    """Begin to count on a meter that the agreement did not have, with nothing granted yet."""
    is_open = UsagePeriod.objects.owned_by(organization).filter(
        meter_id=terms.meter_id, source=terms.source, starts_at__lte=at, ends_at__gt=at
    )
    if not is_open.exists():
        open_periods(
            organization_id=organization.pk,
            terms=replace(terms, allowance=ZERO),
            through=at,
            since=at,
        )
