"""Doorways for the background worker."""

from celery import shared_task
from django.utils import timezone

from .api_keys.idempotency import delete_old_answers
from .memberships import mailing, queries

SWEEP_LIMIT = 100


@shared_task(name="accounts.send_invitation", ignore_result=True)
def send_invitation(*, invitation_id: int, **_later: object) -> None:
    """Mail one invitation, if it is due."""
    mailing.send_invitation(invitation_id=invitation_id, now=timezone.now())


@shared_task(name="accounts.ring_for_unsent_invitations", ignore_result=True)
def ring_for_unsent_invitations(**_later: object) -> None:
    """Ask again for the mails that a lost message, or a failing mail server, left behind."""
    due = queries.list_invitations_to_mail(now=timezone.now(), limit=SWEEP_LIMIT)
    for invitation_id in due:
        send_invitation.delay(invitation_id=invitation_id)


@shared_task(name="accounts.forget_old_answers", ignore_result=True)
def forget_old_answers(**_later: object) -> None:
    """Delete the answers that were kept long enough for an `Idempotency-Key`."""
    delete_old_answers(now=timezone.now())
