"""Write down what became of an agreement, and announce it, in the transaction in which it does."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from accounts.audit.actor import Actor
from accounts.audit.operations import record
from accounts.webhooks.outbox import announce
from accounts.webhooks.values import instant
from config.kernel.ids import new_id

from ..events import EventType
from ..models import Agreement


def note(
    agreement: Agreement,
    event: EventType,
    *,
    deed: str,
    actor: Actor,
    changes: dict[str, list[Any]],
    now: datetime,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """
    Store the audit entry of a deed, and the event that tells apps of it.

    The caller holds the organization's lock and has found that something does change, so each
    change is told of once. Its plan and organization are loaded. `data` is what the event says;
    the subscription as it now is unless given.
    """
    record(
        actor=actor,
        action=deed,
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
        data=dict(subscription_of(agreement) if data is None else data),
        now=now,
    )


def words(moment: datetime | None) -> str | None:
    """An instant as the audit log writes it."""
    return None if moment is None else moment.astimezone(UTC).isoformat()


def subscription_of(agreement: Agreement) -> dict[str, Any]:
    """What events say of an agreement, in the names that the API has for it."""
    return {
        "id": agreement.public_id,
        "plan": agreement.plan_version.plan.code,
        "plan_name": agreement.plan_version.plan.name,
        "plan_version": agreement.plan_version.number,
        "status": str(agreement.status),
        "collection": str(agreement.collection),
        "currency": agreement.currency,
        "interval": str(agreement.interval),
        "seats": agreement.seats,
        "started_at": instant(agreement.started_at),
        "trial_ends_at": instant(agreement.trial_ends_at),
        "current_period_start": instant(agreement.current_period_start),
        "current_period_end": instant(agreement.current_period_end),
        "cancel_at": instant(agreement.cancel_at),
        "end_reason": str(agreement.end_reason) or None,
        "feedback": str(agreement.cancel_feedback) or None,
        "ended_at": instant(agreement.ended_at),
    }


def changed_subscription(agreement: Agreement, before: Mapping[str, Any]) -> dict[str, Any]:
    """The same after a change, with what was different before it."""
    after = subscription_of(agreement)
    previous = {name: before[name] for name, value in after.items() if before[name] != value}
    return after | {"previous_attributes": previous}
