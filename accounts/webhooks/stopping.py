"""An endpoint that is told nothing more, and one that starts afresh."""

from datetime import datetime
from typing import Final

from django.db import transaction

from ..choices import DeliveryStatus
from ..models import Organization, WebhookDelivery, WebhookEndpoint

FAILURE_FIELDS: Final = ("failing_since", "failure_count", "retry_at")


def drop_pending(*, endpoint: WebhookEndpoint, now: datetime) -> int:
    """Give up what was still to be delivered, and say how much that was."""
    return WebhookDelivery.objects.filter(endpoint=endpoint, status=DeliveryStatus.PENDING).update(
        status=DeliveryStatus.DROPPED, due_at=None, finished_at=now
    )


def remove_endpoints_of(*, organization: Organization, now: datetime) -> None:
    """Send nothing more to an organization that is closed, in the transaction that closes it."""
    present = WebhookEndpoint.objects.present().filter(organization=organization)
    for endpoint in present.select_for_update(no_key=True).order_by("pk"):
        endpoint.deleted_at = now
        endpoint.save(update_fields=["deleted_at"])
        drop_pending(endpoint=endpoint, now=now)


def drop_what_nobody_hears(*, endpoint_id: int, now: datetime) -> None:
    """
    Give up what is pending for an endpoint that was disabled or removed.

    An event that was announced at the same moment may not have seen that.
    """
    with transaction.atomic(durable=True):
        endpoint = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
        if endpoint.disabled_at or endpoint.deleted_at:
            drop_pending(endpoint=endpoint, now=now)


def forget_failures(endpoint: WebhookEndpoint) -> None:
    """Let the endpoint start afresh; the caller saves `FAILURE_FIELDS`."""
    endpoint.failing_since = None
    endpoint.failure_count = 0
    endpoint.retry_at = None
