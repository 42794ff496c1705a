"""`GET /api/v1/billing/entitlements`, to the letter."""

from decimal import Decimal
from typing import Any

import pytest

from billing.agreements.operations import cancel_agreement
from tests.api.conftest import NOW, Api, World
from tests.factories.accounts import make_api_key, make_organization
from tests.factories.agreements import make_agreement
from tests.factories.catalog import STAFF, fixed, flag, make_plan, make_version, metered, per_seat

PATH = "billing/entitlements"


def customer_of(organization: Any) -> str:
    """The id of an organization as a billing customer."""
    return str(organization.public_id).replace("org_", "customer_")


def entitlements(api: Api, organization: Any, query: str = "") -> Any:
    """The answer about a customer."""
    return api.get(f"{PATH}?customer_id={customer_of(organization)}{query}")


def test_the_plans_price_comes_first_then_what_it_grants(world: World) -> None:
    world.as_acme.post("usage", {"id": "a", "feature": "ai_credits", "value": "40"})
    answer = entitlements(world.as_platform, world.acme)
    own = world.acme.public_id.removeprefix("org_")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert list(answer.body) == ["code", "message", "has_more", "entitlements"]
    assert (answer.body["code"], answer.body["message"]) == ("OK", "Success")
    assert answer.body["has_more"] is False
    base, *features = answer.body["entitlements"]
    assert base == {
        "id": f"entitlement_{own}_base_price",
        "fixed_charge": 29_900,
        "price_name": "Professional",
        "unit_amount": None,
        "feature_code": "base_price",
        "feature_name": "Professional",
        "entitlement_limit_max": None,
        "entitlement_limit_min": None,
        "unit_amount_decimal": None,
        "currency": "USD",
        "allowance": None,
        "usage": None,
        "remaining": None,
        "resets_at": None,
    }
    credits = next(item for item in features if item["feature_code"] == "ai_credits")
    assert credits == {
        "id": f"entitlement_{own}_ai_credits",
        "fixed_charge": None,
        "price_name": world.catalog.credits.name,
        "unit_amount": 12,
        "feature_code": "ai_credits",
        "feature_name": world.catalog.credits.name,
        "entitlement_limit_max": None,
        "entitlement_limit_min": None,
        "unit_amount_decimal": "12",
        "currency": "USD",
        "allowance": "5000",
        "usage": "40",
        "remaining": "4960",
        "resets_at": "2026-10-10T08:00:00Z",
    }
    assert {item["feature_code"] for item in features} >= {"ai_credits", "advanced_ai"}


def test_a_flag_that_is_off_is_no_entitlement(world: World) -> None:
    make_version(
        make_plan(world.catalog.legacy, "plain"),
        flag(world.catalog.advanced_ai, False),
        prices=(fixed("10"),),
    )
    dune = make_organization("Dune")
    make_agreement(dune, "plain")
    answer = entitlements(world.as_platform, dune)
    codes = [item["feature_code"] for item in answer.body["entitlements"]]
    assert codes == ["base_price", "support"]


@pytest.mark.parametrize(
    ("terms", "cents", "exact", "maximum"),
    [
        ({"overage": "0.125"}, None, "12.5", None),
        ({"overage": "2"}, 200, "200", None),
        ({}, None, None, 100),
        ({"limit": 150}, None, None, 150),
        ({"limit": 300, "overage": "0.12"}, 12, "12", 300),
    ],
)
def test_money_and_maximum_are_whole_numbers_or_null(
    world: World, terms: dict[str, Any], cents: int | None, exact: str | None, maximum: int | None
) -> None:
    make_version(
        make_plan(world.catalog.legacy, "tailored"),
        metered(world.catalog.credits, 100, **terms),
        prices=(fixed("10"),),
    )
    dune = make_organization("Dune")
    make_agreement(dune, "tailored")
    found = entitlements(world.as_platform, dune).body["entitlements"]
    credits = next(item for item in found if item["feature_code"] == "ai_credits")
    assert (credits["unit_amount"], credits["unit_amount_decimal"]) == (cents, exact)
    assert credits["entitlement_limit_max"] == maximum


def test_seats_that_are_paid_for_are_an_entitlement(world: World) -> None:
    make_version(
        make_plan(world.catalog.legacy, "seats"),
        prices=(per_seat("15"),),
    )
    dune = make_organization("Dune")
    make_agreement(dune, "seats", seats=7)
    seats = entitlements(world.as_platform, dune).body["entitlements"][0]
    assert (seats["feature_code"], seats["unit_amount"]) == ("seat_price", 1_500)
    assert seats["entitlement_limit_max"] == 7
    assert seats["fixed_charge"] is None


def test_max_value_stands_where_there_is_no_end(world: World) -> None:
    found = entitlements(world.as_acme, world.acme, "&max_value=2147483647").body["entitlements"]
    assert {item["entitlement_limit_max"] for item in found} == {2_147_483_647}
    wrong = entitlements(world.as_acme, world.acme, "&max_value=many")
    assert (wrong.status, wrong.body["errors"][0]["code"]) == (400, "INVALID_NUMBER")


