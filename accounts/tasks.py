"""Doorways for the background worker."""

from celery import shared_task
from django.utils import timezone

from .api_keys.idempotency import delete_old_answers
from .mails import sending
from .mails.addressing import address_mails as address
from .mails.forgetting import forget_old_facts
from .mails.notices import list_due_mails, list_due_notices
from .oauth.clients import delete_expired_tokens
from .oauth.signing import delete_retired_keys
from .visits.guests import forget_old_links
from .webhooks import delivering, forgetting
from .webhooks.queries import list_endpoints_to_ring

SWEEP_LIMIT = 100
ENDPOINTS_AT_ONCE = 500


@shared_task(name="accounts.address_mails", ignore_result=True)
def address_mails(*, notice_id: int, **_later: object) -> None:
    """Find out whom to tell of a fact, and have each of them told."""
    for mail_id in address(notice_id=notice_id, now=timezone.now()):
        send_mail.delay(mail_id=mail_id)


@shared_task(name="accounts.send_mail", ignore_result=True)
def send_mail(*, mail_id: int, **_later: object) -> None:
    """Send one mail, if it is due."""
    sending.send_mail(mail_id=mail_id, now=timezone.now())


@shared_task(name="accounts.ring_for_due_mails", ignore_result=True)
def ring_for_due_mails(**_later: object) -> None:
    """Ask again for the mails that a lost message, or a failing mail server, left behind."""
    now = timezone.now()
    for notice_id in list_due_notices(now=now, limit=SWEEP_LIMIT):
        address_mails.delay(notice_id=notice_id)
    for mail_id in list_due_mails(now=now, limit=SWEEP_LIMIT):
        send_mail.delay(mail_id=mail_id)


@shared_task(name="accounts.forget_old_mails", ignore_result=True)
def forget_old_mails(**_later: object) -> None:
    """Delete what mails were written from, once that was kept long enough."""
    forget_old_facts(now=timezone.now())


@shared_task(name="accounts.forget_old_answers", ignore_result=True)
def forget_old_answers(**_later: object) -> None:
    """Delete the answers that were kept long enough for an `Idempotency-Key`."""
    delete_old_answers(now=timezone.now())


@shared_task(name="accounts.forget_old_portal_links", ignore_result=True)
def forget_old_portal_links(**_later: object) -> None:
    """Delete the portal links that nobody can have a question about any more."""
    forget_old_links(now=timezone.now())


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


@shared_task(name="accounts.forget_old_webhook_events", ignore_result=True)
def forget_old_webhook_events(**_later: object) -> None:
    """Delete the events, deliveries and attempts that were kept long enough."""
    forgetting.forget_old_events(now=timezone.now())
