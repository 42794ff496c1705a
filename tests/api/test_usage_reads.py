"""What was used, what paid for it, and how the books say so."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from billing.agreements.operations import cancel_agreement
from tests.api.conftest import NOW, World
from tests.factories.agreements import make_agreement
from tests.factories.catalog import STAFF

SEPTEMBER = "from=2026-09-01T00:00:00Z&to=2026-10-01T00:00:00Z"
CREDITS = "feature=ai_credits"


def report(world: World, event_id: str, action: str = "EXTRACT_TEXT", **fields: Any) -> None:
    """Report an event of Acme's."""
    answer = world.as_acme.post("usage", {"id": event_id, "action": action, **fields})
    assert answer.status == 200, answer.body


def sums(world: World, by: str, span: str = SEPTEMBER) -> list[tuple[Any, ...]]:
    """What the summary says, in short."""
    answer = world.as_acme.get(f"usage/summary?{CREDITS}&{span}&by={by}")
    assert answer.status == 200, answer.body
    return [
        (item["key"], item["name"], item["credits"], item["event_count"])
        for item in answer.body["data"]
    ]


@pytest.fixture
def busy(world: World, clock: time_machine.Traveller) -> World:
    """Acme has used three actions on two days, by two members."""
    report(world, "a", "GENERATE_REPORT", occurred_at="2026-09-18T23:30:00Z", member="u_17")
    report(world, "b", quantity=3, occurred_at="2026-09-19T00:30:00Z", member="u_18")
    world.as_acme.post("usage", {"id": "c", "feature": "ai_credits", "value": "2.5"})
    report(world, "d", "GENERATE_REPORT")
    world.as_acme.post("usage/d/reverse", {"reason": "It failed."})
    return world


def test_a_summary_in_full(busy: World) -> None:
    answer = busy.as_acme.get(f"usage/summary?{CREDITS}&{SEPTEMBER}&by=action")
    assert (answer.status, answer.body) == (
        200,
        {
            "feature": "ai_credits",
            "unit": "credit",
            "unit_plural": "credits",
            "by": "action",
            "time_zone": "UTC",
            "data": [
                {
                    "key": "GENERATE_REPORT",
                    "name": "Generate report",
                    "quantity": "1",
                    "credits": "50",
                    "overage": "0",
                    "event_count": 1,
                },
                {
                    "key": "EXTRACT_TEXT",
                    "name": "Extract text",
                    "quantity": "3",
                    "credits": "15",
                    "overage": "0",
                    "event_count": 1,
                },
                {
                    "key": None,
                    "name": None,
                    "quantity": "2.5",
                    "credits": "2.5",
                    "overage": "0",
                    "event_count": 1,
                },
            ],
            "has_more": False,
        },
    )


def test_usage_by_day_hour_member_and_key(busy: World) -> None:
    assert sums(busy, "day") == [
        ("2026-09-18", None, "50", 1),
        ("2026-09-19", None, "15", 1),
        ("2026-09-20", None, "2.5", 1),
    ]
    assert [key for key, *_ in sums(busy, "hour")] == [
        "2026-09-18T23:00:00Z",
        "2026-09-19T00:00:00Z",
        "2026-09-20T12:00:00Z",
    ]
    assert sums(busy, "member") == [
        ("u_17", None, "50", 1),
        ("u_18", None, "15", 1),
        ("", None, "2.5", 1),
    ]
    [(key, name, credits, count)] = sums(busy, "api_key")
    assert key.startswith("key_")
    assert (name, credits, count) == ("Worker", "67.5", 3)


def test_a_key_of_the_platform_is_not_told(world: World) -> None:
    body = {"organization": "customer-1", "id": "a", "action": "EXTRACT_TEXT"}
    assert world.as_platform.post("usage", body).status == 200
    assert sums(world, "api_key") == [(None, None, "5", 1)]
    assert world.as_acme.get("usage/a").body["api_key"] is None


def test_days_are_those_of_the_organization(busy: World) -> None:
    busy.acme.time_zone = "Europe/Berlin"
    busy.acme.save(update_fields=["time_zone"])
    assert sums(busy, "day") == [
        ("2026-09-19", None, "65", 2),
        ("2026-09-20", None, "2.5", 1),
    ]


