"""Events are kept for ninety days, and longer while somebody is still to be told."""

from datetime import timedelta

import pytest
from django.db import connection

from accounts import tasks
from accounts.choices import DeliveryStatus
from accounts.models import Organization, WebhookAttempt, WebhookDelivery, WebhookEvent
from accounts.webhooks import forgetting
from accounts.webhooks.forgetting import forget_old_events
from accounts.webhooks.queries import list_events
from tests.factories.accounts import NOON
from tests.factories.webhooks import make_endpoint, tell

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def recorded(event: WebhookEvent) -> WebhookEvent:
    """Make it an event that was recorded when it occurred: the database says when, otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE accounts_webhookevent SET recorded_at = occurred_at")
        cursor.execute("SET LOCAL session_replication_role = origin")
    return event


@pytest.fixture
def told(acme: Organization) -> None:
    """Three events: old and delivered, old and pending, and young."""
    make_endpoint(acme)
    for fact, days in [("old", 90), ("awaited", 91), ("young", 89)]:
        recorded(tell(acme, fact, now=NOON - days * DAY - timedelta(seconds=1)))
    WebhookDelivery.objects.exclude(event__dedupe_key="awaited").update(
        status=DeliveryStatus.DELIVERED, due_at=None, finished_at=NOON, attempt_count=1
    )
    for delivery in WebhookDelivery.objects.all():
        WebhookAttempt.objects.create(
            delivery=delivery, number=1, started_at=NOON, duration_ms=5, status_code=500
        )


def facts() -> list[str]:
    """Those of which it is known what they were."""
    remembered = WebhookEvent.objects.filter(forgotten_at=None).exclude(data={})
    return sorted(remembered.values_list("dedupe_key", flat=True))


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("batch", [1, 2, 1000])
def test_what_is_old_and_settled_is_forgotten(monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    monkeypatch.setattr(forgetting, "_BATCH", batch)
    assert forget_old_events(now=NOON) == 1
    assert facts() == ["awaited", "young"]
    assert WebhookDelivery.objects.count() == 2
    assert WebhookAttempt.objects.count() == 2
    assert forget_old_events(now=NOON) == 0


@pytest.mark.usefixtures("told")
def test_the_sweep_forgets_what_is_old_by_now() -> None:
    tasks.forget_old_webhook_events()
    assert facts() == ["awaited"]


@pytest.mark.usefixtures("told")
def test_a_fact_that_was_forgotten_is_not_announced_again(acme: Organization) -> None:
    forget_old_events(now=NOON)
    assert tell(acme, "old").forgotten_at == NOON
    assert WebhookDelivery.objects.count() == 2
    assert "old" not in [event.dedupe_key for event in list_events(organization=acme)]


def test_what_is_told_on_request_goes_altogether(acme: Organization) -> None:
    make_endpoint(acme, event_types=["usage.updated"])
    recorded(tell(acme, type="usage.updated", now=NOON - 91 * DAY))
    WebhookDelivery.objects.update(status=DeliveryStatus.DROPPED, due_at=None, finished_at=NOON)
    assert forget_old_events(now=NOON) == 1
    assert not WebhookEvent.objects.exists()


def test_an_installation_without_events_has_nothing_to_forget() -> None:
    assert forget_old_events(now=NOON) == 0
