"""The change that an agreement waits for. The caller holds the organization's lock."""

from datetime import datetime
from typing import Any

from accounts.audit.actor import Actor
from accounts.webhooks.values import instant

from ..choices import ScheduledChangeStatus
from ..events import EventType
from ..models import Agreement, ScheduledChange
from .noting import note, subscription_of


def find_waiting_change(agreement: Agreement) -> ScheduledChange | None:
    """Return the change that waits, with its plan loaded; None if none does."""
    return (
        ScheduledChange.objects.filter(
            organization_id=agreement.organization_id,
            agreement=agreement,
            status=ScheduledChangeStatus.WAITING,
        )
        .select_related("to_version__plan")
        .first()
    )


def undo_change(
    agreement: Agreement, change: ScheduledChange, *, actor: Actor, now: datetime
) -> None:
    """Let a waiting change never take effect, and say so."""
    change.status = ScheduledChangeStatus.UNDONE
    change.ended_at = now
    change.save(update_fields=["status", "ended_at"])
    note(
        agreement,
        EventType.PLAN_CHANGE_UNDONE,
        deed="agreement.change_undone",
        actor=actor,
        changes={"change": [change.public_id, None]},
        data=plan_change_of(agreement, change),
        now=now,
    )


def is_same_change(one: ScheduledChange, other: ScheduledChange) -> bool:
    """Whether two changes come to the same at the same instant."""
    return _terms_of(one) == _terms_of(other)


def plan_change_of(agreement: Agreement, change: ScheduledChange) -> dict[str, Any]:
    """What events say of a change that was scheduled, with the subscription as it is now."""
    return {
        "id": change.public_id,
        "status": str(change.status),
        **_terms_of(change),
        "subscription": subscription_of(agreement),
    }


def _terms_of(change: ScheduledChange) -> dict[str, Any]:
    return {
        "plan": change.to_version.plan.code,
        "plan_name": change.to_version.plan.name,
        "plan_version": change.to_version.number,
        "interval": str(change.interval),
        "seats": change.seats,
        "effective_at": instant(change.effective_at),
    }