def test_the_end_of_a_span_is_not_part_of_it(busy: World) -> None:
    span = "from=2026-09-18T23:30:00Z&to=2026-09-19T00:30:00Z"
    assert sums(busy, "day", span) == [("2026-09-18", None, "50", 1)]


def test_a_summary_comes_in_pages(busy: World) -> None:
    path = f"usage/summary?{CREDITS}&{SEPTEMBER}&by=member"
    first = busy.as_acme.get(f"{path}&page_size=2").body
    assert ([item["key"] for item in first["data"]], first["has_more"]) == (["u_17", "u_18"], True)
    rest = busy.as_acme.get(f"{path}&starting_after=u_18").body
    assert ([item["key"] for item in rest["data"]], rest["has_more"]) == ([""], False)
    assert busy.as_acme.get(f"{path}&page_size=1000").status == 200
    assert busy.as_acme.get(f"{path}&page_size=1001").status == 400


@pytest.mark.parametrize(
    ("query", "name", "code"),
    [
        (f"{SEPTEMBER}", "?feature", "missing"),
        (f"feature=a%20b&{SEPTEMBER}", "?feature", "invalid_code"),
        (f"{CREDITS}&to=2026-10-01T00:00:00Z", "?from", "missing"),
        (f"{CREDITS}&from=2026-10-01T00:00:00Z", "?to", "missing"),
        (f"{CREDITS}&from=2026-10-01&to=2026-10-02", "?from", "invalid_timestamp"),
        (f"{CREDITS}&{SEPTEMBER}&by=week", "?by", "invalid_parameter"),
        (f"{CREDITS}&{SEPTEMBER}&by=", "?by", "invalid_parameter"),
        (
            f"{CREDITS}&from=2026-10-01T00:00:00Z&to=2026-10-01T00:00:00Z",
            "?to",
            "invalid_span",
        ),
        (
            f"{CREDITS}&from=2025-01-01T00:00:00Z&to=2026-10-01T00:00:00Z",
            "?to",
            "invalid_span",
        ),
        (f"{CREDITS}&{SEPTEMBER}&starting_after=nobody", "?starting_after", "invalid_cursor"),
        (f"{CREDITS}&{SEPTEMBER}&month=9", "?month", "unknown_parameter"),
    ],
)
def test_a_question_that_cannot_be_read_is_pointed_at(
    world: World, query: str, name: str, code: str
) -> None:
    answer = world.as_acme.get(f"usage/summary?{query}")
    assert (answer.status, answer.body["code"]) == (400, "invalid_request")
    [error] = answer.body["errors"]
    assert (error["pointer"], error["code"]) == (name, code)


@pytest.mark.parametrize("path", [f"usage/summary?{SEPTEMBER}&", "ledger?"])
def test_a_feature_that_only_others_have_is_not_found(world: World, path: str) -> None:
    answers = [
        world.as_acme.get(f"{path}feature={name}") for name in ("documents", "no_such_feature")
    ]
    assert {answer.status for answer in answers} == {404}
    assert {answer.body["code"] for answer in answers} == {"feature_not_found"}


def test_what_an_organization_had_on_an_earlier_plan_can_still_be_read(world: World) -> None:
    report(world, "a")
    cancel_agreement(agreement=world.agreement, actor=STAFF, reason="test", now=NOW)
    make_agreement(world.acme, "per_seat", at=NOW)
    assert [item["feature"] for item in world.as_acme.get("balances").body["data"]] == ["documents"]
    told = world.as_acme.get(f"ledger?{CREDITS}&kind=consume").body["data"]
    assert [entry["event"] for entry in told] == ["a"]
    assert sums(world, "action") == [("EXTRACT_TEXT", "Extract text", "5", 1)]


