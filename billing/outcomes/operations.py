"""
Record, confirm and reverse outcomes.

Each operation is one transaction under the organization's lock, and announces what it changes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from accounts.audit.actor import Actor
from accounts.audit.operations import record
from accounts.models import Organization
from accounts.organizations.clock import time_of
from accounts.organizations.locking import lock_organization
from accounts.organizations.sweeping import sweep
from accounts.webhooks.outbox import announce
from accounts.webhooks.values import instant
from config.kernel.errors import DomainError, Invalid

from ..choices import OutcomeStatus
from ..events import EventType
from ..models import Outcome, OutcomeDefinition
from .queries import (
    find_outcome,
    get_definition,
    get_outcome,
    list_organizations_to_confirm,
    list_outcomes_to_confirm,
)

FURTHEST_AHEAD: Final = timedelta(minutes=5)
# So many are confirmed in one transaction; the others at the next turn.
MOST_AT_ONCE: Final = 1_000


class OutcomeConflict(DomainError):
    """The reference was used before, for an outcome with other facts."""

    code = "outcome_conflict"
    title = "The reference belongs to another outcome"


class OutcomeReversed(DomainError):
    """The outcome was reversed, and that is final."""

    code = "outcome_reversed"
    title = "The outcome was reversed"


class OccurredInFuture(Invalid):
    """The outcome lies ahead."""

    code = "occurred_in_future"
    title = "The outcome lies in the future"


@dataclass(frozen=True, slots=True)
class OutcomeFacts:
    """
    What an app reports. `reference` is its own name for the outcome; it occurred now unless
    `occurred_at` is given.
    """

    reference: str
    occurred_at: datetime | None = None
    member: str = ""
    evidence: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class RecordedOutcome:
    """An outcome, and whether it was recorded by this very report."""

    outcome: Outcome
    is_new: bool


@transaction.atomic
def record_outcome(
    *, organization: Organization, code: str, facts: OutcomeFacts, now: datetime
) -> RecordedOutcome:
    """
    Record an outcome once. The same facts again return it as it is by now.

    Raises `OutcomeNotDefined`, `OccurredInFuture` and `OutcomeConflict`.
    """
    lock_organization(organization_id=organization.pk)
    definition = get_definition(code=code)
    known = find_outcome(
        organization=organization, definition=definition, reference=facts.reference
    )
    if known is not None:
        _check_same(known, facts)
        return RecordedOutcome(known, is_new=False)
    outcome = _store(organization, definition, facts, now=now)
    _announce(outcome, EventType.OUTCOME_RECORDED, now=now)
    if outcome.confirms_at <= now:
        _confirm(outcome, at=now, now=now)
    return RecordedOutcome(outcome, is_new=True)


@transaction.atomic
def confirm_outcome(*, outcome: Outcome, actor: Actor, now: datetime) -> Outcome:
    """
    Confirm an outcome before its window has passed, and return it as it now is.

    One that is confirmed stays as it is. Raises `OutcomeReversed`.
    """
    current = _locked(outcome)
    if current.status == OutcomeStatus.REVERSED:
        raise OutcomeReversed("An outcome that was reversed cannot be confirmed.")
    if current.status == OutcomeStatus.CONFIRMED:
        return current
    _confirm(current, at=now, now=now)
    _audit(current, "outcome.confirmed", before=OutcomeStatus.PENDING, actor=actor, now=now)
    return current


@transaction.atomic
def reverse_outcome(*, outcome: Outcome, reason: str, actor: Actor, now: datetime) -> Outcome:
    """
    Take an outcome back, confirmed or not, and return it as it now is.

    Raises `OutcomeReversed` if that has happened before.
    """
    current = _locked(outcome)
    if current.status == OutcomeStatus.REVERSED:
        raise OutcomeReversed("The outcome was reversed before.")
    before = OutcomeStatus(current.status)
    current.status = OutcomeStatus.REVERSED
    current.reversed_at = now
    current.reversal_reason = reason
    current.save(update_fields=["status", "reversed_at", "reversal_reason"])
    _announce(current, EventType.OUTCOME_REVERSED, now=now)
    _audit(current, "outcome.reversed", before=before, actor=actor, reason=reason, now=now)
    return current


def confirm_due_outcomes(*, now: datetime) -> int:
    """Confirm the outcomes whose window has passed; return how many there were."""

    def visit(organization_id: int) -> int:
        return _confirm_due(
            organization_id=organization_id,
            now=time_of(organization_id=organization_id, now=now),
        )

    organizations = list_organizations_to_confirm(now=now)
    return sum(sweep(organizations, visit, doing="confirming the outcomes of"))


@transaction.atomic
def _confirm_due(*, organization_id: int, now: datetime) -> int:
    lock_organization(organization_id=organization_id)
    due = list(list_outcomes_to_confirm(organization_id=organization_id, now=now)[:MOST_AT_ONCE])
    for outcome in due:
        # When the window passed does not depend on when somebody looked.
        _confirm(outcome, at=outcome.confirms_at, now=now)
    return len(due)


def _store(
    organization: Organization,
    definition: OutcomeDefinition,
    facts: OutcomeFacts,
    *,
    now: datetime,
) -> Outcome:
    occurred_at = facts.occurred_at or now
    if occurred_at > now + FURTHEST_AHEAD:
        raise OccurredInFuture("The outcome lies more than five minutes in the future.")
    return Outcome.objects.create(
        organization=organization,
        definition=definition,
        reference=facts.reference,
        status=OutcomeStatus.PENDING,
        member=facts.member,
        evidence=facts.evidence or {},
        occurred_at=occurred_at,
        confirms_at=occurred_at + timedelta(days=definition.confirmation_days),
    )


def _check_same(known: Outcome, facts: OutcomeFacts) -> None:
    """Raise `OutcomeConflict` unless these are the facts; the database compares the evidence."""
    is_same = (
        facts.occurred_at in (None, known.occurred_at)
        and facts.member == known.member
        and Outcome.objects.filter(pk=known.pk, evidence=facts.evidence or {}).exists()
    )
    if not is_same:
        raise OutcomeConflict(
            f"An outcome {known.reference} with other facts was recorded before.",
            id=known.public_id,
        )


def _locked(outcome: Outcome) -> Outcome:
    lock_organization(organization_id=outcome.organization_id)
    return get_outcome(organization=outcome.organization, public_id=outcome.public_id)


def _confirm(outcome: Outcome, *, at: datetime, now: datetime) -> None:
    outcome.status = OutcomeStatus.CONFIRMED
    outcome.confirmed_at = at
    outcome.save(update_fields=["status", "confirmed_at"])
    _announce(outcome, EventType.OUTCOME_CONFIRMED, now=now)


def _announce(outcome: Outcome, event: EventType, *, now: datetime) -> None:
    """Each of the three happens to an outcome once."""
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
        },
        now=now,
    )


def _audit(
    outcome: Outcome,
    action: str,
    *,
    before: OutcomeStatus,
    actor: Actor,
    reason: str = "",
    now: datetime,
) -> None:
    record(
        actor=actor,
        action=action,
        target=outcome.public_id,
        organization=outcome.organization,
        changes={"status": [str(before), str(outcome.status)]},
        reason=reason,
        now=now,
    )
