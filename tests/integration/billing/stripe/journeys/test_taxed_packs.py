"""Packs where Stripe adds tax: it has to know where the customer is."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from billing.choices import CheckoutStatus, TopUpStatus
from billing.stripe.gateway.errors import StripeRefused
from billing.stripe.gateway.facts import AddressFacts
from billing.stripe.journeys.details import change_details
from billing.stripe.journeys.top_ups import pay_with_card, start_payment
from tests.factories.agreements import make_agreement
from tests.factories.top_ups import make_pack, order

from .conftest import RETURNS, Acme

pytestmark = pytest.mark.django_db


def test_the_payment_page_asks_for_an_address_that_is_not_known(
    acme: Acme, settings: Settings
) -> None:
    settings.STRIPE_AUTOMATIC_TAX = True
    make_pack(acme.catalog.credits)
    make_agreement(acme.organization, "professional", at=acme.stripe.now)

    visit = start_payment(
        top_up=order(acme.organization, at=acme.stripe.now), returns=RETURNS, now=acme.stripe.now
    )

    assert visit.status == CheckoutStatus.OPEN


def test_the_card_on_file_is_charged_once_the_address_is_known(
    acme: Acme, settings: Settings
) -> None:
    make_pack(acme.catalog.credits)
    acme.subscribe("starter")
    settings.STRIPE_AUTOMATIC_TAX = True
    top_up = order(acme.organization, at=acme.stripe.now)

    for _attempt in range(2):
        with pytest.raises(StripeRefused) as refusal:
            pay_with_card(top_up=top_up, now=acme.stripe.now)
        assert refusal.value.detail == (
            "The tax depends on your address, which is not known yet. Add it to the billing "
            "details, or pay on the payment page, which asks for it."
        )
    assert acme.stripe.ask("invoices.list", status="draft")["data"] == []

    change_details(
        organization=acme.organization,
        name="Acme",
        address=AddressFacts(line1="Ring 1", postal_code="10115", city="Berlin", country="DE"),
        actor=acme.alice,
        now=acme.stripe.now,
    )

    assert pay_with_card(top_up=top_up, now=acme.stripe.now).status == TopUpStatus.PAID