def test_an_event_shows_what_paid_for_it(world: World) -> None:
    report(
        world,
        "a",
        "GENERATE_REPORT",
        quantity=101,
        member="u_17",
        properties={"model": "large"},
    )
    answer = world.as_acme.get("usage/a")
    allowance = world.as_acme.get("balances").body["data"][0]["grants"]
    assert allowance[0]["remaining"] == "0"
    api_key = answer.body.pop("api_key")
    assert api_key.startswith("key_")
    assert answer.body.pop("recorded_at")
    assert (answer.status, answer.body) == (
        200,
        {
            "id": "a",
            "feature": "ai_credits",
            "action": "GENERATE_REPORT",
            "quantity": "101",
            "credits": "5050",
            "overage": "50",
            "member": "u_17",
            "properties": {"model": "large"},
            "tokens": None,
            "hold": None,
            "late": False,
            "occurred_at": "2026-09-20T12:00:00Z",
            "counted_at": "2026-09-20T12:00:00Z",
            "reversal": None,
            "payments": [
                {
                    "kind": "consume",
                    "amount": "5000",
                    "credit_grant": allowance[0]["id"],
                    "category": "allowance",
                    "occurred_at": "2026-09-20T12:00:00Z",
                },
                {
                    "kind": "overage",
                    "amount": "50",
                    "credit_grant": None,
                    "category": None,
                    "occurred_at": "2026-09-20T12:00:00Z",
                },
            ],
        },
    )


def test_an_event_that_was_taken_back_says_so(busy: World) -> None:
    body = busy.as_acme.get("usage/d").body
    assert body["reversal"] == {
        "reversed_at": "2026-09-20T12:00:00Z",
        "reason": "It failed.",
        "replaced_by": None,
    }
    told = [(payment["kind"], payment["amount"]) for payment in body["payments"]]
    assert told == [("consume", "50"), ("reverse", "-50")]


def test_an_event_that_settled_a_hold_names_it(world: World) -> None:
    hold = world.as_acme.post("holds", {"id": "job-1", "action": "EXTRACT_TEXT"}).body["id"]
    world.as_acme.post(f"holds/{hold}/settle", {"quantity": 1})
    assert world.as_acme.get("usage/job-1").body["hold"] == hold


def test_a_late_event_shows_both_moments(world: World, clock: time_machine.Traveller) -> None:
    clock.move_to(NOW + timedelta(days=21))
    report(world, "a", occurred_at="2026-10-09T08:00:00Z")
    body = world.as_acme.get("usage/a").body
    assert (body["late"], body["occurred_at"], body["counted_at"]) == (
        True,
        "2026-10-09T08:00:00Z",
        "2026-10-11T12:00:00Z",
    )


def test_an_event_of_somebody_else_looks_like_a_missing_one(world: World) -> None:
    world.as_crane.post("usage", {"id": "a", "action": "EXTRACT_TEXT"})
    answers = [world.as_acme.get(f"usage/{name}") for name in ("a", "b")]
    for answer in answers:
        answer.body.pop("request_id")
        assert (answer.status, answer.body) == (404, answers[0].body)
    assert answers[0].body["code"] == "event_not_found"


def test_the_ledger_shows_every_entry_newest_first(busy: World) -> None:
    answer = busy.as_acme.get(f"ledger?{CREDITS}")
    assert answer.status == 200
    told = [(entry["kind"], entry["amount"], entry["event"]) for entry in answer.body["data"]]
    assert told == [
        ("reverse", "50", "d"),
        ("consume", "-50", "d"),
        ("consume", "-2.5", "c"),
        ("consume", "-15", "b"),
        ("consume", "-50", "a"),
        ("issue", "5000", None),
    ]
    entry = answer.body["data"][1]
    grant = busy.as_acme.get("balances").body["data"][0]["grants"][0]
    assert entry.pop("recorded_at")
    assert entry.pop("id").isdigit()
    assert entry == {
        "kind": "consume",
        "amount": "-50",
        "event": "d",
        "action": "GENERATE_REPORT",
        "member": "",
        "credit_grant": grant["id"],
        "category": "allowance",
        "from_grant": None,
        "hold": None,
        "late": False,
        "reversed": True,
        "occurred_at": "2026-09-20T12:00:00Z",
    }


