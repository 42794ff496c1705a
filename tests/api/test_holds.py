"""Holds: set aside before, settled or released afterwards."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from accounts.choices import Scope
from metering.ledger.audit import find_violations
from metering.models import Hold, LedgerTransfer, UsageEvent
from tests.api.conftest import NOW, Answer, Api, World, make_customer
from tests.factories.accounts import make_api_key

ORDER = {"id": "job-17", "action": "GENERATE_REPORT"}
RESETS_AT = "2026-10-10T08:00:00Z"


def remaining(api: Api) -> str:
    """What can be spent."""
    return str(api.get("balances").body["data"][0]["remaining"])


def held(api: Api, **changes: Any) -> str:
    """The id of a new hold."""
    answer = api.post("holds", ORDER | changes)
    assert answer.status == 201, answer.body
    return str(answer.body["id"])


def without_request_id(answer: Answer) -> Any:
    """The members of a problem document that do not differ from request to request."""
    return {name: value for name, value in answer.body.items() if name != "request_id"}


def test_credits_are_set_aside(world: World) -> None:
    answer = world.as_acme.post("holds", {**ORDER, "quantity": 2, "member": "u_17"})
    hold = Hold.objects.get()
    assert (answer.status, answer.body) == (
        201,
        {
            "id": hold.public_id,
            "key": "job-17",
            "feature": "ai_credits",
            "action": "GENERATE_REPORT",
            "quantity": "2",
            "credits": "100",
            "uncovered": "0",
            "remaining": "4900",
            "member": "u_17",
            "status": "open",
            "event": None,
            "held_at": "2026-09-20T12:00:00Z",
            "expires_at": "2026-09-20T12:15:00Z",
            "ended_at": None,
        },
    )
    assert remaining(world.as_acme) == "4900"
    assert not UsageEvent.objects.exists()
    assert list(find_violations()) == []


def test_a_feature_may_be_held_directly(world: World) -> None:
    order = {"id": "a", "feature": "ai_credits", "value": "12.5", "expires_in_seconds": 86_400}
    body = world.as_acme.post("holds", order).body
    assert (body["action"], body["quantity"], body["credits"]) == (None, "12.5", "12.5")
    assert body["expires_at"] == "2026-09-21T12:00:00Z"


@pytest.mark.parametrize("again", [{}, {"quantity": "1.0"}, {"expires_in_seconds": 900}])
def test_the_same_order_again_is_the_same_hold(world: World, again: dict[str, Any]) -> None:
    first = world.as_acme.post("holds", ORDER)
    second = world.as_acme.post("holds", ORDER | again)
    assert (second.status, second.body) == (200, first.body)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert remaining(world.as_acme) == "4950"


def test_the_same_order_after_the_end_shows_how_it_ended(world: World) -> None:
    hold_id = held(world.as_acme)
    world.as_acme.post(f"holds/{hold_id}/release", {})
    answer = world.as_acme.post("holds", ORDER)
    assert (answer.status, answer.body["status"]) == (200, "released")


@pytest.mark.parametrize(
    "change",
    [{"quantity": 2}, {"action": "EXTRACT_TEXT"}, {"member": "bob"}, {"expires_in_seconds": 60}],
)
def test_the_same_id_with_other_content_is_refused(world: World, change: dict[str, Any]) -> None:
    held(world.as_acme)
    answer = world.as_acme.post("holds", ORDER | change)
    assert (answer.status, answer.body["code"]) == (409, "hold_conflict")
    assert Hold.objects.count() == 1


def test_the_same_id_is_another_hold_in_another_organization(world: World) -> None:
    assert held(world.as_acme) != held(world.as_crane)


def test_what_is_not_covered_is_refused_with_what_is_missing(world: World) -> None:
    api = make_customer(world, 60)
    held(api)
    answer = api.post("holds", {**ORDER, "id": "job-18"})
    assert answer.status == 402
    assert without_request_id(answer) == {
        "type": "urn:tallybook:problem:insufficient_credits",
        "title": "Not enough credits",
        "status": 402,
        "detail": "What is left does not suffice, and the plan sells no more.",
        "code": "insufficient_credits",
        "required": "50",
        "available": "10",
        "resets_at": RESETS_AT,
        "upgrade_url": "http://127.0.0.1:8000/pricing/",
    }
    assert Hold.objects.count() == 1


def test_what_is_held_is_out_of_reach_for_enforced_usage(world: World) -> None:
    api = make_customer(world, 60)
    hold_id = held(api)
    event = {"id": "a", "action": "GENERATE_REPORT", "enforce": True}
    assert api.post("usage", event).status == 402
    api.post(f"holds/{hold_id}/release", {})
    assert api.post("usage", event).status == 200


def test_what_the_plan_sells_as_overage_may_be_held(world: World) -> None:
    body = make_customer(world, 40, overage="0.15").post("holds", ORDER).body
    assert (body["credits"], body["uncovered"], body["remaining"]) == ("50", "10", "0")


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ({"action": "NO_SUCH_ACTION"}, "unknown_action"),
        ({"feature": "no_such_feature", "value": 1}, "feature_not_in_plan"),
        ({"feature": "documents", "value": 1}, "feature_not_in_plan"),
        ({"action": "EXTRACT_TEXT", "quantity": "999999999999"}, "quantity_too_large"),
    ],
)
def test_what_cannot_be_held_says_why(world: World, order: dict[str, Any], reason: str) -> None:
    answer = world.as_acme.post("holds", {"id": "a", **order})
    assert (answer.status, answer.body["code"]) == (422, "hold_rejected")
    assert answer.body["reason"] == reason
    assert not Hold.objects.exists()


@pytest.mark.parametrize(
    ("order", "pointer", "code"),
    [
        ({"action": "A"}, "/id", "missing"),
        ({"id": "a b", "action": "A"}, "/id", "invalid_id"),
        ({"id": "a"}, "", "action_or_feature"),
        ({"id": "a", "action": "A", "feature": "b"}, "", "action_or_feature"),
        ({"id": "a", "feature": "b"}, "/value", "missing"),
        ({"id": "a", "feature": "b", "value": 0}, "/value", "invalid_quantity"),
        ({"id": "a", "action": "A", "quantity": "0"}, "/quantity", "invalid_quantity"),
        ({"id": "a", "action": "A", "member": "a\n"}, "/member", "invalid_text"),
        ({"id": "a", "action": "A", "expires_in_seconds": 0}, "/expires_in_seconds", "wrong_type"),
        (
            {"id": "a", "action": "A", "expires_in_seconds": 86_401},
            "/expires_in_seconds",
            "wrong_type",
        ),
        ({"id": "a", "action": "A", "expires_in_seconds": True}, "/expires_in_seconds", None),
        ({"id": "a", "action": "A", "expires_in_seconds": "60"}, "/expires_in_seconds", None),
        ({"id": "a", "action": "A", "enforce": True}, "/enforce", "unknown_field"),
        ([ORDER], "", "wrong_type"),
    ],
)
def test_an_order_that_cannot_be_read_is_pointed_at(
    world: World, order: Any, pointer: str, code: str | None
) -> None:
    answer = world.as_acme.post("holds", order)
    assert (answer.status, answer.body["code"]) == (400, "invalid_request")
    [error] = answer.body["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code or "wrong_type")
    assert not Hold.objects.exists()


def test_settling_books_what_was_really_used(world: World) -> None:
    hold_id = held(world.as_acme, quantity=3, member="u_17")
    answer = world.as_acme.post(
        f"holds/{hold_id}/settle",
        {"quantity": 2, "cost": "3.5", "properties": {"model": "large"}},
    )
    assert (answer.status, answer.body["usage"]) == (
        200,
        {
            "id": "job-17",
            "outcome": "accepted",
            "feature": "ai_credits",
            "credits": "100",
            "overage": "0",
            "remaining": "4900",
            "value_line": "100 credits, about $300 of value",
        },
    )
    hold = answer.body["hold"]
    assert (hold["id"], hold["status"], hold["event"]) == (hold_id, "settled", "job-17")
    assert hold["ended_at"] == "2026-09-20T12:00:00Z"
    assert remaining(world.as_acme) == "4900"
    event = UsageEvent.objects.get()
    assert (event.event_id, event.member, event.quantity) == ("job-17", "u_17", 2)
    assert (event.cost, event.properties) == (Decimal("3.5"), {"model": "large"})
    assert event.api_key is not None
    assert event.api_key.organization_id == world.acme.pk
    assert list(find_violations()) == []


def test_more_than_was_held_is_paid_like_any_usage(world: World) -> None:
    api = make_customer(world, 60)
    answer = api.post(f"holds/{held(api)}/settle", {"quantity": 2})
    usage = answer.body["usage"]
    assert (usage["credits"], usage["overage"], usage["remaining"]) == ("100", "40", "0")


def test_a_feature_is_settled_by_its_value_and_under_an_id_of_its_own(world: World) -> None:
    hold_id = held(world.as_acme, id="a", action=None, feature="ai_credits", value="10")
    answer = world.as_acme.post(f"holds/{hold_id}/settle", {"value": "7.5", "id": "req-1"})
    assert (answer.body["usage"]["id"], answer.body["usage"]["credits"]) == ("req-1", "7.5")
    assert answer.body["hold"]["event"] == "req-1"


def test_settling_again_with_the_same_content_is_a_duplicate(world: World) -> None:
    path = f"holds/{held(world.as_acme)}/settle"
    first = world.as_acme.post(path, {"quantity": 1})
    again = world.as_acme.post(path, {"quantity": "1.0", "id": "job-17"})
    assert (again.status, again.body) == (
        200,
        {**first.body, "usage": {**first.body["usage"], "outcome": "duplicate"}},
    )
    assert UsageEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"quantity": 2}, "event_conflict"),
        ({"quantity": 1, "cost": "1"}, "event_conflict"),
        ({"quantity": 1, "id": "another"}, "hold_ended"),
    ],
)
def test_settling_again_with_other_content_is_refused(
    world: World, body: dict[str, Any], code: str
) -> None:
    path = f"holds/{held(world.as_acme)}/settle"
    world.as_acme.post(path, {"quantity": 1})
    answer = world.as_acme.post(path, body)
    assert (answer.status, answer.body["code"]) == (409, code)
    assert UsageEvent.objects.get().quantity == 1


def test_an_event_that_was_reported_apart_does_not_settle(world: World) -> None:
    world.as_acme.post("usage", ORDER)
    hold_id = held(world.as_acme)
    answer = world.as_acme.post(f"holds/{hold_id}/settle", {"quantity": 1})
    assert answer.status == 409
    assert world.as_acme.get(f"holds/{hold_id}").body["status"] == "open"
    assert UsageEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/quantity", "missing"),
        ({"value": 1}, "/value", "wrong_field"),
        ({"quantity": 0}, "/quantity", "invalid_quantity"),
        ({"quantity": 1, "id": ""}, "/id", "invalid_id"),
        ({"quantity": 1, "occurred_at": "today"}, "/occurred_at", "invalid_timestamp"),
        ({"quantity": 1, "cost": "-1"}, "/cost", "invalid_cost"),
        ({"quantity": 1, "member": "bob"}, "/member", "unknown_field"),
        ({"quantity": 1, "properties": {"a": []}}, "/properties", "wrong_type"),
    ],
)
def test_a_settlement_that_cannot_be_read_is_pointed_at(
    world: World, body: Any, pointer: str, code: str
) -> None:
    hold_id = held(world.as_acme)
    answer = world.as_acme.post(f"holds/{hold_id}/settle", body)
    assert (answer.status, answer.body["code"]) == (400, "invalid_request")
    [error] = answer.body["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)
    assert Hold.objects.get().outcome is None


def test_the_value_of_an_action_is_not_what_a_feature_takes(world: World) -> None:
    hold_id = held(world.as_acme, action=None, feature="ai_credits", value="10")
    for body, pointer in (({"quantity": 1}, "/quantity"), ({}, "/value")):
        answer = world.as_acme.post(f"holds/{hold_id}/settle", body)
        assert [error["pointer"] for error in answer.body["errors"]] == [pointer]


def test_what_cannot_be_booked_leaves_the_hold_open(world: World) -> None:
    hold_id = held(world.as_acme)
    future = {"quantity": 1, "occurred_at": "2026-09-20T12:05:01Z"}
    answer = world.as_acme.post(f"holds/{hold_id}/settle", future)
    assert (answer.status, answer.body["reason"]) == (422, "occurred_in_future")
    assert world.as_acme.get(f"holds/{hold_id}").body["status"] == "open"
    assert remaining(world.as_acme) == "4950"


@pytest.mark.parametrize("body", [b"", b"{}", b'{"organization": "customer-1"}'])
def test_releasing_returns_everything(world: World, body: bytes) -> None:
    hold_id = held(world.as_acme)
    path = f"holds/{hold_id}/release"
    answer = world.as_acme.send("POST", path, body)
    assert (answer.status, answer.body["status"]) == (200, "released")
    assert answer.body["ended_at"] == "2026-09-20T12:00:00Z"
    assert remaining(world.as_acme) == "5000"
    again = world.as_acme.send("POST", path, body)
    assert (again.status, again.body) == (200, answer.body)
    assert world.as_acme.get(f"holds/{hold_id}").body == answer.body
    assert list(find_violations()) == []


def test_a_hold_ends_once(world: World) -> None:
    settled, released = held(world.as_acme), held(world.as_acme, id="job-18")
    world.as_acme.post(f"holds/{settled}/settle", {"quantity": 1})
    world.as_acme.post(f"holds/{released}/release", {})
    before = LedgerTransfer.objects.count()
    for path, body in (
        (f"holds/{settled}/release", {}),
        (f"holds/{released}/settle", {"quantity": 1}),
    ):
        answer = world.as_acme.post(path, body)
        assert (answer.status, answer.body["code"]) == (409, "hold_ended")
    assert LedgerTransfer.objects.count() == before


def test_after_its_time_a_hold_is_over(world: World, clock: time_machine.Traveller) -> None:
    hold_id = held(world.as_acme, expires_in_seconds=60)
    clock.move_to(NOW + timedelta(seconds=60))
    for end, body in (("settle", {"quantity": 1}), ("release", {})):
        answer = world.as_acme.post(f"holds/{hold_id}/{end}", body)
        assert (answer.status, answer.body["code"]) == (409, "hold_ended")
    ended = world.as_acme.get(f"holds/{hold_id}").body
    assert (ended["status"], ended["ended_at"]) == ("expired", "2026-09-20T12:01:00Z")
    event = world.as_acme.post("usage", {"id": "a", "action": "EXTRACT_TEXT"})
    assert event.body["remaining"] == "4995"
    assert world.as_acme.get(f"holds/{hold_id}").body == ended


def test_a_hold_of_somebody_else_looks_like_a_missing_one(world: World) -> None:
    hold_id = held(world.as_crane)
    before = LedgerTransfer.objects.count()
    for path, body in (
        ("holds/{}/settle", {"quantity": 1}),
        ("holds/{}/release", {}),
        ("holds/{}", None),
    ):
        answers = [
            world.as_acme.get(path.format(name))
            if body is None
            else world.as_acme.post(path.format(name), body)
            for name in (hold_id, "hold_00000000000000000000000000")
        ]
        assert {answer.status for answer in answers} == {404}
        assert without_request_id(answers[0]) == without_request_id(answers[1])
        assert answers[0].body["code"] == "hold_not_found"
    assert LedgerTransfer.objects.count() == before


@pytest.mark.parametrize(("ending", "used"), [("release", {}), ("settle", {"value": "0.000001"})])
def test_what_the_company_holds_no_key_of_the_customer_ends(
    world: World, ending: str, used: dict[str, Any]
) -> None:
    """Released while the action runs, its use could not be settled, and would be free."""
    order = {"id": "job", "feature": "ai_credits", "value": "50"}
    held = world.as_platform.post("holds", order | {"organization": world.acme.public_id})
    own = Api(make_api_key(world.acme, scopes=[Scope.USAGE_WRITE], now=NOW).secret)
    refused = own.post(f"holds/{held.body['id']}/{ending}", used)
    assert (refused.status, refused.body["code"]) == (403, "platform_key_required")
    assert Hold.objects.get().outcome is None
    foreign = Api(make_api_key(world.crane, scopes=[Scope.USAGE_WRITE], now=NOW).secret)
    assert foreign.post(f"holds/{held.body['id']}/{ending}", used).status == 404
    mine = own.post("holds", order | {"id": "own"})
    assert own.post(f"holds/{mine.body['id']}/{ending}", used).status == 200
    assert world.as_acme.post(f"holds/{held.body['id']}/{ending}", used).status == 200


def test_what_the_company_holds_is_settled_whatever_the_customer_has_reported(world: World) -> None:
    """Customers read the key of a hold. An event of that name would keep its use from the books."""
    order = {"id": "job", "feature": "ai_credits", "value": "50"}
    held = world.as_platform.post("holds", order | {"organization": world.acme.public_id})
    own = Api(make_api_key(world.acme, scopes=[Scope.USAGE_WRITE], now=NOW).secret)
    own.post("usage", {"id": "job", "feature": "ai_credits", "value": "0.000001"})
    path = f"holds/{held.body['id']}/settle"
    used = {"value": "50", "organization": world.acme.public_id}
    first = world.as_platform.post(path, used)
    assert (first.status, first.body["usage"]["outcome"]) == (200, "accepted")
    booked = UsageEvent.objects.get(credits=50)
    assert first.body["usage"]["id"] == first.body["hold"]["event"] == booked.event_id != "job"
    again = world.as_platform.post(path, used)
    assert (again.status, again.body["usage"]["outcome"]) == (200, "duplicate")
    assert again.body["hold"] == first.body["hold"]
    other = world.as_platform.post(path, used | {"value": "49"})
    assert (other.status, other.body["code"]) == (409, "event_conflict")
    assert UsageEvent.objects.count() == 2
    assert list(find_violations()) == []


def test_a_platform_key_names_whose_hold_it_is(world: World) -> None:
    api = world.as_platform
    hold_id = held(api, organization="customer-1")
    assert api.post(f"holds/{hold_id}/settle", {"quantity": 1}).body["code"] == (
        "organization_required"
    )
    assert api.post(f"holds/{hold_id}/release", {}).body["code"] == "organization_required"
    assert api.get(f"holds/{hold_id}").body["code"] == "organization_required"
    foreign = {"quantity": 1, "organization": "customer-2"}
    assert api.post(f"holds/{hold_id}/settle", foreign).status == 404
    named = {"quantity": 1, "organization": world.acme.public_id}
    assert api.post(f"holds/{hold_id}/settle", named).status == 200
    assert api.get(f"holds/{hold_id}?organization=customer-1").body["status"] == "settled"


@pytest.mark.parametrize("name", ["hold_", "HOLD_x", "job-17", "hold_" + "0" * 27, "a%2fb", "%00"])
def test_what_is_no_id_of_ours_is_no_address(world: World, name: str) -> None:
    answer = world.as_acme.get(f"holds/{name}")
    assert (answer.status, answer.body["code"]) == (404, "route_not_found")
