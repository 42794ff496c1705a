"""Find webhook endpoints, what they were told, and how that went."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from config.kernel.errors import NotFound

from ..choices import DeliveryStatus
from ..models import (
    Organization,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
)
from . import kinde

LARGEST_PAGE: Final = 100
_A_DAY: Final = timedelta(days=1)


class EndpointNotFound(NotFound):
    """There is no such endpoint, or it is somebody else's."""

    code = "webhook_endpoint_not_found"


class DeliveryNotFound(NotFound):
    """The endpoint has no such delivery."""

    code = "webhook_delivery_not_found"


class EventNotFound(NotFound):
    """There is no such event, or it is somebody else's."""

    code = "webhook_event_not_found"


@dataclass(frozen=True, slots=True)
class EndpointHealth:
    """How an endpoint is doing: what became of the deliveries of the last 24 hours, and since
    when nothing gets through, if that is so.
    """

    last_success_at: datetime | None
    failing_since: datetime | None
    retry_at: datetime | None
    pending_count: int
    delivered_count: int
    failed_count: int


def list_endpoints(*, organization: Organization | None) -> list[WebhookEndpoint]:
    """Return an organization's endpoints, oldest first; without one, the installation's own."""
    return list(_endpoints_of(organization).order_by("pk"))


def get_endpoint(*, organization: Organization | None, public_id: str) -> WebhookEndpoint:
    """
    Return an endpoint of an organization; without one, of the installation itself.

    Raises `EndpointNotFound`, also for anybody else's and for a removed one.
    """
    endpoint = _endpoints_of(organization).filter(public_id=public_id).first()
    if endpoint is None:
        raise EndpointNotFound("There is no such webhook endpoint.")
    return endpoint


def list_who_ask(*, type: str) -> set[int | None]:
    """
    Return the organizations with an endpoint that names this type of event, by any of its names.

    None among them is the installation, which is told of every organization's.
    """
    asking = WebhookEndpoint.objects.listening().filter(
        event_types__overlap=[type, *kinde.list_names(type=type, data={})]
    )
    return set(asking.values_list("organization_id", flat=True))


def list_deliveries(
    *,
    endpoint: WebhookEndpoint,
    status: str | None = None,
    before: WebhookDelivery | None = None,
    limit: int = LARGEST_PAGE,
) -> list[WebhookDelivery]:
    """
    Return deliveries to an endpoint with their events, newest first.

    `status` keeps those of one status, `before` those before that one.
    """
    assert 1 <= limit <= LARGEST_PAGE + 1, limit
    deliveries = _deliveries_to(endpoint).order_by("-pk")
    if status is not None:
        deliveries = deliveries.filter(status=status)
    if before is not None:
        deliveries = deliveries.filter(pk__lt=before.pk)
    return list(deliveries[:limit])


def get_delivery(*, endpoint: WebhookEndpoint, public_id: str) -> WebhookDelivery:
    """Return a delivery to this endpoint, with its event. Raises `DeliveryNotFound`."""
    delivery = _deliveries_to(endpoint).filter(public_id=public_id).first()
    if delivery is None:
        raise DeliveryNotFound("There is no such delivery to this endpoint.")
    return delivery


def list_attempts(*, delivery: WebhookDelivery) -> list[WebhookAttempt]:
    """Return the attempts to deliver, newest first."""
    return list(WebhookAttempt.objects.filter(delivery=delivery).order_by("-number"))


def list_events(
    *,
    organization: Organization | None,
    type: str | None = None,
    before: WebhookEvent | None = None,
    limit: int = LARGEST_PAGE,
) -> list[WebhookEvent]:
    """
    Return an organization's events, newest first; without one, those of the installation itself.

    `type` keeps those of one type, `before` those before that one.
    """
    assert 1 <= limit <= LARGEST_PAGE + 1, limit
    events = _events_of(organization).order_by("-pk")
    if type is not None:
        events = events.filter(type=type)
    if before is not None:
        events = events.filter(pk__lt=before.pk)
    return list(events[:limit])


def get_event(*, organization: Organization | None, public_id: str) -> WebhookEvent:
    """
    Return an event of an organization; without one, of the installation itself.

    Raises `EventNotFound`.
    """
    event = _events_of(organization).filter(public_id=public_id).first()
    if event is None:
        raise EventNotFound("There is no such event.")
    return event


def get_event_of_anybody(*, public_id: str) -> WebhookEvent:
    """Return an event of whomever: only for platform keys. Raises `EventNotFound`."""
    event = WebhookEvent.objects.filter(public_id=public_id, forgotten_at=None).first()
    if event is None:
        raise EventNotFound("There is no such event.")
    return event


def endpoint_health(*, endpoint: WebhookEndpoint, now: datetime) -> EndpointHealth:
    """Return how an endpoint is doing."""
    recent = Q(finished_at__gt=now - _A_DAY)
    counts = WebhookDelivery.objects.filter(
        Q(status=DeliveryStatus.PENDING) | recent, endpoint=endpoint
    ).aggregate(
        pending=Count("pk", filter=Q(status=DeliveryStatus.PENDING)),
        delivered=Count("pk", filter=recent & Q(status=DeliveryStatus.DELIVERED)),
        failed=Count("pk", filter=recent & Q(status=DeliveryStatus.FAILED)),
    )
    return EndpointHealth(
        last_success_at=endpoint.last_success_at,
        failing_since=endpoint.failing_since,
        retry_at=endpoint.retry_at,
        pending_count=counts["pending"],
        delivered_count=counts["delivered"],
        failed_count=counts["failed"],
    )


def list_endpoints_to_ring(*, now: datetime, limit: int) -> list[int]:
    """
    Return the ids of endpoints for which something is due and nobody is at work.

    Endpoints that rest after a failure are left out until their rest is over.
    """
    return list(
        WebhookEndpoint.objects.filter(
            Q(leased_until=None) | Q(leased_until__lte=now),
            Q(retry_at=None) | Q(retry_at__lte=now),
            Exists(due_deliveries(now=now).filter(endpoint=OuterRef("pk"))),
        )
        .order_by("pk")
        .values_list("pk", flat=True)[:limit]
    )


def has_work(*, endpoint_id: int, now: datetime) -> bool:
    """Whether something is due for an endpoint that does not rest."""
    return (
        due_deliveries(now=now)
        .filter(
            Q(endpoint__retry_at=None) | Q(endpoint__retry_at__lte=now), endpoint_id=endpoint_id
        )
        .exists()
    )


def due_deliveries(*, now: datetime) -> QuerySet[WebhookDelivery]:
    """Those whose time has come."""
    return WebhookDelivery.objects.filter(status=DeliveryStatus.PENDING, due_at__lte=now)


def _endpoints_of(organization: Organization | None) -> QuerySet[WebhookEndpoint]:
    present = WebhookEndpoint.objects.present().select_related("organization")
    return present.filter(organization=organization)


def _events_of(organization: Organization | None) -> QuerySet[WebhookEvent]:
    events = WebhookEvent.objects.filter(organization=organization, forgotten_at=None)
    return events.select_related("organization")


def _deliveries_to(endpoint: WebhookEndpoint) -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(endpoint=endpoint).select_related("event", "endpoint")
