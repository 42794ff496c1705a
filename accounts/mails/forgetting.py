"""Forget what nobody looks up any more."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef

from ..models import Mail, MailNotice

KEPT_FOR: Final = timedelta(days=90)


def forget_old_facts(*, now: datetime) -> int:
    """
    Forget what notices of more than ninety days ago said; return how many.

    That there was a mail, to whom and about what, stays: links to unsubscribe go by it. What a
    mail is still to be written from stays as well.
    """
    waiting = Mail.objects.filter(notice=OuterRef("pk"), due_at__isnull=False)
    old = MailNotice.objects.filter(created_at__lt=now - KEPT_FOR, due_at=None)
    return old.exclude(data={}).filter(~Exists(waiting)).update(data={})
