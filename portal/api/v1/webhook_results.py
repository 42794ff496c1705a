"""What apps are told about webhook endpoints, and about what was sent to them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from accounts.models import WebhookAttempt as StoredAttempt
from accounts.models import WebhookDelivery as StoredDelivery
from accounts.models import WebhookEndpoint as StoredEndpoint
from accounts.models import WebhookEvent as StoredEvent
from accounts.webhooks.endpoints import RegisteredEndpoint
from accounts.webhooks.queries import EndpointHealth, endpoint_health


class WebhookHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How an endpoint is doing. The counts of what is finished are of the last 24 hours."""

    last_success_at: datetime | None
    failing_since: Annotated[
        datetime | None, Meta(description="Null unless the last attempt failed.")
    ]
    retry_at: Annotated[datetime | None, Meta(description="Until then nothing is sent.")]
    pending_count: int
    delivered_count: int
    failed_count: int


class WebhookEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """An address that is told of events."""

    id: str
    organization: Annotated[
        str | None, Meta(description="Null: the installation's, told of every organization.")
    ]
    url: str
    description: str
    event_types: Annotated[list[str], Meta(description="Empty: all that are not on request.")]
    format: Annotated[str, Meta(description="`standard` or `kinde`.")]
    status: Annotated[str, Meta(description="`enabled` or `disabled`.")]
    disabled_at: datetime | None
    disabled_reason: Annotated[
        str | None, Meta(description="`by_hand`, `failing` (for three days) or `gone` (410).")
    ]
    former_secret_until: Annotated[
        datetime | None, Meta(description="Until then the secret before this one signs as well.")
    ]
    created_at: datetime
    health: WebhookHealth


class WebhookEndpointWithSecret(WebhookEndpoint, frozen=True, kw_only=True):
    """An endpoint with its new secret, which is shown this once."""

    secret: Annotated[str, Meta(description="`whsec_` and what messages are signed with.")]


class WebhookEndpointPage(msgspec.Struct, frozen=True):
    """Endpoints, oldest first."""

    data: list[WebhookEndpoint]
    has_more: bool


class WebhookAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt to deliver."""

    number: int
    started_at: datetime
    duration_ms: int
    status_code: Annotated[int | None, Meta(description="Null: there was no answer.")]
    error: Annotated[str | None, Meta(description="Why there was none, or why it is no success.")]
    response_excerpt: Annotated[str, Meta(description="How the answer begins.")]


class WebhookDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """What became of telling an endpoint of an event."""

    id: str
    endpoint: str
    event: str
    type: Annotated[str, Meta(description="What the endpoint's format calls the event.")]
    status: Annotated[str, Meta(description="`pending`, `delivered`, `failed` or `dropped`.")]
    due_at: Annotated[datetime | None, Meta(description="When it is attempted next.")]
    finished_at: datetime | None
    attempt_count: int


class WebhookDeliveryWithAttempts(WebhookDelivery, frozen=True, kw_only=True):
    """A delivery, attempt by attempt."""

    attempts: Annotated[list[WebhookAttempt], Meta(description="The newest first.")]


class WebhookDeliveryPage(msgspec.Struct, frozen=True):
    """Deliveries, newest first."""

    data: list[WebhookDelivery]
    has_more: bool


class WebhookEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened. Its id is the `webhook-id` of every message about it."""

    id: str
    organization: Annotated[
        str | None, Meta(description="Null: of the installation, such as a new plan.")
    ]
    type: str
    occurred_at: datetime
    data: dict[str, Any]


class WebhookEventPage(msgspec.Struct, frozen=True):
    """Events, newest first."""

    data: list[WebhookEvent]
    has_more: bool


class WebhookEventType(msgspec.Struct, frozen=True, kw_only=True):
    """A type of event that an endpoint may ask for."""

    type: str
    description: str
    on_request: Annotated[
        bool, Meta(description="Sent so often that only endpoints are told that name it.")
    ]


class WebhookEventTypePage(msgspec.Struct, frozen=True):
    """All types, by name."""

    data: list[WebhookEventType]
    has_more: bool


class ResentWebhooks(msgspec.Struct, frozen=True, kw_only=True):
    """How many deliveries are due again."""

    resent: int


def present_endpoint(endpoint: StoredEndpoint, *, now: datetime) -> WebhookEndpoint:
    """Write an endpoint whose organization is loaded, with how it is doing."""
    return WebhookEndpoint(**_facts(endpoint, now=now))


def present_registered(
    registered: RegisteredEndpoint, *, now: datetime
) -> WebhookEndpointWithSecret:
    """Write an endpoint with its new secret."""
    return WebhookEndpointWithSecret(
        **_facts(registered.endpoint, now=now), secret=registered.secret
    )


def present_delivery(delivery: StoredDelivery) -> WebhookDelivery:
    """Write a delivery whose event and endpoint are loaded."""
    return WebhookDelivery(**_outcome(delivery))


def present_with_attempts(
    delivery: StoredDelivery, attempts: Sequence[StoredAttempt]
) -> WebhookDeliveryWithAttempts:
    """Write a delivery with its attempts."""
    return WebhookDeliveryWithAttempts(
        **_outcome(delivery), attempts=[_present_attempt(attempt) for attempt in attempts]
    )


def present_event(event: StoredEvent) -> WebhookEvent:
    """Write an event whose organization is loaded."""
    return WebhookEvent(
        id=event.public_id,
        organization=None if event.organization is None else event.organization.public_id,
        type=event.type,
        occurred_at=event.occurred_at,
        data=event.data,
    )


def _facts(endpoint: StoredEndpoint, *, now: datetime) -> dict[str, Any]:
    owner, until = endpoint.organization, endpoint.former_secret_until
    return {
        "id": endpoint.public_id,
        "organization": None if owner is None else owner.public_id,
        "url": endpoint.url,
        "description": endpoint.description,
        "event_types": endpoint.event_types,
        "format": endpoint.format,
        "status": "enabled" if endpoint.disabled_at is None else "disabled",
        "disabled_at": endpoint.disabled_at,
        "disabled_reason": endpoint.disabled_reason or None,
        "former_secret_until": until if until is not None and until > now else None,
        "created_at": endpoint.created_at,
        "health": _present_health(endpoint_health(endpoint=endpoint, now=now)),
    }


def _present_health(health: EndpointHealth) -> WebhookHealth:
    return WebhookHealth(
        last_success_at=health.last_success_at,
        failing_since=health.failing_since,
        retry_at=health.retry_at,
        pending_count=health.pending_count,
        delivered_count=health.delivered_count,
        failed_count=health.failed_count,
    )


def _outcome(delivery: StoredDelivery) -> dict[str, Any]:
    return {
        "id": delivery.public_id,
        "endpoint": delivery.endpoint.public_id,
        "event": delivery.event.public_id,
        "type": delivery.type,
        "status": delivery.status,
        "due_at": delivery.due_at,
        "finished_at": delivery.finished_at,
        "attempt_count": delivery.attempt_count,
    }


def _present_attempt(attempt: StoredAttempt) -> WebhookAttempt:
    return WebhookAttempt(
        number=attempt.number,
        started_at=attempt.started_at,
        duration_ms=attempt.duration_ms,
        status_code=attempt.status_code,
        error=attempt.error or None,
        response_excerpt=attempt.response_excerpt,
    )
