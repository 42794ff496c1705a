"""Endpoints, events and deliveries are found by those whose they are."""

from datetime import timedelta

import pytest

from accounts.choices import DeliveryStatus
from accounts.models import Organization, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from accounts.webhooks.endpoints import disable_endpoint, remove_endpoint
from accounts.webhooks.queries import (
    DeliveryNotFound,
    EndpointHealth,
    EndpointNotFound,
    EventNotFound,
    endpoint_health,
    get_delivery,
    get_endpoint,
    get_event,
    get_event_of_anybody,
    list_attempts,
    list_deliveries,
    list_endpoints,
    list_events,
    list_who_ask,
)
from tests.factories.accounts import NOON, TESTER
from tests.factories.webhooks import make_endpoint, tell

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def test_endpoints_are_found_by_their_owner_alone(acme: Organization, globex: Organization) -> None:
    of_acme = make_endpoint(acme).endpoint
    of_house = make_endpoint(None).endpoint
    removed = make_endpoint(acme).endpoint
    remove_endpoint(endpoint=removed, actor=TESTER, now=NOON)

    assert list_endpoints(organization=acme) == [of_acme]
    assert list_endpoints(organization=globex) == []
    assert list_endpoints(organization=None) == [of_house]
    assert get_endpoint(organization=acme, public_id=of_acme.public_id) == of_acme
    assert get_endpoint(organization=None, public_id=of_house.public_id) == of_house
    for organization, endpoint in [
        (globex, of_acme),
        (None, of_acme),
        (acme, of_house),
        (acme, removed),
    ]:
        with pytest.raises(EndpointNotFound):
            get_endpoint(organization=organization, public_id=endpoint.public_id)


def test_events_are_found_by_their_organization_alone(
    acme: Organization, globex: Organization
) -> None:
    first, second = tell(acme, "first"), tell(acme, "second", type="credits.granted")
    of_house = tell(None)
    assert list_events(organization=acme) == [second, first]
    assert list_events(organization=acme, type="invoice.paid") == [first]
    assert list_events(organization=acme, before=second) == [first]
    assert list_events(organization=acme, limit=1) == [second]
    assert list_events(organization=globex) == []
    assert list_events(organization=None) == [of_house]
    assert get_event(organization=acme, public_id=first.public_id) == first
    assert get_event_of_anybody(public_id=first.public_id) == first
    assert get_event_of_anybody(public_id=of_house.public_id) == of_house
    for organization, event in [(globex, first), (None, first), (acme, of_house)]:
        with pytest.raises(EventNotFound):
            get_event(organization=organization, public_id=event.public_id)


def test_deliveries_are_found_at_their_endpoint_newest_first(acme: Organization) -> None:
    endpoint, other = make_endpoint(acme).endpoint, make_endpoint(acme).endpoint
    for fact in ("first", "second", "third"):
        tell(acme, fact)
    third, second, first = list_deliveries(endpoint=endpoint)
    assert [each.event.dedupe_key for each in (first, second, third)] == [
        "first",
        "second",
        "third",
    ]
    WebhookDelivery.objects.filter(pk=second.pk).update(
        status=DeliveryStatus.FAILED, due_at=None, finished_at=NOON
    )
    assert list_deliveries(endpoint=endpoint, status=DeliveryStatus.FAILED) == [second]
    assert list_deliveries(endpoint=endpoint, before=second) == [first]
    assert list_deliveries(endpoint=endpoint, limit=1) == [third]
    assert get_delivery(endpoint=endpoint, public_id=first.public_id) == first
    with pytest.raises(DeliveryNotFound):
        get_delivery(endpoint=other, public_id=first.public_id)


def test_attempts_are_listed_newest_first(acme: Organization) -> None:
    endpoint = make_endpoint(acme).endpoint
    tell(acme)
    [delivery] = list_deliveries(endpoint=endpoint)
    first, second = [
        WebhookAttempt.objects.create(
            delivery=delivery, number=number, started_at=NOON, duration_ms=5, status_code=500
        )
        for number in (1, 2)
    ]
    assert list_attempts(delivery=delivery) == [second, first]


def test_how_an_endpoint_is_doing_is_counted_over_a_day(acme: Organization) -> None:
    endpoint = make_endpoint(acme).endpoint
    for fact, status, hours_ago in [
        ("a", DeliveryStatus.DELIVERED, 1),
        ("b", DeliveryStatus.DELIVERED, 23),
        ("c", DeliveryStatus.DELIVERED, 25),
        ("d", DeliveryStatus.FAILED, 2),
        ("e", DeliveryStatus.DROPPED, 2),
    ]:
        tell(acme, fact)
        WebhookDelivery.objects.filter(event__dedupe_key=fact).update(
            status=status, due_at=None, finished_at=NOON - hours_ago * HOUR
        )
    tell(acme, "pending")
    WebhookEndpoint.objects.update(
        last_success_at=NOON - HOUR,
        failing_since=NOON - HOUR / 2,
        failure_count=1,
        retry_at=NOON + HOUR,
    )
    endpoint.refresh_from_db()
    assert endpoint_health(endpoint=endpoint, now=NOON) == EndpointHealth(
        last_success_at=NOON - HOUR,
        failing_since=NOON - HOUR / 2,
        retry_at=NOON + HOUR,
        pending_count=1,
        delivered_count=2,
        failed_count=1,
    )


def test_a_type_is_asked_for_by_those_who_name_it(acme: Organization, globex: Organization) -> None:
    def asking() -> set[int | None]:
        return list_who_ask(type="usage.updated")

    make_endpoint(acme)
    assert asking() == set()
    endpoint = make_endpoint(acme, event_types=["invoice.paid", "usage.updated"]).endpoint
    make_endpoint(globex, event_types=["customer.meter_usage_updated"], format="kinde")
    assert asking() == {acme.pk, globex.pk}
    disable_endpoint(endpoint=endpoint, actor=TESTER, now=NOON)
    assert asking() == {globex.pk}
    make_endpoint(None, event_types=["usage.updated"])
    assert asking() == {globex.pk, None}
