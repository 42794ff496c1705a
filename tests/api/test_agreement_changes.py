"""Changes and ends of agreements: shown to the cent, then exactly that."""

from typing import Any

import pytest

from accounts.models import AuditEntry
from billing.models import Agreement, Invoice
from tests.api.conftest import Api, World
from tests.api.shop import Shop, clock, money, shop, stripe
from tests.factories.accounts import make_api_key

__all__ = ["clock", "shop", "stripe"]

PROFESSIONAL = {"plan": "professional"}
DEEDS = ["preview", "change", "undo-change", "cancel", "resume", "end"]


def previewed(shop: Shop, agreement: dict[str, Any], wish: dict[str, Any]) -> dict[str, Any]:
    """What a change would be."""
    answer = shop.as_acme.post(f"agreements/{agreement['id']}/preview", wish)
    assert answer.status == 200, answer
    preview: dict[str, Any] = answer.body
    return preview


def order_for(preview: dict[str, Any], wish: dict[str, Any]) -> dict[str, Any]:
    """The order of what was shown."""
    return {**wish, "proration_at": preview["proration_at"], "due_now": preview["due_now"]}


class TestUpgrades:
    def test_the_preview_says_to_the_cent_what_comes(self, shop: Shop) -> None:
        agreement = shop.subscribe()
        shop.wait(days=15)
        preview = previewed(shop, agreement, PROFESSIONAL)
        lines = preview.pop("lines")
        # Half of the month: half of $299 less half of $99.
        assert [line["amount"] for line in lines] == [money(14950), money(-4950)]
        assert {line["ends_at"] for line in lines} == {"2026-10-20T12:00:00Z"}
        assert preview == {
            "plan": "professional",
            "plan_name": "Professional",
            "plan_version": 1,
            "interval": "month",
            "seats": 20,
            "is_at_once": True,
            "leaves_legacy_plan": False,
            "effective_at": "2026-10-05T12:00:00Z",
            "tax": money(0),
            "due_now": money(10000),
            "base_price": money(29900),
            "next_charge_at": "2026-10-20T12:00:00Z",
            "proration_at": "2026-10-05T12:00:00Z",
            "card": "Visa \u2022\u2022\u2022\u2022 4242",
            "lost": [],
            "gained": [
                {
                    "aspect": "value",
                    "feature": "advanced_ai",
                    "before": None,
                    "after": True,
                },
                {
                    "aspect": "allowance",
                    "feature": "ai_credits",
                    "before": "1000",
                    "after": "5000",
                },
                {
                    "aspect": "rollover",
                    "feature": "ai_credits",
                    "before": False,
                    "after": True,
                },
                {"aspect": "seats", "feature": None, "before": 5, "after": 20},
            ],
        }
        assert shop.agreement() == agreement

    def test_what_was_shown_is_charged_and_takes_effect_at_once(self, shop: Shop) -> None:
        agreement = shop.subscribe()
        shop.wait(days=15)
        order = order_for(previewed(shop, agreement, PROFESSIONAL), PROFESSIONAL)

        path = f"agreements/{agreement['id']}/change"
        answer = shop.as_acme.post(path, order, Idempotency_Key="up")
        again = shop.as_acme.post(path, order, Idempotency_Key="up")

        assert (answer.status, again.raw) == (200, answer.raw)
        assert (answer.body["plan"], answer.body["base_price"]) == ("professional", money(29900))
        assert answer.body == shop.agreement()
        shop.stripe.deliver()
        invoices = shop.as_acme.get("invoices").body["data"]
        assert [invoice["total"] for invoice in invoices] == [money(10000), money(9900)]
        entry = AuditEntry.objects.get(action="agreement.change_requested")
        assert entry.actor.startswith("API key key_")

    @pytest.mark.parametrize(
        "change",
        [
            {"due_now": money(9999)},
            {"due_now": {"amount_minor": 10000, "currency": "EUR"}},
            {"proration_at": "2026-10-05T11:29:59Z"},
            {"proration_at": "2026-10-05T12:00:01Z"},
        ],
    )
    def test_another_amount_than_the_one_shown_is_not_charged(
        self, shop: Shop, change: dict[str, Any]
    ) -> None:
        agreement = shop.subscribe()
        shop.wait(days=15)
        order = order_for(previewed(shop, agreement, PROFESSIONAL), PROFESSIONAL)
        answer = shop.as_acme.post(f"agreements/{agreement['id']}/change", order | change)
        assert (answer.status, answer.body["code"]) == (409, "preview_outdated")
        assert shop.agreement() == agreement

    def test_without_the_payment_nothing_changes(self, shop: Shop) -> None:
        agreement = shop.subscribe()
        shop.wait(days=15)
        shop.use_card("pm_card_chargeCustomerFail")
        order = order_for(previewed(shop, agreement, PROFESSIONAL), PROFESSIONAL)
        answer = shop.as_acme.post(f"agreements/{agreement['id']}/change", order)
        assert (answer.status, answer.body["code"]) == (402, "payment_incomplete")
        assert answer.body["invoice_url"].startswith("http://stripe.sandbox/i/")
        assert shop.agreement()["plan"] == "starter"


