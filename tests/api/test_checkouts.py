"""Subscribing: the payment page, what comes of it, and who may."""

from typing import Any

import pytest

from billing.models import Agreement, Checkout
from billing.stripe.publishing import publish_waiting
from portal.api.fields import InvalidField
from portal.api.return_urls import parse_return_url
from tests.api.conftest import World
from tests.api.shop import RETURNS, STARTER, Shop, clock, money, shop, stripe
from tests.factories.catalog import fixed, make_plan, make_version
from tests.support.paying import pay

__all__ = ["clock", "shop", "stripe"]


def test_the_payment_page_is_opened_and_nothing_is_agreed_before_it_is_paid(shop: Shop) -> None:
    opened = shop.as_acme.post("checkouts", STARTER)

    assert opened.status == 201
    url = opened.body["url"]
    assert url.startswith("http://stripe.sandbox/c/pay/")
    assert opened.body == {
        "id": Checkout.objects.get().public_id,
        "organization": shop.acme.public_id,
        "kind": "agreement",
        "status": "open",
        "url": url,
        "plan": "starter",
        "plan_version": 1,
        "interval": "month",
        "seats": 5,
        "top_up": None,
        "requested_at": "2026-09-20T12:00:00Z",
        "expires_at": "2026-09-21T12:00:00Z",
        "ended_at": None,
    }
    assert shop.as_acme.get(f"checkouts/{opened.body['id']}").body == opened.body
    assert not Agreement.objects.exists()


def test_what_is_paid_is_agreed_without_waiting_for_a_webhook(shop: Shop) -> None:
    opened = shop.as_acme.post("checkouts", STARTER).body
    assert pay(shop.stripe, opened["url"]) == 303

    done = shop.as_acme.get(f"checkouts/{opened['id']}").body

    assert (done["status"], done["url"]) == ("completed", None)
    assert done["ended_at"] == "2026-09-20T12:00:00Z"
    agreement = shop.agreement()
    assert agreement == {
        "id": Agreement.objects.get().public_id,
        "organization": shop.acme.public_id,
        "plan": "starter",
        "plan_name": "Starter",
        "plan_version": 1,
        "is_legacy_plan": False,
        "status": "active",
        "collection": "stripe",
        "currency": "USD",
        "interval": "month",
        "seats": 5,
        "included_seats": 5,
        "base_price": money(9900),
        "started_at": "2026-09-20T12:00:00Z",
        "anchor_at": "2026-09-20T12:00:00Z",
        "trial_ends_at": None,
        "current_period_start": "2026-09-20T12:00:00Z",
        "current_period_end": "2026-10-20T12:00:00Z",
        "scheduled_change": None,
        "cancel_at": None,
        "end_reason": None,
        "ended_at": None,
    }
    assert shop.as_acme.get(f"agreements/{agreement['id']}").body == agreement
    balance = shop.as_acme.get("balances").body["data"][0]
    assert (balance["feature"], balance["remaining"]) == ("ai_credits", "1000")


def test_a_second_page_closes_the_first(shop: Shop) -> None:
    first = shop.as_acme.post("checkouts", STARTER).body
    second = shop.as_acme.post("checkouts", STARTER | {"interval": "year"}).body

    assert second["interval"] == "year"
    closed = shop.as_acme.get(f"checkouts/{first['id']}").body
    assert (closed["status"], closed["url"]) == ("expired", None)


