"""Totals, late reports, and what makes two reports the same."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.choices import Scope
from accounts.models import Organization
from metering.choices import Aggregation
from metering.ledger.audit import find_violations
from metering.models import UsageEvent
from portal.api.v1.reported_event import read_event
from tests.api.conftest import NOW, Answer, Api, World
from tests.factories.accounts import make_api_key, make_organization
from tests.factories.agreements import make_agreement
from tests.factories.catalog import fixed, make_metered, make_plan, make_version, metered
from tests.factories.metering import make_meter

TOTAL = {"feature": "ai_credits", "mode": "absolute"}


def used(world: World) -> str:
    """What Acme's period has come to."""
    return str(world.as_acme.get("balances").body["data"][0]["used"])


def test_a_total_books_the_difference(world: World) -> None:
    api = world.as_acme
    api.post("usage", {"id": "a", "feature": "ai_credits", "value": "10"})
    up = api.post("usage", {"id": "b", **TOTAL, "value": "12"})
    assert (up.status, up.body["credits"], up.body["remaining"]) == (200, "2", "4988")
    assert used(world) == "12"


def test_a_lower_total_takes_back_what_came_last(world: World) -> None:
    api = world.as_acme
    api.post("usage", {"id": "a", "feature": "ai_credits", "value": "10"})
    api.post("usage", {"id": "b", "feature": "ai_credits", "value": "5"})
    down = api.post("usage", {"id": "c", **TOTAL, "value": "7"})
    assert (down.status, down.body["outcome"], down.body["remaining"]) == (200, "accepted", "4993")
    assert used(world) == "7"
    assert api.post("usage", {"id": "d", **TOTAL, "value": 0}).body["remaining"] == "5000"
    assert used(world) == "0"
    assert list(find_violations()) == []


def test_to_report_less_than_before_is_the_companys_to_allow(world: World) -> None:
    """A customer's own app may report usage. It does not take its own usage back by a total."""
    reports_only = Api(make_api_key(world.acme, scopes=[Scope.USAGE_WRITE], now=NOW).secret)
    reports_only.post("usage", {"id": "a", **TOTAL, "value": "10"})
    refused = reports_only.post("usage", {"id": "b", **TOTAL, "value": "9.5"})
    assert (refused.status, refused.body["reason"]) == (422, "takes_usage_back")
    [result] = reports_only.post("usage", {"events": [{"id": "b", **TOTAL, "value": 0}]}).body[
        "results"
    ]
    assert (result["outcome"], result["reason"]) == ("rejected", "takes_usage_back")
    assert (used(world), UsageEvent.objects.count()) == ("10", 1)
    same = reports_only.post("usage", {"id": "c", **TOTAL, "value": "10"})
    more = reports_only.post("usage", {"id": "d", **TOTAL, "value": "11"})
    assert (same.body["credits"], more.body["credits"], used(world)) == ("0", "1", "11")
    company = Api(make_api_key(None, scopes=[Scope.USAGE_WRITE], now=NOW).secret)
    less = {"id": "b", **TOTAL, "value": 4, "organization": world.acme.public_id}
    assert company.post("usage", less).body["outcome"] == "accepted"
    assert used(world) == "4"


def make_dune(world: World) -> Organization:
    """A customer that pays for the gigabytes that were reported last."""
    level = make_meter("gigabytes", unit="gigabyte", aggregation=Aggregation.LATEST)
    plan = make_plan(world.catalog.legacy, "stored")
    make_version(plan, metered(make_metered(level), 10, overage="1"), prices=(fixed("10"),))
    dune = make_organization("Dune")
    make_agreement(dune, "stored")
    return dune


def test_a_level_that_falls_is_the_companys_to_report(world: World) -> None:
    dune = make_dune(world)
    own = Api(make_api_key(dune, scopes=[Scope.USAGE_WRITE], now=NOW).secret)
    trusted = Api(make_api_key(dune, scopes=[Scope.USAGE_WRITE, Scope.CREDITS_WRITE]).secret)

    def report(api: Api, key: str, level: int) -> Answer:
        return api.post("usage", {"id": key, "feature": "gigabytes", "value": level})

    assert report(own, "a", 12).status == 200
    assert report(own, "b", 3).body["reason"] == "takes_usage_back"
    assert report(trusted, "b", 3).body["outcome"] == "accepted"


