"""Tell those of the staff who may decide that something waits for a second person."""

from datetime import datetime
from typing import Final

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet

from accounts.mails import ringing
from accounts.mails.notices import write_notice
from accounts.models import User
from accounts.webhooks.values import amount

from ..choices import ManualCreditKind
from ..models import ManualCredit

# A kind of mail.
CREDIT_WAITS: Final = "manual_credit_waits"


def list_deciders(*, asked_by_id: int | None) -> QuerySet[User]:
    """Return the staff who may decide what somebody asked for: all with the permission but them."""
    permission = Permission.objects.filter(
        codename="decide_manualcredit", content_type__app_label="billing"
    )
    may_decide = (
        Q(is_superuser=True)
        | Q(user_permissions__in=permission)
        | Q(groups__permissions__in=permission)
    )
    staff = User.objects.filter(may_decide, is_active=True, is_staff=True).distinct().order_by("pk")
    return staff if asked_by_id is None else staff.exclude(pk=asked_by_id)


def tell_deciders(credit: ManualCredit, *, now: datetime) -> None:
    """
    Have those mailed who may decide a credit that waits: once, in the transaction in which it does.

    It is no mail of the customer's: it belongs to the installation. Its organization is loaded.
    """
    notice_id = write_notice(
        organization_id=None,
        kind=CREDIT_WAITS,
        fact=credit.public_id,
        data={
            "id": credit.public_id,
            "customer": credit.organization.name,
            "asked_by": credit.asked_label,
            "reason": credit.reason,
            **_what(credit),
        },
        now=now,
    )
    ringing.ring_on_commit(notice_id=notice_id)


def _what(credit: ManualCredit) -> dict[str, object]:
    if credit.kind == ManualCreditKind.MONEY:
        assert credit.amount_minor is not None, credit
        return {"money": amount(credit.amount_minor, credit.currency)}
    assert credit.feature is not None, credit
    return {"credits": str(credit.credits), "feature_name": credit.feature.name}
