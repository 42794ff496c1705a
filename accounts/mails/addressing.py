"""Find out whom to tell of a fact."""

from datetime import datetime

from django.db import transaction

from ..models import Mail, MailNotice, MailOptOut
from .kinds import Kind, find_kind
from .recipients import Recipient, once_each


@transaction.atomic(durable=True)
def address_mails(*, notice_id: int, now: datetime) -> list[int]:
    """
    Write down a mail for everybody whom a notice is for now, and return their keys.

    Called twice at once, one of the two does it. A kind that there is no longer is for nobody.
    """
    waiting = MailNotice.objects.select_for_update(of=("self",)).filter(
        pk=notice_id, due_at__isnull=False
    )
    notice = waiting.select_related("organization").first()
    if notice is None:
        return []
    kind = find_kind(notice.kind)
    mails = [
        Mail(
            organization=notice.organization,
            notice=notice,
            address=recipient.address,
            user=recipient.user,
            due_at=now,
        ).with_public_id()
        for recipient in (list_recipients(notice, kind) if kind else [])
    ]
    MailNotice.objects.filter(pk=notice.pk).update(due_at=None)
    return [mail.pk for mail in Mail.objects.bulk_create(mails)]


def list_recipients(notice: MailNotice, kind: Kind) -> list[Recipient]:
    """Return whom a notice is for now, without those who want no mails of this sort."""
    recipients = once_each(kind.recipients(notice))
    if kind.alert is None or notice.organization is None:
        return recipients
    outs = MailOptOut.objects.owned_by(notice.organization).filter(alert=kind.alert)
    silent = set(outs.values_list("user", "address"))
    return [recipient for recipient in recipients if recipient.key not in silent]
