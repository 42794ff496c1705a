"""
Move an agreement to another plan.

A move takes effect at once: flags, prices and limits are those of the new plan from that instant
on, and the larger part of each allowance is granted for what is left of the month.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from accounts.audit.actor import Actor
from accounts.audit.operations import record
from accounts.memberships.queries import count_members
from accounts.models import Organization
from accounts.organizations.locking import lock_organization
from config.kernel.periods import INSTANT, Interval, period_at
from config.kernel.quantities import ZERO
from metering.models import UsagePeriod
from metering.operations import open_periods, raise_allowance
from metering.usage.reports import MeterTerms

from ..catalog.queries import (
    PlanNotOffered,
    find_newest_version,
    find_version_on_sale,
    get_plan_version_terms,
)
from ..catalog.terms import VersionTerms
from ..choices import AgreementStatus, Collection
from ..models import Agreement, PlanChange, PlanVersion
from ..rating.charges import BasePrice, base_charge
from ..rating.proration import share_left
from .advancing import advance
from .conditions import collection_of, price_of, seats_of
from .errors import (
    AgreementEnded,
    NotAnUpgrade,
    OrganizationClosed,
    PaymentOverdue,
    SamePlan,
)
from .queries import agreed_price
from .terms import list_meter_terms
from .upgrades import is_upgrade, list_losses

FULL: Final = "full"
WHOLE: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class NewTerms:
    """What an agreement would be on another plan version."""

    version: PlanVersion
    terms: VersionTerms
    price: BasePrice
    seats: int
    collection: Collection


@transaction.atomic
def change_plan(*, agreement: Agreement, plan_code: str, actor: Actor, now: datetime) -> PlanChange:
    """
    Upgrade an agreement, at once, to the newest version of a self-serve plan on sale.

    It is an upgrade if it is dearer, or if it takes nothing away. The interval, the currency and
    the anchor stay. Of each allowance the difference is granted for the rest of the month, once:
    whoever goes down and up again gets nothing more. Where every seat is paid for, their number
    stays; else there are those that the plan includes.

    Raises `PlanNotOffered`, `PriceNotOffered`, `NotEnoughSeats`, `SamePlan`, `NotAnUpgrade`,
    `PaymentOverdue`, `AgreementEnded` and `OrganizationClosed`.
    """
    version = find_version_on_sale(plan_code=plan_code, at=now)
    if version is None or not version.plan.is_self_serve:
        raise PlanNotOffered(f"There is no plan “{plan_code}” to change to.")
    stored = _lock(agreement)
    if stored.status == AgreementStatus.PAST_DUE:
        raise PaymentOverdue("The plan can be changed once the overdue payment is made.")
    new = _new_terms(stored, version)
    _check_upgrade(stored, new)
    return _change(stored, new, actor=actor, reason="", now=now)


@transaction.atomic
def change_plan_by_staff(
    *, agreement: Agreement, plan_code: str, actor: Actor, reason: str, now: datetime
) -> PlanChange:
    """
    Move an agreement, at once, to the newest version of any published plan, up or down.

    After a move down what was granted for the month stays until it ends. A later move up grants
    only what is beyond the largest allowance that the month has had. Otherwise as `change_plan`.
    """
    version = find_newest_version(plan_code=plan_code, at=now)
    if version is None:
        raise PlanNotOffered(f"There is no published plan “{plan_code}”.")
    stored = _lock(agreement)
    return _change(stored, _new_terms(stored, version), actor=actor, reason=reason, now=now)


def _lock(agreement: Agreement) -> Agreement:
    """The agreement as it is once nobody else changes it."""
    lock_organization(organization_id=agreement.organization_id)
    stored: Agreement = Agreement.objects.select_related("organization", "plan_version__plan").get(
        pk=agreement.pk
    )
    if stored.status == AgreementStatus.CANCELED:
        raise AgreementEnded(f"{stored.public_id} has ended already.")
    if stored.organization.closed_at is not None:
        raise OrganizationClosed(f"{stored.organization.name} is closed.")
    return stored


def _new_terms(agreement: Agreement, version: PlanVersion) -> NewTerms:
    if version.pk == agreement.plan_version_id:
        raise SamePlan(f"The agreement is on {version.plan.name} already.")
    terms = get_plan_version_terms(plan_version_id=version.pk)
    price = price_of(
        terms,
        plan_name=version.plan.name,
        currency=agreement.currency,
        interval=agreement.interval,
    )
    return NewTerms(
        version=version,
        terms=terms,
        price=price,
        seats=seats_of(
            terms,
            price,
            wanted=_seats_kept(agreement, price),
            members=count_members(organization=agreement.organization),
        ),
        collection=collection_of(terms, price),
    )


def _seats_kept(agreement: Agreement, price: BasePrice) -> int | None:
    """The number of seats where each was paid for and still will be; None for the new default."""
    if agreed_price(agreement).per_seat is None or price.per_seat is None:
        return None
    return agreement.seats


def _check_upgrade(agreement: Agreement, new: NewTerms) -> None:
    before = get_plan_version_terms(plan_version_id=agreement.plan_version_id)
    base_before = base_charge(price=agreed_price(agreement), seats=agreement.seats)
    base_after = base_charge(price=new.price, seats=new.seats)
    if not is_upgrade(before, new.terms, base_before=base_before, base_after=base_after):
        raise NotAnUpgrade(
            f"{new.version.plan.name} is no upgrade: it costs no more and offers less. Such a "
            "change takes effect when the period that is paid for ends.",
            less_of=list_losses(before, new.terms, currency=agreement.currency),
            effective_at=agreement.current_period_end.isoformat(),
        )


def _change(
    agreement: Agreement, new: NewTerms, *, actor: Actor, reason: str, now: datetime
) -> PlanChange:
    effective_at = _earliest_change(agreement, now=now)
    # What began before this instant began on the old plan, however late its opening comes.
    advance(agreement, now=effective_at - INSTANT)
    before = agreement.plan_version
    changes: dict[str, list[object]] = {
        "plan": [_words(before), _words(new.version)],
        "seats": [agreement.seats, new.seats],
        "collection": [agreement.collection, new.collection],
    }
    agreement.plan_version = new.version
    agreement.seats = new.seats
    agreement.collection = new.collection
    agreement.save(update_fields=["plan_version", "seats", "collection"])
    change = PlanChange.objects.create(
        organization_id=agreement.organization_id,
        agreement=agreement,
        from_version=before,
        to_version=new.version,
        effective_at=effective_at,
    )
    _raise_allowances(agreement, at=effective_at)
    advance(agreement, now=effective_at)
    record(
        actor=actor,
        action="agreement.plan_changed",
        target=agreement.public_id,
        organization=agreement.organization,
        changes={name: pair for name, pair in changes.items() if pair[0] != pair[1]},
        reason=reason,
        now=now,
    )
    return change


def _earliest_change(agreement: Agreement, *, now: datetime) -> datetime:
    """Now, or as soon as what has begun already allows where a clock ran ahead of `now`."""
    last_change = PlanChange.objects.filter(agreement=agreement).aggregate(
        begun=Max("effective_at")
    )["begun"]
    last_period = UsagePeriod.objects.filter(
        organization_id=agreement.organization_id, source=agreement.public_id
    ).aggregate(begun=Max("starts_at"))["begun"]
    earliest: datetime = max(
        now, (last_change or agreement.anchor_at) + INSTANT, last_period or agreement.anchor_at
    )
    return earliest


def _raise_allowances(agreement: Agreement, *, at: datetime) -> None:
    """Grant what the new plan adds to the month, and begin to count on meters that it adds."""
    month = period_at(agreement.anchor_at, interval=Interval.MONTH, at=at)
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


def _words(version: PlanVersion) -> str:
    return f"{version.plan.code} v{version.number}"