class TestLater:
    STARTER = {"plan": "starter"}

    def test_what_takes_something_away_waits_and_can_be_undone(self, shop: Shop) -> None:
        agreement = shop.subscribe("professional")
        preview = previewed(shop, agreement, self.STARTER)
        assert (preview["is_at_once"], preview["due_now"]) == (False, money(0))
        assert preview["effective_at"] == "2026-10-20T12:00:00Z"
        assert [effect["aspect"] for effect in preview["lost"]] == [
            "value",
            "allowance",
            "rollover",
            "seats",
        ]
        path = f"agreements/{agreement['id']}"
        changed = shop.as_acme.post(f"{path}/change", order_for(preview, self.STARTER))
        assert changed.status == 200
        scheduled = changed.body["scheduled_change"]
        assert scheduled.pop("id").startswith("sch_")
        assert scheduled == {
            "plan": "starter",
            "plan_name": "Starter",
            "plan_version": 1,
            "interval": "month",
            "seats": 5,
            "base_price": money(9900),
            "effective_at": "2026-10-20T12:00:00Z",
        }
        assert shop.as_acme.get(path).body["scheduled_change"]["plan"] == "starter"
        for _ in range(2):
            undone = shop.as_acme.send("POST", f"{path}/undo-change", b"")
            assert (undone.status, undone.body) == (200, agreement)

    def test_another_interval_comes_with_the_next_period(self, shop: Shop) -> None:
        agreement = shop.subscribe()
        wish = {"interval": "year"}
        preview = previewed(shop, agreement, wish)
        assert (preview["is_at_once"], preview["base_price"]) == (False, money(99000))
        answer = shop.as_acme.post(f"agreements/{agreement['id']}/change", order_for(preview, wish))
        assert answer.body["scheduled_change"]["interval"] == "year"


class TestEnds:
    def test_it_ends_with_the_period_unless_it_goes_on(self, shop: Shop) -> None:
        agreement = shop.subscribe()
        path = f"agreements/{agreement['id']}"
        why = {"feedback": "too_expensive", "comment": "We found another."}
        canceled = shop.as_acme.post(f"{path}/cancel", why)
        assert canceled.status == 200
        assert canceled.body == agreement | {
            "cancel_at": "2026-10-20T12:00:00Z",
            "end_reason": "requested",
        }
        details = shop.stripe.ask("subscriptions.list")["data"][0]["cancellation_details"]
        assert (details["feedback"], details["comment"]) == (why["feedback"], why["comment"])
        change = shop.as_acme.post(f"{path}/preview", PROFESSIONAL)
        assert (change.status, change.body["code"]) == (409, "agreement_ending")

        resumed = shop.as_acme.send("POST", f"{path}/resume", b"")
        assert (resumed.status, resumed.body) == (200, agreement)

    def test_when_the_period_is_over_nothing_can_be_done_any_more(self, shop: Shop) -> None:
        agreement = shop.subscribe()
        path = f"agreements/{agreement['id']}"
        shop.as_acme.send("POST", f"{path}/cancel", b"")
        shop.wait(days=31)
        ended = shop.as_acme.get(path).body
        assert (ended["status"], ended["ended_at"]) == ("canceled", "2026-10-20T12:00:00Z")
        resumed = shop.as_acme.send("POST", f"{path}/resume", b"")
        assert (resumed.status, resumed.body["code"]) == (409, "agreement_ended")

    def test_only_a_platform_key_ends_at_once(self, shop: Shop) -> None:
        agreement = shop.subscribe()
        path = f"agreements/{agreement['id']}/end"
        order = {"organization": "customer-1", "reason": "Goodwill", "refund": True}
        refused = shop.as_acme.post(path, order)
        assert (refused.status, refused.body["code"]) == (403, "platform_key_required")
        shop.wait(days=15)

        answer = shop.as_platform.post(path, order)

        assert (answer.status, answer.body["status"]) == (200, "canceled")
        assert answer.body["ended_at"] == "2026-10-05T12:00:00Z"
        assert shop.stripe.ask("customers.list")["data"][0]["balance"] == -4950
        entry = AuditEntry.objects.get(action="agreement.cancel_requested")
        assert entry.reason == "Goodwill"


