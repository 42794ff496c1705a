"""`enforce`: the app asks first, and what the plan does not allow is refused."""

from typing import Any

import pytest

from accounts.models import Organization
from billing.choices import AgreementStatus, CapAction, WhenPastDue
from billing.limits.operations import set_spend_cap
from billing.models import Agreement
from metering.ledger.audit import find_violations
from metering.models import UsageEvent
from metering.usage.reports import Rejection
from portal.api.v1.usage_results import explain
from tests.api.conftest import NOW, Answer, World, make_customer
from tests.factories.catalog import STAFF

REPORT = {"action": "GENERATE_REPORT", "enforce": True}
RESETS_AT = "2026-10-10T08:00:00Z"
UPGRADE_URL = "http://127.0.0.1:8000/pricing/"


def problem(answer: Answer) -> dict[str, Any]:
    """The members of a problem document that do not differ from request to request."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    return {name: value for name, value in answer.body.items() if name != "request_id"}


def test_what_is_covered_is_booked_like_any_other(world: World) -> None:
    api = make_customer(world, 100)
    answer = api.post("usage", {"id": "a", **REPORT})
    assert (answer.status, answer.body) == (
        200,
        {
            "id": "a",
            "outcome": "accepted",
            "feature": "ai_credits",
            "credits": "50",
            "overage": "0",
            "remaining": "50",
            "value_line": "50 credits, about $150 of value",
        },
    )


def test_what_is_not_covered_is_refused_with_what_is_missing(world: World) -> None:
    api = make_customer(world, 60)
    api.post("usage", {"id": "a", **REPORT})
    answer = api.post("usage", {"id": "b", **REPORT})
    assert answer.status == 402
    assert problem(answer) == {
        "type": "urn:tallybook:problem:insufficient_credits",
        "title": "Not enough credits",
        "status": 402,
        "detail": "What is left does not suffice, and the plan sells no more.",
        "code": "insufficient_credits",
        "id": "b",
        "outcome": "rejected",
        "reason": "insufficient_credits",
        "required": "50",
        "available": "10",
        "resets_at": RESETS_AT,
        "upgrade_url": UPGRADE_URL,
    }
    assert set(UsageEvent.objects.values_list("event_id", flat=True)) == {"a"}
    assert list(find_violations()) == []


def test_a_refused_event_may_be_sent_again_once_there_is_room(world: World) -> None:
    api = make_customer(world, 40)
    assert api.post("usage", {"id": "a", **REPORT}).status == 402
    grant = {"organization": "customer-3", "feature": "ai_credits", "category": "promotion"}
    given = world.as_platform.post("credit-grants", {**grant, "amount": 10, "reason": "Sorry"})
    assert given.status == 201
    assert api.post("usage", {"id": "a", **REPORT}).body["outcome"] == "accepted"
    assert api.post("usage", {"id": "a", **REPORT}).body["outcome"] == "duplicate"


def test_overage_that_the_plan_sells_is_allowed(world: World) -> None:
    answer = make_customer(world, 40, overage="0.15").post("usage", {"id": "a", **REPORT})
    assert (answer.status, answer.body["overage"]) == (200, "10")


def test_the_limit_of_the_plan_bounds_even_what_is_sold(world: World) -> None:
    api = make_customer(world, 40, overage="0.15", limit=60)
    assert api.post("usage", {"id": "a", **REPORT}).status == 200
    answer = api.post("usage", {"id": "b", **REPORT})
    assert (answer.status, answer.body["code"]) == (402, "limit_reached")
    assert (answer.body["required"], answer.body["available"]) == ("50", "10")
    assert answer.body["upgrade_url"] == UPGRADE_URL


@pytest.mark.parametrize("path", ["usage", "holds"])
def test_a_spend_cap_that_stops_refuses_what_would_cost_more(world: World, path: str) -> None:
    api = make_customer(world, 0, overage="0.15")
    set_spend_cap(
        organization=Organization.objects.get(external_id="customer-3"),
        amount_minor=1_000,
        action=CapAction.STOP,
        actor=STAFF,
        now=NOW,
    )
    ask = REPORT if path == "usage" else {"action": "GENERATE_REPORT"}
    assert api.post(path, {"id": "a", **ask}).status in {200, 201}
    answer = api.post(path, {"id": "b", **ask})
    assert (answer.status, answer.body["code"]) == (402, "spend_cap_reached")
    assert answer.body["detail"] == "The organization's spend cap leaves no room for this."
    assert (answer.body["required"], answer.body["available"]) == ("50", "16.666666")
    assert answer.body["upgrade_url"] is None
    assert api.post("usage", {"id": "c", "action": "GENERATE_REPORT"}).status == 200


@pytest.mark.parametrize("path", ["usage", "holds"])
def test_while_a_payment_is_overdue_a_feature_may_be_withheld(world: World, path: str) -> None:
    api = make_customer(world, 1_000, when_past_due=WhenPastDue.REFUSE)
    agreement = Agreement.objects.get(organization__external_id="customer-3")
    agreement.status = AgreementStatus.PAST_DUE
    agreement.save(update_fields=["status"])
    ask = REPORT if path == "usage" else {"action": "GENERATE_REPORT"}
    answer = api.post(path, {"id": "a", **ask})
    assert (answer.status, answer.body["code"]) == (402, "payment_overdue")
    assert (answer.body["required"], answer.body["available"]) == ("50", "0")
    assert answer.body["upgrade_url"] is None
    assert api.post("usage", {"id": "b", "action": "GENERATE_REPORT"}).status == 200


@pytest.mark.parametrize(("path", "accepted"), [("usage", 200), ("holds", 201)])
def test_what_is_available_may_be_had_to_the_last_millionth(
    world: World, path: str, accepted: int
) -> None:
    api = make_customer(world, 100, overage="0.15", limit=1_000)
    ask: dict[str, Any] = {"feature": "ai_credits"} | ({"enforce": True} if path == "usage" else {})
    assert api.post("holds", {"id": "a", "feature": "ai_credits", "value": "130.5"}).status == 201
    refused = api.post(path, {"id": "b", "value": "870", **ask})
    assert (refused.status, refused.body["available"]) == (402, "869.5")
    beyond = api.post(path, {"id": "c", "value": "869.500001", **ask})
    assert (beyond.status, beyond.body["available"]) == (402, "869.5")
    assert api.post(path, {"id": "d", "value": "869.5", **ask}).status == accepted
    nothing = api.post(path, {"id": "e", "value": "0.000001", **ask})
    assert (nothing.status, nothing.body["available"]) == (402, "0")


def test_elsewhere_an_overdue_payment_stops_nothing(world: World) -> None:
    api = make_customer(world, 1_000)
    Agreement.objects.filter(organization__external_id="customer-3").update(
        status=AgreementStatus.PAST_DUE
    )
    assert api.post("usage", {"id": "a", **REPORT}).status == 200


def test_plain_usage_is_recorded_whatever_the_plan_says(world: World) -> None:
    api = make_customer(world, 40)
    answer = api.post("usage", {"id": "a", "action": "GENERATE_REPORT"})
    assert (answer.status, answer.body["overage"]) == (200, "10")


def test_where_usage_is_unlimited_nothing_is_refused(world: World) -> None:
    answer = make_customer(world, None).post("usage", {"id": "a", **REPORT, "quantity": 1_000})
    assert (answer.status, answer.body["remaining"]) == (200, None)


def test_in_a_batch_each_event_is_asked_for_on_its_own(world: World) -> None:
    api = make_customer(world, 60)
    plain = {"action": "GENERATE_REPORT"}
    answer = api.post(
        "usage",
        {
            "events": [
                {"id": "a", **REPORT},
                {"id": "b", **REPORT},
                {"id": "c", "action": "EXTRACT_TEXT", "enforce": True},
                {"id": "d", **plain},
            ]
        },
    )
    assert answer.status == 200
    results = answer.body["results"]
    assert [result["outcome"] for result in results] == [
        "accepted",
        "rejected",
        "accepted",
        "accepted",
    ]
    assert results[1] == {
        "id": "b",
        "outcome": "rejected",
        "reason": "insufficient_credits",
        "required": "50",
        "available": "10",
        "resets_at": RESETS_AT,
        "upgrade_url": UPGRADE_URL,
    }
    assert (results[2]["remaining"], results[3]["overage"]) == ("5", "45")
    counts = {"accepted": 3, "late": 0, "duplicate": 0, "conflict": 0, "rejected": 1}
    assert answer.body["counts"] == counts


@pytest.mark.parametrize("reason", list(Rejection))
def test_every_refusal_of_the_ledger_has_a_sentence(reason: Rejection) -> None:
    assert explain(reason).endswith(".")
