"""The change that an agreement waits for. The caller holds the organization's lock."""

from datetime import datetime
from typing import Any

from accounts.audit.actor import Actor

from ..choices import ScheduledChangeStatus
from ..events import EventType
from ..models import Agreement, ScheduledChange
from .noting import note, words


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
        EventType.AGREEMENT_CHANGE_UNDONE,
        actor=actor,
        changes={"change": [change.public_id, None]},
        data=describe_change(change),
        now=now,
    )


def describe_change(change: ScheduledChange) -> dict[str, Any]:
    """What events say of a change that was scheduled."""
    return {
        "change": change.public_id,
        "to_plan": change.to_version.plan.code,
        "to_version": change.to_version.number,
        "to_interval": change.interval,
        "to_seats": change.seats,
        "effective_at": words(change.effective_at),
    }
