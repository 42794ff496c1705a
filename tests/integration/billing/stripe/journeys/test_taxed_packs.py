"""Packs where Stripe adds tax: it has to know where the customer is."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from billing.choices import CheckoutStatus
from billing.stripe.journeys.top_ups import start_payment
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
