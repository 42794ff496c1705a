"""Usage that is reported in the background."""

import os
import threading
from datetime import UTC, datetime

import httpx
import pytest
import time_machine

from tallybook import BufferFull, RefusedEvent, UsageBuffer
from tallybook import buffer as buffering
from tests.clients.rehearsal import Rehearsal, batch_answer, booked, problem, receipt

# Longer than any test waits: only what is tested makes the buffer send.
NEVER = 3600.0
SOON = 10.0


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits between two attempts."""
    monkeypatch.setattr("tallybook.http._FIRST_PAUSE", 0.001)
    monkeypatch.setattr(buffering, "_LONGEST_PAUSE", 0.001)


def all_sent_ids(rehearsal: Rehearsal) -> list[str]:
    """The ids of all that was sent."""
    return [identity for batch in sent_ids(rehearsal) for identity in batch]


def sent_ids(rehearsal: Rehearsal) -> list[list[str]]:
    """The ids in every batch that was sent."""
    return [[event["id"] for event in body["events"]] for body in rehearsal.bodies]


def test_as_many_as_fit_a_batch_are_sent_at_once() -> None:
    rehearsal = Rehearsal(booked)

    with rehearsal.client() as client:
        buffer = UsageBuffer(client, max_batch=3, max_age=NEVER)
        for number in range(7):
            buffer.report(id=f"event-{number}", action="EXTRACT_TEXT")
        assert buffer.flush(SOON)
        buffer.close()

    assert all_sent_ids(rehearsal) == [f"event-{number}" for number in range(7)]
    assert max(len(batch) for batch in sent_ids(rehearsal)) == 3
    assert buffer.unsent == []


def test_what_has_waited_long_enough_is_sent_without_being_asked() -> None:
    heard = threading.Event()

    def hear(request: httpx.Request) -> httpx.Response:
        heard.set()
        return booked(request)

    with Rehearsal(hear).client() as client, UsageBuffer(client, max_age=0.01) as buffer:
        buffer.report(action="EXTRACT_TEXT")
        assert heard.wait(SOON)


def test_an_event_occurred_when_it_was_reported_not_when_it_is_sent() -> None:
    rehearsal = Rehearsal(booked)
    at = datetime(2026, 11, 22, 18, 24, 28, tzinfo=UTC)

    with rehearsal.client(organization="acme-1") as client:
        buffer = UsageBuffer(client, max_age=NEVER)
        with time_machine.travel(at, tick=False):
            buffer.report(id="event-1", action="EXTRACT_TEXT", member="u_17")
        buffer.close()

    [event] = rehearsal.bodies[0]["events"]
    assert event == {
        "organization": "acme-1",
        "occurred_at": "2026-11-22T18:24:28+00:00",
        "id": "event-1",
        "action": "EXTRACT_TEXT",
        "member": "u_17",
    }


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ReadTimeout("too slow"),
        problem(429, "too_many_requests", retry_after=0),
        problem(503, "temporarily_unavailable"),
        problem(401, "unauthenticated"),
        httpx.Response(200, html="<h1>Maintenance</h1>"),
    ],
)
def test_what_could_not_be_delivered_is_sent_again_unchanged(
    failure: httpx.Response | Exception,
) -> None:
    rehearsal = Rehearsal(failure, failure, booked)

    with rehearsal.client(retries=0) as client, UsageBuffer(client, max_age=NEVER) as buffer:
        buffer.report(action="EXTRACT_TEXT")
        assert buffer.flush(SOON)

    first, second, third = rehearsal.bodies
    assert first == second == third
    assert buffer.last_failure is not None


def test_an_event_that_is_refused_keeps_no_other_back_and_is_told() -> None:
    told: list[RefusedEvent] = []
    rehearsal = Rehearsal(
        batch_answer(
            receipt("event-1"),
            receipt("event-2", "rejected", reason="unknown_action"),
            receipt("event-3", "conflict", reason="other_content"),
            receipt("event-4", "duplicate"),
        )
    )

    with rehearsal.client() as client:
        buffer = UsageBuffer(client, max_age=NEVER, on_refused=told.append)
        for number in range(1, 5):
            buffer.report(id=f"event-{number}", action="EXTRACT_TEXT")
        assert buffer.close() == []

    assert buffer.refused == told
    assert [(refused.event["id"], refused.reason) for refused in told] == [
        ("event-2", "unknown_action"),
        ("event-3", "other_content"),
    ]


def test_a_batch_that_cannot_be_read_is_halved_until_the_wrong_event_stands_alone() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return problem(413, "body_too_large") if b"event-2" in request.content else booked(request)

    rehearsal = Rehearsal(answer)
    with rehearsal.client() as client:
        buffer = UsageBuffer(client, max_age=NEVER)
        for number in range(4):
            buffer.report(id=f"event-{number}", action="EXTRACT_TEXT")
        assert buffer.close() == []

    assert sent_ids(rehearsal) == [
        ["event-0", "event-1", "event-2", "event-3"],
        ["event-0", "event-1"],
        ["event-2", "event-3"],
        ["event-2"],
        ["event-3"],
    ]
    assert [refused.event["id"] for refused in buffer.refused] == ["event-2"]


def test_a_listener_that_fails_stops_nothing() -> None:
    def fail(_: RefusedEvent) -> None:
        raise RuntimeError("the app's own")

    rehearsal = Rehearsal(batch_answer(receipt("event-1", "rejected", reason="no_rate")), booked)
    with (
        rehearsal.client() as client,
        UsageBuffer(client, max_age=NEVER, on_refused=fail) as buffer,
    ):
        buffer.report(id="event-1", action="EXTRACT_TEXT")
        assert buffer.flush(SOON)
        buffer.report(id="event-2", action="EXTRACT_TEXT")
        assert buffer.flush(SOON)


def test_a_full_buffer_and_a_closed_one_refuse_instead_of_dropping() -> None:
    rehearsal = Rehearsal(booked)

    with rehearsal.client() as client:
        buffer = UsageBuffer(client, max_age=NEVER, max_unsent=2)
        buffer.report(action="EXTRACT_TEXT")
        buffer.report(action="EXTRACT_TEXT")
        with pytest.raises(BufferFull, match="2 events wait"):
            buffer.report(action="EXTRACT_TEXT")
        buffer.close()
        with pytest.raises(BufferFull):
            buffer.report(action="EXTRACT_TEXT")

    assert len(rehearsal.bodies[0]["events"]) == 2


def test_closing_ends_in_time_and_returns_what_could_not_be_sent() -> None:
    rehearsal = Rehearsal(httpx.ConnectError("refused"))

    with rehearsal.client(retries=0) as client:
        buffer = UsageBuffer(client, max_age=NEVER)
        identity = buffer.report(action="EXTRACT_TEXT")
        left = buffer.close(timeout=0.05)

    assert [event["id"] for event in left] == [identity]
    assert left == buffer.unsent


def test_what_could_not_be_sent_can_be_sent_later_as_it_is() -> None:
    rehearsal = Rehearsal(booked)
    silent = Rehearsal(httpx.ConnectError("refused"))

    with silent.client(retries=0) as client:
        buffer = UsageBuffer(client, max_age=NEVER)
        buffer.report(id="event-1", action="EXTRACT_TEXT")
        left = buffer.close(timeout=0.05)
    with rehearsal.client() as client:
        client.usage.report_batch(left)

    assert rehearsal.bodies[0] == silent.bodies[0]


def test_threads_share_a_buffer() -> None:
    rehearsal = Rehearsal(booked)

    with rehearsal.client() as client, UsageBuffer(client, max_batch=7) as buffer:
        threads = [
            threading.Thread(
                target=lambda: [buffer.report(action="EXTRACT_TEXT") for _ in range(50)]
            )
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert buffer.flush(SOON)

    ids = all_sent_ids(rehearsal)
    assert len(ids) == len(set(ids)) == 200


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_process_begins_with_an_empty_buffer_and_its_parent_sends() -> None:
    rehearsal = Rehearsal(booked)

    with rehearsal.client() as client, UsageBuffer(client, max_age=NEVER) as buffer:
        buffer.report(id="event-1", action="EXTRACT_TEXT")
        child = os.fork()
        if child == 0:
            os._exit(0 if buffer.unsent == [] and buffer.flush(0.1) else 1)
        _, status = os.waitpid(child, 0)
        assert buffer.flush(SOON)

    assert os.waitstatus_to_exitcode(status) == 0
    assert sent_ids(rehearsal) == [["event-1"]]
