"""What an action would take, as data and as a sentence."""

from urllib.parse import urlencode

import pytest

from metering.models import LedgerTransfer, UsageEvent
from tests.api.conftest import World, make_customer
from tests.api.nasty import TEXTS
from tests.factories.accounts import make_organization


def test_an_action_is_estimated(world: World) -> None:
    entries = LedgerTransfer.objects.count()
    answer = world.as_acme.get("estimates?action=GENERATE_REPORT&quantity=2")
    assert answer.status == 200
    assert answer.body == {
        "action": "GENERATE_REPORT",
        "name": "Generate report",
        "quantity": "2",
        "feature": "ai_credits",
        "credits": "100",
        "allowance": "5000",
        "percent_of_allowance": "2",
        "customer_value": {"amount": "300", "currency": "USD", "note": ""},
        "remaining": "5000",
        "overage": "0",
        "overage_amount": {"amount_minor": 0, "currency": "USD"},
        "amount_without_credits": {"amount_minor": 1200, "currency": "USD"},
        "sentence": "100 credits • 2 % of monthly allowance • about $300 of value",
        "shortage": "",
        "resets_at": "2026-10-10T08:00:00Z",
    }
    assert not UsageEvent.objects.exists()
    assert LedgerTransfer.objects.count() == entries


def test_once_unless_a_quantity_is_given(world: World) -> None:
    once = world.as_platform.get("estimates?action=EXTRACT_TEXT&organization=customer-1")
    assert once.body["sentence"] == "5 credits • <1 % of monthly allowance • about $5 of value"
    assert (once.body["quantity"], once.body["percent_of_allowance"]) == ("1", "0.1")


def test_what_no_credits_are_left_for_costs(world: World) -> None:
    world.as_acme.post("usage", {"id": "a", "feature": "ai_credits", "value": "4980"})
    body = world.as_acme.get("estimates?action=GENERATE_REPORT").body
    assert (body["remaining"], body["overage"]) == ("20", "30")
    assert body["overage_amount"] == {"amount_minor": 360, "currency": "USD"}
    assert body["shortage"] == "30 credits beyond what is left, for $3.60"
    assert body["amount_without_credits"] == {"amount_minor": 600, "currency": "USD"}
    booked = world.as_acme.post("usage", {"id": "b", "action": "GENERATE_REPORT"}).body
    assert (booked["credits"], booked["overage"]) == (body["credits"], body["overage"])
    [balance] = world.as_acme.get("balances").body["data"]
    assert balance["overage_amount"] == body["overage_amount"]


def test_where_overage_is_not_sold_it_has_no_price(world: World) -> None:
    body = make_customer(world).get("estimates?action=GENERATE_REPORT&quantity=3").body
    assert (body["overage"], body["overage_amount"]) == ("50", None)
    assert body["amount_without_credits"] is None
    assert body["sentence"] == "150 credits • 150 % of monthly allowance • about $450 of value"


def test_unlimited_use_has_no_share(world: World) -> None:
    body = make_customer(world, allowance=None).get("estimates?action=GENERATE_REPORT").body
    assert (body["allowance"], body["percent_of_allowance"], body["remaining"]) == (None,) * 3
    assert (body["overage"], body["overage_amount"]) == ("0", None)
    assert body["sentence"] == "50 credits • about $150 of value"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("", 400, "invalid_request"),
        ("action=NOTHING", 404, "action_not_found"),
        ("action=no+such", 400, "invalid_request"),
        ("action=EXTRACT_TEXT&quantity=0", 400, "invalid_request"),
        ("action=EXTRACT_TEXT&quantity=1e3", 400, "invalid_request"),
        ("action=EXTRACT_TEXT&quantity=1000000000", 400, "quantity_too_large"),
        ("action=EXTRACT_TEXT&quantity=200000000", 400, "quantity_too_large"),
        ("action=EXTRACT_TEXT&count=1", 400, "invalid_request"),
        ("action=EXTRACT_TEXT&organization=customer-2", 404, "organization_not_found"),
    ],
)
def test_what_cannot_be_estimated(world: World, query: str, status: int, code: str) -> None:
    answer = world.as_acme.get(f"estimates?{query}")
    assert (answer.status, answer.body["code"]) == (status, code)


def test_the_largest_quantities_are_exact(world: World) -> None:
    body = world.as_acme.get("estimates?action=EXTRACT_TEXT&quantity=199999999.999999").body
    assert (body["credits"], body["overage"]) == ("999999999.999995", "999994999.999995")


def test_without_a_plan_that_has_it_there_is_no_estimate(world: World) -> None:
    make_organization("Dune", external_id="customer-3")
    answer = world.as_platform.get("estimates?action=EXTRACT_TEXT&organization=customer-3")
    assert (answer.status, answer.body["code"]) == (404, "feature_not_found")


def test_another_organization_is_none(world: World) -> None:
    answers = [
        world.as_crane.get(
            f"estimates?action=EXTRACT_TEXT&organization={name}", X_Request_ID="a" * 32
        )
        for name in (world.acme.public_id, "customer-1", "nobody")
    ]
    assert {answer.status for answer in answers} == {404}
    assert len({answer.raw for answer in answers}) == 1


def test_nasty_texts_break_nothing(world: World) -> None:
    for text in TEXTS:
        sent = text.encode("utf-8", "surrogatepass")
        for name in ("action", "quantity"):
            query = {"action": "EXTRACT_TEXT"} | {name: sent}
            assert world.as_acme.get(f"estimates?{urlencode(query)}").status in {200, 400, 404}
