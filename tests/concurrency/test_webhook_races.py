"""Webhooks under concurrency: each race is first shown to exist, then to be closed."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections, transaction

from accounts import tasks
from accounts.choices import DeliveryStatus
from accounts.models import Organization, WebhookAttempt, WebhookDelivery, WebhookEvent
from accounts.webhooks import delivering
from accounts.webhooks.deliveries import resend
from accounts.webhooks.endpoints import disable_endpoint
from accounts.webhooks.leases import return_lease, take_lease
from accounts.webhooks.outbox import announce
from tests.factories.accounts import NOON, TESTER, make_organization
from tests.factories.webhooks import deliver, make_endpoint, tell
from tests.support.receiver import Handler, Receiver, receiver

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 8


@pytest.fixture
def hooks() -> Iterator[Receiver]:
    with receiver() as listening:
        yield listening


@pytest.fixture
def acme() -> Organization:
    return make_organization()


@pytest.fixture(autouse=True)
def bells(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The endpoints that were rung for, while nobody opens."""
    rung: list[int] = []

    def note(*, endpoint_id: int) -> None:
        rung.append(endpoint_id)

    monkeypatch.setattr(tasks.deliver_webhooks, "delay", note)
    return rung


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Do all of it together, each in a thread of its own, and return what came of it."""
    start = threading.Barrier(len(deeds), timeout=30)

    def attempt(deed: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(attempt, deeds))


def fill(acme: Organization, hooks: Receiver) -> Callable[[], bool]:
    """Twelve deliveries that wait, to a receiver that takes its time; and a visit to it."""
    hooks.reply = lambda handler: (
        None if handler.server.receiver.released.wait(0.02) else handler.answer(204)
    )
    endpoint = make_endpoint(acme, hooks.url).endpoint
    for number in range(12):
        tell(acme, f"fact {number}")
    return lambda: deliver(endpoint)


def test_without_the_lease_workers_send_the_same(
    acme: Organization, hooks: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = fill(acme, hooks)
    monkeypatch.setattr(delivering, "take_lease", lambda **given: "everybody's")
    at_once(visit, visit)
    assert len(hooks.ids) > len(set(hooks.ids))


def test_many_workers_at_one_endpoint_send_each_message_once(
    acme: Organization, hooks: Receiver
) -> None:
    visit = fill(acme, hooks)
    at_once(*[visit] * THREADS)
    assert Counter(hooks.ids) == Counter(WebhookEvent.objects.values_list("public_id", flat=True))
    assert set(WebhookDelivery.objects.values_list("status", "attempt_count")) == {
        (DeliveryStatus.DELIVERED, 1)
    }
    assert WebhookAttempt.objects.count() == 12


def test_a_fact_announced_by_many_is_told_once(acme: Organization, hooks: Receiver) -> None:
    endpoint = make_endpoint(acme, hooks.url).endpoint

    @transaction.atomic
    def say() -> bool:
        return announce(
            organization_id=acme.pk, type="invoice.paid", dedupe_key="inv_1", data={}, now=NOON
        )

    assert Counter(at_once(*[say] * THREADS)) == {True: 1, False: THREADS - 1}
    assert WebhookDelivery.objects.count() == 1
    deliver(endpoint)
    assert len(hooks.heard) == 1


def test_what_comes_while_a_worker_is_leaving_is_not_left_behind(
    acme: Organization, hooks: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = make_endpoint(acme, hooks.url).endpoint
    give_back = return_lease

    def tell_before(**given: Any) -> None:
        # The worker has looked for the last time, and its lease turns others away.
        tell(acme, "late")
        assert take_lease(endpoint_id=endpoint.pk, now=NOON) is None
        give_back(**given)

    tell(acme, "early")
    with monkeypatch.context() as patch:
        patch.setattr(delivering, "return_lease", tell_before)
        assert deliver(endpoint) is True
    deliver(endpoint)
    assert len(hooks.heard) == 2


@pytest.mark.parametrize("is_answered", [True, False])
def test_an_endpoint_disabled_while_it_is_told_is_told_no_more(
    acme: Organization, hooks: Receiver, *, is_answered: bool
) -> None:
    endpoint = make_endpoint(acme, hooks.url).endpoint
    for number in range(9):
        tell(acme, f"fact {number}")

    def disable_meanwhile(handler: Handler) -> None:
        try:
            disable_endpoint(endpoint=endpoint, actor=TESTER, now=NOON)
        finally:
            connections.close_all()
        handler.answer(204 if is_answered else 500)

    hooks.reply = disable_meanwhile
    assert deliver(endpoint) is False
    told = DeliveryStatus.DELIVERED if is_answered else DeliveryStatus.DROPPED
    assert Counter(WebhookDelivery.objects.values_list("status", "attempt_count")) == Counter(
        {(told, 1): 4, (DeliveryStatus.DROPPED, 0): 5}
    )
    assert len(hooks.heard) == 4


def test_sent_again_by_many_it_is_one_delivery(acme: Organization, hooks: Receiver) -> None:
    endpoint = make_endpoint(acme, hooks.url).endpoint
    tell(acme)
    deliver(endpoint)
    delivery = WebhookDelivery.objects.get()
    at_once(*[lambda: resend(delivery=delivery, actor=TESTER, now=NOON)] * THREADS)
    at_once(*[lambda: deliver(endpoint)] * THREADS)
    assert len(hooks.heard) == 2
    assert WebhookAttempt.objects.count() == 2
