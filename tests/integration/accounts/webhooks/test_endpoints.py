"""Endpoints are registered, changed and removed by those who may, and each deed is written down."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from accounts.choices import DeliveryStatus, DisabledReason
from accounts.models import AuditEntry, Organization, WebhookDelivery, WebhookEndpoint
from accounts.webhooks import addresses
from accounts.webhooks.addresses import UnsuitableUrl
from accounts.webhooks.deliveries import resend, resend_failed
from accounts.webhooks.endpoints import (
    EndpointDisabled,
    TooManyEndpoints,
    change_endpoint,
    disable_endpoint,
    enable_endpoint,
    register_endpoint,
    remove_endpoint,
    rotate_secret,
    send_test_event,
)
from accounts.webhooks.queries import EndpointNotFound
from accounts.webhooks.signing import list_secrets
from config.kernel.errors import Invalid
from tests.factories.accounts import NOON, TESTER, make_person
from tests.factories.webhooks import NOWHERE, make_endpoint, tell

pytestmark = pytest.mark.django_db

committed = pytest.mark.django_db(transaction=True)

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def endpoint(acme: Organization) -> WebhookEndpoint:
    return make_endpoint(acme).endpoint


def deeds(target: str) -> list[tuple[str, dict[str, Any]]]:
    """What was done to it, oldest first."""
    entries = AuditEntry.objects.filter(target=target).order_by("pk")
    return list(entries.values_list("action", "changes"))


def test_an_endpoint_is_registered_with_a_secret_that_is_shown_once(acme: Organization) -> None:
    alice = make_person("Alice")
    registered = register_endpoint(
        organization=acme,
        url="http://127.0.0.1:9099/hooks",
        description=" Orders ",
        event_types=["invoice.paid", "credits.granted"],
        actor=TESTER,
        created_by=alice,
        now=NOON,
    )
    stored = WebhookEndpoint.objects.get()
    assert stored == registered.endpoint
    assert stored.public_id.startswith("whk_")
    assert (stored.organization, stored.url) == (acme, "http://127.0.0.1:9099/hooks")
    assert (stored.description, stored.format) == ("Orders", "standard")
    assert (stored.event_types, stored.created_by) == (["credits.granted", "invoice.paid"], alice)
    assert registered.secret.startswith("whsec_")
    assert len(registered.secret) == len("whsec_") + 44
    assert registered.secret not in repr(registered)
    assert registered.secret.encode() not in bytes(stored.encrypted_secret)
    assert list_secrets(stored, now=NOON) == [registered.secret]
    assert deeds(stored.public_id) == [
        (
            "webhook_endpoint.registered",
            {
                "url": "http://127.0.0.1:9099/hooks",
                "description": "Orders",
                "event_types": ["credits.granted", "invoice.paid"],
                "format": "standard",
            },
        )
    ]


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"url": "ftp://hooks.example.com/"}, UnsuitableUrl),
        ({"description": "x" * 201}, Invalid),
        ({"description": "a\0b"}, Invalid),
        ({"event_types": ["invoice.lost"]}, Invalid),
        ({"event_types": ["customer.plan_changed"]}, Invalid),
        ({"format": "xml"}, Invalid),
    ],
)
def test_an_unusable_endpoint_is_refused_and_nothing_is_stored(
    acme: Organization, wrong: dict[str, Any], refusal: type[Exception]
) -> None:
    usable: dict[str, Any] = {"organization": acme, "url": NOWHERE, "actor": TESTER, "now": NOON}
    with pytest.raises(refusal):
        register_endpoint(**usable | wrong)
    assert not WebhookEndpoint.objects.exists()
    assert not AuditEntry.objects.exists()


def test_an_organization_has_twenty_endpoints_at_most(
    acme: Organization, globex: Organization
) -> None:
    endpoints = [make_endpoint(acme).endpoint for _ in range(20)]
    with pytest.raises(TooManyEndpoints):
        make_endpoint(acme)
    make_endpoint(globex)
    remove_endpoint(endpoint=endpoints[0], actor=TESTER, now=NOON)
    make_endpoint(acme)


@committed
def test_an_endpoint_is_changed_and_told_at_its_new_address(
    endpoint: WebhookEndpoint, bells: list[int]
) -> None:
    WebhookEndpoint.objects.update(failing_since=NOON, failure_count=3, retry_at=LATER)
    changed = change_endpoint(
        endpoint=endpoint,
        url="http://127.0.0.1:1099/new",
        description="New",
        event_types=["invoice.paid"],
        actor=TESTER,
        now=NOON,
    )
    stored = WebhookEndpoint.objects.get()
    assert stored == changed
    assert (stored.url, stored.description) == ("http://127.0.0.1:1099/new", "New")
    assert stored.event_types == ["invoice.paid"]
    assert (stored.failing_since, stored.failure_count, stored.retry_at) == (None, 0, None)
    assert bells == [endpoint.pk]
    assert deeds(endpoint.public_id)[1:] == [
        (
            "webhook_endpoint.changed",
            {
                "url": [NOWHERE, "http://127.0.0.1:1099/new"],
                "description": ["", "New"],
                "event_types": [[], ["invoice.paid"]],
            },
        )
    ]


def test_a_change_that_changes_nothing_is_not_written_down(endpoint: WebhookEndpoint) -> None:
    change_endpoint(
        endpoint=endpoint, url=NOWHERE, description="", event_types=[], actor=TESTER, now=NOON
    )
    assert len(deeds(endpoint.public_id)) == 1


def test_what_somebody_else_changed_meanwhile_stays(endpoint: WebhookEndpoint) -> None:
    seen_before = WebhookEndpoint.objects.get()
    change_endpoint(endpoint=endpoint, event_types=["invoice.paid"], actor=TESTER, now=NOON)
    changed = change_endpoint(endpoint=seen_before, description="New", actor=TESTER, now=LATER)
    assert (changed.description, changed.event_types) == ("New", ["invoice.paid"])


def test_an_address_that_stays_is_not_looked_up_again(
    endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "look_up", lambda host: [])
    changed = change_endpoint(endpoint=endpoint, description="New", actor=TESTER, now=NOON)
    assert changed.description == "New"
    with pytest.raises(UnsuitableUrl):
        change_endpoint(endpoint=endpoint, url=NOWHERE, actor=TESTER, now=NOON)


def test_a_former_secret_signs_until_the_overlap_is_over(acme: Organization) -> None:
    first = make_endpoint(acme)
    second = rotate_secret(
        endpoint=first.endpoint, overlap=timedelta(hours=1), actor=TESTER, now=NOON
    )
    stored = WebhookEndpoint.objects.get()
    assert first.secret != second.secret
    assert list_secrets(stored, now=NOON) == [second.secret, first.secret]
    assert list_secrets(stored, now=LATER) == [second.secret]
    assert deeds(stored.public_id)[1] == (
        "webhook_endpoint.secret_rotated",
        {"former_secret_until": "2026-03-10T13:00:00+00:00"},
    )


def test_a_secret_that_leaked_is_replaced_at_once(acme: Organization) -> None:
    endpoint = make_endpoint(acme).endpoint
    second = rotate_secret(endpoint=endpoint, overlap=timedelta(0), actor=TESTER, now=NOON)
    assert list_secrets(WebhookEndpoint.objects.get(), now=NOON) == [second.secret]
    assert Webhook(second.secret)


@pytest.mark.parametrize("overlap", [timedelta(seconds=-1), timedelta(days=30, seconds=1)])
def test_an_overlap_is_thirty_days_at_most(endpoint: WebhookEndpoint, overlap: timedelta) -> None:
    with pytest.raises(Invalid):
        rotate_secret(endpoint=endpoint, overlap=overlap, actor=TESTER, now=NOON)


def test_a_disabled_endpoint_gives_up_what_was_pending(
    acme: Organization, endpoint: WebhookEndpoint
) -> None:
    tell(acme)
    disable_endpoint(endpoint=endpoint, actor=TESTER, now=LATER)
    disable_endpoint(endpoint=endpoint, actor=TESTER, now=LATER)
    stored = WebhookEndpoint.objects.get()
    assert (stored.disabled_at, stored.disabled_reason) == (LATER, DisabledReason.BY_HAND)
    delivery = WebhookDelivery.objects.get()
    assert (delivery.status, delivery.finished_at) == (DeliveryStatus.DROPPED, LATER)
    assert deeds(endpoint.public_id)[1:] == [("webhook_endpoint.disabled", {"dropped": 1})]


def test_an_enabled_endpoint_starts_afresh(endpoint: WebhookEndpoint) -> None:
    WebhookEndpoint.objects.update(
        disabled_at=NOON,
        disabled_reason=DisabledReason.FAILING,
        failing_since=NOON - timedelta(hours=72),
        failure_count=9,
        retry_at=LATER,
    )
    enable_endpoint(endpoint=endpoint, actor=TESTER, now=LATER)
    enable_endpoint(endpoint=endpoint, actor=TESTER, now=LATER)
    stored = WebhookEndpoint.objects.get()
    assert (stored.disabled_at, stored.disabled_reason) == (None, "")
    assert (stored.failing_since, stored.failure_count, stored.retry_at) == (None, 0, None)
    assert deeds(endpoint.public_id)[1:] == [("webhook_endpoint.enabled", {})]


def test_a_removed_endpoint_is_gone_for_every_operation(
    acme: Organization, endpoint: WebhookEndpoint
) -> None:
    tell(acme)
    remove_endpoint(endpoint=endpoint, actor=TESTER, now=LATER)
    delivery = WebhookDelivery.objects.get()
    assert (delivery.status, delivery.finished_at) == (DeliveryStatus.DROPPED, LATER)
    same: dict[str, Any] = {"endpoint": endpoint, "actor": TESTER, "now": LATER}
    terms: dict[str, Any] = {"url": NOWHERE, "description": "", "event_types": []}
    attempts: list[Callable[[], object]] = [
        lambda: remove_endpoint(**same),
        lambda: enable_endpoint(**same),
        lambda: disable_endpoint(**same),
        lambda: send_test_event(**same),
        lambda: rotate_secret(overlap=timedelta(0), **same),
        lambda: change_endpoint(**terms, **same),
        lambda: resend_failed(since=NOON, **same),
        lambda: resend(delivery=delivery, actor=TESTER, now=LATER),
    ]
    for attempt in attempts:
        with pytest.raises(EndpointNotFound):
            attempt()
    assert [deed for deed, _ in deeds(endpoint.public_id)] == [
        "webhook_endpoint.registered",
        "webhook_endpoint.removed",
    ]


@committed
def test_a_test_goes_to_one_endpoint_whatever_it_wants(
    acme: Organization, bells: list[int]
) -> None:
    endpoint = make_endpoint(acme, event_types=["invoice.paid"]).endpoint
    make_endpoint(acme)
    first = send_test_event(endpoint=endpoint, actor=TESTER, now=NOON)
    second = send_test_event(endpoint=endpoint, actor=TESTER, now=NOON)
    assert first.event_id != second.event_id
    assert [(first.endpoint, first.type), (second.endpoint, second.type)] == [
        (endpoint, "webhook.test")
    ] * 2
    assert first.event.organization == acme
    assert first.due_at == NOON
    assert WebhookDelivery.objects.count() == 2
    assert bells == [endpoint.pk, endpoint.pk]


def test_kindes_format_is_tested_as_well(acme: Organization) -> None:
    endpoint = make_endpoint(acme, format="kinde").endpoint
    assert send_test_event(endpoint=endpoint, actor=TESTER, now=NOON).type == "webhook.test"


def test_a_disabled_endpoint_is_sent_nothing_by_hand_either(
    acme: Organization, endpoint: WebhookEndpoint
) -> None:
    tell(acme)
    disable_endpoint(endpoint=endpoint, actor=TESTER, now=NOON)
    with pytest.raises(EndpointDisabled):
        send_test_event(endpoint=endpoint, actor=TESTER, now=LATER)
    with pytest.raises(EndpointDisabled):
        resend(delivery=WebhookDelivery.objects.get(), actor=TESTER, now=LATER)
    with pytest.raises(EndpointDisabled):
        resend_failed(endpoint=endpoint, since=NOON, actor=TESTER, now=LATER)


@committed
def test_what_was_missed_is_sent_again_and_what_arrived_is_not(
    acme: Organization, endpoint: WebhookEndpoint, bells: list[int]
) -> None:
    for fact, status, hours in [
        ("old", DeliveryStatus.FAILED, -1),
        ("failed", DeliveryStatus.FAILED, 0),
        ("dropped", DeliveryStatus.DROPPED, 0),
        ("delivered", DeliveryStatus.DELIVERED, 0),
    ]:
        tell(acme, fact)
        WebhookDelivery.objects.filter(event__dedupe_key=fact).update(
            status=status, due_at=None, finished_at=NOON + timedelta(hours=hours), attempt_count=10
        )
    bells.clear()
    assert resend_failed(endpoint=endpoint, since=NOON, actor=TESTER, now=LATER) == 2
    due = WebhookDelivery.objects.filter(status=DeliveryStatus.PENDING).order_by("pk")
    assert list(
        due.values_list("event__dedupe_key", "due_at", "attempt_count", "earlier_attempt_count")
    ) == [("failed", LATER, 10, 10), ("dropped", LATER, 10, 10)]
    assert bells == [endpoint.pk]
    assert deeds(endpoint.public_id)[-1] == (
        "webhook_endpoint.resent",
        {"since": "2026-03-10T12:00:00+00:00", "deliveries": 2},
    )


@committed
def test_a_delivery_that_arrived_is_sent_again_when_somebody_asks(
    acme: Organization, endpoint: WebhookEndpoint, bells: list[int]
) -> None:
    tell(acme)
    WebhookDelivery.objects.update(
        status=DeliveryStatus.DELIVERED, due_at=None, finished_at=NOON, attempt_count=1
    )
    resent = resend(delivery=WebhookDelivery.objects.get(), actor=TESTER, now=LATER)
    assert (resent.status, resent.due_at) == (DeliveryStatus.PENDING, LATER)
    assert (resent.attempt_count, resent.earlier_attempt_count) == (1, 1)
    assert bells == [endpoint.pk] * 2
    assert deeds(resent.public_id) == [
        ("webhook_delivery.resent", {"endpoint": endpoint.public_id})
    ]


def test_what_is_asked_for_in_an_organization_ahead_of_us_is_due_in_our_time(
    acme: Organization, endpoint: WebhookEndpoint
) -> None:
    ahead = NOON.replace(year=2126)
    delivery = send_test_event(endpoint=endpoint, actor=TESTER, now=ahead)
    assert delivery.due_at is not None
    assert delivery.due_at < ahead
    resent = resend(delivery=delivery, actor=TESTER, now=ahead)
    assert resent.due_at is not None
    assert delivery.due_at <= resent.due_at < ahead
