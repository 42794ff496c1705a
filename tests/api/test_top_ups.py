"""Packs of credits: ordered, paid and taken back through the API."""

from typing import Any

import pytest

from billing.models import TopUp
from tests.api.conftest import World
from tests.api.shop import RETURNS, Shop, clock, money, shop, stripe
from tests.factories.top_ups import make_pack
from tests.factories.top_ups import order as order_pack
from tests.support.paying import pay

__all__ = ["clock", "shop", "stripe"]

ON_PAGE = {"pack": "small", **RETURNS}
WITH_CARD = {"pack": "small", "pay": "card"}


@pytest.fixture
def buying(shop: Shop) -> Shop:
    """Acme is on Starter, and there is a pack of 500 credits for $55."""
    make_pack(shop.catalog.credits)
    shop.subscribe()
    shop.stripe.deliver()
    return shop


def remaining(shop: Shop) -> str:
    left: str = shop.as_acme.get("balances").body["data"][0]["remaining"]
    return left


def test_an_order_is_paid_on_the_payment_page(buying: Shop) -> None:
    answer = buying.as_acme.post("top-ups", ON_PAGE | {"count": 2})
    assert answer.status == 201
    ordered = answer.body
    url = ordered.pop("url")
    assert url.startswith("http://stripe.sandbox/c/pay/")
    assert ordered == {
        "id": TopUp.objects.get().public_id,
        "feature": "ai_credits",
        "pack": "small",
        "pack_name": "Small pack",
        "count": 2,
        "credits": "1000",
        "amount": money(11000),
        "expires_after_months": None,
        "trigger": "person",
        "status": "pending",
        "ordered_at": "2026-09-20T12:00:00Z",
        "ended_at": None,
    }
    assert remaining(buying) == "1000"

    assert pay(buying.stripe, url) == 303
    buying.stripe.deliver()

    paid = buying.as_acme.get(f"top-ups/{ordered['id']}").body
    assert paid == ordered | {"status": "paid", "ended_at": "2026-09-20T12:00:00Z"}
    assert remaining(buying) == "2000"
    assert buying.as_acme.get("top-ups").body == {"data": [paid], "has_more": False}


def test_the_card_on_file_pays_at_once_and_once(buying: Shop) -> None:
    answer = buying.as_acme.post("top-ups", WITH_CARD, Idempotency_Key="pack-1")
    again = buying.as_acme.post("top-ups", WITH_CARD, Idempotency_Key="pack-1")
    assert (answer.status, again.raw) == (201, answer.raw)
    assert (answer.body["status"], answer.body["url"]) == ("paid", None)
    assert remaining(buying) == "1500"


def test_a_card_that_is_declined_leaves_the_order_waiting(buying: Shop) -> None:
    buying.use_card("pm_card_chargeCustomerFail")
    refused = buying.as_acme.post("top-ups", WITH_CARD)
    assert (refused.status, refused.body["code"]) == (402, "card_refused")
    assert refused.body["decline_code"] == "generic_decline"
    top_up = refused.body["top_up"]
    waiting = buying.as_acme.post("top-ups", WITH_CARD)
    assert (waiting.status, waiting.body["code"]) == (409, "order_waiting")
    assert waiting.body["top_up"] == top_up
    assert remaining(buying) == "1000"

    buying.use_card("pm_card_visa")
    paid = buying.as_acme.post(f"top-ups/{top_up}/pay", {"pay": "card"})
    assert (paid.status, paid.body["status"]) == (200, "paid")
    assert remaining(buying) == "1500"
    ended = buying.as_acme.post(f"top-ups/{top_up}/pay", RETURNS)
    assert (ended.status, ended.body["code"]) == (409, "top_up_ended")


