"""The packs that an organization can order."""

import pytest

from tests.api.conftest import World, make_customer
from tests.factories.accounts import make_organization
from tests.factories.top_ups import make_pack

SMALL = {
    "code": "small",
    "name": "Small pack",
    "feature": "ai_credits",
    "credits": "500",
    "price": {"amount_minor": 5500, "currency": "USD"},
    "expires_after_months": None,
}


@pytest.fixture(autouse=True)
def packs(world: World) -> None:
    make_pack(world.catalog.credits, "large", credits=2_000, position=2, expires_after_months=12)
    make_pack(world.catalog.credits, position=1)
    make_pack(world.catalog.credits, "euros", prices={"EUR": 5_000}, position=3)


def test_packs_are_listed_in_their_order_and_the_agreements_currency(world: World) -> None:
    answer = world.as_acme.get("credit-packs")
    assert (answer.status, answer.body["has_more"]) == (200, False)
    small, large = answer.body["data"]
    assert small == SMALL
    assert (large["code"], large["expires_after_months"]) == ("large", 12)
    assert world.as_platform.get("credit-packs?organization=customer-1").body == answer.body
    page = world.as_acme.get("credit-packs?page_size=1&starting_after=small").body
    assert page == {"data": [large], "has_more": False}


def test_there_are_none_for_what_the_plan_does_not_count(world: World) -> None:
    make_organization("Ember", external_id="customer-4")
    nothing = {"data": [], "has_more": False}
    assert world.as_platform.get("credit-packs?organization=customer-4").body == nothing
    assert make_customer(world, allowance=None).get("credit-packs").body == nothing


def test_another_organization_is_none(world: World) -> None:
    answers = [
        world.as_crane.get(f"credit-packs?organization={name}", X_Request_ID="a" * 32)
        for name in ("customer-1", "nobody")
    ]
    assert answers[0].raw == answers[1].raw
    assert (answers[0].status, answers[0].body["code"]) == (404, "organization_not_found")
