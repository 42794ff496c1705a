"""Doorways for the background worker."""

from celery import shared_task
from django.utils import timezone

from .api_keys.idempotency import delete_old_answers
from .memberships import mailing, queries
from .oauth.clients import delete_expired_tokens
from .oauth.signing import delete_retired_keys
from .webhooks import delivering, forgetting
from .webhooks import mailing as notices
from .webhooks.queries import list_endpoints_to_ring

SWEEP_LIMIT = 100
ENDPOINTS_AT_ONCE = 500


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


@shared_task(name="accounts.forget_expired_tokens", ignore_result=True)
def forget_expired_tokens(**_later: object) -> None:
    """Delete the tokens that have expired, and the keys of which no signature is good any more."""
    delete_expired_tokens(now=timezone.now())
    delete_retired_keys(now=timezone.now())


@shared_task(name="accounts.deliver_webhooks", ignore_result=True)
def deliver_webhooks(*, endpoint_id: int, **_later: object) -> None:
    """Tell one endpoint what is due, and come back if that is more than one visit's worth."""
    if delivering.deliver_due(endpoint_id=endpoint_id, clock=timezone.now):
        deliver_webhooks.delay(endpoint_id=endpoint_id)


@shared_task(name="accounts.ring_for_due_webhooks", ignore_result=True)
def ring_for_due_webhooks(**_later: object) -> None:
    """Ring again for retries, and for what a lost bell or a killed worker left behind."""
    for endpoint_id in list_endpoints_to_ring(now=timezone.now(), limit=ENDPOINTS_AT_ONCE):
        deliver_webhooks.delay(endpoint_id=endpoint_id)


@shared_task(name="accounts.mail_webhook_notice", ignore_result=True)
def mail_webhook_notice(*, endpoint_id: int, **_later: object) -> None:
    """Mail that one endpoint was disabled, if that is due."""
    notices.mail_notice(endpoint_id=endpoint_id, now=timezone.now())


@shared_task(name="accounts.ring_for_webhook_notices", ignore_result=True)
def ring_for_webhook_notices(**_later: object) -> None:
    """Have people told of endpoints that were disabled."""
    for endpoint_id in notices.list_notices_to_mail(now=timezone.now(), limit=SWEEP_LIMIT):
        mail_webhook_notice.delay(endpoint_id=endpoint_id)


@shared_task(name="accounts.forget_old_webhook_events", ignore_result=True)
def forget_old_webhook_events(**_later: object) -> None:
    """Delete the events, deliveries and attempts that were kept long enough."""
    forgetting.forget_old_events(now=timezone.now())
