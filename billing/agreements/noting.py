"""Write down what became of an agreement, and announce it, in the transaction in which it does."""

from datetime import UTC, datetime
from typing import Any

from accounts.audit.actor import Actor
from accounts.audit.operations import record
from accounts.webhooks.outbox import announce
from config.kernel.ids import new_id

from ..events import EventType
from ..models import Agreement


def note(
    agreement: Agreement,
    event: EventType,
    *,
    actor: Actor,
    changes: dict[str, list[Any]],
    now: datetime,
    reason: str = "",
    action: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """
    Store the audit entry of a change, and the event that tells apps of it.

    The caller holds the organization's lock and has found that something does change, so each
    change is told of once. Its plan and organization are loaded. `action` is the name of the deed
    where that is not the event's.
    """
    record(
        actor=actor,
        action=action or event,
        target=agreement.public_id,
        organization=agreement.organization,
        changes={name: pair for name, pair in changes.items() if pair[0] != pair[1]},
        reason=reason,
        now=now,
    )
    announce(
        organization_id=agreement.organization_id,
        type=event,
        dedupe_key=new_id(event),
        data=_state_of(agreement) | (data or {}),
        now=now,
    )


def words(moment: datetime | None) -> str | None:
    """An instant as the audit log and events write it."""
    return None if moment is None else moment.astimezone(UTC).isoformat()


def _state_of(agreement: Agreement) -> dict[str, Any]:
    """What every event says of its agreement."""
    return {
        "organization": agreement.organization.public_id,
        "agreement": agreement.public_id,
        "plan": agreement.plan_version.plan.code,
        "version": agreement.plan_version.number,
        "status": str(agreement.status),
        "interval": agreement.interval,
        "seats": agreement.seats,
    }
