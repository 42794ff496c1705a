"""
Whether an agreement's payment is overdue.

Nothing is taken away while it is: each feature's terms say whether it may still be used by what
asks first.
"""

from datetime import datetime

from django.db import transaction

from accounts.audit.actor import Actor

from ..choices import AgreementStatus
from ..events import EventType
from ..models import Agreement
from .errors import OnTrial
from .locking import lock_agreement
from .noting import note


def mark_past_due(
    *, agreement: Agreement, actor: Actor, now: datetime, reason: str = ""
) -> Agreement:
    """
    Note that a payment of an agreement is overdue, and return the agreement as it now is.

    Doing it again changes nothing. Raises `OnTrial` and `AgreementEnded`.
    """
    return _move(
        agreement,
        AgreementStatus.PAST_DUE,
        EventType.AGREEMENT_PAYMENT_OVERDUE,
        actor=actor,
        reason=reason,
        now=now,
    )


def mark_paid(*, agreement: Agreement, actor: Actor, now: datetime, reason: str = "") -> Agreement:
    """
    Note that nothing is overdue any more, and return the agreement as it now is.

    Doing it again changes nothing. Raises `OnTrial` and `AgreementEnded`.
    """
    return _move(
        agreement,
        AgreementStatus.ACTIVE,
        EventType.AGREEMENT_PAYMENT_SETTLED,
        actor=actor,
        reason=reason,
        now=now,
    )


@transaction.atomic
def _move(
    agreement: Agreement,
    status: AgreementStatus,
    event: EventType,
    *,
    actor: Actor,
    reason: str,
    now: datetime,
) -> Agreement:
    stored = lock_agreement(agreement, at=now)
    before = stored.status
    if before == AgreementStatus.TRIALING:
        raise OnTrial("Nothing is due before the trial ends.")
    if before == status:
        return stored
    stored.status = status
    stored.save(update_fields=["status"])
    note(
        stored,
        event,
        actor=actor,
        changes={"status": [before, status.value]},
        reason=reason,
        now=now,
    )
    return stored
