"""The end of an agreement. The caller holds the organization's lock."""

from datetime import datetime

from django.db.models import Max

from accounts.audit.actor import Actor
from config.kernel.periods import INSTANT
from metering.models import UsagePeriod
from metering.operations import end_terms

from ..choices import AgreementStatus
from ..events import EventType
from ..models import Agreement, PlanChange
from .noting import changed_subscription, note, subscription_of
from .opening import move_on
from .waiting import find_waiting_change, undo_change


def end(agreement: Agreement, *, at: datetime, actor: Actor, reason: str, now: datetime) -> None:
    """
    End an agreement at an instant: its open usage periods are cut short, its allowances expire,
    and what was to change later does not.

    What has begun is never undone: a period that begins at that instant or later, because a clock
    ran ahead, stays open for an instant. Its plan and organization are loaded.
    """
    ended_at = _earliest_end(agreement, at=at)
    # It is in force until just before it ends, so a period that would begin right now does not.
    move_on(agreement, now=ended_at - INSTANT)
    waiting = find_waiting_change(agreement)
    if waiting is not None:
        undo_change(agreement, waiting, actor=actor, now=now)
    before = subscription_of(agreement)
    agreement.status = AgreementStatus.CANCELED
    agreement.ended_at = ended_at
    agreement.save(update_fields=["status", "ended_at"])
    end_terms(
        organization_id=agreement.organization_id, source=agreement.public_id, ended_at=ended_at
    )
    note(
        agreement,
        EventType.SUBSCRIPTION_CANCELED,
        deed="agreement.canceled",
        actor=actor,
        changes={
            "status": [before["status"], AgreementStatus.CANCELED],
            "ended_at": [None, ended_at.isoformat()],
        },
        reason=reason,
        data=changed_subscription(agreement, before),
        now=now,
    )


def _earliest_end(agreement: Agreement, *, at: datetime) -> datetime:
    """That instant, or just after what has begun already where a clock ran ahead of it."""
    last_period = UsagePeriod.objects.filter(
        organization_id=agreement.organization_id, source=agreement.public_id
    ).aggregate(begun=Max("starts_at"))["begun"]
    last_change = PlanChange.objects.filter(agreement=agreement).aggregate(
        begun=Max("effective_at")
    )["begun"]
    begun = [moment + INSTANT for moment in (last_period, last_change) if moment is not None]
    earliest: datetime = max(at, agreement.current_period_start, *begun)
    return earliest
