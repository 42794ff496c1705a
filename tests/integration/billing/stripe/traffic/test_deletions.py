"""What is deleted at Stripe is deleted, however often the call was sent: it keeps no keys of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from billing.choices import IntentStatus
from billing.models import StripeIntent
from billing.stripe.gateway.errors import ObjectMissing, StripeRefused, StripeUnavailable
from billing.stripe.intents import Call, finish_open_intents, perform
from tests.support.stripe_at_hand import NOW, StripeAtHand

Made = tuple[str, str]


def tax_id(stripe: StripeAtHand) -> Made:
    owner = stripe.ask("customers.create", name="Acme")["id"]
    made = stripe.ask("customers.tax_ids.create", target=owner, type="eu_vat", value="DE123456789")
    return "customers.tax_ids.delete", f"{owner}/{made['id']}"


def draft(stripe: StripeAtHand) -> Made:
    owner = stripe.ask("customers.create", name="Acme")["id"]
    return "invoices.delete", stripe.ask("invoices.create", customer=owner)["id"]


def subscription(stripe: StripeAtHand) -> Made:
    owner = stripe.ask("customers.create", name="Acme")["id"]
    product = stripe.ask("products.create", name="Plan")["id"]
    price = {
        "currency": "usd",
        "product": product,
        "recurring": {"interval": "month"},
        "unit_amount": 9900,
    }
    made = stripe.ask(
        "subscriptions.create", customer=owner, items=[{"price_data": price}], trial_period_days=14
    )
    return "subscriptions.cancel", made["id"]


KINDS = pytest.mark.parametrize("make", [tax_id, draft, subscription])


def deletion(made: Made) -> Call:
    operation, target = made
    return Call(operation=operation, target=target, params={}, key=f"{operation}:1")


@KINDS
@pytest.mark.parametrize("hours", [1, 48])
def test_one_whose_answer_was_lost_has_happened(
    stripe: StripeAtHand, make: Callable[[StripeAtHand], Made], hours: int
) -> None:
    call = deletion(make(stripe))
    stripe.break_with(timeout_after=100)
    with pytest.raises(StripeUnavailable):
        perform(call, now=NOW)
    stripe.break_with(timeout_after=0)

    finish_open_intents(now=NOW + timedelta(hours=hours))

    assert StripeIntent.objects.get().status == IntentStatus.DONE


@KINDS
@pytest.mark.parametrize("hours", [1, 48])
def test_one_that_never_arrived_is_not_taken_for_done(
    stripe: StripeAtHand, make: Callable[[StripeAtHand], Made], hours: int
) -> None:
    call = deletion(make(stripe))
    stripe.break_with(timeout_before=100)
    with pytest.raises(StripeUnavailable):
        perform(call, now=NOW)
    stripe.break_with(timeout_before=0)

    finish_open_intents(now=NOW + timedelta(hours=hours))

    ended = IntentStatus.DONE if hours == 1 else IntentStatus.ABANDONED
    assert StripeIntent.objects.get().status == ended
    perform(call, now=NOW + timedelta(hours=hours))
    assert is_gone(stripe, call)


def test_what_may_not_be_deleted_is_refused(stripe: StripeAtHand) -> None:
    operation, target = draft(stripe)
    stripe.ask("invoices.finalize_invoice", target=target)

    with pytest.raises(StripeRefused):
        perform(deletion((operation, target)), now=NOW)

    assert StripeIntent.objects.get().status == IntentStatus.REFUSED


def is_gone(stripe: StripeAtHand, call: Call) -> bool:
    if call.operation == "subscriptions.cancel":
        told = stripe.ask("subscriptions.retrieve", target=call.target)
        return bool(told["status"] == "canceled")
    read = call.operation.replace(".delete", ".retrieve")
    with pytest.raises(ObjectMissing):
        stripe.ask(read, target=call.target)
    return True
