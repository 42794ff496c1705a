"""Ask, act, settle, as the Python client does it."""

import httpx
import pytest

from tallybook import HoldEnded, HoldOrder, InsufficientCredits, Tallybook, Unreachable
from tallybook.wire import Quantity
from tests.clients.rehearsal import Rehearsal, answer, booked, hold, problem, receipt

TAKEN = answer(hold(), status=201)
SETTLED = answer({"usage": receipt("job-1", credits="100"), "hold": hold("settled")})
RELEASED = answer(hold("released"))


class WorkFailed(Exception):
    """What the app's own work raises."""


def test_a_hold_is_settled_for_what_was_used() -> None:
    rehearsal = Rehearsal(TAKEN, SETTLED)

    with (
        rehearsal.client() as client,
        client.hold(id="job-1", action="GENERATE_REPORT", quantity=3, member="u_17") as held,
    ):
        assert held.taken.credits_ == "150"
        assert held.settle(2).credits_ == "100"

    assert rehearsal.paths == ["/api/v1/holds", "/api/v1/holds/hold_1/settle"]
    assert rehearsal.bodies == [
        {
            "id": "job-1",
            "action": "GENERATE_REPORT",
            "quantity": 3,
            "member": "u_17",
        },
        {"quantity": 2},
    ]


@pytest.mark.parametrize(
    ("order", "settlement"),
    [
        ({"action": "GENERATE_REPORT", "quantity": 3}, {"quantity": 3}),
        ({"action": "GENERATE_REPORT"}, {"quantity": 1}),
        ({"feature": "ai_credits", "value": "12.5"}, {"value": "12.5"}),
    ],
)
def test_a_hold_that_nobody_settled_is_settled_for_what_was_asked_for(
    order: HoldOrder, settlement: dict[str, Quantity]
) -> None:
    rehearsal = Rehearsal(TAKEN, SETTLED)

    with rehearsal.client() as client, client.hold(**order) as held:
        pass

    assert rehearsal.bodies[1] == settlement
    assert held.receipt is not None


def test_work_that_fails_returns_the_credits_and_its_own_exception() -> None:
    rehearsal = Rehearsal(TAKEN, RELEASED)

    with (
        rehearsal.client(organization="acme-1") as client,
        pytest.raises(WorkFailed),
        client.hold(action="GENERATE_REPORT"),
    ):
        raise WorkFailed

    assert rehearsal.paths[1] == "/api/v1/holds/hold_1/release"
    assert rehearsal.bodies[1] == {"organization": "acme-1"}


def test_the_exception_of_the_work_is_heard_although_the_release_failed() -> None:
    rehearsal = Rehearsal(TAKEN, httpx.ConnectError("refused"))

    with (
        rehearsal.client(retries=0) as client,
        pytest.raises(WorkFailed),
        client.hold(action="GENERATE_REPORT"),
    ):
        raise WorkFailed


def test_what_was_settled_stays_settled_when_the_block_fails_afterwards() -> None:
    rehearsal = Rehearsal(TAKEN, SETTLED)

    def work(client: Tallybook) -> None:
        with client.hold(action="GENERATE_REPORT") as held:
            held.settle(1)
            raise WorkFailed

    with rehearsal.client() as client, pytest.raises(WorkFailed):
        work(client)

    assert rehearsal.paths == ["/api/v1/holds", "/api/v1/holds/hold_1/settle"]


def test_without_credits_the_block_is_not_entered() -> None:
    rehearsal = Rehearsal(problem(402, "insufficient_credits", required="150", available="0"))
    entered = []

    with (
        rehearsal.client() as client,
        pytest.raises(InsufficientCredits),
        client.hold(action="GENERATE_REPORT"),
    ):
        entered.append(True)

    assert entered == []
    assert rehearsal.paths == ["/api/v1/holds"]


def test_work_that_took_longer_than_the_hold_is_booked_as_plain_usage() -> None:
    rehearsal = Rehearsal(TAKEN, problem(409, "hold_ended"), booked)

    with (
        rehearsal.client(organization="acme-1") as client,
        client.hold(id="job-1", action="GENERATE_REPORT", quantity=3, member="u_17") as held,
    ):
        held.settle(2)

    assert rehearsal.paths[2] == "/api/v1/usage"
    assert rehearsal.bodies[2] == {
        "id": "job-1",
        "action": "GENERATE_REPORT",
        "quantity": 2,
        "member": "u_17",
        "organization": "acme-1",
    }


def test_an_id_whose_hold_is_over_does_not_enter_the_block() -> None:
    rehearsal = Rehearsal(RELEASED)

    with (
        rehearsal.client() as client,
        pytest.raises(HoldEnded),
        client.hold(id="job-1", action="GENERATE_REPORT"),
    ):
        pytest.fail("entered")


def test_a_settlement_whose_answer_was_lost_can_be_sent_again() -> None:
    rehearsal = Rehearsal(TAKEN, httpx.ReadTimeout("too slow"), SETTLED)

    with (
        rehearsal.client(retries=0) as client,
        client.hold(action="GENERATE_REPORT", quantity=3) as held,
    ):
        with pytest.raises(Unreachable):
            held.settle(2)
        assert held.settle(2).credits_ == "100"

    assert rehearsal.bodies[1:] == [{"quantity": 2}, {"quantity": 2}]
