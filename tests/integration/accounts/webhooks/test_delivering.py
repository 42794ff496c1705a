"""What happened is told to those who want to know, and what became of it is kept."""

import pytest
from standardwebhooks import Webhook

from accounts.choices import DeliveryStatus
from accounts.models import Organization, WebhookAttempt, WebhookDelivery
from tests.factories.accounts import NOON
from tests.factories.webhooks import make_endpoint, tell
from tests.support.receiver import Receiver

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_endpoint_is_told_once_the_change_is_committed(
    acme: Organization, hooks: Receiver
) -> None:
    registered = make_endpoint(acme, hooks.url)
    event = tell(acme, data={"id": "inv_1", "total": {"amount_minor": 500, "currency": "USD"}})

    [heard] = hooks.heard
    assert heard.json == {
        "type": "invoice.paid",
        "timestamp": "2026-03-10T12:00:00Z",
        "data": {
            "id": "inv_1",
            "total": {"amount_minor": 500, "currency": "USD"},
            "organization": {"id": acme.public_id, "external_id": "customer-1"},
        },
    }
    assert heard.path == "/hooks"
    assert heard.id == event.public_id
    assert heard.headers["content-type"] == "application/json"
    assert Webhook(registered.secret).verify(heard.body, heard.headers) == heard.json
    delivery = WebhookDelivery.objects.get()
    assert (delivery.status, delivery.attempt_count) == (DeliveryStatus.DELIVERED, 1)
    assert WebhookAttempt.objects.get().status_code == 204
