"""The resources that are read: balances, entitlements, flags, plans, agreements."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import AuditEntry
from billing.models import Agreement, Plan
from tests.api.conftest import NOW, Api, World
from tests.factories.accounts import make_organization
from tests.factories.agreements import make_agreement
from tests.factories.catalog import fixed, make_version, metered
from tests.factories.pricing import graduated, package


def test_a_balance_says_what_is_left_and_what_overage_costs(world: World) -> None:
    world.as_acme.post("usage", {"id": "a", "feature": "ai_credits", "value": "5010.5"})
    answer = world.as_acme.get("balances")
    assert answer.status == 200
    assert answer.body["has_more"] is False
    [balance] = answer.body["data"]
    [grant] = balance.pop("grants")
    assert balance == {
        "feature": "ai_credits",
        "name": "AI credits",
        "unit": "credit",
        "unit_plural": "credits",
        "unlimited": False,
        "allowance": "5000",
        "limit": None,
        "granted": "5000",
        "remaining": "0",
        "held": "0",
        "used": "5010.5",
        "overage": "10.5",
        "overage_unit_price": "0.12",
        "overage_price": "$0.12 per credit",
        "overage_amount": {"amount_minor": 126, "currency": "USD"},
        "sentence": (
            "5,010.5 of 5,000 credits used • 10.5 over, for $1.26 so far • resets on 10 Oct 2026"
        ),
        "period_starts_at": "2026-09-10T08:00:00Z",
        "resets_at": "2026-10-10T08:00:00Z",
        "rollover": (
            "25 % of unused credits roll over for one month, once; "
            "the rest expires at the monthly reset."
        ),
    }
    assert grant.pop("id").startswith("crg_")
    assert grant == {
        "feature": "ai_credits",
        "category": "allowance",
        "amount": "5000",
        "remaining": "0",
        "effective_at": "2026-09-10T08:00:00Z",
        "expires_at": "2026-10-10T08:00:00Z",
        "actions": [],
    }


def test_unlimited_usage_has_no_remainder(world: World) -> None:
    dune = make_organization("Dune", external_id="customer-3")
    make_agreement(dune, "per_seat")
    answer = world.as_platform.get("balances?organization=customer-3")
    [balance] = answer.body["data"]
    assert (balance["feature"], balance["unlimited"]) == ("documents", True)
    assert (balance["allowance"], balance["remaining"]) == (None, None)
    then = world.as_platform.get("balances?organization=customer-3&at=2026-09-20T11:00:00Z")
    [past] = then.body["data"]
    assert (past["feature"], past["remaining"]) == ("documents", None)


def test_without_an_agreement_there_are_no_balances(world: World) -> None:
    make_organization("Dune", external_id="customer-3")
    answer = world.as_platform.get("balances?organization=customer-3")
    assert (answer.status, answer.body) == (200, {"data": [], "has_more": False})


def test_reading_opens_the_period_that_has_come(
    world: World, clock: time_machine.Traveller
) -> None:
    world.as_acme.post("usage", {"id": "a", "feature": "ai_credits", "value": "100"})
    clock.move_to(NOW + timedelta(days=30))
    [balance] = world.as_acme.get("balances").body["data"]
    assert (balance["used"], balance["resets_at"]) == ("0", "2026-11-10T08:00:00Z")


def test_entitlements_say_what_is_allowed_and_who_would_allow_the_rest(world: World) -> None:
    listed = world.as_acme.get("entitlements").body["data"]
    assert [item["feature"] for item in listed] == ["ai_credits", "advanced_ai", "support"]
    detail = world.as_acme.get("entitlements/ai_credits")
    assert (detail.status, detail.body) == (200, listed[0])
    assert listed[0] == {
        "feature": "ai_credits",
        "name": "AI credits",
        "kind": "metered",
        "allowed": True,
        "reason": "included",
        "value": None,
        "unlimited": False,
        "limit": None,
        "allowance": "5000",
        "used": "0",
        "remaining": "5000",
        "overage": "0",
        "resets_at": "2026-10-10T08:00:00Z",
        "upgrade_plan": None,
    }
    assert (listed[1]["value"], listed[1]["allowed"]) == (True, True)


def test_a_starter_is_told_which_plan_has_the_feature(world: World) -> None:
    dune = make_organization("Dune", external_id="customer-3")
    make_agreement(dune, "starter")
    answer = world.as_platform.get("entitlements/advanced_ai?organization=customer-3")
    assert (answer.body["allowed"], answer.body["reason"]) == (False, "not_in_plan")
    assert answer.body["upgrade_plan"] == {"code": "professional", "name": "Professional"}


def test_flags_say_where_their_value_comes_from(world: World) -> None:
    answer = world.as_acme.get("flags")
    assert answer.body == {
        "data": [
            {"key": "advanced_ai", "type": "boolean", "value": True, "source": "plan"},
            {"key": "support", "type": "string", "value": "mail", "source": "default"},
        ],
        "has_more": False,
    }
    assert world.as_acme.get("flags/advanced_ai").body == answer.body["data"][0]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("flags/no_such_flag", "flag_not_found"),
        ("flags/ai_credits", "flag_not_found"),
        ("flags/Advanced_AI", "route_not_found"),
        ("flags/a%00b", "route_not_found"),
        ("flags/", "route_not_found"),
        ("entitlements/no_such_feature", "feature_not_found"),
        ("entitlements/documents", "feature_not_found"),
        ("entitlements/../balances", "route_not_found"),
    ],
)
def test_what_the_catalog_does_not_know_is_not_found(world: World, path: str, code: str) -> None:
    answer = world.as_acme.get(path)
    assert (answer.status, answer.body["code"]) == (404, code)


def test_the_price_list_is_public_and_shows_neither_legacy_plans_nor_our_costs(
    world: World,
) -> None:
    answer = Api().get("plans")
    assert answer.status == 200
    assert [plan["code"] for plan in answer.body["data"]] == [
        "starter",
        "professional",
        "enterprise",
    ]
    assert answer.body["currencies"] == ["USD"]
    professional = answer.body["data"][1]
    assert professional["included_seats"] == 20
    assert {"kind": "fixed", "interval": "month", "amount_minor": 29900, "currency": "USD"} in (
        professional["prices"]
    )
    credits = professional["features"][0]
    assert (credits["allowance"], credits["overage_unit_prices"]) == ("5000", {"USD": "0.12"})
    assert [(action["code"], action["credits"]) for action in answer.body["actions"]] == [
        ("EXTRACT_TEXT", "5"),
        ("SUMMARIZE_SHORT", "10"),
        ("GENERATE_REPORT", "50"),
    ]
    for secret in (b"per_seat_", b"Per seat", b"unit_cost", b"0.035", b"1.58", b"margin"):
        assert secret not in answer.raw


def test_the_price_list_says_how_overage_is_priced(world: World) -> None:
    make_version(
        Plan.objects.get(code="starter"),
        metered(
            world.catalog.credits,
            1_000,
            overage={
                "USD": graduated((1_000, "0.01"), (None, "0.008", 5), minimum=5, maximum=900),
                "EUR": package("15", size="10", free="20", currency="EUR"),
            },
        ),
        prices=(fixed("99"), fixed("95", currency="EUR")),
    )
    starter, professional, _enterprise = Api().get("plans").body["data"]
    credits = starter["features"][0]
    assert credits["overage_unit_prices"] == {}
    assert credits["overage_prices"] == [
        {
            "currency": "EUR",
            "model": "package",
            "unit_price": "15",
            "package_size": "10",
            "free_quantity": "20",
            "tiers": [],
            "minimum_minor": None,
            "maximum_minor": None,
            "sentence": "€15 per 10 credits begun, the first 20 free",
        },
        {
            "currency": "USD",
            "model": "graduated",
            "unit_price": None,
            "package_size": None,
            "free_quantity": "0",
            "tiers": [
                {"up_to": "1000", "unit_price": "0.01", "flat_price": "0"},
                {"up_to": None, "unit_price": "0.008", "flat_price": "5"},
            ],
            "minimum_minor": 500,
            "maximum_minor": 90000,
            "sentence": (
                "first 1,000 at $0.01 each, then for $5 plus $0.008 each, "
                "at least $5 a month, at most $900 a month"
            ),
        },
    ]
    assert professional["features"][0]["overage_prices"] == [
        {
            "currency": "USD",
            "model": "per_unit",
            "unit_price": "0.12",
            "package_size": None,
            "free_quantity": "0",
            "tiers": [],
            "minimum_minor": None,
            "maximum_minor": None,
            "sentence": "$0.12 per credit",
        }
    ]


def test_the_price_list_may_be_cached_and_read_from_any_page(world: World) -> None:
    answer = Api().get("plans", Origin="https://shop.example")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert not {"Set-Cookie", "RateLimit-Limit"} & set(answer.headers)
    unchanged = Api().get("plans", If_None_Match=answer.headers["ETag"])
    assert (unchanged.status, unchanged.raw) == (304, b"")
    assert unchanged.headers["Access-Control-Allow-Origin"] == "*"


def test_answers_to_a_key_are_kept_by_nobody(world: World) -> None:
    for path in ("balances", "entitlements", "flags", "agreements"):
        assert world.as_acme.get(path).headers["Cache-Control"] == "no-store"


def test_agreements_are_listed_with_their_price(world: World) -> None:
    answer = world.as_acme.get("agreements")
    [agreement] = answer.body["data"]
    assert agreement == {
        "id": world.agreement.public_id,
        "organization": world.acme.public_id,
        "plan": "professional",
        "plan_name": "Professional",
        "plan_version": 1,
        "is_legacy_plan": False,
        "status": "active",
        "collection": "not_connected",
        "currency": "USD",
        "interval": "month",
        "seats": 20,
        "included_seats": 20,
        "base_price": {"amount_minor": 29900, "currency": "USD"},
        "started_at": "2026-09-10T08:00:00Z",
        "anchor_at": "2026-09-10T08:00:00Z",
        "trial_ends_at": None,
        "current_period_start": "2026-09-10T08:00:00Z",
        "current_period_end": "2026-10-10T08:00:00Z",
        "scheduled_change": None,
        "cancel_at": None,
        "end_reason": None,
        "ended_at": None,
    }


def test_a_platform_key_makes_an_agreement(world: World) -> None:
    dune = make_organization("Dune", external_id="customer-3")
    order = {"organization": "customer-3", "plan": "starter", "interval": "year"}
    answer = world.as_platform.post("agreements", order)
    assert answer.status == 201
    assert (answer.body["plan"], answer.body["interval"]) == ("starter", "year")
    assert answer.body["base_price"] == {"amount_minor": 99000, "currency": "USD"}
    [listed] = world.as_platform.get("agreements?organization=customer-3").body["data"]
    assert listed == answer.body
    entry = AuditEntry.objects.get(organization=dune)
    assert entry.action == "agreement.created"
    assert entry.actor.startswith("API key key_")
    assert entry.request_id == answer.headers["X-Request-ID"]


DUNE = {"organization": "customer-3", "plan": "starter"}


@pytest.mark.parametrize(
    ("order", "status", "code"),
    [
        ({"plan": "starter"}, 400, "organization_required"),
        ({"organization": "customer-3"}, 400, "invalid_request"),
        ({**DUNE, "organization": "nobody"}, 404, "organization_not_found"),
        ({**DUNE, "plan": "gold"}, 404, "plan_not_offered"),
        ({**DUNE, "plan": "a\0"}, 400, "invalid_request"),
        ({**DUNE, "organization": "customer-1"}, 409, "agreement_exists"),
        ({**DUNE, "interval": "week"}, 400, "invalid_request"),
        ({**DUNE, "currency": "EUR"}, 400, "price_not_offered"),
        ({**DUNE, "currency": "\0"}, 400, "invalid_request"),
        ({**DUNE, "seats": 0}, 400, "invalid_request"),
        ({**DUNE, "seats": 6}, 409, "not_enough_seats"),
        ({**DUNE, "status": "active"}, 400, "invalid_request"),
    ],
)
def test_an_order_that_cannot_be_met_changes_nothing(
    world: World, order: dict[str, Any], status: int, code: str
) -> None:
    make_organization("Dune", external_id="customer-3")
    answer = world.as_platform.post("agreements", order)
    assert (answer.status, answer.body["code"]) == (status, code)
    assert Agreement.objects.count() == 2


def test_pages_go_on_after_the_last_item(world: World) -> None:
    first = world.as_acme.get("entitlements?page_size=2")
    assert [item["feature"] for item in first.body["data"]] == ["ai_credits", "advanced_ai"]
    assert first.body["has_more"] is True
    rest = world.as_acme.get("entitlements?page_size=2&starting_after=advanced_ai")
    assert [item["feature"] for item in rest.body["data"]] == ["support"]
    assert rest.body["has_more"] is False


@pytest.mark.parametrize(
    "query",
    [
        "page_size=0",
        "page_size=101",
        "page_size=-1",
        "page_size=1e2",
        "page_size=",
        "page_size=%D9%A3",
        "page_size=1000000000",
        "starting_after=nobody",
        "starting_after=",
        "starting_after=%00",
        "colour=red",
        "page_size=1&page_size=2",
        "organization__id=1",
        "ORGANIZATION=a",
        "&".join(f"a{number}=1" for number in range(1_100)),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused(world: World, query: str) -> None:
    for path in ("balances", "entitlements", "flags", "agreements", "plans"):
        answer = world.as_acme.get(f"{path}?{query}")
        assert (answer.status, answer.body["code"]) == (400, "invalid_request")


def test_details_and_posts_know_no_paging(world: World) -> None:
    assert world.as_acme.get("flags/advanced_ai?page_size=1").status == 400
    event = {"id": "a", "action": "EXTRACT_TEXT"}
    assert world.as_acme.post("usage?dry_run=1", event).status == 400
    assert world.as_platform.post("agreements?organization=customer-1", {}).status == 400