@pytest.mark.parametrize(
    ("only", "events"),
    [
        ("kind=consume", ["d", "c", "b", "a"]),
        ("kind=issue", [None]),
        ("action=EXTRACT_TEXT", ["b"]),
        ("member=u_17", ["a"]),
        ("kind=consume&from=2026-09-19T00:00:00Z&to=2026-09-20T00:00:00Z", ["b"]),
        ("action=NO_SUCH_ACTION", []),
        ("credit_grant=crg_00000000000000000000000000", []),
    ],
)
def test_the_ledger_can_be_narrowed(busy: World, only: str, events: list[str | None]) -> None:
    answer = busy.as_acme.get(f"ledger?{CREDITS}&{only}")
    assert [entry["event"] for entry in answer.body["data"]] == events


def test_the_ledger_of_one_grant(busy: World) -> None:
    grant = busy.as_acme.get("balances").body["data"][0]["grants"][0]["id"]
    own = busy.as_acme.get(f"ledger?{CREDITS}&credit_grant={grant}").body["data"]
    assert len(own) == 6
    foreign = busy.as_crane.get(f"ledger?{CREDITS}&credit_grant={grant}")
    assert foreign.body == {"data": [], "has_more": False}


def test_the_ledger_comes_in_pages(busy: World) -> None:
    seen: list[str | None] = []
    cursor, pages = "", 0
    while True:
        body = busy.as_acme.get(f"ledger?{CREDITS}&page_size=2{cursor}").body
        seen += [entry["event"] for entry in body["data"]]
        pages += 1
        if not body["has_more"]:
            break
        cursor = f"&starting_after={body['data'][-1]['id']}"
    assert (seen, pages) == (["d", "d", "c", "b", "a", None], 3)


@pytest.mark.parametrize(
    ("query", "name", "code"),
    [
        ("", "?feature", "missing"),
        (f"{CREDITS}&kind=gift", "?kind", "invalid_parameter"),
        (f"{CREDITS}&action=a%20b", "?action", "invalid_code"),
        (f"{CREDITS}&member=a%0A", "?member", "invalid_text"),
        (f"{CREDITS}&credit_grant=a%2Fb", "?credit_grant", "invalid_id"),
        (f"{CREDITS}&from=now", "?from", "invalid_timestamp"),
        (f"{CREDITS}&starting_after=x", "?starting_after", "invalid_cursor"),
        (f"{CREDITS}&page_size=101", "?page_size", "invalid_parameter"),
    ],
)
def test_a_filter_that_cannot_be_read_is_pointed_at(
    world: World, query: str, name: str, code: str
) -> None:
    answer = world.as_acme.get(f"ledger?{query}")
    assert (answer.status, answer.body["code"]) == (400, "invalid_request")
    [error] = answer.body["errors"]
    assert (error["pointer"], error["code"]) == (name, code)


def test_a_balance_tells_what_is_held(world: World) -> None:
    world.as_acme.post("holds", {"id": "job-1", "action": "GENERATE_REPORT"})
    balance = world.as_acme.get("balances").body["data"][0]
    assert (balance["held"], balance["remaining"], balance["used"]) == ("50", "4950", "0")


def test_a_balance_at_a_moment_in_the_past(world: World, clock: time_machine.Traveller) -> None:
    report(world, "a", "GENERATE_REPORT")
    clock.shift(timedelta(hours=1))
    report(world, "b", "GENERATE_REPORT")
    [grant] = world.as_acme.get("balances").body["data"][0]["grants"]
    answer = world.as_acme.get("balances?at=2026-09-20T12:30:00Z")
    assert (answer.status, answer.body) == (
        200,
        {
            "data": [
                {
                    "feature": "ai_credits",
                    "at": "2026-09-20T12:30:00Z",
                    "remaining": "4950",
                    "grants": [{**grant, "remaining": "4950"}],
                }
            ],
            "has_more": False,
        },
    )
    before = world.as_acme.get("balances?at=2026-09-10T07:59:59Z")
    assert before.body["data"][0]["remaining"] == "0"


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("2026-09-20T12:00:01Z", "in_the_future"),
        ("yesterday", "invalid_timestamp"),
        ("", "invalid_timestamp"),
        ("2026-09-20T12:00:00", "invalid_timestamp"),
    ],
)
def test_a_moment_that_cannot_be_asked_about_is_refused(world: World, at: str, code: str) -> None:
    answer = world.as_acme.get(f"balances?at={at}")
    assert answer.status == 400
    assert [(error["pointer"], error["code"]) for error in answer.body["errors"]] == [("?at", code)]
