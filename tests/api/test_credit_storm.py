"""Many at once for the last credits: exactly as many get some as there is for."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from metering.ledger.audit import find_violations
from metering.models import Hold, UsageEvent, UsageReversal
from tests.api.conftest import Answer, Api, World, at_once, make_customer

THREADS = 20
ROOM_FOR = 7


@pytest.fixture
def last_credits(crowd: World) -> Api:
    """A customer with credits for seven text extractions, and no overage."""
    return make_customer(crowd, 5 * ROOM_FOR)


def sending(api: Api, path: str, body: dict[str, Any]) -> Callable[[], Answer]:
    """A call that sends this."""
    return lambda: api.post(path, body)


def balance_of(api: Api) -> tuple[str, str, str]:
    """What is used, held and left."""
    [balance] = api.get("balances").body["data"]
    return balance["used"], balance["held"], balance["remaining"]


def test_parallel_enforced_spends_of_the_last_credits(last_credits: Api) -> None:
    answers = at_once(
        *[
            sending(
                last_credits,
                "usage",
                {"id": f"e{number}", "action": "EXTRACT_TEXT", "enforce": True},
            )
            for number in range(THREADS)
        ]
    )
    statuses = Counter(answer.status for answer in answers)
    assert statuses == {200: ROOM_FOR, 402: THREADS - ROOM_FOR}
    refusals = {answer.body["code"] for answer in answers if answer.status == 402}
    assert refusals == {"insufficient_credits"}
    assert UsageEvent.objects.count() == ROOM_FOR
    assert balance_of(last_credits) == ("35", "0", "0")
    assert list(find_violations()) == []


def test_parallel_holds_of_the_last_credits(last_credits: Api) -> None:
    answers = at_once(
        *[
            sending(last_credits, "holds", {"id": f"h{number}", "action": "EXTRACT_TEXT"})
            for number in range(THREADS)
        ]
    )
    statuses = Counter(answer.status for answer in answers)
    assert statuses == {201: ROOM_FOR, 402: THREADS - ROOM_FOR}
    assert Hold.objects.count() == ROOM_FOR
    assert balance_of(last_credits) == ("0", "35", "0")
    assert list(find_violations()) == []


def test_holds_and_spends_share_what_there_is(last_credits: Api) -> None:
    answers = at_once(
        *[
            sending(last_credits, "holds", {"id": f"h{number}", "action": "EXTRACT_TEXT"})
            if number % 2
            else sending(
                last_credits,
                "usage",
                {"id": f"e{number}", "action": "EXTRACT_TEXT", "enforce": True},
            )
            for number in range(THREADS)
        ]
    )
    statuses = Counter(answer.status for answer in answers)
    assert statuses[200] + statuses[201] == ROOM_FOR
    assert balance_of(last_credits) == (str(5 * statuses[200]), str(5 * statuses[201]), "0")
    assert list(find_violations()) == []


def test_one_hold_asked_for_by_twenty_is_one_hold(last_credits: Api) -> None:
    order = {"id": "h", "action": "EXTRACT_TEXT"}
    answers = at_once(*[sending(last_credits, "holds", order)] * THREADS)
    assert Counter(answer.status for answer in answers) == {201: 1, 200: THREADS - 1}
    assert all(answer.body == answers[0].body for answer in answers)
    assert balance_of(last_credits) == ("0", "5", "30")


def test_one_hold_settled_by_twenty_is_settled_once(last_credits: Api) -> None:
    hold = last_credits.post("holds", {"id": "h", "action": "EXTRACT_TEXT"}).body["id"]
    settle = sending(last_credits, f"holds/{hold}/settle", {"quantity": 1})
    answers = at_once(*[settle] * THREADS)
    assert {answer.status for answer in answers} == {200}
    outcomes = Counter(answer.body["usage"]["outcome"] for answer in answers)
    assert outcomes == {"accepted": 1, "duplicate": THREADS - 1}
    assert balance_of(last_credits) == ("5", "0", "30")
    assert list(find_violations()) == []


def test_one_hold_settled_and_released_at_once_ends_in_one_way(last_credits: Api) -> None:
    hold = last_credits.post("holds", {"id": "h", "action": "EXTRACT_TEXT"}).body["id"]
    settle = sending(last_credits, f"holds/{hold}/settle", {"quantity": 1})
    release = sending(last_credits, f"holds/{hold}/release", {})
    answers = at_once(*[settle, release] * 10)
    refusals = {answer.body["code"] for answer in answers if answer.status != 200}
    assert Counter(answer.status for answer in answers) == {200: 10, 409: 10}
    assert refusals == {"hold_ended"}
    [ended] = Hold.objects.all()
    used = "5" if ended.outcome == "settled" else "0"
    assert balance_of(last_credits) == (used, "0", str(35 - int(used)))
    assert list(find_violations()) == []


def test_one_event_reversed_by_twenty_is_reversed_once(last_credits: Api) -> None:
    last_credits.post("usage", {"id": "e", "action": "EXTRACT_TEXT"})
    reverse = sending(last_credits, "usage/e/reverse", {"reason": "It failed."})
    answers = at_once(*[reverse] * THREADS)
    assert Counter(answer.status for answer in answers) == {200: 1, 409: THREADS - 1}
    assert UsageReversal.objects.count() == 1
    assert balance_of(last_credits) == ("0", "0", "35")
    assert list(find_violations()) == []


def test_one_grant_ordered_by_twenty_is_given_once(crowd: World, last_credits: Api) -> None:
    order = {
        "organization": "customer-3",
        "feature": "ai_credits",
        "category": "promotion",
        "amount": 10,
        "reason": "Sorry",
    }
    answers = at_once(
        *[lambda: crowd.as_platform.post("credit-grants", order, Idempotency_Key="g")] * THREADS
    )
    assert {answer.status for answer in answers} <= {201, 409}
    assert len({answer.raw for answer in answers if answer.status == 201}) == 1
    assert balance_of(last_credits) == ("0", "0", "45")
