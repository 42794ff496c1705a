"""Send again what an endpoint was told, or was not."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from ..audit.actor import Actor
from ..audit.operations import record
from ..choices import DeliveryStatus
from ..models import WebhookDelivery, WebhookEndpoint
from .due import at_once
from .endpoints import EndpointDisabled
from .locking import lock_endpoint
from .ringing import ring_on_commit


@transaction.atomic(durable=True)
def resend(*, delivery: WebhookDelivery, actor: Actor, now: datetime) -> WebhookDelivery:
    """
    Make a delivery due again, with a fresh series of attempts.

    It stays the same delivery of the same event: the receiver knows it by its `webhook-id`. One
    that is being sent at this moment is not sent twice. Raises `EndpointDisabled`, and
    `EndpointNotFound` when the endpoint was removed.
    """
    endpoint = _lock_listening(delivery.endpoint)
    _make_due([delivery.pk], now=now)
    record(
        actor=actor,
        action="webhook_delivery.resent",
        target=delivery.public_id,
        organization=endpoint.organization,
        changes={"endpoint": endpoint.public_id},
        now=now,
    )
    ring_on_commit(endpoint_id=endpoint.pk)
    delivery.refresh_from_db()
    return delivery


@transaction.atomic(durable=True)
def resend_failed(
    *, endpoint: WebhookEndpoint, since: datetime, actor: Actor, now: datetime
) -> int:
    """
    Make everything due again that failed or was dropped since a moment; return how much that is.

    Raises as `resend` does.
    """
    present = _lock_listening(endpoint)
    missed = WebhookDelivery.objects.filter(
        endpoint=present,
        status__in=[DeliveryStatus.FAILED, DeliveryStatus.DROPPED],
        finished_at__gte=since,
    )
    count = _make_due(list(missed.values_list("pk", flat=True)), now=now)
    record(
        actor=actor,
        action="webhook_endpoint.resent",
        target=present.public_id,
        organization=present.organization,
        changes={"since": since.isoformat(), "deliveries": count},
        now=now,
    )
    if count:
        ring_on_commit(endpoint_id=present.pk)
    return count


def _lock_listening(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    present = lock_endpoint(endpoint)
    if present.disabled_at is not None:
        raise EndpointDisabled(_("Enable the endpoint first."))
    return present


def _make_due(delivery_ids: list[int], *, now: datetime) -> int:
    return WebhookDelivery.objects.filter(pk__in=delivery_ids).update(
        status=DeliveryStatus.PENDING,
        due_at=at_once(now),
        finished_at=None,
        earlier_attempt_count=F("attempt_count"),
    )