def test_without_a_card_there_is_the_page(shop: Shop) -> None:
    make_pack(shop.catalog.credits)
    shop.as_acme.post("agreements", {"plan": "hobby"})
    refused = shop.as_acme.post("top-ups", WITH_CARD)
    assert (refused.status, refused.body["code"]) == (402, "no_payment_method")
    opened = shop.as_acme.post(f"top-ups/{refused.body['top_up']}/pay", RETURNS)
    assert pay(shop.stripe, opened.body["url"]) == 303
    shop.stripe.deliver()
    assert remaining(shop) == "550"


def test_an_order_that_is_taken_back_cannot_be_paid_any_more(buying: Shop) -> None:
    ordered = buying.as_acme.post("top-ups", ON_PAGE).body
    path = f"top-ups/{ordered['id']}"
    canceled = buying.as_acme.post(f"{path}/cancel", {"reason": "Ordered by mistake"})
    assert (canceled.status, canceled.body["status"]) == (200, "canceled")
    assert pay(buying.stripe, ordered["url"]) != 303
    again = buying.as_acme.send("POST", f"{path}/cancel", b"")
    assert (again.status, again.body["code"]) == (409, "top_up_ended")
    assert buying.as_acme.post("top-ups", ON_PAGE).status == 201


@pytest.mark.parametrize(
    ("order", "status", "code"),
    [
        ({**ON_PAGE, "pack": "large"}, 404, "pack_not_offered"),
        ({**ON_PAGE, "count": 0}, 400, "invalid_request"),
        ({**ON_PAGE, "count": 1_001}, 400, "invalid_request"),
        ({**ON_PAGE, "pay": "cash"}, 400, "invalid_request"),
        ({"pack": "small"}, 400, "invalid_request"),
        ({**ON_PAGE, "pay": "card"}, 400, "invalid_request"),
        ({**ON_PAGE, "success_url": "http://evil.example/"}, 400, "invalid_request"),
        ({**ON_PAGE, "price": 1}, 400, "invalid_request"),
    ],
)
def test_what_cannot_be_ordered_is_not(
    buying: Shop, order: dict[str, Any], status: int, code: str
) -> None:
    answer = buying.as_acme.post("top-ups", order)
    assert (answer.status, answer.body["code"]) == (status, code)
    assert not TopUp.objects.exists()


def test_where_stripe_is_not_connected_nothing_is_ordered(world: World) -> None:
    make_pack(world.catalog.credits)
    answer = world.as_acme.post("top-ups", ON_PAGE)
    assert (answer.status, answer.body["code"]) == (409, "billing_not_connected")
    assert not TopUp.objects.exists()


def test_orders_are_listed_in_pages_and_by_feature(world: World) -> None:
    packs = ("small", "large", "huge")
    for code in packs:
        make_pack(world.catalog.credits, code)
    ids = [order_pack(world.acme, code).public_id for code in packs]
    first = world.as_acme.get("top-ups?page_size=2").body
    assert ([one["id"] for one in first["data"]], first["has_more"]) == (ids[:0:-1], True)
    rest = world.as_acme.get(f"top-ups?starting_after={ids[1]}&feature=ai_credits").body
    assert ([one["id"] for one in rest["data"]], rest["has_more"]) == (ids[:1], False)
    assert world.as_acme.get("top-ups?feature=documents").body["data"] == []
    wrong = world.as_acme.get("top-ups?starting_after=top_1").body
    assert wrong["errors"][0]["code"] == "invalid_cursor"


def test_an_order_of_somebody_else_looks_like_a_missing_one(world: World) -> None:
    make_pack(world.catalog.credits)
    stored = order_pack(world.acme).public_id
    for top_up in (stored, "top_00000000000000000000000000"):
        for answer in (
            world.as_crane.get(f"top-ups/{top_up}"),
            world.as_crane.post(f"top-ups/{top_up}/cancel", {}),
        ):
            assert (answer.status, answer.body["code"]) == (404, "top_up_not_found")
    assert world.as_crane.get("top-ups").body["data"] == []
    assert TopUp.objects.get().status == "pending"
