"""Every event is seen to until it is done: once, late, twice or out of order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

import pytest
from pytest_django import Settings

from accounts.models import Organization
from billing.choices import InboxStatus
from billing.models import StripeCustomer, StripeEvent
from billing.stripe.gateway.errors import StripeUnavailable
from billing.stripe.inbox import (
    ReceivedEvent,
    catch_up,
    forget_old_payloads,
    handle,
    handle_waiting,
    handlers,
    try_again,
)
from tests.support.stripe_at_hand import NOW, StripeAtHand

from .letters import Letter, event

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

Heard = list[tuple[str, str, datetime]]


@pytest.fixture
def only(
    stripe: StripeAtHand, monkeypatch: pytest.MonkeyPatch
) -> Callable[[dict[str, list[handlers.Handler]]], None]:
    """Register these handlers and no other."""
    assert handlers._HANDLERS.followers is not None

    def register(followers: dict[str, list[handlers.Handler]]) -> None:
        monkeypatch.setattr(handlers._HANDLERS, "_followers", followers)

    return register


@pytest.fixture
def heard(only: Callable[[dict[str, list[handlers.Handler]]], None]) -> Heard:
    """What a handler of every event about customers was told, and when."""
    found: Heard = []

    def note(told: ReceivedEvent, now: datetime) -> None:
        found.append((told.type, told.object_id, now))

    only({"customer.*": [note]})
    return found


@pytest.fixture
def broken(only: Callable[[dict[str, list[handlers.Handler]]], None]) -> list[str]:
    """A handler fails while there is something in the list."""
    trouble = ["Stripe is down"]

    def fail(told: ReceivedEvent, now: datetime) -> None:
        if trouble:
            raise StripeUnavailable(trouble[0])

    only({"customer.updated": [fail]})
    return trouble


def stored(**changes: object) -> StripeEvent:
    """An event in the inbox whose message was lost."""
    return StripeEvent.objects.create(
        **{
            "event_id": "evt_1",
            "type": "customer.updated",
            "object_id": "cus_1",
            "customer_id": "cus_1",
            "occurred_at": NOW,
            "received_at": NOW,
            "payload": event(),
            "next_attempt_at": NOW + MINUTE,
            **changes,
        }
    )


def test_a_handler_is_told_where_to_look(heard: Heard) -> None:
    Letter().post()

    assert heard == [("customer.updated", "cus_1", NOW)]
    seen = StripeEvent.objects.get()
    assert (seen.status, seen.handled_at, seen.mirrored_at) == (InboxStatus.HANDLED, NOW, NOW)
    assert (seen.attempts, seen.error, seen.next_attempt_at) == (1, "", None)


def test_an_event_that_concerns_nobody_is_kept_as_such(heard: Heard) -> None:
    Letter(content=event(type="balance.available")).post()

    assert heard == []
    assert StripeEvent.objects.get().status == InboxStatus.IGNORED


def test_an_event_that_comes_twice_is_handled_once(heard: Heard) -> None:
    Letter().post()
    Letter().post()

    assert len(heard) == 1


def test_an_event_whose_message_was_lost_is_handled_a_minute_later(heard: Heard) -> None:
    waiting = stored()

    assert handle_waiting(now=NOW + MINUTE - timedelta(seconds=1)) == 0
    assert handle_waiting(now=NOW + MINUTE) == 1
    assert handle_waiting(now=NOW + HOUR) == 0

    waiting.refresh_from_db()
    assert waiting.status == InboxStatus.HANDLED
    assert len(heard) == 1


def test_of_two_workers_one_handles_it(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = stored()

    def interrupt(told: ReceivedEvent, now: datetime) -> None:
        handle(event_id=waiting.pk, now=NOW)
        heard.append((told.type, told.object_id, now))

    monkeypatch.setattr(handlers._HANDLERS, "_followers", {"customer.*": [interrupt]})

    handle(event_id=waiting.pk, now=NOW)

    assert len(heard) == 1


def test_a_worker_that_died_is_followed_by_another(
    heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(told: ReceivedEvent, now: datetime) -> None:
        raise Killed

    waiting = stored()
    with monkeypatch.context() as moment:
        moment.setattr(handlers._HANDLERS, "_followers", {"customer.*": [die]})
        with pytest.raises(Killed):
            handle(event_id=waiting.pk, now=NOW)

    assert handle_waiting(now=NOW + 4 * MINUTE) == 0
    assert handle_waiting(now=NOW + 5 * MINUTE) == 1
    assert len(heard) == 1


class TestWhenAHandlerFails:
    def test_stripe_is_told_that_it_arrived_and_we_try_again(self, broken: list[str]) -> None:
        assert Letter().post().status_code == 200

        failed = StripeEvent.objects.get()
        assert (failed.status, failed.attempts) == (InboxStatus.FAILED, 1)
        assert failed.error == "StripeUnavailable: Stripe is down"
        assert failed.next_attempt_at == NOW + 2 * MINUTE

        broken.clear()
        assert handle_waiting(now=NOW + 2 * MINUTE) == 1
        failed.refresh_from_db()
        assert (failed.status, failed.error) == (InboxStatus.HANDLED, "")

    def test_each_rest_is_longer_up_to_six_hours(self, broken: list[str]) -> None:
        failed = stored()
        now, rests = NOW, []
        for _ in range(10):
            try_again(event_id=failed.pk, now=now)
            failed.refresh_from_db()
            assert failed.next_attempt_at is not None
            rests.append(failed.next_attempt_at - now)
            now = failed.next_attempt_at

        minutes = (2, 4, 8, 16, 32, 64, 128, 256, 360, 360)
        assert rests == [MINUTE * each for each in minutes]

    def test_one_that_fails_for_weeks_does_not_hold_up_the_others(self, broken: list[str]) -> None:
        for_weeks = stored(status=InboxStatus.FAILED, attempts=120)
        other = stored(event_id="evt_2", type="product.updated", next_attempt_at=NOW + 2 * MINUTE)

        assert handle_waiting(now=NOW + 2 * MINUTE) == 2

        for_weeks.refresh_from_db()
        other.refresh_from_db()
        assert for_weeks.next_attempt_at == NOW + 2 * MINUTE + 6 * HOUR
        assert other.status == InboxStatus.IGNORED

    def test_another_delivery_does_not_shorten_the_rest(self, broken: list[str]) -> None:
        Letter().post()
        broken.clear()

        Letter().post()

        assert StripeEvent.objects.get().status == InboxStatus.FAILED

    def test_staff_may_try_again_at_once(self, broken: list[str]) -> None:
        Letter().post()
        broken.clear()

        try_again(event_id=StripeEvent.objects.get().pk, now=NOW)

        assert StripeEvent.objects.get().status == InboxStatus.HANDLED


class TestTimeOfATestClock:
    @pytest.fixture
    def clock(self, stripe: StripeAtHand) -> str:
        ahead = int((NOW + 40 * DAY).timestamp())
        return str(stripe.ask("test_helpers.test_clocks.create", frozen_time=ahead)["id"])

    def test_a_handler_is_told_the_time_of_the_customers_clock(
        self, stripe: StripeAtHand, heard: Heard, acme: Organization, clock: str
    ) -> None:
        StripeCustomer.objects.create(
            organization=acme, stripe_id="cus_1", test_clock_id=clock, synced_at=NOW
        )

        Letter().post()

        assert heard == [("customer.updated", "cus_1", NOW + 40 * DAY)]
        assert StripeEvent.objects.get().handled_at == NOW

    def test_a_handler_of_the_clock_itself_is_told_its_time(
        self, heard: Heard, clock: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        note = handlers._HANDLERS.followers["customer.*"]
        monkeypatch.setattr(handlers._HANDLERS, "_followers", {"test_helpers.*": note})
        told = {"id": clock, "object": "test_helpers.test_clock"}

        Letter(content=event(type="test_helpers.test_clock.ready", data={"object": told})).post()

        assert heard == [("test_helpers.test_clock.ready", clock, NOW + 40 * DAY)]


class TestWhatWasNeverDelivered:
    def test_it_is_asked_for_and_handled(self, stripe: StripeAtHand, heard: Heard) -> None:
        stripe.break_with(drop=100)
        made = stripe.ask("customers.create", name="Acme")
        assert stripe.deliver() == 0

        assert catch_up(now=NOW) == 1
        assert catch_up(now=NOW) == 0
        handle_waiting(now=NOW)

        assert heard == [("customer.created", made["id"], NOW)]

    def test_what_arrived_is_not_stored_again(self, stripe: StripeAtHand, heard: Heard) -> None:
        stripe.ask("customers.create", name="Acme")
        stripe.deliver()

        assert catch_up(now=NOW) == 0
        assert len(heard) == 1

    def test_what_was_lost_before_others_arrived_is_found(
        self, stripe: StripeAtHand, heard: Heard
    ) -> None:
        stripe.break_with(drop=100)
        stripe.ask("customers.create", name="Acme")
        stripe.break_with(drop=0)
        stripe.now = NOW + 2 * HOUR
        stripe.ask("customers.create", name="Globex")
        stripe.deliver()

        assert catch_up(now=NOW + 3 * HOUR) == 1

    def test_an_event_of_a_test_clocks_future_hides_nothing(
        self, stripe: StripeAtHand, heard: Heard
    ) -> None:
        stored(event_id="evt_ahead", occurred_at=NOW + 300 * DAY)
        stripe.break_with(drop=100)
        stripe.ask("customers.create", name="Acme")

        assert catch_up(now=NOW + HOUR) == 1

    def test_nothing_is_asked_when_nothing_is_connected(
        self, stripe: StripeAtHand, settings: Settings
    ) -> None:
        settings.STRIPE_MODE = "off"

        assert catch_up(now=NOW) == 0
        assert stripe.requests == []


class TestOldPayloads:
    def test_they_are_emptied_after_90_days_and_the_rows_stay(self, heard: Heard) -> None:
        Letter().post()

        assert forget_old_payloads(now=NOW + 90 * DAY) == 0
        assert forget_old_payloads(now=NOW + 90 * DAY + MINUTE) == 1
        assert forget_old_payloads(now=NOW + 91 * DAY) == 0

        kept = StripeEvent.objects.get()
        assert (kept.event_id, kept.payload) == ("evt_1", {})

    def test_what_still_fails_keeps_its_payload(self, broken: list[str]) -> None:
        Letter().post()

        assert forget_old_payloads(now=NOW + 91 * DAY) == 0


def test_stripe_is_asked_to_send_whatever_somebody_handles() -> None:
    wanted = handlers.wanted_types(with_clocks=True)
    unheard = [
        pattern
        for pattern in handlers.patterns()
        if not any(fnmatchcase(each, pattern) for each in wanted)
    ]

    assert unheard == []
    assert not [each for each in handlers.wanted_types(with_clocks=False) if "clock" in each]
