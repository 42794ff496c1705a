"""One webhook endpoint: its health, what it was told, and how each attempt went."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from accounts.choices import DeliveryStatus
from accounts.models import WebhookDelivery, WebhookEndpoint
from accounts.webhooks.queries import (
    DeliveryNotFound,
    EndpointHealth,
    endpoint_health,
    get_delivery,
    list_attempts,
    list_deliveries,
)

from .webhooks import EndpointRow, present_row

DELIVERIES_ON_A_PAGE: Final = 25


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One event that the endpoint is to be told of."""

    id: str
    type: str
    status: str
    status_label: str
    event_id: str
    occurred_at: datetime
    attempt_count: int
    due_at: datetime | None
    finished_at: datetime | None

    @property
    def is_bad(self) -> bool:
        """Whether the endpoint was not told, and will not be."""
        return self.status in (DeliveryStatus.FAILED, DeliveryStatus.DROPPED)


@dataclass(frozen=True, slots=True)
class StatusTab:
    """A way to the deliveries of one status."""

    status: str
    label: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class EndpointPage:
    """Everything on the page of one endpoint. `older` is where the next page begins."""

    endpoint: EndpointRow
    event_types: tuple[str, ...]
    former_secret_until: datetime | None
    next_attempt_at: datetime | None
    health: EndpointHealth
    deliveries: tuple[DeliveryRow, ...]
    tabs: tuple[StatusTab, ...]
    status: str
    older: str


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One try, and what was answered."""

    number: int
    started_at: datetime
    duration_ms: int
    status_code: int | None
    error: str
    response_excerpt: str
    is_success: bool


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """Everything on the page of one delivery."""

    endpoint: EndpointRow
    delivery: DeliveryRow
    data: str
    attempts: tuple[AttemptRow, ...]


def present_endpoint(
    endpoint: WebhookEndpoint, *, status: str, before: str, now: datetime
) -> EndpointPage:
    """Read an endpoint and a page of its deliveries: of one status, before one of them."""
    found = list_deliveries(
        endpoint=endpoint,
        status=status or None,
        before=_find(endpoint, before),
        limit=DELIVERIES_ON_A_PAGE + 1,
    )
    shown = found[:DELIVERIES_ON_A_PAGE]
    has_more = len(found) > len(shown)
    until = endpoint.former_secret_until
    health = endpoint_health(endpoint=endpoint, now=now)
    return EndpointPage(
        endpoint=present_row(endpoint),
        event_types=tuple(endpoint.event_types),
        former_secret_until=until if until and until > now else None,
        next_attempt_at=_next_attempt(endpoint, health, now=now),
        health=health,
        deliveries=tuple(_row(delivery) for delivery in shown),
        tabs=tuple(_tabs(status)),
        status=status,
        older=shown[-1].public_id if has_more else "",
    )


def present_delivery(delivery: WebhookDelivery) -> DeliveryPage:
    """Read what was sent, and each attempt to send it."""
    return DeliveryPage(
        endpoint=present_row(delivery.endpoint),
        delivery=_row(delivery),
        data=json.dumps(delivery.event.data, indent=2, ensure_ascii=False),
        attempts=tuple(
            AttemptRow(
                number=attempt.number,
                started_at=attempt.started_at,
                duration_ms=attempt.duration_ms,
                status_code=attempt.status_code,
                error=attempt.error,
                response_excerpt=attempt.response_excerpt,
                is_success=attempt.status_code is not None and 200 <= attempt.status_code < 300,
            )
            for attempt in list_attempts(delivery=delivery)
        ),
    )


def _next_attempt(
    endpoint: WebhookEndpoint, health: EndpointHealth, *, now: datetime
) -> datetime | None:
    """Until when a failing endpoint is left alone, if it is."""
    retry_at = health.retry_at
    rests = endpoint.disabled_at is None and retry_at is not None and retry_at > now
    return retry_at if rests else None


def _find(endpoint: WebhookEndpoint, delivery_id: str) -> WebhookDelivery | None:
    """The delivery before which to begin; what is unreadable counts as not asked."""
    if not delivery_id:
        return None
    try:
        return get_delivery(endpoint=endpoint, public_id=delivery_id)
    except DeliveryNotFound:
        return None


def _row(delivery: WebhookDelivery) -> DeliveryRow:
    return DeliveryRow(
        id=delivery.public_id,
        type=delivery.type,
        status=delivery.status,
        status_label=delivery.get_status_display(),
        event_id=delivery.event.public_id,
        occurred_at=delivery.event.occurred_at,
        attempt_count=delivery.attempt_count,
        due_at=delivery.due_at,
        finished_at=delivery.finished_at,
    )


def _tabs(current: str) -> list[StatusTab]:
    return [
        StatusTab(status.value, str(status.label), status == current) for status in DeliveryStatus
    ]
