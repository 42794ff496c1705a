"""Many at once through the whole stack: one event stays one event."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from billing.models import Agreement
from metering.ledger.audit import find_violations
from metering.models import UsageEvent
from tests.api.conftest import Answer, World, at_once
from tests.factories.accounts import make_organization

THREADS = 20


def test_one_event_sent_by_twenty_is_accepted_once(crowd: World) -> None:
    event = {"id": "storm", "action": "GENERATE_REPORT"}
    answers = at_once(*[lambda: crowd.as_acme.post("usage", event)] * THREADS)
    assert {answer.status for answer in answers} == {200}
    outcomes = Counter(answer.body["outcome"] for answer in answers)
    assert outcomes == {"accepted": 1, "duplicate": THREADS - 1}
    receipts = [{**answer.body, "outcome": ""} for answer in answers]
    assert all(receipt == receipts[0] for receipt in receipts)
    assert UsageEvent.objects.get().credits == Decimal(50)
    assert list(find_violations()) == []


def test_batches_in_opposite_order_meet_without_harm(crowd: World) -> None:
    events = [{"id": f"e{number}", "action": "EXTRACT_TEXT"} for number in range(50)]

    def send(batch: list[dict[str, Any]]) -> Callable[[], Answer]:
        return lambda: crowd.as_acme.post("usage", {"events": batch})

    answers = at_once(*[send(events), send(events[::-1])] * 5)
    assert {answer.status for answer in answers} == {200}
    assert sum(answer.body["counts"]["accepted"] for answer in answers) == 50
    assert sum(answer.body["counts"]["duplicate"] for answer in answers) == 450
    assert UsageEvent.objects.count() == 50
    assert list(find_violations()) == []


def test_one_order_sent_by_twenty_makes_one_agreement(crowd: World) -> None:
    make_organization("Dune", external_id="customer-3")
    order = {"organization": "customer-3", "plan": "starter"}
    answers = at_once(
        *[lambda: crowd.as_platform.post("agreements", order, Idempotency_Key="once")] * THREADS
    )
    made = {answer.raw for answer in answers if answer.status == 201}
    others = {answer.body["code"] for answer in answers if answer.status != 201}
    assert len(made) == 1
    assert others <= {"request_in_flight"}
    assert Agreement.objects.filter(organization__external_id="customer-3").count() == 1
