"""Packs of credits: on the payment page, with the card on file, and by themselves."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing.choices import TopUpStatus
from billing.models import AutomaticTopUp, CreditPack, Invoice, TopUp
from billing.stripe.gateway.client import send
from billing.stripe.gateway.errors import CardRefused
from billing.stripe.journeys.errors import NoCard
from billing.stripe.journeys.returning import complete_checkout
from billing.stripe.journeys.top_ups import (
    pay_automatic_top_ups,
    pay_with_card,
    start_payment,
    take_back,
)
from metering.queries import list_balances
from tests.factories.agreements import make_agreement, use
from tests.factories.top_ups import make_pack, order, set_automatic
from tests.support.paying import pay

from .conftest import RETURNS, Acme

pytestmark = pytest.mark.django_db


@pytest.fixture
def pack(acme: Acme) -> CreditPack:
    return make_pack(acme.catalog.credits)


def remaining(acme: Acme) -> Decimal:
    balances = list_balances(organization_id=acme.organization.pk, at=acme.stripe.now)
    return balances[acme.catalog.meter.pk].remaining


def test_a_pack_is_paid_for_on_the_payment_page_and_granted_once(
    acme: Acme, pack: CreditPack
) -> None:
    acme.subscribe("starter")
    top_up = order(acme.organization, at=acme.stripe.now)

    checkout = start_payment(top_up=top_up, returns=RETURNS, now=acme.stripe.now)
    assert pay(acme.stripe, checkout.url) == 303
    complete_checkout(
        organization=acme.organization, checkout_id=checkout.public_id, now=acme.stripe.now
    )
    acme.stripe.deliver()

    top_up.refresh_from_db()
    assert top_up.status == TopUpStatus.PAID
    assert remaining(acme) == 1500
    assert Invoice.objects.get(stripe_id=top_up.payment_reference).total_minor == 5500


def test_the_card_on_file_pays_at_once(acme: Acme, pack: CreditPack) -> None:
    acme.subscribe("starter")
    acme.stripe.deliver()
    top_up = order(acme.organization, at=acme.stripe.now)

    paid = pay_with_card(top_up=top_up, now=acme.stripe.now)
    acme.stripe.deliver()

    assert paid.status == TopUpStatus.PAID
    assert remaining(acme) == 1500
    invoice = Invoice.objects.get(stripe_id=paid.payment_reference)
    assert (invoice.status, invoice.total_minor) == ("paid", 5500)


def test_a_refused_card_grants_nothing_and_another_may_pay(acme: Acme, pack: CreditPack) -> None:
    acme.subscribe("starter")
    acme.stripe.deliver()
    top_up = order(acme.organization, at=acme.stripe.now)
    use_card(acme, "pm_card_chargeCustomerFail")

    with pytest.raises(CardRefused):
        pay_with_card(top_up=top_up, now=acme.stripe.now)
    top_up.refresh_from_db()
    assert top_up.status == TopUpStatus.PENDING

    use_card(acme, "pm_card_visa")
    assert pay_with_card(top_up=top_up, now=acme.stripe.now).status == TopUpStatus.PAID
    assert remaining(acme) == 1500


def test_an_order_that_is_taken_back_cannot_be_paid_any_more(acme: Acme, pack: CreditPack) -> None:
    acme.subscribe("starter")
    acme.stripe.deliver()
    top_up = order(acme.organization, at=acme.stripe.now)
    checkout = start_payment(top_up=top_up, returns=RETURNS, now=acme.stripe.now)

    taken = take_back(top_up=top_up, actor=acme.alice, reason="", now=acme.stripe.now)

    assert taken.status == TopUpStatus.CANCELED
    assert pay(acme.stripe, checkout.url) != 303


def test_an_automatic_order_is_paid_by_the_card_on_file(acme: Acme, pack: CreditPack) -> None:
    acme.subscribe("starter")
    acme.stripe.deliver()
    set_automatic(acme.organization, threshold=100, target=500, at=acme.stripe.now)
    use(acme.organization, "nearly-all", 950, at=acme.stripe.now)
    acme.wait(hours=1)

    assert pay_automatic_top_ups(now=acme.stripe.now) == 1

    assert TopUp.objects.get().status == TopUpStatus.PAID
    assert remaining(acme) == 550


def test_an_automatic_order_whose_card_is_refused_fails_and_is_switched_off(
    acme: Acme, pack: CreditPack
) -> None:
    acme.subscribe("starter")
    acme.stripe.deliver()
    use_card(acme, "pm_card_chargeCustomerFail")
    set_automatic(acme.organization, threshold=100, target=500, at=acme.stripe.now)
    use(acme.organization, "nearly-all", 950, at=acme.stripe.now)
    acme.wait(hours=1)

    assert pay_automatic_top_ups(now=acme.stripe.now) == 0

    assert TopUp.objects.get().status == TopUpStatus.FAILED
    assert not AutomaticTopUp.objects.exists()
    [invoice] = [
        invoice
        for invoice in acme.stripe.ask("invoices.list")["data"]
        if invoice["billing_reason"] == "manual"
    ]
    assert invoice["status"] == "void"


def test_without_a_card_on_file_none_is_charged(acme: Acme, pack: CreditPack) -> None:
    make_agreement(acme.organization, "starter", at=acme.stripe.now)
    top_up = order(acme.organization, at=acme.stripe.now)

    with pytest.raises(NoCard):
        pay_with_card(top_up=top_up, now=acme.stripe.now)


def use_card(acme: Acme, name: str) -> None:
    """Charge another test card from now on."""
    [customer] = acme.stripe.ask("customers.list")["data"]
    method = send(
        "payment_methods.attach", {"customer": customer["id"]}, target=name, key=f"attach-{name}"
    )
    send(
        "customers.update",
        {"invoice_settings": {"default_payment_method": method["id"]}},
        target=customer["id"],
        key=f"use-{name}",
    )