def test_a_trial_is_told_with_its_end(shop: Shop) -> None:
    make_version(make_plan(shop.catalog.current, "trial"), prices=(fixed("49"),), trial_days=14)
    publish_waiting(now=shop.stripe.now)
    agreement = shop.subscribe("trial")
    assert agreement["status"] == "trialing"
    assert agreement["trial_ends_at"] == agreement["anchor_at"] == "2026-10-04T12:00:00Z"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"plan": "gold"}, 404, "plan_not_offered"),
        ({"plan": "enterprise"}, 404, "plan_not_offered"),
        ({"plan": "per_seat"}, 404, "plan_not_offered"),
        ({"plan": "hobby"}, 409, "nothing_to_pay"),
        ({"currency": "EUR"}, 400, "price_not_offered"),
        ({"seats": 6}, 409, "not_enough_seats"),
        ({"seats": 0}, 400, "invalid_request"),
        ({"interval": "week"}, 400, "invalid_request"),
        ({"plan": "a b"}, 400, "invalid_request"),
        ({"organization": "customer-2"}, 404, "organization_not_found"),
        ({"coupon": "FREE"}, 400, "invalid_request"),
    ],
)
def test_what_cannot_be_bought_opens_no_page(
    shop: Shop, change: dict[str, Any], status: int, code: str
) -> None:
    answer = shop.as_acme.post("checkouts", STARTER | change)
    assert (answer.status, answer.body["code"]) == (status, code)
    assert not Checkout.objects.exists()
    assert shop.stripe.requests == []


def test_who_has_an_agreement_changes_that_instead(shop: Shop) -> None:
    shop.subscribe()
    answer = shop.as_acme.post("checkouts", STARTER | {"plan": "professional"})
    assert (answer.status, answer.body["code"]) == (409, "agreement_exists")


HOSTILE = [
    "",
    "app.example/welcome",
    "//app.example/welcome",
    "http://app.example/welcome",
    "http://127.0.0.1:8000.evil.example/",
    "javascript:alert(1)",
    "data:text/html,hi",
    "https://",
    "https:///welcome",
    "https://alice:secret@app.example/",
    "https://app.example\\@evil.example/",
    "https://app.example/a b",
    "https://app.example/\n",
    "https://app.example/%zz",
    "https://-app.example/",
    "https://app..example/",
    "https://app.example:port/",
    "https://xn--\u00fc.example/",
    "https://app.example/" + "a" * 2_000,
]


@pytest.mark.parametrize("url", HOSTILE)
def test_people_are_sent_to_no_doubtful_address(url: str) -> None:
    with pytest.raises(InvalidField) as refusal:
        parse_return_url(url)
    assert refusal.value.code == "invalid_url"


@pytest.mark.parametrize("field", ["success_url", "cancel_url"])
def test_a_doubtful_address_is_pointed_at(shop: Shop, field: str) -> None:
    answer = shop.as_acme.post("checkouts", STARTER | {field: "http://app.example/"})
    assert (answer.status, answer.body["code"]) == (400, "invalid_request")
    [error] = answer.body["errors"]
    assert (error["pointer"], error["code"]) == (f"/{field}", "invalid_url")
    assert shop.stripe.requests == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://127.0.0.1:8000/plan/?a=b#c"])
def test_the_installations_own_pages_need_no_https(url: str) -> None:
    assert parse_return_url(url) == url


def test_the_same_request_opens_one_page(shop: Shop) -> None:
    first = shop.as_acme.post("checkouts", STARTER, Idempotency_Key="order-1")
    again = shop.as_acme.post("checkouts", STARTER, Idempotency_Key="order-1")
    assert again.raw == first.raw
    assert again.headers["Idempotent-Replayed"] == "true"
    assert shop.stripe.requests.count(("POST", "/v1/checkout/sessions")) == 1


def test_while_stripe_does_not_answer_the_request_may_be_sent_again(shop: Shop) -> None:
    shop.stripe.break_with(timeout_before=100)
    failed = shop.as_acme.post("checkouts", STARTER, Idempotency_Key="order-1")
    assert (failed.status, failed.body["code"]) == (503, "stripe_unavailable")

    shop.stripe.break_with(timeout_before=0)
    answer = shop.as_acme.post("checkouts", STARTER, Idempotency_Key="order-1")
    assert (answer.status, answer.body["status"]) == (201, "open")
    assert "Idempotent-Replayed" not in answer.headers


def test_a_page_of_somebody_else_looks_like_a_missing_one(shop: Shop) -> None:
    opened = shop.as_acme.post("checkouts", STARTER).body
    for checkout in (opened["id"], "chk_00000000000000000000000000"):
        answer = shop.as_crane.get(f"checkouts/{checkout}")
        assert (answer.status, answer.body["code"]) == (404, "checkout_not_found")


