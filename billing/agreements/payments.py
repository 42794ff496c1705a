"""
Whether an agreement's payment is overdue.

Nothing is taken away while it is: each feature's terms say whether it may still be used by what
asks first.
"""

from datetime import datetime

from django.db import transaction

from accounts.audit.actor import Actor
from accounts.audit.operations import record
from accounts.organizations.locking import lock_organization

from ..choices import AgreementStatus
from ..models import Agreement
from .errors import AgreementEnded


def mark_past_due(
    *, agreement: Agreement, actor: Actor, now: datetime, reason: str = ""
) -> Agreement:
    """
    Note that a payment of an agreement is overdue, and return the agreement as it now is.

    Doing it again changes nothing. Raises `AgreementEnded`.
    """
    return _move(
        agreement,
        AgreementStatus.PAST_DUE,
        action="agreement.payment_overdue",
        actor=actor,
        reason=reason,
        now=now,
    )


def mark_paid(*, agreement: Agreement, actor: Actor, now: datetime, reason: str = "") -> Agreement:
    """
    Note that nothing is overdue any more, and return the agreement as it now is.

    Doing it again changes nothing. Raises `AgreementEnded`.
    """
    return _move(
        agreement,
        AgreementStatus.ACTIVE,
        action="agreement.payment_settled",
        actor=actor,
        reason=reason,
        now=now,
    )


@transaction.atomic
def _move(
    agreement: Agreement,
    status: AgreementStatus,
    *,
    action: str,
    actor: Actor,
    reason: str,
    now: datetime,
) -> Agreement:
    lock_organization(organization_id=agreement.organization_id)
    stored: Agreement = Agreement.objects.select_related("organization", "plan_version__plan").get(
        pk=agreement.pk
    )
    before = stored.status
    if before == AgreementStatus.CANCELED:
        raise AgreementEnded(f"{stored.public_id} has ended already.")
    if before == status:
        return stored
    stored.status = status
    stored.save(update_fields=["status"])
    record(
        actor=actor,
        action=action,
        target=stored.public_id,
        organization=stored.organization,
        changes={"status": [before, status.value]},
        reason=reason,
        now=now,
    )
    return stored
