"""What programs of the company are told about costs and margins, and nobody else is."""

from datetime import timedelta

import pytest
import time_machine

from accounts.choices import Scope
from billing.models import Settlement
from tests.api.conftest import NOW, Api, World
from tests.factories.accounts import make_api_key
from tests.factories.analytics import SEPTEMBER, make_cost, make_customer_of_seats, price_documents

AUGUST = "from=2026-08-01&to=2026-09-01"
IN_SEPTEMBER = "from=2026-09-01&to=2026-10-01"


@pytest.fixture(autouse=True)
def customers(world: World) -> None:
    """The article's three customers, of whom one is at a loss."""
    price_documents(world.catalog)
    for name, documents in (("A", 2_000), ("B", 21_000), ("C", 85_000)):
        make_customer_of_seats(name, documents)
    make_cost("100")


@pytest.fixture
def late(world: World) -> Api:
    """The platform key after September."""
    key = make_api_key(None, scopes=[Scope.ANALYTICS_READ], now=NOW).secret
    return Api(key)


def usd(minor: int) -> dict[str, object]:
    return {"amount_minor": minor, "currency": "USD"}


def in_october() -> time_machine.travel:
    return time_machine.travel(SEPTEMBER + timedelta(days=44), tick=False)


def test_margins_of_the_article_are_told_by_both_definitions(late: Api) -> None:
    """The Math That Broke Per-Seat Pricing: customer B, 49.6 % and 47.6 %."""
    with in_october():
        answer = late.get(f"margins?{IN_SEPTEMBER}&page_size=100")
    assert answer.status == 200
    [found] = [row for row in answer.body["data"] if row["name"] == "B"]
    assert found["figures"] == {
        "revenue": usd(500_000),
        "ai_cost": usd(252_000),
        "other_cost": usd(10_000),
        "left": usd(238_000),
        "ai_margin": "0.496",
        "gross_margin": "0.476",
    }
    assert answer.body["currency"] == "USD"
    assert (answer.body["first_date"], answer.body["end_date"]) == ("2026-09-01", "2026-10-01")


def test_the_last_complete_months_are_told_unless_days_are_named(late: Api) -> None:
    with in_october():
        answer = late.get("margins")
    assert (answer.body["first_date"], answer.body["end_date"]) == (None, None)
    assert {"A", "B", "C"} <= {row["name"] for row in answer.body["data"]}


def test_margins_come_by_plan_and_by_action(late: Api) -> None:
    with in_october():
        plans = late.get(f"margins?{IN_SEPTEMBER}&by=plan").body["data"]
        actions = late.get(f"margins?{IN_SEPTEMBER}&by=action").body["data"]
    assert plans[0]["key"] == "per_seat"
    assert plans[0]["customer_count"] == 3
    assert plans[0]["figures"]["ai_cost"] == usd(1_296_000)
    assert actions[0]["key"] == "PROCESS_DOCUMENT"
    assert actions[0]["figures"]["revenue"] == usd(1_500_000)


def test_the_audit_says_that_one_of_the_largest_is_below(late: Api) -> None:
    with in_october():
        audit = late.get(f"margins?{IN_SEPTEMBER}").body["audit"]
    assert (audit["below_count"], audit["is_urgent"]) == (1, False)


def test_costs_come_by_action_part_and_customer(late: Api) -> None:
    """The Math That Broke Per-Seat Pricing: $0.06 + $0.01 + $0.04 + $0.01 a document."""
    with in_october():
        [action, *_] = late.get(f"costs?{IN_SEPTEMBER}").body["data"]
        parts = late.get(f"costs?{IN_SEPTEMBER}&by=part").body["data"]
        customers = late.get(f"costs?{IN_SEPTEMBER}&by=organization&page_size=1").body
    assert action == {
        "key": "PROCESS_DOCUMENT",
        "name": "Process a document",
        "cost": "12960",
        "share": "1",
        "quantity": "108000",
        "event_count": 3,
    }
    assert [(part["key"], part["cost"]) for part in parts[:2]] == [
        ("PROCESS_DOCUMENT/GPT-4 call", "6480"),
        ("PROCESS_DOCUMENT/Claude summary", "4320"),
    ]
    assert customers["data"][0]["name"] == "C"
    assert customers["has_more"]


def test_pages_go_on_after_the_last_item(late: Api) -> None:
    with in_october():
        first = late.get(f"margins?{IN_SEPTEMBER}&page_size=1").body
        after = first["data"][0]["key"]
        second = late.get(f"margins?{IN_SEPTEMBER}&page_size=1&starting_after={after}").body
    assert first["has_more"]
    assert second["data"][0]["key"] != after


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("from=2026-09-01", "?to", "missing"),
        ("to=2026-09-01", "?from", "missing"),
        ("from=2026-09-01&to=2026-09-01", "?to", "invalid_span"),
        ("from=2026-09-02&to=2026-09-01", "?to", "invalid_span"),
        ("from=2025-01-01&to=2026-02-01", "?to", "invalid_span"),
        ("from=2026-02-30&to=2026-03-01", "?from", "invalid_date"),
        ("from=1999-01-01&to=1999-02-01", "?from", "invalid_date"),
        ("from=2026-9-1&to=2026-10-01", "?from", "invalid_date"),
        ("by=mood", "?by", "invalid_parameter"),
    ],
)
@pytest.mark.parametrize("route", ["margins", "costs"])
def test_a_span_that_is_none_is_refused(
    late: Api, route: str, query: str, field: str, code: str
) -> None:
    answer = late.get(f"{route}?{query}")
    assert answer.status == 400
    [error] = answer.body["errors"]
    assert (error["pointer"], error["code"]) == (field, code)


@pytest.mark.parametrize("route", ["margins", "costs"])
def test_keys_of_organizations_are_refused_whatever_their_scopes(world: World, route: str) -> None:
    key = make_api_key(world.acme, scopes=[Scope.ANALYTICS_READ], now=NOW).secret
    answer = Api(key).get(route)
    assert (answer.status, answer.body["code"]) == (403, "platform_key_required")


def test_reading_settles_nothing(late: Api) -> None:
    with in_october():
        late.get("margins")
    assert not Settlement.objects.exists()
