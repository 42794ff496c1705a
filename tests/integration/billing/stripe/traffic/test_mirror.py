"""dj-stripe's copy follows what Stripe has, apart from what we do, and never in its way."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core import serializers
from djstripe import models as djstripe
from djstripe.models.api import APIKey
from pytest_django import Settings

from billing.choices import InboxStatus
from billing.models import StripeEvent
from billing.stripe.inbox import handle_waiting, handling
from billing.stripe.mirror.copying import COPIED, copy_object
from tests.support.stripe_at_hand import NOW, StripeAtHand

from .letters import Letter

MINUTE = timedelta(minutes=1)


def about(told: dict[str, Any]) -> dict[str, Any]:
    return {"data": {"object": told}}


def arrange(stripe: StripeAtHand) -> dict[str, dict[str, Any]]:
    """One object of most kinds that are copied."""
    customer = stripe.ask("customers.create", name="Acme", email="acme@acme.example")
    method = stripe.ask("payment_methods.attach", target="pm_card_visa", customer=customer["id"])
    product = stripe.ask("products.create", name="Team")
    price = stripe.ask(
        "prices.create",
        product=product["id"],
        currency="usd",
        unit_amount=9_900,
        recurring={"interval": "month"},
    )
    subscription = stripe.ask(
        "subscriptions.create",
        customer=customer["id"],
        items=[{"price": price["id"]}],
        default_payment_method=method["id"],
        billing_mode={"type": "flexible"},
    )
    item = stripe.ask("invoice_items.create", customer=customer["id"], amount=500, currency="usd")
    made = [customer, method, product, price, subscription, item]
    made += [
        stripe.ask("invoices.retrieve", target=subscription["latest_invoice"]),
        stripe.ask("setup_intents.create", customer=customer["id"]),
        stripe.ask("payment_intents.list", customer=customer["id"])["data"][0],
        stripe.ask("subscription_schedules.create", from_subscription=subscription["id"]),
        stripe.ask(
            "checkout.sessions.create",
            customer=customer["id"],
            mode="setup",
            currency="usd",
            success_url="https://billing.example/done",
        ),
    ]
    return {each["object"]: each for each in made}


def test_every_kind_is_copied_and_copied_again(stripe: StripeAtHand) -> None:
    made = arrange(stripe)

    for told in [*made.values(), *made.values()]:
        assert copy_object(about(told)) is True

    assert made.keys() == COPIED.keys()
    for kind, told in made.items():
        model, _operation = COPIED[kind]
        assert model.objects.get(id=told["id"]).stripe_data["id"] == told["id"]


def test_the_copy_is_of_what_stripe_has_now_not_of_what_it_told(stripe: StripeAtHand) -> None:
    old = stripe.ask("customers.create", name="Acme")
    stripe.ask("customers.update", target=old["id"], name="Acme Ltd")

    copy_object(about(old))

    assert djstripe.Customer.objects.get(id=old["id"]).stripe_data["name"] == "Acme Ltd"


def test_a_customer_with_a_discount_is_copied_without_it(stripe: StripeAtHand) -> None:
    made = arrange(stripe)
    coupon = stripe.ask("coupons.create", percent_off=20, duration="once")
    stripe.ask(
        "subscriptions.update",
        target=made["subscription"]["id"],
        discounts=[{"coupon": coupon["id"]}],
    )

    assert copy_object(about(made["subscription"])) is True


@pytest.mark.parametrize(
    "told", [{"object": "balance"}, {"object": "customer"}, {"object": "customer", "id": "cus_0"}]
)
def test_what_is_not_copied_or_not_there_is_left_alone(
    stripe: StripeAtHand, told: dict[str, Any]
) -> None:
    assert copy_object(about(told)) is False


def test_a_deleted_customer_is_left_as_it_was(stripe: StripeAtHand) -> None:
    made = stripe.ask("customers.create", name="Acme")
    copy_object(about(made))
    stripe.ask("customers.delete", target=made["id"])

    assert copy_object(about(made)) is False
    assert djstripe.Customer.objects.filter(id=made["id"]).exists()


def test_neither_the_key_nor_a_client_secret_reaches_the_database(
    stripe: StripeAtHand, settings: Settings
) -> None:
    for told in arrange(stripe).values():
        copy_object(about(told))

    kept = [each for model, _ in COPIED.values() for each in model.objects.all()]
    text = serializers.serialize("json", [*kept, *APIKey.objects.all()])

    assert APIKey.objects.get().secret == settings.STRIPE_SECRET_KEY
    assert settings.STRIPE_KEY not in text
    secrets = djstripe.SetupIntent.objects.get().stripe_data["client_secret"]
    assert secrets == ""
    assert "seti_" not in json.dumps(secrets)


class TestWhenCopyingFails:
    @pytest.fixture
    def trouble(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        found = ["dj-stripe cannot read this"]

        def fail(told: object) -> bool:
            if found:
                raise RuntimeError(found[0])
            return True

        monkeypatch.setattr(handling, "copy_object", fail)
        return found

    def test_our_part_is_done_and_the_copy_is_tried_again(
        self, stripe: StripeAtHand, trouble: list[str]
    ) -> None:
        Letter().post()

        kept = StripeEvent.objects.get()
        assert kept.status in (InboxStatus.HANDLED, InboxStatus.IGNORED)
        assert (kept.handled_at, kept.mirrored_at) == (NOW, None)
        assert kept.error == "RuntimeError: dj-stripe cannot read this"

        trouble.clear()
        assert handle_waiting(now=NOW + 2 * MINUTE) == 1
        kept.refresh_from_db()
        assert (kept.mirrored_at, kept.error) == (NOW + 2 * MINUTE, "")

    def test_it_is_given_up_in_the_end_and_stays_visible(
        self, stripe: StripeAtHand, trouble: list[str]
    ) -> None:
        Letter().post()
        kept, now = StripeEvent.objects.get(), NOW
        while kept.next_attempt_at is not None:
            now = kept.next_attempt_at
            handle_waiting(now=now)
            kept.refresh_from_db()

        assert kept.attempts == 12
        assert kept.error == "RuntimeError: dj-stripe cannot read this"
        assert handle_waiting(now=now + timedelta(days=1)) == 0
