"""Webhook endpoints and events for tests."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Organization, WebhookEndpoint, WebhookEvent
from accounts.webhooks.delivering import deliver_due
from accounts.webhooks.endpoints import RegisteredEndpoint, register_endpoint
from accounts.webhooks.outbox import announce

from .accounts import NOON, TESTER

NOWHERE = "http://127.0.0.1:1099/hooks"


def make_endpoint(
    organization: Organization | None,
    url: str = NOWHERE,
    *,
    event_types: Collection[str] = (),
    format: str = "standard",
    now: datetime = NOON,
) -> RegisteredEndpoint:
    """An endpoint with its secret; the installation's own without an organization."""
    return register_endpoint(
        organization=organization,
        url=url,
        event_types=event_types,
        format=format,
        actor=TESTER,
        now=now,
    )


def tell(
    organization: Organization | None,
    fact: str = "plan:1",
    *,
    type: str = "invoice.paid",
    data: dict[str, Any] | None = None,
    now: datetime = NOON,
) -> WebhookEvent:
    """Announce a fact, and return its event."""
    with transaction.atomic():
        announce(
            organization_id=None if organization is None else organization.pk,
            type=type,
            dedupe_key=fact,
            data={"id": "inv_1"} if data is None else data,
            now=now,
        )
    return WebhookEvent.objects.get(organization=organization, dedupe_key=fact)


def deliver(endpoint: WebhookEndpoint, *, now: datetime = NOON) -> bool:
    """Send what is due at a moment."""
    return deliver_due(endpoint_id=endpoint.pk, clock=lambda: now)
