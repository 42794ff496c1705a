"""Stripe's webhooks and our calls to it, many at once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.db import connections

from billing.choices import InboxStatus, IntentStatus
from billing.models import StripeEvent, StripeIntent
from billing.stripe.gateway.errors import StripeUnavailable
from billing.stripe.inbox import ReceivedEvent, handle, handle_waiting, handlers
from billing.stripe.intents import Call, conclusions, finish_open_intents, perform
from tests.integration.billing.stripe.traffic.letters import Letter, event
from tests.support.stripe_at_hand import NOW, StripeAtHand, stripe

__all__ = ["stripe"]

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 12


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Do all of it together, each in a thread of its own; return what each came to."""
    start = threading.Barrier(len(deeds), timeout=30)

    def attempt(deed: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [each.result() for each in [pool.submit(attempt, deed) for deed in deeds]]


@pytest.fixture
def heard(stripe: StripeAtHand, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often a handler was told of each event."""
    found: Counter[str] = Counter()
    assert handlers.patterns()
    turn = threading.Lock()

    def note(told: ReceivedEvent, now: object) -> None:
        with turn:
            found[told.id] += 1

    monkeypatch.setattr(handlers._HANDLERS, "_followers", {"customer.*": [note]})
    return found


def test_an_event_that_is_delivered_many_times_at_once_is_handled_once(
    heard: Counter[str],
) -> None:
    letters = [Letter(content=event(id=f"evt_{number % 2}")) for number in range(THREADS)]

    with time_machine.travel(NOW, tick=False):
        answers = at_once(*(letter.post for letter in letters))

    assert {answer.status_code for answer in answers} == {200}
    assert heard == {"evt_0": 1, "evt_1": 1}
    assert set(StripeEvent.objects.values_list("status", "mirrored_at")) == {
        (InboxStatus.HANDLED, NOW)
    }


def test_doorbell_and_sweeps_that_meet_handle_an_event_once(heard: Counter[str]) -> None:
    waiting = StripeEvent.objects.create(
        event_id="evt_1", type="customer.updated", object_id="cus_1", customer_id="cus_1",
        occurred_at=NOW, received_at=NOW, payload=event(), next_attempt_at=NOW,
    )  # fmt: skip

    at_once(
        *[lambda: handle(event_id=waiting.pk, now=NOW)] * 6,
        *[lambda: handle_waiting(now=NOW)] * 6,
    )

    assert heard == {"evt_1": 1}


def test_one_call_that_many_make_at_once_is_made_and_concluded_once(
    stripe: StripeAtHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    concluded: Counter[str] = Counter()

    def note(intent: StripeIntent, answer: Any, now: object) -> None:
        concluded[answer["id"]] += 1

    monkeypatch.setitem(conclusions._CONCLUSIONS.followers, "customers.create", [note])
    call = Call(operation="customers.create", params={"name": "Acme"}, key="customer:org_1")

    def make() -> str:
        try:
            return str(perform(call, now=NOW)["id"])
        except StripeUnavailable:
            # Another's call with the same key is on its way, and no test waits for it.
            return "later"

    told = at_once(*[make] * THREADS)

    [made] = stripe.ask("customers.list")["data"]
    assert {made["id"]} <= set(told) <= {made["id"], "later"}
    assert make() == made["id"]
    assert concluded == {made["id"]: 1}
    assert StripeIntent.objects.get().status == IntentStatus.DONE


def test_sweeps_that_meet_finish_an_open_call_once(stripe: StripeAtHand) -> None:
    StripeIntent.objects.create(
        operation="coupons.create", params={"percent_off": 20, "duration": "once"}, key="coupon:1",
        requested_at=NOW, next_attempt_at=NOW,
    )  # fmt: skip

    at_once(*[lambda: finish_open_intents(now=NOW)] * 4)

    assert len(stripe.ask("coupons.list")["data"]) == 1
    assert StripeIntent.objects.get().status == IntentStatus.DONE
