"""The steps that the operations on outcomes have in common, under the organization's lock."""

from collections.abc import Callable, Sequence
from datetime import datetime

from accounts.audit.actor import Actor
from accounts.organizations.locking import lock_organization

from ..choices import DisputeStatus, OutcomeStatus
from ..events import EventType
from ..models import Outcome, OutcomeDispute
from .charging import Charged, charge_outcomes, give_back
from .queries import find_dispute, get_outcome
from .telling import announce_dispute, announce_outcome, audit_dispute, audit_outcome


def locked(outcome: Outcome) -> Outcome:
    """Lock the organization, and read the outcome again."""
    lock_organization(organization_id=outcome.organization_id)
    return get_outcome(organization=outcome.organization, public_id=outcome.public_id)


def confirm_all(
    outcomes: Sequence[Outcome], *, at: Callable[[Outcome], datetime], now: datetime
) -> None:
    """Confirm outcomes of one organization, each `at` its own instant, and charge for them."""
    charged = charge_outcomes(outcomes=outcomes, now=now)
    for outcome in outcomes:
        charge = charged.get(outcome.pk, Charged())
        outcome.status = OutcomeStatus.CONFIRMED
        outcome.confirmed_at = at(outcome)
        outcome.event_key, outcome.not_charged = charge.event_key, charge.not_charged
        outcome.save(update_fields=["status", "confirmed_at", "event_key", "not_charged"])
        announce_outcome(outcome, EventType.OUTCOME_CONFIRMED, now=now)


def reverse(outcome: Outcome, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take an outcome back, and give back what was charged for it."""
    before = OutcomeStatus(outcome.status)
    give_back(outcome=outcome, reason=reason, now=now)
    outcome.status = OutcomeStatus.REVERSED
    outcome.reversed_at = now
    outcome.reversal_reason = reason
    outcome.save(update_fields=["status", "reversed_at", "reversal_reason"])
    announce_outcome(outcome, EventType.OUTCOME_REVERSED, now=now)
    audit_outcome(outcome, "outcome.reversed", before=before, actor=actor, reason=reason, now=now)


def find_open_dispute(outcome: Outcome) -> OutcomeDispute | None:
    """The dispute of an outcome that nobody has decided yet, if there is one."""
    dispute = find_dispute(outcome=outcome)
    return dispute if dispute is not None and dispute.status == DisputeStatus.OPEN else None


def decide(
    dispute: OutcomeDispute, decision: DisputeStatus, *, reason: str, actor: Actor, now: datetime
) -> None:
    """Write down how a dispute was decided."""
    dispute.status = decision
    dispute.decided_at, dispute.decided_by, dispute.decision = now, actor.label, reason
    dispute.save(update_fields=["status", "decided_at", "decided_by", "decision"])
    announce_dispute(dispute, EventType.OUTCOME_DISPUTE_DECIDED, now=now)
    audit_dispute(dispute, before=DisputeStatus.OPEN, reason=reason, actor=actor, now=now)
