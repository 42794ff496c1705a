"""Writes at Stripe: made once, whatever is interrupted on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from pytest_django import Settings

from billing.choices import IntentStatus
from billing.models import StripeIntent
from billing.stripe.gateway.errors import (
    CardRefused,
    StripeNotConnected,
    StripeRefused,
    StripeUnavailable,
)
from billing.stripe.gateway.facts import Json
from billing.stripe.intents import (
    Call,
    conclusions,
    finish_open_intents,
    perform,
    performing,
    set_refusal_aside,
)
from tests.support.stripe_at_hand import NOW, StripeAtHand

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)

Concluded = list[tuple[str, str]]


class Killed(BaseException):
    """The process is gone."""


def customer(name: str = "Acme", *, key: str = "customer:org_1", **params: Any) -> Call:
    return Call(
        operation="customers.create", params={"name": name, **params}, key=key, subject="org_1"
    )


def answer_of(intent: StripeIntent) -> Any:
    return intent.answer


def error_of(intent: StripeIntent) -> Any:
    return intent.error


def names(stripe: StripeAtHand) -> list[str]:
    return [each["name"] for each in stripe.ask("customers.list")["data"]]


@pytest.fixture
def concluded(stripe: StripeAtHand, monkeypatch: pytest.MonkeyPatch) -> Concluded:
    """What followed from customers that were made: name and id, in order."""
    found: Concluded = []

    def note(intent: StripeIntent, answer: Json, now: datetime) -> None:
        found.append((answer["name"], answer["id"]))

    followers = conclusions._CONCLUSIONS.followers
    monkeypatch.setitem(followers, "customers.create", [note])
    return found


def test_a_call_is_recorded_made_and_concluded(stripe: StripeAtHand, concluded: Concluded) -> None:
    answer = perform(customer(), now=NOW)

    intent = StripeIntent.objects.get()
    assert (intent.operation, intent.subject, intent.key) == (
        "customers.create",
        "org_1",
        "customer:org_1",
    )
    assert (intent.status, intent.attempts, intent.ended_at) == (IntentStatus.DONE, 1, NOW)
    assert intent.object_id == answer["id"]
    assert intent.params == {"name": "Acme"}
    assert answer_of(intent)["metadata"] == {"intent": intent.public_id}
    assert concluded == [("Acme", answer["id"])]


def test_the_same_key_is_the_same_call(stripe: StripeAtHand, concluded: Concluded) -> None:
    first = perform(customer("Acme"), now=NOW)
    stripe.requests.clear()

    again = perform(customer("Another name"), now=NOW + DAY)

    assert again == first
    assert stripe.requests == []
    assert len(concluded) == 1


def test_nothing_is_recorded_when_nothing_is_connected(
    stripe: StripeAtHand, settings: Settings
) -> None:
    settings.STRIPE_MODE = "off"

    with pytest.raises(StripeNotConnected):
        perform(customer(), now=NOW)

    assert not StripeIntent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_no_call_is_made_in_a_transaction(stripe: StripeAtHand) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        perform(customer(), now=NOW)

    assert stripe.requests == []


def test_a_refusal_is_stored_and_raised_anew(stripe: StripeAtHand, concluded: Concluded) -> None:
    call = Call(operation="customers.create", params={"nmae": "Acme"}, key="typo")
    with pytest.raises(StripeRefused) as first:
        perform(call, now=NOW)
    stripe.requests.clear()

    with pytest.raises(StripeRefused) as again:
        perform(call, now=NOW)

    assert first.value.stripe_code == "parameter_unknown"
    assert again.value.facts == first.value.facts
    assert stripe.requests == []
    assert StripeIntent.objects.get().status == IntentStatus.REFUSED
    assert concluded == []


class TestARefusalThatIsSetAside:
    """What was refused is made anew once its cause is mended, by whoever still wants it."""

    @pytest.fixture
    def refused(self, stripe: StripeAtHand) -> Call:
        """A product whose id somebody else has."""
        stripe.ask("products.create", id="prod_1", name="In the way")
        call = Call(
            operation="products.create", params={"id": "prod_1", "name": "Ours"}, key="sell:1"
        )
        with pytest.raises(StripeRefused):
            perform(call, now=NOW)
        stripe.ask("products.delete", target="prod_1")
        return call

    def test_it_is_made_with_a_key_that_stripe_has_not_heard(
        self, stripe: StripeAtHand, refused: Call
    ) -> None:
        intent = StripeIntent.objects.get()
        with pytest.raises(StripeRefused):
            perform(refused, now=NOW + MINUTE)
        assert set_refusal_aside(intent_id=intent.pk, now=NOW + MINUTE)

        answer = perform(refused, now=NOW + MINUTE)

        intent.refresh_from_db()
        assert (answer["id"], intent.status) == ("prod_1", IntentStatus.DONE)
        assert (intent.key, intent.sent_key) == ("sell:1", "sell:1#1")
        assert intent.error is None

    def test_nothing_is_sent_before_somebody_wants_it(
        self, stripe: StripeAtHand, refused: Call
    ) -> None:
        stripe.requests.clear()
        set_refusal_aside(intent_id=StripeIntent.objects.get().pk, now=NOW)

        assert finish_open_intents(now=NOW + DAY) == 0

        assert stripe.requests == []
        assert StripeIntent.objects.get().status == IntentStatus.ABANDONED

    def test_it_is_made_as_it_is_wanted_now(self, stripe: StripeAtHand, refused: Call) -> None:
        set_refusal_aside(intent_id=StripeIntent.objects.get().pk, now=NOW)

        perform(replace(refused, params={"id": "prod_1", "name": "Renamed"}), now=NOW)

        assert stripe.ask("products.retrieve", target="prod_1")["name"] == "Renamed"

    def test_it_may_be_refused_again_and_set_aside_again(
        self, stripe: StripeAtHand, refused: Call
    ) -> None:
        intent = StripeIntent.objects.get()
        set_refusal_aside(intent_id=intent.pk, now=NOW)
        with pytest.raises(StripeRefused):
            perform(replace(refused, params={"nmae": "Ours"}), now=NOW)
        set_refusal_aside(intent_id=intent.pk, now=NOW)

        perform(refused, now=NOW)

        intent.refresh_from_db()
        assert (intent.status, intent.sent_key) == (IntentStatus.DONE, "sell:1#2")

    def test_what_was_not_refused_is_left_alone(
        self, stripe: StripeAtHand, concluded: Concluded
    ) -> None:
        perform(customer(), now=NOW)
        intent = StripeIntent.objects.get()

        assert not set_refusal_aside(intent_id=intent.pk, now=NOW)

        intent.refresh_from_db()
        assert (intent.status, intent.refusals_set_aside) == (IntentStatus.DONE, 0)


def test_a_refused_card_is_raised_anew_as_such(stripe: StripeAtHand) -> None:
    refused = CardRefused("No funds.", stripe_code="card_declined", decline_code="lost_card")
    StripeIntent.objects.create(
        operation="invoices.pay", key="pay:1", params={}, status=IntentStatus.REFUSED,
        requested_at=NOW, ended_at=NOW, error=refused.facts,
    )  # fmt: skip

    with pytest.raises(CardRefused) as raised:
        perform(Call(operation="invoices.pay", key="pay:1", params={}), now=NOW)

    assert raised.value.facts == refused.facts


def test_what_opens_something_is_not_kept(stripe: StripeAtHand) -> None:
    owner = stripe.ask("customers.create", name="Acme")["id"]
    call = Call(operation="setup_intents.create", params={"customer": owner}, key="card:1")

    fresh = perform(call, now=NOW)

    assert fresh["client_secret"]
    assert perform(call, now=NOW)["client_secret"] == ""
    assert answer_of(StripeIntent.objects.get())["client_secret"] == ""


class TestWhenStripeDoesNotAnswer:
    def test_the_intent_stays_open_and_is_sent_again_with_its_key(
        self, stripe: StripeAtHand, concluded: Concluded
    ) -> None:
        stripe.break_with(timeout_after=100)
        with pytest.raises(StripeUnavailable):
            perform(customer(), now=NOW)
        intent = StripeIntent.objects.get()
        assert (intent.status, intent.attempts) == (IntentStatus.OPEN, 1)
        assert intent.next_attempt_at == NOW + MINUTE
        assert error_of(intent)["kind"] == "StripeUnavailable"

        stripe.break_with(timeout_after=0)
        assert finish_open_intents(now=NOW + MINUTE) == 1

        intent.refresh_from_db()
        assert (intent.status, intent.error) == (IntentStatus.DONE, None)
        assert names(stripe) == ["Acme"]
        assert concluded == [("Acme", intent.object_id)]

    def test_the_caller_may_go_on_with_the_same_key(
        self, stripe: StripeAtHand, concluded: Concluded
    ) -> None:
        stripe.break_with(server_error=100)
        with pytest.raises(StripeUnavailable):
            perform(customer(), now=NOW)
        stripe.break_with(server_error=0)

        perform(customer(), now=NOW)

        assert names(stripe) == ["Acme"]
        assert len(concluded) == 1

    def test_each_rest_is_longer_up_to_an_hour(self, stripe: StripeAtHand) -> None:
        stripe.break_with(timeout_before=100)
        with pytest.raises(StripeUnavailable):
            perform(customer(), now=NOW)
        now, rests = NOW, []

        for _ in range(7):
            due = StripeIntent.objects.get().next_attempt_at
            assert due is not None
            rests.append(due - now)
            now = due
            assert finish_open_intents(now=now - timedelta(seconds=1)) == 0
            assert finish_open_intents(now=now) == 1

        assert rests == [MINUTE * minutes for minutes in (1, 2, 4, 8, 16, 32, 60)]

    def test_an_outage_of_days_is_still_said_as_such(self, stripe: StripeAtHand) -> None:
        stripe.break_with(timeout_before=100)
        with pytest.raises(StripeUnavailable):
            perform(customer(), now=NOW)
        StripeIntent.objects.update(attempts=60)

        with pytest.raises(StripeUnavailable):
            perform(customer(), now=NOW + DAY)

        assert StripeIntent.objects.get().next_attempt_at == NOW + DAY + 60 * MINUTE

    def test_one_that_fails_does_not_hold_up_the_others(
        self, stripe: StripeAtHand, concluded: Concluded, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stripe.break_with(timeout_before=100)
        for name in ("Acme", "Globex"):
            with pytest.raises(StripeUnavailable):
                perform(customer(name, key=name), now=NOW)
        stripe.break_with(timeout_before=0)
        StripeIntent.objects.filter(key="Acme").update(operation="customers.unknown")

        finish_open_intents(now=NOW + MINUTE)

        broken = StripeIntent.objects.get(key="Acme")
        assert (broken.status, error_of(broken)["kind"]) == (IntentStatus.OPEN, "AttributeError")
        assert [name for name, _ in concluded] == ["Globex"]

    def test_an_intent_of_a_test_clocks_time_is_finished_in_that_time(
        self, stripe: StripeAtHand, concluded: Concluded
    ) -> None:
        ahead = NOW + 90 * DAY
        stripe.break_with(timeout_before=100)
        with pytest.raises(StripeUnavailable):
            perform(customer(), now=ahead)
        stripe.break_with(timeout_before=0)

        finish_open_intents(now=NOW + MINUTE)

        assert StripeIntent.objects.get().ended_at == ahead


class TestWhenTheProcessDies:
    """At each of the three steps."""

    def test_before_the_call(
        self, stripe: StripeAtHand, concluded: Concluded, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as moment:
            moment.setattr(performing, "send", self.die)
            with pytest.raises(Killed):
                perform(customer(), now=NOW)
        assert names(stripe) == []
        assert finish_open_intents(now=NOW + MINUTE) == 0

        assert finish_open_intents(now=NOW + 2 * MINUTE) == 1

        assert names(stripe) == ["Acme"]
        assert len(concluded) == 1

    def test_after_the_call_and_before_its_outcome(
        self, stripe: StripeAtHand, concluded: Concluded, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as moment:
            moment.setattr(performing, "end_done", self.die)
            with pytest.raises(Killed):
                perform(customer(), now=NOW)
        assert names(stripe) == ["Acme"]
        assert StripeIntent.objects.get().status == IntentStatus.OPEN

        assert finish_open_intents(now=NOW + 2 * MINUTE) == 1

        assert names(stripe) == ["Acme"]
        assert len(concluded) == 1

    def test_while_concluding(
        self, stripe: StripeAtHand, concluded: Concluded, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as moment:
            followers = conclusions._CONCLUSIONS.followers
            moment.setitem(followers, "customers.create", [self.die])
            with pytest.raises(Killed):
                perform(customer(), now=NOW)
        intent = StripeIntent.objects.get()
        assert (intent.status, intent.answer) == (IntentStatus.OPEN, None)

        assert finish_open_intents(now=NOW + 2 * MINUTE) == 1

        assert names(stripe) == ["Acme"]
        assert len(concluded) == 1

    def test_a_conclusion_that_fails_is_tried_again(
        self, stripe: StripeAtHand, concluded: Concluded, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(intent: StripeIntent, answer: Json, now: datetime) -> None:
            raise StripeRefused("This is ours, not Stripe's.")

        with monkeypatch.context() as moment:
            followers = conclusions._CONCLUSIONS.followers
            moment.setitem(followers, "customers.create", [fail])
            with pytest.raises(StripeRefused):
                perform(customer(), now=NOW)
        intent = StripeIntent.objects.get()
        assert (intent.status, intent.answer, intent.attempts) == (IntentStatus.OPEN, None, 1)

        finish_open_intents(now=NOW + MINUTE)

        intent.refresh_from_db()
        assert intent.status == IntentStatus.DONE
        assert len(concluded) == 1

    def die(self, *given: object, **named: object) -> None:
        raise Killed


class TestWhenStripeHasForgottenTheKey:
    """Keys live for 24 hours; what is older is looked up, never sent blindly."""

    @pytest.fixture
    def open_intent(self, stripe: StripeAtHand) -> StripeIntent:
        stripe.break_with(timeout_after=100)
        with pytest.raises(StripeUnavailable):
            perform(customer(), now=NOW)
        stripe.break_with(timeout_after=0)
        stripe.now = NOW + DAY
        return StripeIntent.objects.get()

    def test_what_was_made_is_found_by_its_label(
        self, stripe: StripeAtHand, open_intent: StripeIntent, concluded: Concluded
    ) -> None:
        stripe.ask("customers.create", name="Acme", metadata={"intent": "int_another"})
        stripe.requests.clear()

        finish_open_intents(now=NOW + DAY)

        open_intent.refresh_from_db()
        assert open_intent.status == IntentStatus.DONE
        assert concluded == [("Acme", open_intent.object_id)]
        assert {method for method, _ in stripe.requests} == {"GET"}

    def test_what_was_not_made_is_abandoned(
        self, stripe: StripeAtHand, open_intent: StripeIntent, concluded: Concluded
    ) -> None:
        self.forget(stripe)

        finish_open_intents(now=NOW + DAY)

        open_intent.refresh_from_db()
        assert (open_intent.status, open_intent.ended_at) == (IntentStatus.ABANDONED, NOW + DAY)
        assert concluded == []
        assert names(stripe) == []

    @pytest.mark.parametrize("status", [IntentStatus.OPEN, IntentStatus.ABANDONED])
    def test_whoever_still_wants_it_begins_anew(
        self, stripe: StripeAtHand, open_intent: StripeIntent, concluded: Concluded,
        status: IntentStatus,
    ) -> None:  # fmt: skip
        self.forget(stripe)
        if status == IntentStatus.ABANDONED:
            finish_open_intents(now=NOW + DAY)

        perform(customer(), now=NOW + DAY)

        open_intent.refresh_from_db()
        assert (open_intent.status, open_intent.requested_at) == (IntentStatus.DONE, NOW + DAY)
        assert names(stripe) == ["Acme"]
        assert len(concluded) == 1

    def test_whoever_still_wants_it_is_given_what_was_made(
        self, stripe: StripeAtHand, open_intent: StripeIntent, concluded: Concluded
    ) -> None:
        answer = perform(customer(), now=NOW + DAY)

        assert concluded == [("Acme", answer["id"])]
        assert names(stripe) == ["Acme"]

    def test_a_change_is_found_on_what_it_changed(
        self, stripe: StripeAtHand, concluded: Concluded
    ) -> None:
        owner = stripe.ask("customers.create", name="Acme", metadata={"organization": "org_1"})
        call = Call(
            operation="customers.update", target=owner["id"], params={"name": "New"}, key="rename"
        )
        stripe.break_with(timeout_after=100)
        with pytest.raises(StripeUnavailable):
            perform(call, now=NOW)
        stripe.break_with(timeout_after=0)

        finish_open_intents(now=NOW + DAY)

        intent = StripeIntent.objects.get()
        assert (intent.status, intent.object_id) == (IntentStatus.DONE, owner["id"])
        assert answer_of(intent)["metadata"] == {
            "organization": "org_1",
            "intent": intent.public_id,
        }

    def forget(self, stripe: StripeAtHand) -> None:
        for each in stripe.ask("customers.list")["data"]:
            stripe.ask("customers.delete", target=each["id"])
