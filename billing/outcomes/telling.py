"""What apps and the audit log are told of outcomes and disputes."""

from datetime import datetime

from accounts.audit.actor import Actor
from accounts.audit.operations import record
from accounts.webhooks.outbox import announce
from accounts.webhooks.values import instant

from ..choices import DisputeStatus, OutcomeStatus
from ..events import EventType
from ..models import Outcome, OutcomeDispute


def announce_outcome(outcome: Outcome, event: EventType, *, now: datetime) -> None:
    """Tell apps of an outcome: each of its three events happens to it once."""
    announce(
        organization_id=outcome.organization_id,
        type=event,
        dedupe_key=f"{event}:{outcome.public_id}",
        data={
            "id": outcome.public_id,
            "code": outcome.definition.code,
            "reference": outcome.reference,
            "status": str(outcome.status),
            "member": outcome.member,
            "occurred_at": instant(outcome.occurred_at),
            "confirms_at": instant(outcome.confirms_at),
            "confirmed_at": instant(outcome.confirmed_at),
            "reversed_at": instant(outcome.reversed_at),
            "reversal_reason": outcome.reversal_reason or None,
            "feature": None if outcome.meter is None else outcome.meter.code,
            "usage_event": outcome.event_key,
            "not_charged": outcome.not_charged or None,
        },
        now=now,
    )


def announce_dispute(dispute: OutcomeDispute, event: EventType, *, now: datetime) -> None:
    """Tell apps of a dispute: each of its two events happens to it once."""
    announce(
        organization_id=dispute.organization_id,
        type=event,
        dedupe_key=f"{event}:{dispute.public_id}",
        data={
            "id": dispute.public_id,
            "outcome": dispute.outcome.public_id,
            "code": dispute.outcome.definition.code,
            "reference": dispute.outcome.reference,
            "status": str(dispute.status),
            "reason": dispute.reason,
            "opened_at": instant(dispute.opened_at),
            "decided_at": instant(dispute.decided_at),
            "decision": dispute.decision or None,
        },
        now=now,
    )


def audit_outcome(
    outcome: Outcome,
    action: str,
    *,
    before: OutcomeStatus,
    actor: Actor,
    reason: str = "",
    now: datetime,
) -> None:
    """Write down who moved an outcome on from where it stood `before`."""
    record(
        actor=actor,
        action=action,
        target=outcome.public_id,
        organization=outcome.organization,
        changes={"status": [str(before), str(outcome.status)]},
        reason=reason,
        now=now,
    )


def audit_dispute(
    dispute: OutcomeDispute,
    *,
    before: DisputeStatus | None,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Write down who opened or decided a dispute, beside the outcome that it is about."""
    verb = "opened" if before is None else str(dispute.status)
    record(
        actor=actor,
        action=f"outcome_dispute.{verb}",
        target=dispute.outcome.public_id,
        organization=dispute.organization,
        changes={"dispute": [None if before is None else str(before), str(dispute.status)]},
        reason=reason,
        now=now,
    )