class TestRefusals:
    @pytest.mark.parametrize("deed", DEEDS)
    def test_an_agreement_of_somebody_else_looks_like_a_missing_one(
        self, shop: Shop, deed: str
    ) -> None:
        agreement = shop.subscribe()
        asked = len(shop.stripe.requests)
        body = {
            "preview": PROFESSIONAL,
            "change": {**PROFESSIONAL, "proration_at": "2026-09-20T12:00:00Z", "due_now": money(0)},
            "end": {"organization": "customer-2", "reason": "x"},
        }.get(deed, {})
        api = shop.as_platform if deed == "end" else shop.as_crane
        for agreement_id in (agreement["id"], "agr_00000000000000000000000000"):
            answer = api.post(f"agreements/{agreement_id}/{deed}", body)
            assert (answer.status, answer.body["code"]) == (404, "agreement_not_found")
        assert len(shop.stripe.requests) == asked
        assert shop.agreement() == agreement

    @pytest.mark.parametrize(
        ("deed", "body", "pointer", "code"),
        [
            ("preview", {"plan": "a b"}, "/plan", "invalid_code"),
            ("preview", {"interval": "week"}, "/interval", "invalid_interval"),
            ("preview", {"seats": 0}, "/seats", "wrong_type"),
            ("preview", {"version": 2}, "/version", "unknown_field"),
            ("change", PROFESSIONAL, "/proration_at", "missing"),
            (
                "change",
                {"proration_at": "now", "due_now": money(1)},
                "/proration_at",
                "invalid_timestamp",
            ),
            (
                "change",
                {"proration_at": "2026-09-20T12:00:00Z", "due_now": money(-1)},
                "/due_now/amount_minor",
                "wrong_type",
            ),
            (
                "change",
                {
                    "proration_at": "2026-09-20T12:00:00Z",
                    "due_now": {"amount_minor": 1, "currency": "usd"},
                },
                "/due_now/currency",
                "wrong_type",
            ),
            ("cancel", {"feedback": "none"}, "/feedback", "invalid_feedback"),
            ("cancel", {"comment": "a\nb"}, "/comment", "invalid_text"),
            ("cancel", {"comment": "a" * 501}, "/comment", "invalid_text"),
            ("resume", {"at": "now"}, "/at", "unknown_field"),
        ],
    )
    def test_what_cannot_be_read_is_pointed_at(
        self, world: World, deed: str, body: dict[str, Any], pointer: str, code: str
    ) -> None:
        answer = world.as_acme.post(f"agreements/{world.agreement.public_id}/{deed}", body)
        assert (answer.status, answer.body["code"]) == (400, "invalid_request")
        assert [(error["pointer"], error["code"]) for error in answer.body["errors"]] == [
            (pointer, code)
        ]

    @pytest.mark.parametrize(
        ("wish", "status", "code"),
        [
            ({}, 409, "nothing_changes"),
            ({"plan": "professional"}, 409, "nothing_changes"),
            ({"plan": "gold"}, 404, "plan_not_offered"),
            ({"plan": "enterprise"}, 404, "plan_not_offered"),
            ({"seats": 21}, 409, "not_enough_seats"),
        ],
    )
    def test_what_is_not_to_be_had_is_said(
        self, world: World, wish: dict[str, Any], status: int, code: str
    ) -> None:
        path = f"agreements/{world.agreement.public_id}/preview"
        answer = world.as_acme.post(path, wish)
        assert (answer.status, answer.body["code"]) == (status, code)

    def test_what_is_free_so_far_is_paid_for_on_the_page_first(self, shop: Shop) -> None:
        free = shop.as_acme.post("agreements", {"plan": "hobby"}).body
        answer = shop.as_acme.post(f"agreements/{free['id']}/preview", {"plan": "starter"})
        assert (answer.status, answer.body["code"]) == (409, "checkout_needed")


def test_an_agreement_collected_elsewhere_is_changed_without_stripe(world: World) -> None:
    path = f"agreements/{world.agreement.public_id}"
    preview = world.as_acme.post(f"{path}/preview", {"plan": "starter"}).body
    assert (preview["is_at_once"], preview["due_now"], preview["card"]) == (False, money(0), None)
    order = order_for(preview, {"plan": "starter"})
    changed = world.as_acme.post(f"{path}/change", order).body
    assert changed["scheduled_change"]["plan"] == "starter"
    assert world.as_acme.post(f"{path}/undo-change", {}).body["scheduled_change"] is None
    canceled = world.as_acme.post(f"{path}/cancel", {"feedback": "unused"}).body
    assert canceled["cancel_at"] == world.agreement.current_period_end.isoformat().replace(
        "+00:00", "Z"
    )
    assert Agreement.objects.get(pk=world.agreement.pk).cancel_feedback == "unused"
    assert world.as_acme.post(f"{path}/resume", {}).body["cancel_at"] is None
    ended = world.as_platform.post(
        f"{path}/end", {"organization": "customer-1", "reason": "Closed down"}
    )
    assert (ended.status, ended.body["status"]) == (200, "canceled")
    assert not Invoice.objects.exists()


def test_a_preview_may_be_read_without_the_right_to_buy(world: World) -> None:
    api = Api(
        make_api_key(world.acme, scopes=["billing:read"], now=world.agreement.anchor_at).secret
    )
    path = f"agreements/{world.agreement.public_id}"
    assert api.post(f"{path}/preview", {"plan": "starter"}).status == 200
    refused = api.post(f"{path}/cancel", {})
    assert (refused.status, refused.body["scope"]) == (403, "billing:write")
