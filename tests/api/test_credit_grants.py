"""`POST /api/v1/credit-grants`, and what became of a grant."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import AuditEntry, IdempotencyRecord
from billing.models import ManualCredit
from metering.ledger.audit import find_violations
from metering.models import CreditGrant
from tests.api.conftest import Api, World

GRANT = {
    "organization": "customer-1",
    "feature": "ai_credits",
    "category": "promotion",
    "amount": "500",
    "reason": "Spring campaign",
}


def given(world: World, **changes: Any) -> dict[str, Any]:
    """A grant of Acme's, as it was answered."""
    answer = world.as_platform.post("credit-grants", GRANT | changes)
    assert answer.status == 201, answer.body
    return dict(answer.body)


def promotions() -> int:
    """How many grants there are that nobody's plan includes."""
    return CreditGrant.objects.exclude(category="allowance").count()


def test_credits_are_given_and_written_down(world: World) -> None:
    grant = given(
        world,
        expires_at="2027-03-31T00:00:00+02:00",
        priority=10,
        actions=["GENERATE_REPORT", "EXTRACT_TEXT"],
    )
    stored = CreditGrant.objects.get(category="promotion")
    assert grant == {
        "id": stored.public_id,
        "feature": "ai_credits",
        "category": "promotion",
        "amount": "500",
        "remaining": "500",
        "effective_at": "2026-09-20T12:00:00Z",
        "expires_at": "2027-03-30T22:00:00Z",
        "actions": ["EXTRACT_TEXT", "GENERATE_REPORT"],
    }
    assert (stored.organization_id, stored.priority) == (world.acme.pk, 10)
    entry = AuditEntry.objects.get(action="credit_grant.created")
    assert (entry.target, entry.reason) == (stored.public_id, "Spring campaign")
    assert entry.organization == world.acme
    assert entry.actor.startswith("API key key_")
    assert entry.changes["amount"] == "500"
    assert list(find_violations()) == []


def test_more_than_the_limit_waits_for_a_person(world: World) -> None:
    order = GRANT | {"amount": "1000.000001"}
    answers = [
        world.as_platform.post("credit-grants", order, Idempotency_Key="large") for _ in range(2)
    ]
    assert [answer.status for answer in answers] == [202, 202]
    asked = ManualCredit.objects.get()
    assert answers[0].body == answers[1].body
    assert answers[0].body == {
        "id": asked.public_id,
        "status": "waiting",
        "feature": "ai_credits",
        "category": "promotion",
        "amount": "1000.000001",
        "expires_at": None,
        "asked_at": "2026-09-20T12:00:00Z",
    }
    assert promotions() == 0
    assert asked.asked_label.startswith("API key key_")


def test_exactly_the_limit_is_given_as_often_as_an_app_wants(world: World) -> None:
    given(world, amount="1000")
    given(world, amount="1000")
    assert promotions() == 2


def test_what_was_paid_for_elsewhere_has_no_limit(world: World) -> None:
    assert given(world, category="purchase", amount="250000")["amount"] == "250000"


@pytest.mark.parametrize("category", ["promotion", "adjustment", "purchase"])
def test_they_can_be_spent_at_once(world: World, category: str) -> None:
    given(world, category=category, amount=10)
    balance = world.as_acme.get("balances").body["data"][0]
    assert (balance["granted"], balance["remaining"]) == ("5010", "5010")
    assert [grant["category"] for grant in balance["grants"]] == ["allowance", category]
    assert world.as_crane.get("balances").body["data"][0]["remaining"] == "5000"


def test_restricted_credits_pay_for_their_actions_only(world: World) -> None:
    given(world, actions=["GENERATE_REPORT"], priority=1)
    api = world.as_acme
    assert api.get("balances").body["data"][0]["remaining"] == "5000"
    report = api.post("usage", {"id": "a", "action": "GENERATE_REPORT"})
    assert report.body["remaining"] == "5450"
    text = api.post("usage", {"id": "b", "action": "EXTRACT_TEXT"})
    assert text.body["remaining"] == "4995"
    [promotion, _] = api.get("balances").body["data"][0]["grants"]
    assert (promotion["remaining"], promotion["actions"]) == ("450", ["GENERATE_REPORT"])


def test_the_same_request_again_gives_once(world: World) -> None:
    first = world.as_platform.post("credit-grants", GRANT, Idempotency_Key="grant-1")
    again = world.as_platform.post("credit-grants", GRANT, Idempotency_Key="grant-1")
    assert (again.status, again.raw) == (201, first.raw)
    assert again.headers["Idempotent-Replayed"] == "true"
    other = world.as_platform.post(
        "credit-grants", GRANT | {"amount": 1}, Idempotency_Key="grant-1"
    )
    assert (other.status, other.body["code"]) == (409, "idempotency_key_reused")
    assert promotions() == 1


def test_a_process_that_died_after_giving_does_not_give_again(world: World) -> None:
    first = world.as_platform.post("credit-grants", GRANT, Idempotency_Key="grant-1")
    IdempotencyRecord.objects.all().delete()  # The answer was lost with the process.
    again = world.as_platform.post("credit-grants", GRANT, Idempotency_Key="grant-1")
    assert (again.status, again.body) == (201, first.body)
    assert "Idempotent-Replayed" not in again.headers
    assert promotions() == 1
    assert AuditEntry.objects.filter(action="credit_grant.created").count() == 1


def test_without_an_idempotency_key_each_request_gives(world: World) -> None:
    assert given(world)["id"] != given(world)["id"]
    assert promotions() == 2


