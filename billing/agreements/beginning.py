"""The beginning of an agreement."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.models import Organization
from accounts.organizations.locking import lock_organization
from config.kernel.periods import INSTANT
from metering.models import UsagePeriod

from ..choices import AgreementStatus, Collection
from ..events import EventType
from ..models import Agreement, PlanVersion
from .accepting import accept_private_offer
from .advancing import advance
from .ending import end
from .errors import AgreementExists, EarlierUsage, OrganizationClosed
from .first_allowances import open_first_allowances
from .noting import note, words
from .periods import billing_period_at
from .queries import find_live_agreement
from .seat_history import note_seats
from .terms import list_meter_terms


@dataclass(frozen=True, slots=True)
class Deal:
    """What was agreed elsewhere: on which plan version, since when, and from when it is counted."""

    version: PlanVersion
    interval: str
    currency: str
    seats: int
    started_at: datetime
    anchor_at: datetime
    trial_ends_at: datetime | None
    collection: str


@transaction.atomic
def begin_agreement(
    *, organization: Organization, deal: Deal, actor: Actor, now: datetime
) -> Agreement:
    """
    Begin an agreement that was concluded, and paid for, elsewhere; on trial if it has one.

    A live agreement that costs nothing ends at that instant first. If an earlier agreement, or
    what was used under it, reaches further, because this comes late, the new one begins where that
    ends; its months are counted from the anchor all the same. Whatever it has come to by `now`
    happens.

    Raises `AgreementExists` if a live agreement costs something, and `OrganizationClosed`.
    """
    lock_organization(organization_id=organization.pk)
    check_open(organization)
    _make_way(organization, at=deal.started_at, actor=actor, now=now)
    agreement = Agreement(
        organization=organization,
        plan_version=deal.version,
        collection=deal.collection,
        currency=deal.currency,
        interval=deal.interval,
        seats=deal.seats,
        started_at=deal.started_at,
        anchor_at=deal.anchor_at,
    )
    reach = _reach_of_earlier(agreement)
    if reach is not None:
        agreement.started_at = max(deal.started_at, reach)
    if deal.trial_ends_at is not None and agreement.started_at < deal.trial_ends_at:
        agreement.status = AgreementStatus.TRIALING
        agreement.trial_ends_at = deal.trial_ends_at
    begin(agreement, actor=actor, now=now)
    return agreement


def begin(agreement: Agreement, *, actor: Actor, now: datetime) -> None:
    """
    Store an agreement that is complete but for its billing period, open its first periods, and
    bring it to `now`. The caller holds the lock. Raises `EarlierUsage`.
    """
    is_on_trial = agreement.status == AgreementStatus.TRIALING
    moment = agreement.started_at if is_on_trial else max(agreement.started_at, now)
    period = billing_period_at(agreement, at=moment)
    agreement.current_period_start = period.starts_at
    agreement.current_period_end = period.ends_at
    _check_no_earlier_usage(agreement)
    agreement.save(force_insert=True)
    note_seats(agreement, at=agreement.started_at)
    open_first_allowances(agreement)
    accept_private_offer(agreement, actor=actor, now=now)
    note(
        agreement,
        EventType.SUBSCRIPTION_CREATED,
        deed="agreement.created",
        actor=actor,
        changes={
            "plan": [None, f"{agreement.plan_version.plan.code} v{agreement.plan_version.number}"],
            "interval": [None, agreement.interval],
            "currency": [None, agreement.currency],
            "seats": [None, agreement.seats],
            "anchor_at": [None, words(agreement.anchor_at)],
            "trial_ends_at": [None, words(agreement.trial_ends_at)],
        },
        now=now,
    )
    advance(agreement, now=now)


def check_open(organization: Organization) -> None:
    """A closed organization agrees to nothing. Raises `OrganizationClosed`."""
    if not Organization.objects.open().filter(pk=organization.pk).exists():
        raise OrganizationClosed(
            _("%(organization)s is closed.") % {"organization": organization.name}
        )


def _make_way(organization: Organization, *, at: datetime, actor: Actor, now: datetime) -> None:
    """End a live agreement that costs nothing, so that another one can hold."""
    live = find_live_agreement(organization=organization)
    if live is None:
        return
    if live.collection != Collection.FREE:
        raise AgreementExists(
            _("%(organization)s has an agreement already.") % {"organization": organization.name}
        )
    advance(live, now=at - INSTANT)
    if live.ended_at is None:
        end(live, at=at, actor=actor, reason="Another plan begins.", now=now)


def _reach_of_earlier(agreement: Agreement) -> datetime | None:
    """How far earlier agreements, and usage on the meters of this one, reach past its start."""
    ended_at = Agreement.objects.filter(
        organization_id=agreement.organization_id, ended_at__gt=F("started_at")
    ).aggregate(until=Max("ended_at"))["until"]
    counted_until = UsagePeriod.objects.filter(
        organization_id=agreement.organization_id,
        meter_id__in=[terms.meter_id for terms in list_meter_terms(agreement=agreement)],
    ).aggregate(until=Max("ends_at"))["until"]
    reached = [moment for moment in (ended_at, counted_until) if moment is not None]
    return max(reached, default=None)


def _check_no_earlier_usage(agreement: Agreement) -> None:
    """Two agreements never share a moment, or it could not be said which one pays."""
    until = _reach_of_earlier(agreement)
    if until is not None and until > agreement.started_at:
        raise EarlierUsage(
            f"An earlier agreement reaches until {until.isoformat()}.",
            starts_at=until.isoformat(),
        )
