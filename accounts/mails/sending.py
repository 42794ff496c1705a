"""Send a mail: claim it, send it, remember that it left. Never inside a transaction."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction

from ..audit.actor import Actor
from ..audit.operations import record
from ..choices import MailDrop
from ..models import Mail
from .addressing import list_recipients
from .kinds import Departure, Kind, find_kind
from .letters import Letter, Occasion
from .recipients import Recipient
from .rendering import Envelope, message_of, write

FIRST_PAUSE: Final = timedelta(minutes=1)
_LONGEST_PAUSE: Final = timedelta(hours=6)
TRIED_FOR: Final = timedelta(days=7)
# From here on a mail server's answers mean: never.
_FOR_GOOD: Final = 500


def send_mail(*, mail_id: int, now: datetime) -> bool:
    """
    Send a mail if that is due, and say whether it left now.

    Called twice at once, it leaves once. When the mail server fails (its error is raised) or the
    process dies, it is due again after a pause, which doubles each time, for a week. A death
    between sending and remembering sends it once more, with the same `Message-ID`. Whoever is no
    longer to be told when it is sent gets nothing; what is no longer true is told to nobody.
    """
    waiting = Mail.objects.select_related("notice__organization", "organization", "user")
    mail = waiting.filter(pk=mail_id, due_at__lte=now).first()
    if mail is None or not _claim(mail, now=now):
        return False
    if mail.attempt_count and now - mail.notice.occurred_at >= TRIED_FOR:
        return _drop(mail, MailDrop.GIVEN_UP, now=now)
    kind = find_kind(mail.notice.kind)
    recipient = None if kind is None else _find_recipient(mail, kind)
    if kind is None or recipient is None:
        return _drop(mail, MailDrop.NOT_FOR_THEM, now=now)
    facts = kind.load(mail.notice, now)
    if facts is None:
        return _drop(mail, MailDrop.OUTDATED, now=now)
    letter = write(kind, occasion_of(mail, facts), language=recipient.language)
    text = _deliver(mail, kind, letter, recipient)
    if text is None:
        return _drop(mail, MailDrop.REFUSED, now=now)
    kind.sent(Departure(mail.notice, recipient.address, text, at=now))
    Mail.objects.filter(pk=mail.pk, due_at__isnull=False).update(
        due_at=None,
        sent_at=now,
        address=recipient.address,
        subject=letter.subject,
        language=recipient.language,
        last_error="",
    )
    return True


def occasion_of(mail: Mail, facts: Mapping[str, Any]) -> Occasion:
    """What a letter is written from: the facts, for the organization whose mail it is."""
    owner = mail.organization
    return Occasion(
        organization=owner.name if owner else "",
        zone=ZoneInfo(owner.time_zone if owner else "UTC"),
        occurred_at=mail.notice.occurred_at,
        data=facts,
    )


@transaction.atomic
def send_again(*, mail: Mail, actor: Actor, now: datetime) -> bool:
    """Let a mail be due that was given up or refused; return whether it is one of those."""
    dropped = Mail.objects.filter(pk=mail.pk, drop_reason__in=[MailDrop.GIVEN_UP, MailDrop.REFUSED])
    if not dropped.update(due_at=now, dropped_at=None, drop_reason="", attempt_count=0):
        return False
    record(
        actor=actor,
        action="mail.sent_again",
        target=mail.public_id,
        organization=mail.organization,
        changes={"address": mail.address},
        now=now,
    )
    return True


def _claim(mail: Mail, *, now: datetime) -> bool:
    """Take the mail for as long as the next pause lasts; the one who did may send it."""
    pause = min(FIRST_PAUSE * 2 ** min(mail.attempt_count, 10), _LONGEST_PAUSE)
    claimed = Mail.objects.filter(pk=mail.pk, due_at=mail.due_at).update(
        due_at=now + pause, attempt_count=mail.attempt_count + 1
    )
    return claimed == 1


def _find_recipient(mail: Mail, kind: Kind) -> Recipient | None:
    """Whom the mail is for, at the address that they have now; None if it no longer is."""
    whose = Recipient(mail.address, "", mail.user).key
    recipients = list_recipients(mail.notice, kind)
    return next((one for one in recipients if one.key == whose), None)


def _deliver(mail: Mail, kind: Kind, letter: Letter, recipient: Recipient) -> str | None:
    """
    Hand the mail to the mail server, and return its text; None if it was not taken. A failure is
    raised and noted.
    """
    envelope = Envelope(
        mail_id=mail.public_id,
        address=recipient.address,
        language=recipient.language,
        may_unsubscribe=kind.alert is not None,
    )
    message = message_of(letter, envelope)
    try:
        message.send()
    except SMTPRecipientsRefused as refusal:
        _note(mail, refusal)
        if all(code >= _FOR_GOOD for code, _reply in refusal.recipients.values()):
            return None
        raise
    except (SMTPException, OSError) as failure:
        _note(mail, failure)
        raise
    return str(message.body)


def _note(mail: Mail, failure: Exception) -> None:
    Mail.objects.filter(pk=mail.pk).update(last_error=f"{type(failure).__name__}: {failure}"[:200])


def _drop(mail: Mail, reason: MailDrop, *, now: datetime) -> bool:
    Mail.objects.filter(pk=mail.pk, due_at__isnull=False).update(
        due_at=None, dropped_at=now, drop_reason=reason
    )
    return False
