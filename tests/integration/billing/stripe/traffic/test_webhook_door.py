"""Only what Stripe signed comes in, and nothing of the rest is stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import get_resolver, reverse
from pytest_django import DjangoAssertNumQueries, Settings

from billing.choices import InboxStatus
from billing.models import StripeEndpoint, StripeEvent
from billing.stripe.endpoint import WEBHOOK_PATH, last_event_at
from config.payments import stripe_settings
from tests.support.stripe_at_hand import NOW, StripeAtHand

from .letters import Letter, event

pytestmark = pytest.mark.usefixtures("stripe")

MEGABYTE = 1024 * 1024


def test_what_stripe_signed_is_stored_once_and_seen_to() -> None:
    assert Letter().post().status_code == 200

    stored = StripeEvent.objects.get()
    assert (stored.event_id, stored.type, stored.object_id, stored.customer_id) == (
        "evt_1",
        "customer.updated",
        "cus_1",
        "cus_1",
    )
    assert (stored.occurred_at, stored.received_at) == (NOW, NOW)
    assert stored.payload == event()
    assert stored.status in (InboxStatus.HANDLED, InboxStatus.IGNORED)
    assert last_event_at() == NOW


def test_the_same_event_again_is_taken_and_changes_nothing() -> None:
    Letter().post()
    before = StripeEvent.objects.values().get()

    assert Letter().post(now=NOW + timedelta(minutes=2)).status_code == 200

    assert StripeEvent.objects.values().get() == before


def test_the_door_stands_where_stripe_is_told() -> None:
    assert reverse("portal:stripe_webhook") == WEBHOOK_PATH


@pytest.mark.parametrize(
    ("letter", "status", "code"),
    [
        (Letter(signature=""), 400, "event_forged"),
        (Letter(signature="t=1,v1=00"), 400, "event_forged"),
        (Letter(secret="whsec_of_somebody_else"), 400, "event_forged"),
        (Letter(signed_at=NOW - timedelta(minutes=6)), 400, "event_stale"),
        (Letter(signed_at=NOW + timedelta(minutes=6)), 400, "event_stale"),
        (Letter(body=b"not json"), 400, "event_garbage"),
        (Letter(body=b"\xff\xfe"), 400, "event_garbage"),
        (Letter(body=b"[" * 100_000), 400, "event_garbage"),
        (Letter(body=b'{"id": NaN}'), 400, "event_garbage"),
        (Letter(content=[]), 400, "event_garbage"),
        (Letter(content="evt_1"), 400, "event_garbage"),
        (Letter(content={}), 400, "event_garbage"),
        (Letter(content=event(id="cus_1")), 400, "event_garbage"),
        (Letter(content=event(id="evt_" + "1" * 300)), 400, "event_garbage"),
        (Letter(content=event(id="evt_\0")), 400, "event_garbage"),
        (Letter(content=event(id=7)), 400, "event_garbage"),
        (Letter(content=event(type="")), 400, "event_garbage"),
        (Letter(content=event(type="x" * 121)), 400, "event_garbage"),
        (Letter(content=event(type=None)), 400, "event_garbage"),
        (Letter(content=event(created="yesterday")), 400, "event_garbage"),
        (Letter(content=event(created=10**20)), 400, "event_garbage"),
        (Letter(content=event(data={"object": "cus_1"})), 400, "event_garbage"),
        (Letter(content=event(data={"object": {"id": ["cus_1"]}})), 400, "event_garbage"),
        (Letter(content=event(livemode=True)), 400, "event_garbage"),
        (Letter(content=event(livemode="no")), 400, "event_garbage"),
        (Letter(body=b" " * (MEGABYTE + 1)), 413, "event_too_large"),
    ],
)
def test_everything_else_is_refused_and_not_stored(letter: Letter, status: int, code: str) -> None:
    answer = letter.post()

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not StripeEvent.objects.exists()
    assert last_event_at() is None


def test_what_is_announced_too_large_is_not_even_read(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    class Unread(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise AssertionError("It was read.")

    environment: dict[str, Any] = {
        "wsgi.input": Unread(),
        "CONTENT_LENGTH": str(MEGABYTE + 1),
        "CONTENT_TYPE": "application/json",
    }
    with django_assert_num_queries(0):
        answer = Client().generic("POST", WEBHOOK_PATH, **environment)

    assert answer.status_code == 413


def test_a_forgery_costs_one_look_at_the_database(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(1):
        Letter(signature="t=1,v1=00").post()


def test_djstripes_header_that_replaces_the_secret_opens_nothing(settings: Settings) -> None:
    settings.DEBUG = True

    answer = Letter(secret="whsec_mine").post(headers={"X-Djstripe-Webhook-Secret": "whsec_mine"})

    assert answer.status_code == 400
    assert not StripeEvent.objects.exists()


def test_djstripes_own_door_does_not_exist() -> None:
    namespaces = get_resolver().namespace_dict

    assert "djstripe" not in namespaces
    assert not apps.get_model("djstripe", "WebhookEventTrigger")._default_manager.exists()


def test_without_an_endpoint_nobody_is_believed() -> None:
    StripeEndpoint.objects.all().delete()

    assert Letter(secret="whsec_mine").post().status_code == 400


def test_when_nothing_is_connected_nothing_is_taken(settings: Settings) -> None:
    for name, value in stripe_settings(secret_key="", sandbox_url="").items():
        setattr(settings, name, value)

    assert Letter().post().status_code == 409
    assert not StripeEvent.objects.exists()


@pytest.mark.parametrize("method", ["get", "put", "delete", "options"])
def test_only_posting_is_answered(method: str) -> None:
    assert getattr(Client(), method)(WEBHOOK_PATH).status_code == 405


def test_the_door_needs_no_csrf_token_and_gives_no_cookie() -> None:
    answer = Client(enforce_csrf_checks=True).post(
        WEBHOOK_PATH, data=b"{}", content_type="application/json"
    )

    assert answer.status_code == 400
    assert not answer.cookies
    assert "Vary" not in answer.headers


def test_what_postgresql_cannot_hold_is_left_out() -> None:
    named = {"id": "cus_1", "object": "customer", "name": "A\0B\ud800"}

    assert Letter(content=event(data={"object": named})).post().status_code == 200

    assert StripeEvent.objects.get().payload["data"]["object"]["name"] == "AB?"


def test_secrets_in_an_event_are_not_kept() -> None:
    paid = {"id": "pi_1", "object": "payment_intent", "client_secret": "pi_1_secret_2"}

    Letter(content=event(type="payment_intent.succeeded", data={"object": paid})).post()

    assert StripeEvent.objects.get().payload["data"]["object"]["client_secret"] == ""


def test_an_event_of_another_version_is_taken_for_what_it_points_to() -> None:
    assert Letter(content=event(api_version="2024-06-20")).post().status_code == 200

    assert StripeEvent.objects.get().object_id == "cus_1"


def test_everything_of_the_sandbox_arrives_through_the_door(stripe: StripeAtHand) -> None:
    made = stripe.ask("customers.create", name="Acme")

    assert stripe.deliver() == 1

    stored = StripeEvent.objects.get()
    assert (stored.type, stored.object_id) == ("customer.created", made["id"])
    assert stored.mirrored_at == datetime(2026, 9, 20, 12, tzinfo=UTC)