def test_an_organization_gives_itself_nothing(world: World) -> None:
    for name in ("customer-1", "customer-2", "nobody"):
        answer = world.as_acme.post("credit-grants", GRANT | {"organization": name})
        assert (answer.status, answer.body["code"]) == (403, "platform_key_required")
    assert promotions() == 0


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"organization": "nobody"}, 404, "organization_not_found"),
        ({"feature": "no_such_feature"}, 404, "feature_not_found"),
        ({"feature": "advanced_ai"}, 404, "feature_not_found"),
        ({"actions": ["NO_SUCH_ACTION"]}, 400, "unknown_action"),
        ({"feature": "documents", "actions": ["EXTRACT_TEXT"]}, 400, "unknown_action"),
        ({"expires_at": "2026-09-20T12:00:00Z"}, 400, "expires_in_the_past"),
    ],
)
def test_what_cannot_be_given_says_why(
    world: World, change: dict[str, Any], status: int, code: str
) -> None:
    answer = world.as_platform.post("credit-grants", GRANT | change)
    assert (answer.status, answer.body["code"]) == (status, code)
    assert promotions() == 0


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"category": "allowance"}, "/category", "invalid_category"),
        ({"category": "guarantee"}, "/category", "invalid_category"),
        ({"amount": 0}, "/amount", "invalid_quantity"),
        ({"amount": "-1"}, "/amount", "invalid_quantity"),
        ({"reason": ""}, "/reason", "invalid_text"),
        ({"reason": "x" * 201}, "/reason", "invalid_text"),
        ({"expires_at": "tomorrow"}, "/expires_at", "invalid_timestamp"),
        ({"priority": -1}, "/priority", "wrong_type"),
        ({"priority": 1_001}, "/priority", "wrong_type"),
        ({"actions": []}, "/actions", "invalid_actions"),
        ({"actions": ["A"] * 21}, "/actions", "invalid_actions"),
        ({"actions": ["A", "b c"]}, "/actions/1", "invalid_code"),
        ({"source": "agr_1"}, "/source", "unknown_field"),
    ],
)
def test_an_order_that_cannot_be_read_is_pointed_at(
    world: World, change: dict[str, Any], pointer: str, code: str
) -> None:
    answer = world.as_platform.post("credit-grants", GRANT | change)
    assert (answer.status, answer.body["code"]) == (400, "invalid_request")
    [error] = answer.body["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)
    assert promotions() == 0


@pytest.mark.parametrize("field", ["organization", "feature", "category", "amount", "reason"])
def test_a_missing_field_is_named(world: World, field: str) -> None:
    order = {name: value for name, value in GRANT.items() if name != field}
    answer = world.as_platform.post("credit-grants", order)
    assert [error["pointer"] for error in answer.body["errors"]] == [f"/{field}"]


def test_the_statement_of_a_grant_adds_up(world: World, clock: time_machine.Traveller) -> None:
    grant = given(world, priority=1, amount=100)
    api = world.as_acme
    api.post("usage", {"id": "a", "action": "GENERATE_REPORT", "member": "u_17"})
    clock.shift(timedelta(seconds=1))
    hold = api.post("holds", {"id": "job-1", "feature": "ai_credits", "value": 20}).body
    answer = api.get(f"credit-grants/{grant['id']}")
    assert answer.status == 200
    entries = answer.body.pop("entries")
    assert answer.body == {
        **grant,
        "remaining": "30",
        "consumed": "50",
        "held": "20",
        "expired": "0",
        "rolled_over": "0",
        "parent": None,
        "child": None,
        "ended_at": None,
        "has_more": False,
    }
    told = [(entry["kind"], entry["amount"], entry["event"], entry["hold"]) for entry in entries]
    assert told == [
        ("hold", "-20", None, hold["id"]),
        ("consume", "-50", "a", None),
        ("issue", "100", None, None),
    ]
    assert (entries[1]["action"], entries[1]["member"]) == ("GENERATE_REPORT", "u_17")


def test_the_statement_comes_in_pages(world: World, clock: time_machine.Traveller) -> None:
    path = f"credit-grants/{given(world, priority=1)['id']}"
    for number in range(4):
        clock.shift(timedelta(seconds=1))
        world.as_acme.post("usage", {"id": f"e{number}", "action": "EXTRACT_TEXT"})
    seen: list[str | None] = []
    query, pages = "?page_size=2", 0
    while True:
        body = world.as_acme.get(path + query).body
        seen += [entry["event"] for entry in body["entries"]]
        pages += 1
        if not body["has_more"]:
            break
        query = f"?page_size=2&starting_after={body['entries'][-1]['id']}"
    assert (seen, pages) == (["e3", "e2", "e1", "e0", None], 3)


def test_a_grant_of_somebody_else_looks_like_a_missing_one(world: World) -> None:
    grant = given(world, organization="customer-2")
    answers = [
        world.as_acme.get(f"credit-grants/{name}")
        for name in (grant["id"], "crg_00000000000000000000000000")
    ]
    for answer in answers:
        answer.body.pop("request_id")
        assert (answer.status, answer.body) == (404, answers[0].body)
    assert answers[0].body["code"] == "grant_not_found"
    foreign = world.as_platform.get(f"credit-grants/{grant['id']}?organization=customer-1")
    assert foreign.status == 404
    own = world.as_platform.get(f"credit-grants/{grant['id']}?organization=customer-2")
    assert own.body["remaining"] == "500"


@pytest.mark.parametrize("cursor", ["", "0", "-1", "a", "1" * 19, "%D9%A3", "1.0"])
def test_a_cursor_that_is_none_is_refused(world: World, cursor: str) -> None:
    path = f"credit-grants/{given(world)['id']}?starting_after={cursor}"
    answer = world.as_acme.get(path)
    assert (answer.status, answer.body["errors"][0]["code"]) == (400, "invalid_cursor")


def test_grants_are_not_listed_here(world: World) -> None:
    answer: Any = Api(world.platform_key).get("credit-grants")
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")
