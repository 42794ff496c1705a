"""
Disputes: a customer says that an outcome was none, and staff decide.

Each operation is one transaction under the organization's lock.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor

from ..choices import DisputeStatus, OutcomeStatus
from ..events import EventType
from ..models import Outcome, OutcomeDispute
from .errors import DisputeDecided, DisputeExists, OutcomeReversed, ReversalTooLate
from .queries import find_dispute
from .steps import decide, find_open_dispute, locked, reverse
from .telling import announce_dispute, audit_dispute


@transaction.atomic
def open_dispute(*, outcome: Outcome, reason: str, actor: Actor, now: datetime) -> OutcomeDispute:
    """
    Write down that the customer says an outcome was none. Until staff decide, it is not confirmed.

    Raises `OutcomeReversed`, `DisputeExists`, and `ReversalTooLate` once its days are over.
    """
    current = locked(outcome)
    if current.status == OutcomeStatus.REVERSED:
        raise OutcomeReversed(_("The outcome was reversed before."))
    if find_dispute(outcome=current) is not None:
        raise DisputeExists(_("The outcome was disputed before."))
    if not current.is_reversible(at=now):
        raise ReversalTooLate(
            _("The %(days)s days are over in which it could be disputed.")
            % {"days": current.reversal_days}
        )
    dispute = OutcomeDispute.objects.create(
        organization=current.organization,
        outcome=current,
        reason=reason,
        opened_at=now,
        opened_by=actor.label,
    )
    announce_dispute(dispute, EventType.OUTCOME_DISPUTE_OPENED, now=now)
    audit_dispute(dispute, before=None, reason=reason, actor=actor, now=now)
    return dispute


@transaction.atomic
def decide_dispute(
    *, dispute: OutcomeDispute, is_upheld: bool, reason: str, actor: Actor, now: datetime
) -> OutcomeDispute:
    """
    Uphold a dispute, which reverses the outcome however long ago it was confirmed, or reject it.

    Raises `DisputeDecided`.
    """
    current = locked(dispute.outcome)
    asked = find_open_dispute(current)
    if asked is None:
        raise DisputeDecided(_("The dispute is decided already."))
    if is_upheld:
        reverse(current, reason=reason, actor=actor, now=now)
    decision = DisputeStatus.UPHELD if is_upheld else DisputeStatus.REJECTED
    decide(asked, decision, reason=reason, actor=actor, now=now)
    return asked