def test_plans_are_told_when_asked_for(world: World) -> None:
    answer = entitlements(world.as_acme, world.acme, "&expand=plans")
    started = world.agreement.started_at.isoformat().replace("+00:00", "Z")
    assert answer.body["plans"] == [{"code": "professional", "subscribed_on": started}]
    wrong = entitlements(world.as_acme, world.acme, "&expand=all")
    assert (wrong.status, wrong.body["errors"][0]["code"]) == (400, "INVALID_PARAMETER")


def test_without_an_agreement_there_is_what_everybody_has(world: World) -> None:
    dune = make_organization("Dune")
    answer = entitlements(world.as_platform, dune, "&expand=plans")
    assert [item["feature_code"] for item in answer.body["entitlements"]] == ["support"]
    assert answer.body["plans"] == []
    cancel_agreement(agreement=world.agreement, actor=STAFF, reason="test", now=NOW)
    assert entitlements(world.as_acme, world.acme, "&expand=plans").body["plans"] == []


def test_pages_go_forwards_and_backwards(world: World) -> None:
    whole = entitlements(world.as_acme, world.acme).body["entitlements"]
    ids = [item["id"] for item in whole]
    assert len(ids) >= 4

    def page(query: str) -> tuple[list[str], bool]:
        body = entitlements(world.as_acme, world.acme, query).body
        return [item["id"] for item in body["entitlements"]], body["has_more"]

    assert page("&page_size=2") == (ids[:2], True)
    assert page(f"&page_size=2&starting_after={ids[1]}") == (ids[2:4], len(ids) > 4)
    assert page(f"&page_size=2&ending_before={ids[2]}") == (ids[:2], False)
    assert page(f"&page_size=1&ending_before={ids[2]}") == (ids[1:2], True)
    assert page(f"&starting_after={ids[-1]}") == ([], False)


@pytest.mark.parametrize(
    "query",
    [
        "&starting_after=entitlement_none",
        "&ending_before=",
        "&starting_after=a&ending_before=b",
        "&page_size=0",
        "&page_size=501",
        "&page_size=ten",
        "&colour=red",
        "&page_size=1&page_size=2",
    ],
)
def test_a_wrong_question_is_refused_in_the_envelope(world: World, query: str) -> None:
    answer = entitlements(world.as_acme, world.acme, query)
    assert answer.status == 400
    assert list(answer.body) == ["errors"]
    assert [sorted(error) for error in answer.body["errors"]] == [["code", "message"]]


def test_the_customer_must_be_named(world: World) -> None:
    answer = world.as_acme.get(PATH)
    assert (answer.status, answer.body["errors"]) == (
        400,
        [
            {
                "code": "MISSING",
                "message": "customer_id: The query parameter `customer_id` is missing.",
            }
        ],
    )


def test_a_foreign_customer_cannot_be_told_from_a_missing_one(world: World) -> None:
    names = [customer_of(world.crane), "customer_none", "customer-2", "", "%00", "é", "x" * 300]
    answers = [world.as_acme.get(f"{PATH}?customer_id={name}") for name in names]
    refusals = {(answer.status, answer.raw) for answer in answers[:4]}
    assert refusals == {
        (
            404,
            b'{"errors":[{"code":"CUSTOMER_NOT_FOUND",'
            b'"message":"There is no such billing customer."}]}',
        )
    }
    assert {answer.status for answer in answers} == {400, 404}


def test_a_customer_id_of_kindes_is_found_as_the_external_id(world: World) -> None:
    kindes = "customer_0195ac80a14c2ca2cec97d026d864de0"
    make_agreement(make_organization("Dune", external_id=kindes), "starter")
    found = world.as_platform.get(f"{PATH}?customer_id={kindes}&expand=plans")
    assert found.body["plans"][0]["code"] == "starter"


def test_a_scope_that_is_missing_is_named_in_both_tongues(world: World) -> None:
    reader = Api(make_api_key(world.acme, scopes=["balances:read"], now=NOW).secret)
    answer = entitlements(reader, world.acme)
    assert (answer.status, answer.body["errors"]) == (
        403,
        [
            {
                "code": "SCOPE_MISSING",
                "message": (
                    "This needs the scope read:billing_entitlements, "
                    "which is entitlements:read here."
                ),
            }
        ],
    )


def test_too_many_requests_say_when_to_come_again(world: World, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = settings.API_REQUESTS_PER_MINUTE | {"other": 1}
    assert entitlements(world.as_acme, world.acme).status == 200
    refused = entitlements(world.as_acme, world.acme)
    assert (refused.status, refused.body["errors"][0]["code"]) == (429, "TOO_MANY_REQUESTS")
    assert Decimal(refused.headers["RateLimit-Reset"]) > 0
    assert Decimal(refused.headers["Retry-After"]) > 0
