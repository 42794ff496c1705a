"""`POST /api/v1/usage` with one event."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from metering.models import UsageEvent
from tests.api.conftest import NOW, World
from tests.factories.accounts import make_organization
from tests.factories.agreements import make_agreement
from tests.factories.catalog import fixed, make_metered, make_plan, make_version, metered
from tests.factories.metering import make_meter

REPORT = {"id": "req-1", "action": "GENERATE_REPORT"}


def test_an_action_takes_its_credits(world: World) -> None:
    answer = world.as_acme.post("usage", {**REPORT, "quantity": "2", "member": "u_17"})
    assert (answer.status, answer.body) == (
        200,
        {
            "id": "req-1",
            "outcome": "accepted",
            "feature": "ai_credits",
            "credits": "100",
            "overage": "0",
            "remaining": "4900",
            "value_line": "100 credits, about $300 of value",
        },
    )
    event = UsageEvent.objects.get()
    assert (event.organization_id, event.event_id, event.member) == (world.acme.pk, "req-1", "u_17")
    assert (event.quantity, event.credits, event.occurred_at) == (2, 100, NOW)


def test_a_feature_takes_the_value(world: World) -> None:
    answer = world.as_acme.post("usage", {"id": "a", "feature": "ai_credits", "value": "12.5"})
    assert answer.status == 200
    assert (answer.body["credits"], answer.body["remaining"]) == ("12.5", "4987.5")
    assert answer.body["value_line"] == "12.5 credits"


def test_a_quantity_may_be_an_integer_and_is_one_unless_given(world: World) -> None:
    assert world.as_acme.post("usage", {**REPORT, "quantity": 3}).body["credits"] == "150"
    assert world.as_acme.post("usage", {**REPORT, "id": "req-2"}).body["credits"] == "50"


def test_every_field_is_kept(world: World) -> None:
    answer = world.as_acme.post(
        "usage",
        {
            **REPORT,
            "occurred_at": "2026-09-19T10:00:00.25+02:00",
            "member": "cafe\u0301",
            "cost": "0.000000000001",
            "properties": {"model": "large", "pages": 3, "cached": True},
        },
    )
    assert answer.status == 200
    event = UsageEvent.objects.get()
    assert event.occurred_at == NOW - timedelta(days=1, hours=4) + timedelta(milliseconds=250)
    assert event.member == "café"
    assert event.cost == Decimal("0.000000000001")
    assert event.properties == {"model": "large", "pages": 3, "cached": True}
    assert event.api_key is not None
    assert event.api_key.organization_id == world.acme.pk


def test_the_same_event_again_gets_the_first_receipt(world: World) -> None:
    first = world.as_acme.post("usage", REPORT)
    world.as_acme.post("usage", {**REPORT, "id": "another"})
    again = world.as_acme.post("usage", {"action": "GENERATE_REPORT", "id": "req-1"})
    assert (again.status, again.body) == (200, {**first.body, "outcome": "duplicate"})
    assert UsageEvent.objects.count() == 2


@pytest.mark.parametrize(
    ("spelled", "again"),
    [
        ({"quantity": "5"}, {"quantity": "5.000"}),
        ({"quantity": 5}, {"quantity": "5"}),
        ({}, {"quantity": 1, "member": None, "properties": {}}),
        ({"member": "caf\u00e9"}, {"member": "cafe\u0301"}),
        ({"occurred_at": "2026-09-19T10:00:00Z"}, {"occurred_at": "2026-09-19T12:00:00.0+02:00"}),
        ({"properties": {"a": 1, "b": 2}}, {"properties": {"b": 2, "a": 1}}),
        ({}, {"mode": "delta", "enforce": False}),
    ],
)
def test_another_spelling_of_the_same_event_is_a_duplicate(
    world: World, spelled: dict[str, Any], again: dict[str, Any]
) -> None:
    assert world.as_acme.post("usage", REPORT | spelled).body["outcome"] == "accepted"
    assert world.as_acme.post("usage", REPORT | again).body["outcome"] == "duplicate"


@pytest.mark.parametrize(
    "change",
    [
        {"quantity": "2"},
        {"action": "EXTRACT_TEXT"},
        {"member": "bob"},
        {"cost": "1"},
        {"occurred_at": "2026-09-19T10:00:00Z"},
        {"properties": {"a": 1}},
        {"mode": "absolute"},
        {"enforce": True},
    ],
)
def test_the_same_id_with_other_content_is_a_conflict(world: World, change: dict[str, Any]) -> None:
    world.as_acme.post("usage", REPORT)
    answer = world.as_acme.post("usage", REPORT | change)
    assert (answer.status, answer.body["code"]) == (409, "event_conflict")
    assert (answer.body["id"], answer.body["outcome"]) == ("req-1", "conflict")
    assert UsageEvent.objects.get().quantity == 1


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"action": "NO_SUCH_ACTION"}, "unknown_action"),
        ({"feature": "no_such_feature", "value": 1}, "feature_not_in_plan"),
        ({"feature": "documents", "value": 1}, "feature_not_in_plan"),
        ({"action": "EXTRACT_TEXT", "occurred_at": "2026-09-20T12:05:01Z"}, "occurred_in_future"),
        (
            {"action": "EXTRACT_TEXT", "occurred_at": "2026-09-01T00:00:00Z"},
            "occurred_before_agreement",
        ),
        ({"action": "EXTRACT_TEXT", "quantity": "999999999999"}, "quantity_too_large"),
    ],
)
def test_what_cannot_be_booked_says_why(world: World, event: dict[str, Any], reason: str) -> None:
    answer = world.as_acme.post("usage", {"id": "a", **event})
    assert (answer.status, answer.body["code"]) == (422, "event_rejected")
    assert (answer.body["reason"], answer.body["outcome"]) == (reason, "rejected")
    assert answer.body["detail"].endswith(".")
    assert not UsageEvent.objects.exists()


@pytest.mark.parametrize(
    ("event", "pointer", "code"),
    [
        ({"action": "EXTRACT_TEXT"}, "/id", "missing"),
        ({"id": "a b", "action": "EXTRACT_TEXT"}, "/id", "invalid_id"),
        ({"id": 1, "action": "EXTRACT_TEXT"}, "/id", "wrong_type"),
        ({"id": "a"}, "", "action_or_feature"),
        ({"id": "a", "action": "A", "feature": "b"}, "", "action_or_feature"),
        ({"id": "a", "action": "A", "value": 1}, "/value", "wrong_field"),
        ({"id": "a", "feature": "b", "quantity": 1}, "/quantity", "wrong_field"),
        ({"id": "a", "feature": "b"}, "/value", "missing"),
        ({"id": "a", "action": ""}, "/action", "invalid_code"),
        ({"id": "a", "action": "A", "quantity": 1.5}, "/quantity", "wrong_type"),
        ({"id": "a", "action": "A", "quantity": "0"}, "/quantity", "invalid_quantity"),
        ({"id": "a", "action": "A", "occurred_at": "today"}, "/occurred_at", "invalid_timestamp"),
        ({"id": "a", "action": "A", "member": "a\n"}, "/member", "invalid_text"),
        ({"id": "a", "action": "A", "cost": 1}, "/cost", "wrong_type"),
        ({"id": "a", "action": "A", "properties": {"a": []}}, "/properties", "wrong_type"),
        ({"id": "a", "action": "A", "mode": "total"}, "/mode", "wrong_type"),
        ({"id": "a", "action": "A", "mode": None}, "/mode", "wrong_type"),
        ({"id": "a", "action": "A", "enforce": "yes"}, "/enforce", "wrong_type"),
        ({"id": "a", "action": "A", "enforce": 1}, "/enforce", "wrong_type"),
        ({"id": "a", "feature": "b", "value": "-1"}, "/value", "invalid_quantity"),
        ({"id": "a", "action": "A", "reason": "b"}, "/reason", "unknown_field"),
        ([{"id": "a", "action": "A"}], "", "wrong_type"),
    ],
)
def test_what_cannot_be_read_is_pointed_at(
    world: World, event: Any, pointer: str, code: str
) -> None:
    answer = world.as_acme.post("usage", event)
    assert (answer.status, answer.body["code"]) == (400, "invalid_request")
    [error] = answer.body["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)
    assert not UsageEvent.objects.exists()


def test_without_an_agreement_nothing_is_booked(world: World) -> None:
    make_organization("Dune", external_id="customer-3")
    answer = world.as_platform.post("usage", {**REPORT, "organization": "customer-3"})
    assert (answer.status, answer.body["reason"]) == (422, "no_agreement")


def test_a_platform_key_names_the_organization_by_either_id(world: World) -> None:
    by_code = {**REPORT, "organization": world.acme.public_id}
    by_own_id = {**REPORT, "id": "req-2", "organization": "customer-2"}
    assert world.as_platform.post("usage", by_code).status == 200
    assert world.as_platform.post("usage", by_own_id).status == 200
    owners = UsageEvent.objects.order_by("pk").values_list("organization_id", flat=True)
    assert list(owners) == [world.acme.pk, world.crane.pk]


def test_a_platform_key_must_name_the_organization(world: World) -> None:
    answer = world.as_platform.post("usage", REPORT)
    assert (answer.status, answer.body["code"]) == (400, "organization_required")


def test_another_organization_is_not_found_whether_it_exists_or_not(world: World) -> None:
    names = [world.crane.public_id, "customer-2", "org_missing", "a\u200b", ""]
    answers = [world.as_acme.post("usage", {**REPORT, "organization": name}) for name in names]
    for answer in answers:
        answer.body.pop("request_id")
    assert {answer.status for answer in answers} == {404}
    assert all(answer.body == answers[0].body for answer in answers)
    assert not UsageEvent.objects.exists()


def test_an_organization_key_may_name_its_own(world: World) -> None:
    for number, name in enumerate([world.acme.public_id, "customer-1"]):
        event = {**REPORT, "id": f"req-{number}", "organization": name}
        assert world.as_acme.post("usage", event).status == 200


def test_the_same_id_means_another_event_in_another_organization(world: World) -> None:
    assert world.as_acme.post("usage", REPORT).body["outcome"] == "accepted"
    assert world.as_crane.post("usage", REPORT).body["outcome"] == "accepted"


def test_a_meter_made_a_moment_ago_is_called_by_its_unit(world: World) -> None:
    world.as_acme.post("usage", REPORT)  # The units' names are remembered from here on.
    pages = make_meter("pages", unit="page")
    make_version(
        make_plan(world.catalog.legacy, "pages"),
        metered(make_metered(pages), allowance=None),
        prices=(fixed("1"),),
    )
    crew = make_organization("Crew")
    make_agreement(crew, "pages")
    answer = world.as_platform.post(
        "usage", {"id": "p", "feature": "pages", "value": 2, "organization": crew.public_id}
    )
    assert (answer.status, answer.body["value_line"]) == (200, "2 pages")