def test_what_a_customer_reports_later_does_not_keep_the_company_from_reporting_more(
    world: World,
) -> None:
    """The company tells of what was stored an hour ago. Meanwhile the customer told of less."""
    dune = make_dune(world)
    own = Api(make_api_key(dune, scopes=[Scope.USAGE_WRITE], now=NOW).secret)
    trusted = Api(make_api_key(dune, scopes=[Scope.USAGE_WRITE, Scope.CREDITS_WRITE]).secret)
    company = Api(make_api_key(None, scopes=[Scope.USAGE_WRITE], now=NOW).secret)
    stored = {"feature": "gigabytes", "organization": dune.public_id}
    an_hour_ago = (NOW - timedelta(hours=1)).isoformat()

    def level(api: Api, key: str, value: int, **facts: str) -> object:
        answer = api.post("usage", {"id": key, "value": value, **stored, **facts})
        assert answer.body["outcome"] == "accepted", answer.body
        return answer.body["credits"]

    assert level(own, "a", 1) == "1"
    assert level(company, "b", 50, occurred_at=an_hour_ago) == "49"
    # Less is what was there before what is known by now, and so is anything before its own word.
    assert level(company, "c", 20, occurred_at=an_hour_ago) == "0"
    assert level(trusted, "d", 5) == "5"
    assert level(company, "e", 60, occurred_at=an_hour_ago) == "0"
    assert level(own, "f", 70, occurred_at=an_hour_ago) == "0"
    assert list(find_violations()) == []


def test_a_total_sent_again_is_a_duplicate_whatever_came_between(world: World) -> None:
    api = world.as_acme
    first = api.post("usage", {"id": "a", **TOTAL, "value": "12"})
    api.post("usage", {"id": "b", "feature": "ai_credits", "value": "1"})
    again = api.post("usage", {"id": "a", **TOTAL, "value": "12.0"})
    assert again.body == {**first.body, "outcome": "duplicate"}
    assert used(world) == "13"


def test_an_action_has_no_total(world: World) -> None:
    answer = world.as_acme.post(
        "usage", {"id": "a", "action": "EXTRACT_TEXT", "mode": "absolute", "quantity": 3}
    )
    assert (answer.status, answer.body["reason"]) == (422, "absolute_not_possible")
    assert not UsageEvent.objects.exists()


def test_what_comes_after_its_period_was_closed_is_late(
    world: World, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(days=21))
    world.as_acme.get("balances")
    answer = world.as_acme.post(
        "usage",
        {"id": "a", "action": "GENERATE_REPORT", "occurred_at": "2026-10-09T08:00:00Z"},
    )
    assert (answer.status, answer.body) == (
        200,
        {
            "id": "a",
            "outcome": "late",
            "feature": "ai_credits",
            "credits": "50",
            "overage": "0",
            "remaining": "6200",  # 5,000, and 1,250 rolled over
            "value_line": "50 credits, about $150 of value",
        },
    )
    again = world.as_acme.post(
        "usage",
        {"id": "a", "action": "GENERATE_REPORT", "occurred_at": "2026-10-09T08:00:00Z"},
    )
    assert again.body == {**answer.body, "outcome": "duplicate"}
    assert used(world) == "50"


def test_late_events_are_counted_apart_in_a_batch(
    world: World, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(days=21))
    event = {"action": "EXTRACT_TEXT"}
    answer = world.as_acme.post(
        "usage",
        {
            "events": [
                {"id": "a", **event},
                {"id": "b", **event, "occurred_at": "2026-10-09T08:00:00Z"},
            ]
        },
    )
    counts = {"accepted": 1, "late": 1, "duplicate": 0, "conflict": 0, "rejected": 0}
    assert answer.body["counts"] == counts


@pytest.mark.parametrize(
    ("event", "stored"),
    [
        ({"action": "GENERATE_REPORT"}, b'["GENERATE_REPORT",null,"1",null,"",null,null]'),
        (
            {"feature": "ai_credits", "value": "2.50", "mode": "delta", "enforce": False},
            b'[null,"ai_credits","2.5",null,"",null,null]',
        ),
        (
            {
                "action": "GENERATE_REPORT",
                "quantity": 2,
                "occurred_at": "2026-09-19T10:00:00+02:00",
                "member": "u_17",
                "cost": "0.50",
                "properties": {"b": 1, "a": True},
            },
            b'["GENERATE_REPORT",null,"2","2026-09-19T08:00:00Z","u_17","0.5",{"a":true,"b":1}]',
        ),
        (
            {"feature": "ai_credits", "value": "2", "mode": "absolute", "enforce": True},
            b'[null,"ai_credits","2",null,"",null,null,"absolute",true]',
        ),
    ],
)
def test_what_is_stored_of_an_events_content_never_changes(
    event: dict[str, Any], stored: bytes
) -> None:
    """An id that was sent last year must still be a duplicate."""
    _, report = read_event({"id": "a", **event})
    assert report.body_sha256 == hashlib.sha256(stored).digest()
