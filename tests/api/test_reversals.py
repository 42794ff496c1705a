"""`POST /api/v1/usage/{id}/reverse`: what should not have been counted is taken back."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine

from billing.models import Settlement
from metering.ledger.audit import find_violations
from metering.models import LedgerTransfer, UsageReversal
from tests.api.conftest import NOW, World, make_customer

REASON = {"reason": "The report could not be made."}


def remaining(world: World) -> str:
    """What Acme can spend."""
    return str(world.as_acme.get("balances").body["data"][0]["remaining"])


def test_an_event_is_taken_back_wholly(world: World) -> None:
    world.as_acme.post("usage", {"id": "a", "action": "GENERATE_REPORT"})
    answer = world.as_acme.post("usage/a/reverse", REASON)
    assert (answer.status, answer.body) == (
        200,
        {
            "id": "a",
            "feature": "ai_credits",
            "credits": "50",
            "overage": "0",
            "settled": False,
            "reason": "The report could not be made.",
            "reversed_at": "2026-09-20T12:00:00Z",
        },
    )
    assert remaining(world) == "5000"
    assert UsageReversal.objects.get().reason == "The report could not be made."
    assert list(find_violations()) == []


def test_its_id_stays_taken(world: World) -> None:
    event = {"id": "a", "action": "GENERATE_REPORT"}
    world.as_acme.post("usage", event)
    world.as_acme.post("usage/a/reverse", REASON)
    assert world.as_acme.post("usage", event).body["outcome"] == "duplicate"
    assert remaining(world) == "5000"


def test_an_event_is_taken_back_once(world: World) -> None:
    world.as_acme.post("usage", {"id": "a", "action": "GENERATE_REPORT"})
    world.as_acme.post("usage/a/reverse", REASON)
    answer = world.as_acme.post("usage/a/reverse", REASON)
    assert (answer.status, answer.body["code"]) == (409, "already_reversed")
    assert remaining(world) == "5000"


def test_the_same_request_again_gets_the_first_answer(world: World) -> None:
    world.as_acme.post("usage", {"id": "a", "action": "GENERATE_REPORT"})
    first = world.as_acme.post("usage/a/reverse", REASON, Idempotency_Key="undo-a")
    again = world.as_acme.post("usage/a/reverse", REASON, Idempotency_Key="undo-a")
    assert (again.status, again.raw) == (200, first.raw)
    assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    "event_id", ["a:b", "a.b-c_d", "...", "A", "0", "reverse", "x" * 128, ":", "summary"]
)
def test_any_id_that_an_event_may_have_can_be_named(world: World, event_id: str) -> None:
    world.as_acme.post("usage", {"id": event_id, "action": "EXTRACT_TEXT"})
    answer = world.as_acme.post(f"usage/{quote(event_id, safe='')}/reverse", REASON)
    assert (answer.status, answer.body["id"]) == (200, event_id)


@pytest.mark.parametrize("name", ["a%2Fb", "a%00", "%20", "x" * 129, "caf%C3%A9", "%0A", "a%0A"])
def test_what_is_no_id_is_no_address(world: World, name: str) -> None:
    answer = world.as_acme.post(f"usage/{name}/reverse", REASON)
    assert (answer.status, answer.body["code"]) == (404, "route_not_found")


def test_an_event_of_somebody_else_looks_like_a_missing_one(world: World) -> None:
    world.as_crane.post("usage", {"id": "a", "action": "GENERATE_REPORT"})
    before = LedgerTransfer.objects.count()
    answers = [world.as_acme.post(f"usage/{name}/reverse", REASON) for name in ("a", "b")]
    for answer in answers:
        answer.body.pop("request_id")
        assert (answer.status, answer.body) == (404, answers[0].body)
    assert answers[0].body["code"] == "event_not_found"
    named = world.as_acme.post("usage/a/reverse", {**REASON, "organization": "customer-2"})
    assert (named.status, named.body["code"]) == (404, "organization_not_found")
    assert LedgerTransfer.objects.count() == before


def test_a_platform_key_names_whose_event_it_is(world: World) -> None:
    world.as_acme.post("usage", {"id": "a", "action": "GENERATE_REPORT"})
    world.as_crane.post("usage", {"id": "a", "action": "GENERATE_REPORT"})
    assert world.as_platform.post("usage/a/reverse", REASON).body["code"] == "organization_required"
    body = {**REASON, "organization": "customer-2"}
    assert world.as_platform.post("usage/a/reverse", body).status == 200
    assert (remaining(world), UsageReversal.objects.get().organization_id) == (
        "4950",
        world.crane.pk,
    )


def test_the_credits_pay_for_what_had_been_overage(world: World) -> None:
    api = make_customer(world, 50, overage="0.15")
    api.post("usage", {"id": "a", "action": "GENERATE_REPORT"})
    api.post("usage", {"id": "b", "action": "GENERATE_REPORT"})
    assert api.get("balances").body["data"][0]["overage"] == "50"
    api.post("usage/a/reverse", REASON)
    balance = api.get("balances").body["data"][0]
    assert (balance["used"], balance["overage"], balance["remaining"]) == ("50", "0", "0")
    payments = api.get("usage/b").body["payments"]
    assert [(payment["kind"], payment["amount"]) for payment in payments] == [
        ("overage", "50"),
        ("cover", "50"),
    ]
    assert list(find_violations()) == []


def test_an_event_of_a_settled_period_is_owed_back(
    world: World, clock: time_machine.Traveller
) -> None:
    api = make_customer(world, 50, overage="0.15")
    api.post("usage", {"id": "a", "action": "GENERATE_REPORT", "quantity": 2})
    clock.move_to(NOW + timedelta(days=21))
    api.post("usage", {"id": "b", "action": "EXTRACT_TEXT"})
    answer = api.post("usage/a/reverse", REASON)
    assert (answer.status, answer.body["settled"], answer.body["overage"]) == (200, True, "50")
    correction = Settlement.objects.get(kind="correction")
    assert correction.amount_minor == -750
    assert list(find_violations()) == []


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/reason", "missing"),
        ({"reason": ""}, "/reason", "invalid_text"),
        ({"reason": "a\n"}, "/reason", "invalid_text"),
        ({"reason": "x" * 201}, "/reason", "invalid_text"),
        ({"reason": None}, "/reason", "wrong_type"),
        ({**REASON, "quantity": 1}, "/quantity", "unknown_field"),
    ],
)
def test_an_order_that_cannot_be_read_is_pointed_at(
    world: World, body: Any, pointer: str, code: str
) -> None:
    world.as_acme.post("usage", {"id": "a", "action": "GENERATE_REPORT"})
    answer = world.as_acme.post("usage/a/reverse", body)
    assert (answer.status, answer.body["code"]) == (400, "invalid_request")
    [error] = answer.body["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)
    assert not UsageReversal.objects.exists()
