"""
Record, confirm and reverse outcomes.

Each operation is one transaction under the organization's lock, and announces what it changes.
What is confirmed is charged, and what is reversed given back, in that transaction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.models import Organization
from accounts.organizations.clock import time_of
from accounts.organizations.locking import lock_organization
from accounts.organizations.sweeping import sweep
from metering.usage.reports import LARGEST_BATCH

from ..choices import DisputeStatus, OutcomeStatus
from ..events import EventType
from ..models import Outcome, OutcomeDefinition
from .errors import (
    OccurredInFuture,
    OutcomeConflict,
    OutcomeDisputed,
    OutcomeReversed,
    ReversalTooLate,
)
from .queries import (
    find_outcome,
    get_definition,
    list_organizations_to_confirm,
    list_outcomes_to_confirm,
)
from .steps import confirm_all, decide, find_open_dispute, locked, reverse
from .telling import announce_outcome, audit_outcome

FURTHEST_AHEAD: Final = timedelta(minutes=5)
# So many are confirmed in one transaction; the others at the next turn.
MOST_AT_ONCE: Final = LARGEST_BATCH


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
    announce_outcome(outcome, EventType.OUTCOME_RECORDED, now=now)
    if outcome.confirms_at <= now:
        confirm_all([outcome], at=lambda _outcome: now, now=now)
    return RecordedOutcome(outcome, is_new=True)


@transaction.atomic
def confirm_outcome(*, outcome: Outcome, actor: Actor, now: datetime) -> Outcome:
    """
    Confirm an outcome before its window has passed, and return it as it now is.

    One that is confirmed stays as it is. Raises `OutcomeReversed` and, while a dispute of it is
    open, `OutcomeDisputed`.
    """
    current = locked(outcome)
    if current.status == OutcomeStatus.REVERSED:
        raise OutcomeReversed(_("An outcome that was reversed cannot be confirmed."))
    if current.status == OutcomeStatus.CONFIRMED:
        return current
    if find_open_dispute(current) is not None:
        raise OutcomeDisputed(_("The customer disputes the outcome: decide that first."))
    confirm_all([current], at=lambda _outcome: now, now=now)
    audit_outcome(current, "outcome.confirmed", before=OutcomeStatus.PENDING, actor=actor, now=now)
    return current


@transaction.atomic
def reverse_outcome(*, outcome: Outcome, reason: str, actor: Actor, now: datetime) -> Outcome:
    """
    Take an outcome back, confirmed or not, and return it as it now is.

    What was charged for it is given back: it falls out of an open period, and of a settled one it
    is a settlement of its own. An open dispute is upheld by that. Raises `OutcomeReversed` if
    that has happened before, and `ReversalTooLate` once its days are over.
    """
    current = locked(outcome)
    if current.status == OutcomeStatus.REVERSED:
        raise OutcomeReversed(_("The outcome was reversed before."))
    dispute = find_open_dispute(current)
    if dispute is None and not current.is_reversible(at=now):
        raise ReversalTooLate(
            _("The %(days)s days are over in which it could be reversed.")
            % {"days": current.reversal_days}
        )
    reverse(current, reason=reason, actor=actor, now=now)
    if dispute is not None:
        decide(dispute, DisputeStatus.UPHELD, reason=reason, actor=actor, now=now)
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
    # When the window passed does not depend on when somebody looked.
    confirm_all(due, at=lambda outcome: outcome.confirms_at, now=now)
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
        confirms_at=occurred_at
        + timedelta(days=definition.confirmation_days, hours=definition.confirmation_hours),
        reversal_days=definition.reversal_days,
        meter=definition.meter,
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
