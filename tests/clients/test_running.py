"""The Python client against the product as it runs: web processes, and a real database."""

import uuid
from decimal import Decimal

import httpx
import pytest

from tallybook import InsufficientCredits, NotFound, Tallybook, UsageBuffer
from tests.clients.conftest import Running

SOON = 30.0


class WorkFailed(Exception):
    """What the app's own work raises."""


class LosesAnswers(httpx.BaseTransport):
    """A network on which every second request arrives and its answer does not."""

    def __init__(self) -> None:
        self._network = httpx.HTTPTransport()
        self._count = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._network.handle_request(request)
        self._count += 1
        if self._count % 2:
            response.read()
            response.close()
            raise httpx.ReadTimeout("the answer was lost", request=request)
        return response

    def close(self) -> None:
        self._network.close()


def used(client: Tallybook) -> Decimal:
    """What the organization has used of its credits."""
    return Decimal(client.entitlements.check("ai_credits").used or "0")


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tallybook.buffer._LONGEST_PAUSE", 0.1)


@pytest.mark.usefixtures("patient")
def test_events_count_once_though_answers_are_lost_and_the_server_dies(running: Running) -> None:
    web = running.installation.web
    with running.client("northwind") as onlooker:
        before = used(onlooker)
    with (
        Tallybook(
            running.url,
            running.key,
            organization="northwind",
            retries=0,
            transport=LosesAnswers(),
        ) as client,
        UsageBuffer(client, max_batch=20, max_age=0.01) as buffer,
    ):
        for number in range(300):
            buffer.report(action="EXTRACT_TEXT", member="u_17")
            if number == 100:
                web.kill()
        web.start()
        running.installation.wait_until_ready()
        assert buffer.flush(SOON)
        assert buffer.last_failure is not None
        assert (buffer.unsent, buffer.refused) == ([], [])
    with running.client("northwind") as onlooker:
        assert used(onlooker) - before == 300 * 5


def test_a_hold_is_settled_for_what_was_used_and_a_failed_action_takes_nothing(
    running: Running,
) -> None:
    with running.client("northwind") as client:
        before = used(client)
        with client.hold(action="GENERATE_REPORT", quantity=3) as hold:
            assert hold.taken.credits_ == "150"
            assert hold.settle(2).credits_ == "100"
        with pytest.raises(WorkFailed), client.hold(action="GENERATE_REPORT"):
            raise WorkFailed
        with pytest.raises(InsufficientCredits) as raised:
            client.for_organization("strict").hold(action="GENERATE_REPORT", quantity=3).__enter__()

        assert used(client) - before == 100
    assert (raised.value.required, raised.value.available) == (150, 100)
    assert raised.value.resets_at is not None
    assert str(raised.value.upgrade_url).endswith("/pricing/")


def test_a_job_that_runs_twice_is_paid_once(running: Running) -> None:
    job = uuid.uuid4().hex
    with running.client("northwind") as client:
        before = used(client)
        for _ in range(2):
            with client.hold(id=job, action="SUMMARIZE_SHORT", quantity=2):
                pass
        assert used(client) - before == 20


def test_flags_and_entitlements_answer_for_the_plan(running: Running) -> None:
    with running.client("northwind") as client:
        assert client.flags.is_enabled("advanced_ai") is True
        assert client.entitlements.check("advanced_ai").allowed is True
        assert [item.feature for item in client.entitlements.list()][:1] == ["ai_credits"]
        assert client.for_organization("strict").flags.is_enabled("advanced_ai") is False
        with pytest.raises(NotFound):
            client.flags.is_enabled("advnaced_ai")
        with pytest.raises(NotFound):
            client.for_organization("nobody").entitlements.list()