def test_a_platform_key_buys_for_whom_it_names(shop: Shop) -> None:
    unnamed = shop.as_platform.post("checkouts", STARTER)
    assert (unnamed.status, unnamed.body["code"]) == (400, "organization_required")
    named = shop.as_platform.post("checkouts", STARTER | {"organization": "customer-1"})
    assert (named.status, named.body["organization"]) == (201, shop.acme.public_id)
    path = f"checkouts/{named.body['id']}"
    assert shop.as_platform.get(path).body["code"] == "organization_required"
    assert shop.as_platform.get(f"{path}?organization=customer-1").body == named.body


def test_where_stripe_is_not_connected_nobody_checks_out(world: World) -> None:
    answer = world.as_acme.post("checkouts", STARTER)
    assert (answer.status, answer.body["code"]) == (409, "billing_not_connected")
    page = world.as_acme.post("payment-pages", {"return_url": RETURNS["cancel_url"]})
    assert (page.status, page.body["code"]) == (409, "billing_not_connected")


class TestAgreeingWithoutThePage:
    def test_what_costs_nothing_is_agreed_at_once(self, shop: Shop) -> None:
        answer = shop.as_acme.post("agreements", {"plan": "hobby"})
        assert (answer.status, answer.body["collection"]) == (201, "free")
        assert answer.body == shop.agreement()
        assert shop.stripe.requests == []

    def test_what_costs_something_needs_the_page(self, shop: Shop) -> None:
        answer = shop.as_acme.post("agreements", {"plan": "starter"})
        assert (answer.status, answer.body["code"]) == (409, "checkout_needed")
        assert "on the payment page" in answer.body["detail"]
        assert not Agreement.objects.exists()

    def test_a_free_agreement_gives_way_to_the_one_that_is_paid(self, shop: Shop) -> None:
        shop.as_acme.post("agreements", {"plan": "hobby"})
        agreement = shop.subscribe()
        assert (agreement["plan"], agreement["status"]) == ("starter", "active")
        statuses = [one["status"] for one in shop.as_acme.get("agreements").body["data"]]
        assert statuses == ["active", "canceled"]

    def test_what_a_platform_key_makes_is_collected_elsewhere(self, shop: Shop) -> None:
        order = {"organization": "customer-1", "plan": "enterprise"}
        answer = shop.as_platform.post("agreements", order)
        assert (answer.status, answer.body["collection"]) == (201, "not_connected")
        assert shop.stripe.requests == []


class TestPaymentPages:
    @pytest.mark.parametrize("kind", ["overview", "payment_method"])
    def test_a_page_for_cards_is_opened_each_time_anew(self, shop: Shop, kind: str) -> None:
        order = {"return_url": "https://app.example/billing", "page": kind}
        first, second = (shop.as_acme.post("payment-pages", order) for _ in range(2))
        assert (first.status, second.status) == (201, 201)
        assert first.body["url"].startswith("http://stripe.sandbox/p/session/")
        assert first.body["url"] != second.body["url"]

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"page": "plans"}, "/page"),
            ({"return_url": "http://evil.example/"}, "/return_url"),
            ({"return_url": None}, "/return_url"),
            ({"customer": "cus_1"}, "/customer"),
        ],
    )
    def test_an_order_that_cannot_be_read_is_pointed_at(
        self, shop: Shop, change: dict[str, Any], pointer: str
    ) -> None:
        order = {"return_url": "https://app.example/billing"} | change
        answer = shop.as_acme.post("payment-pages", order)
        assert answer.status == 400
        assert [error["pointer"] for error in answer.body["errors"]] == [pointer]

    def test_a_page_for_somebody_else_is_not_to_be_had(self, shop: Shop) -> None:
        order = {"return_url": "https://app.example/billing", "organization": "customer-1"}
        answer = shop.as_crane.post("payment-pages", order)
        assert (answer.status, answer.body["code"]) == (404, "organization_not_found")
