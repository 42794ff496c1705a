"""
Whether an agreement's payment is overdue.

Nothing is taken away while it is: each feature's terms say whether it may still be used by what
asks first.
"""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor

from ..choices import AgreementStatus
from ..events import EventType
from ..models import Agreement
from .errors import OnTrial
from .locking import lock_agreement
from .noting import changed_subscription, note, subscription_of

_DEEDS: Final = {
    EventType.SUBSCRIPTION_PAYMENT_OVERDUE: "agreement.payment_overdue",
    EventType.SUBSCRIPTION_PAYMENT_SETTLED: "agreement.payment_settled",
}


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
        EventType.SUBSCRIPTION_PAYMENT_OVERDUE,
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
        EventType.SUBSCRIPTION_PAYMENT_SETTLED,
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
    if stored.status == AgreementStatus.TRIALING:
        raise OnTrial(_("Nothing is due before the trial ends."))
    if stored.status == status:
        return stored
    before = subscription_of(stored)
    stored.status = status
    stored.save(update_fields=["status"])
    note(
        stored,
        event,
        deed=_DEEDS[event],
        actor=actor,
        changes={"status": [before["status"], status.value]},
        reason=reason,
        data=changed_subscription(stored, before),
        now=now,
    )
    return stored
