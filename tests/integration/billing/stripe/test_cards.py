"""The card that a customer pays with is known here as people recognize it."""

from dataclasses import replace
from typing import Any

import pytest

from accounts.models import Organization
from billing.models import StripeSubscription
from billing.stripe.gateway.facts import CustomerFacts
from billing.stripe.inbox import ReceivedEvent
from billing.stripe.levelling import cards, handlers
from billing.stripe.levelling.handlers import look_at_card
from tests.factories.agreements import SUBSCRIBED
from tests.factories.stripe import make_customer

CARD = CustomerFacts(
    id="cus_1",
    email="alice@acme.example",
    name="Acme",
    currency="USD",
    balance=0,
    has_payment_method=True,
    default_payment_method_id="pm_1",
    card_brand="visa",
    card_last4="4242",
    card_expires="2030-04",
    is_deleted=False,
    metadata={},
    test_clock_id="",
)


def tell(customer_id: str) -> None:
    event = ReceivedEvent("evt_1", "payment_method.attached", "pm_1", customer_id, SUBSCRIBED)
    look_at_card(event, SUBSCRIBED)


def test_a_card_is_kept_and_what_depends_on_it_is_looked_at(
    acme: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = make_customer(acme)
    StripeSubscription.objects.create(
        organization=acme, stripe_id="sub_1", status="trialing", synced_at=SUBSCRIBED
    )
    looked_at: list[str] = []

    def look(*, subscription_id: str, **_: Any) -> None:
        looked_at.append(subscription_id)

    monkeypatch.setattr(cards, "retrieve_customer", lambda customer_id: CARD)
    monkeypatch.setattr(handlers, "bring_subscription_level", look)
    tell(customer.stripe_id)
    customer.refresh_from_db()
    assert (customer.has_payment_method, customer.card_brand) == (True, "visa")
    assert (customer.card_last4, customer.card_expires) == ("4242", "2030-04")
    gone = replace(CARD, has_payment_method=False, card_brand="", card_last4="", card_expires="")
    monkeypatch.setattr(cards, "retrieve_customer", lambda customer_id: gone)
    tell(customer.stripe_id)
    customer.refresh_from_db()
    assert (customer.has_payment_method, customer.card_last4) == (False, "")
    assert looked_at == ["sub_1", "sub_1"]


@pytest.mark.django_db
@pytest.mark.parametrize("customer_id", ["cus_stranger", ""])
def test_of_a_stranger_nothing_is_asked(customer_id: str) -> None:
    tell(customer_id)
