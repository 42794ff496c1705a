"""Mails for tests."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from django.core import mail
from django.core.mail import EmailMessage, EmailMultiAlternatives

from accounts.mails.addressing import address_mails
from accounts.mails.notices import list_due_mails, list_due_notices, write_notice
from accounts.mails.sending import send_mail
from accounts.models import Mail, MailNotice, Organization

from .accounts import NOON

MOST = 100


def make_notice(
    organization: Organization | None,
    kind: str,
    data: dict[str, object] | None = None,
    *,
    fact: str = "fact:1",
    now: datetime = NOON,
) -> MailNotice:
    """A fact that people are to be told of."""
    key = write_notice(
        organization_id=None if organization is None else organization.pk,
        kind=kind,
        fact=fact,
        data=data or {},
        now=now,
    )
    assert key is not None, "the fact is told of already"
    return MailNotice.objects.get(pk=key)


def make_mails(notice: MailNotice, *, now: datetime = NOON) -> list[Mail]:
    """The mails of a notice, by address."""
    address_mails(notice_id=notice.pk, now=now)
    return list(Mail.objects.filter(notice=notice).order_by("address"))


def send_due(*, now: datetime = NOON) -> list[EmailMultiAlternatives]:
    """Do what the worker does, and return what left, by address."""
    before = len(mail.outbox)
    for notice_id in list_due_notices(now=now, limit=MOST):
        address_mails(notice_id=notice_id, now=now)
    for mail_id in list_due_mails(now=now, limit=MOST):
        send_mail(mail_id=mail_id, now=now)
    sent = cast("list[EmailMultiAlternatives]", mail.outbox[before:])
    return sorted(sent, key=lambda message: message.to)


def addresses_of(messages: Sequence[EmailMessage]) -> list[str]:
    """Whom messages went to: each to one address."""
    assert all(len(message.recipients()) == 1 for message in messages), messages
    return [message.to[0] for message in messages]


def html_of(message: EmailMultiAlternatives) -> str:
    """What a message says as a page."""
    [(html, kind)] = message.alternatives
    assert kind == "text/html", kind
    return str(html)
