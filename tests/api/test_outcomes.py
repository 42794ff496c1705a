"""Outcomes: recorded once, confirmed by hand or by time, reversed for good."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.audit.actor import SYSTEM
from accounts.models import AuditEntry, WebhookEvent
from billing.models import Outcome, OutcomeDefinition
from billing.outcomes.definitions import OutcomeDetails, define_outcome
from billing.outcomes.operations import confirm_due_outcomes
from tests.api.conftest import NOW, Answer, World, at_once
from tests.api.nasty import NASTY

REPORT: dict[str, Any] = {
    "code": "meeting_booked",
    "reference": "conversation-17",
    "member": "u_17",
    "evidence": {"calendar": {"event": "ev_99", "minutes": 30}},
}
LATER = NOW + timedelta(days=3)


@pytest.fixture(autouse=True)
def meetings(request: pytest.FixtureRequest) -> OutcomeDefinition:
    """Meetings are confirmed after three days, articles at once."""
    request.getfixturevalue("crowd" if "crowd" in request.fixturenames else "world")
    for code, days in (("article_written", 0), ("meeting_booked", 3)):
        details = OutcomeDetails(name=code, confirmation_days=days)
        definition = define_outcome(code=code, details=details, actor=SYSTEM, now=NOW)
    return definition


def announced() -> list[str]:
    events = WebhookEvent.objects.filter(type__startswith="outcome.").order_by("pk")
    return [f"{event.type} {event.data['status']}" for event in events]


def test_an_outcome_is_recorded_and_waits(world: World) -> None:
    answer = world.as_acme.post("outcomes", REPORT)
    assert answer.status == 201
    assert answer.body.pop("id").startswith("out_")
    assert answer.body == REPORT | {
        "organization": world.acme.public_id,
        "status": "pending",
        "occurred_at": "2026-09-20T12:00:00Z",
        "confirms_at": "2026-09-23T12:00:00Z",
        "confirmed_at": None,
        "reversed_at": None,
        "reversal_reason": None,
        "reversible_until": None,
        "feature": None,
        "charge": "none",
        "usage_event": None,
        "not_charged": None,
        "dispute": None,
    }
    [event] = WebhookEvent.objects.filter(type="outcome.recorded")
    assert event.organization_id == world.acme.pk
    assert (event.data["reference"], event.data["confirms_at"]) == (
        "conversation-17",
        "2026-09-23T12:00:00Z",
    )


def test_the_same_facts_are_the_same_outcome(world: World, clock: time_machine.Traveller) -> None:
    first = world.as_acme.post("outcomes", REPORT)
    clock.move_to(LATER)
    again = world.as_acme.post("outcomes", REPORT)
    assert (again.status, again.body) == (200, first.body)
    assert again.headers["Idempotent-Replayed"] == "true"
    explicit = world.as_platform.post(
        "outcomes", REPORT | {"organization": "customer-1", "occurred_at": "2026-09-20T12:00:00Z"}
    )
    assert (explicit.status, explicit.body) == (200, first.body)
    assert announced() == ["outcome.recorded pending"]


@pytest.mark.parametrize(
    "other",
    [
        {"member": "u_18"},
        {"occurred_at": "2026-09-20T11:00:00Z"},
        {"evidence": {}},
        {"evidence": {"calendar": {"event": "ev_99", "minutes": True}}},
    ],
)
def test_other_facts_are_a_conflict(world: World, other: dict[str, Any]) -> None:
    outcome_id = world.as_acme.post("outcomes", REPORT).body["id"]
    answer = world.as_acme.post("outcomes", REPORT | other)
    assert (answer.status, answer.body["code"]) == (409, "outcome_conflict")
    assert answer.body["id"] == outcome_id
    assert Outcome.objects.count() == 1


def test_a_reference_is_of_one_organization_and_one_kind(world: World) -> None:
    ids = {
        world.as_acme.post("outcomes", REPORT).body["id"],
        world.as_acme.post("outcomes", REPORT | {"code": "article_written"}).body["id"],
        world.as_crane.post("outcomes", REPORT).body["id"],
    }
    assert len(ids) == 3


def test_without_a_window_it_is_confirmed_at_once(world: World) -> None:
    body = world.as_acme.post("outcomes", REPORT | {"code": "article_written"}).body
    assert (body["status"], body["confirmed_at"]) == ("confirmed", "2026-09-20T12:00:00Z")
    assert announced() == ["outcome.recorded pending", "outcome.confirmed confirmed"]


def test_the_sweep_confirms_what_its_window_has_passed(world: World) -> None:
    early = world.as_acme.post("outcomes", REPORT | {"occurred_at": "2026-09-20T11:59:59Z"}).body
    waiting = world.as_crane.post("outcomes", REPORT).body
    assert confirm_due_outcomes(now=LATER - timedelta(microseconds=1)) == 1
    assert confirm_due_outcomes(now=LATER - timedelta(microseconds=1)) == 0
    early = world.as_acme.get(f"outcomes/{early['id']}").body
    assert (early["status"], early["confirmed_at"]) == ("confirmed", "2026-09-23T11:59:59Z")
    assert world.as_crane.get(f"outcomes/{waiting['id']}").body == waiting


def test_it_is_confirmed_by_hand_once(world: World) -> None:
    outcome_id = world.as_acme.post("outcomes", REPORT).body["id"]
    first = world.as_acme.post(f"outcomes/{outcome_id}/confirm", {})
    assert (first.status, first.body["status"]) == (200, "confirmed")
    assert world.as_acme.send("POST", f"outcomes/{outcome_id}/confirm", None).body == first.body
    assert announced() == ["outcome.recorded pending", "outcome.confirmed confirmed"]
    [entry] = AuditEntry.objects.filter(action="outcome.confirmed")
    assert (entry.target, entry.changes) == (outcome_id, {"status": ["pending", "confirmed"]})
    assert confirm_due_outcomes(now=LATER) == 0


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_it_is_reversed_for_good(world: World, *, is_confirmed: bool) -> None:
    outcome_id = world.as_acme.post("outcomes", REPORT).body["id"]
    if is_confirmed:
        confirm_due_outcomes(now=LATER)
    reversal = {"reason": "The conversation was reopened"}
    answer = world.as_acme.post(f"outcomes/{outcome_id}/reverse", reversal)
    assert (answer.status, answer.body["status"]) == (200, "reversed")
    assert (answer.body["reversed_at"], answer.body["reversal_reason"]) == (
        "2026-09-20T12:00:00Z",
        "The conversation was reopened",
    )
    assert (answer.body["confirmed_at"] is not None) is is_confirmed
    for deed, body in (("reverse", reversal), ("confirm", {})):
        again = world.as_acme.post(f"outcomes/{outcome_id}/{deed}", body)
        assert (again.status, again.body["code"]) == (409, "outcome_reversed")
    assert announced()[-1] == "outcome.reversed reversed"
    [entry] = AuditEntry.objects.filter(action="outcome.reversed")
    assert entry.reason == "The conversation was reopened"
    assert confirm_due_outcomes(now=LATER) == 0


def test_lists_are_newest_first_in_pages_and_by_status_and_kind(world: World) -> None:
    ids = [
        world.as_acme.post("outcomes", REPORT | {"reference": str(number), "code": code}).body["id"]
        for number, code in enumerate(["meeting_booked", "article_written", "meeting_booked"])
    ]
    world.as_crane.post("outcomes", REPORT)
    first = world.as_acme.get("outcomes?page_size=2").body
    assert ([item["id"] for item in first["data"]], first["has_more"]) == (ids[:0:-1], True)
    rest = world.as_acme.get(f"outcomes?page_size=2&starting_after={ids[1]}").body
    assert ([item["id"] for item in rest["data"]], rest["has_more"]) == (ids[:1], False)
    for query, expected in (("status=confirmed", [1]), ("code=meeting_booked", [2, 0])):
        listed = world.as_platform.get(f"outcomes?organization=customer-1&{query}").body["data"]
        assert [item["id"] for item in listed] == [ids[place] for place in expected]
    for query in ("status=lost", "starting_after=nothing", f"starting_after={ids[0]}x"):
        assert world.as_acme.get(f"outcomes?{query}").status == 400
    assert world.as_crane.get(f"outcomes?starting_after={ids[0]}").status == 400


@pytest.mark.parametrize(
    ("method", "deed", "body"),
    [("GET", "", None), ("POST", "/confirm", "{}"), ("POST", "/reverse", '{"reason": "No"}')],
)
def test_anothers_outcome_is_none(world: World, method: str, deed: str, body: str | None) -> None:
    outcome_id = world.as_acme.post("outcomes", REPORT).body["id"]
    answers: list[Answer] = [
        world.as_crane.send(method, f"outcomes/{named}{deed}", body, X_Request_ID="a" * 32)
        for named in (outcome_id, "out_00000000000000000000000000")
    ]
    assert [(answer.status, answer.body["code"]) for answer in answers] == [
        (404, "outcome_not_found")
    ] * 2
    assert answers[0].raw == answers[1].raw
    assert Outcome.objects.get().status == "pending"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"code": "nothing"}, 404, "outcome_not_defined"),
        ({"code": "no such"}, 400, "invalid_request"),
        ({"reference": ""}, 400, "invalid_request"),
        ({"occurred_at": "2026-09-20T12:05:01Z"}, 400, "occurred_in_future"),
        ({"evidence": {"number": 2**53}}, 400, "invalid_request"),
        ({"evidence": {"number": 1e300}}, 400, "invalid_request"),
        ({"evidence": {"text": "x" * 8_192}}, 400, "invalid_request"),
        ({"evidence": []}, 400, "invalid_request"),
        ({"price": "1"}, 400, "invalid_request"),
    ],
)
def test_what_cannot_be_recorded_is_refused(
    world: World, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = world.as_acme.post("outcomes", REPORT | changes)
    assert (answer.status, answer.body["code"]) == (status, code)
    assert not Outcome.objects.exists()


def test_a_platform_key_names_the_organization(world: World) -> None:
    assert world.as_platform.post("outcomes", REPORT).body["code"] == "organization_required"
    foreign = world.as_crane.post("outcomes", REPORT | {"organization": "customer-1"})
    assert (foreign.status, foreign.body["code"]) == (404, "organization_not_found")


@pytest.mark.parametrize("field", ["reference", "member", "evidence", "occurred_at", "code"])
def test_nasty_values_break_nothing(world: World, field: str) -> None:
    for value in NASTY:
        body = f'{{"code": "meeting_booked", "reference": "a", "{field}": {value}}}'
        if field in {"code", "reference"}:
            other = "code" if field == "reference" else "reference"
            kept = "meeting_booked" if other == "code" else "a"
            body = f'{{"{other}": "{kept}", "{field}": {value}}}'
        sent = body.encode("utf-8", "surrogatepass")
        answer = world.as_acme.send("POST", "outcomes", sent)
        assert answer.status in {200, 201, 400, 404, 409}, (value, answer)


def test_reported_at_once_it_is_one_outcome(crowd: World) -> None:
    answers = at_once(*[lambda: crowd.as_acme.post("outcomes", REPORT)] * 4)
    assert sorted(answer.status for answer in answers) == [200, 200, 200, 201]
    assert len({answer.body["id"] for answer in answers}) == 1
    outcome = Outcome.objects.get()
    assert outcome.occurred_at == datetime(2026, 9, 20, 12, tzinfo=UTC)
