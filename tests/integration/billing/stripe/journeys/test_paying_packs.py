"""Packs of credits: on the payment page, with the card on file, and by themselves."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.organizations.clock import set_clock_ahead
from billing.choices import TopUpStatus
from billing.models import AutomaticTopUp, CreditPack, Invoice, TopUp
from billing.stripe.gateway.client import send
from billing.stripe.gateway.errors import CardRefused
from billing.stripe.journeys import top_ups
from billing.stripe.journeys.errors import NoCard
from billing.stripe.journeys.returning import complete_checkout
from billing.stripe.journeys.top_ups import (
    pay_automatic_top_ups,
    pay_with_card,
    start_payment,
    take_back,
)
from billing.top_ups.errors import TopUpEnded
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


def test_a_second_visit_leaves_the_order_to_be_paid_there(acme: Acme, pack: CreditPack) -> None:
    acme.subscribe("starter")
    top_up = order(acme.organization, at=acme.stripe.now)
    start_payment(top_up=top_up, returns=RETURNS, now=acme.stripe.now)
    second = start_payment(top_up=top_up, returns=RETURNS, now=acme.stripe.now)
    acme.stripe.deliver()

    assert pay(acme.stripe, second.url) == 303
    acme.stripe.deliver()

    top_up.refresh_from_db()
    assert top_up.status == TopUpStatus.PAID
    assert remaining(acme) == 1500


def test_an_order_whose_page_closes_by_itself_is_taken_back(acme: Acme, pack: CreditPack) -> None:
    acme.subscribe("starter")
    top_up = order(acme.organization, at=acme.stripe.now)
    start_payment(top_up=top_up, returns=RETURNS, now=acme.stripe.now)

    acme.wait(days=1, hours=1)

    top_up.refresh_from_db()
    assert top_up.status == TopUpStatus.CANCELED


def test_what_the_card_paid_cannot_be_paid_on_the_page_too(acme: Acme, pack: CreditPack) -> None:
    acme.subscribe("starter")
    acme.stripe.deliver()
    top_up = order(acme.organization, at=acme.stripe.now)
    visit = start_payment(top_up=top_up, returns=RETURNS, now=acme.stripe.now)

    assert pay_with_card(top_up=top_up, now=acme.stripe.now).status == TopUpStatus.PAID

    assert pay(acme.stripe, visit.url) != 303


def test_what_is_paid_on_the_page_is_no_longer_on_the_invoice_that_the_card_did_not_pay(
    acme: Acme, pack: CreditPack
) -> None:
    acme.subscribe("starter")
    acme.stripe.deliver()
    top_up = order(acme.organization, at=acme.stripe.now)
    use_card(acme, "pm_card_chargeCustomerFail")
    with pytest.raises(CardRefused):
        pay_with_card(top_up=top_up, now=acme.stripe.now)

    visit = start_payment(top_up=top_up, returns=RETURNS, now=acme.stripe.now)
    assert pay(acme.stripe, visit.url) == 303
    acme.stripe.deliver()

    assert statuses_of_orders(acme) == ["paid", "void"]
    assert remaining(acme) == 1500


def test_after_a_page_that_was_left_the_card_pays_by_another_invoice(
    acme: Acme, pack: CreditPack
) -> None:
    acme.subscribe("starter")
    acme.stripe.deliver()
    top_up = order(acme.organization, at=acme.stripe.now)
    use_card(acme, "pm_card_chargeCustomerFail")
    with pytest.raises(CardRefused):
        pay_with_card(top_up=top_up, now=acme.stripe.now)
    start_payment(top_up=top_up, returns=RETURNS, now=acme.stripe.now)
    use_card(acme, "pm_card_visa")

    assert pay_with_card(top_up=top_up, now=acme.stripe.now).status == TopUpStatus.PAID

    acme.stripe.deliver()
    assert statuses_of_orders(acme) == ["paid", "void"]
    assert remaining(acme) == 1500


def test_an_order_whose_invoice_was_paid_meanwhile_is_granted_and_not_taken_back(
    acme: Acme, pack: CreditPack
) -> None:
    acme.subscribe("starter")
    acme.stripe.deliver()
    top_up = order(acme.organization, at=acme.stripe.now)
    use_card(acme, "pm_card_chargeCustomerFail")
    with pytest.raises(CardRefused):
        pay_with_card(top_up=top_up, now=acme.stripe.now)
    use_card(acme, "pm_card_visa")
    [waiting] = acme.stripe.ask("invoices.list", status="open")["data"]
    send("invoices.pay", target=waiting["id"], key="by hand")

    with pytest.raises(TopUpEnded):
        take_back(top_up=top_up, actor=acme.alice, reason="", now=acme.stripe.now)

    top_up.refresh_from_db()
    assert top_up.status == TopUpStatus.PAID
    assert remaining(acme) == 1500


def test_an_automatic_order_is_failed_by_the_next_sweep_if_the_first_one_died(
    acme: Acme, pack: CreditPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme.subscribe("starter")
    acme.stripe.deliver()
    use_card(acme, "pm_card_chargeCustomerFail")
    set_automatic(acme.organization, threshold=100, target=500, at=acme.stripe.now)
    use(acme.organization, "nearly-all", 950, at=acme.stripe.now)
    acme.wait(hours=1)
    with monkeypatch.context() as dying:
        dying.setattr(top_ups, "fail_top_up", killed)
        with pytest.raises(ExceptionGroup):
            pay_automatic_top_ups(now=acme.stripe.now)

    assert pay_automatic_top_ups(now=acme.stripe.now) == 0

    assert TopUp.objects.get().status == TopUpStatus.FAILED
    assert statuses_of_orders(acme) == ["void", "void"]


def test_an_automatic_order_is_paid_also_where_a_clock_is_ahead(
    acme: Acme, pack: CreditPack
) -> None:
    acme.subscribe("starter")
    acme.stripe.deliver()
    real = acme.stripe.now
    set_automatic(acme.organization, threshold=100, target=500, at=real)
    set_clock_ahead(organization_id=acme.organization.pk, ahead=timedelta(days=3))
    use(acme.organization, "nearly-all", 950, at=real + timedelta(days=3))

    assert pay_automatic_top_ups(now=real + timedelta(minutes=1)) == 1


def killed(**_: object) -> None:
    raise SystemError("killed")


def statuses_of_orders(acme: Acme) -> list[str]:
    """Those of the invoices that are of no subscription, the newest first."""
    return [
        invoice["status"]
        for invoice in acme.stripe.ask("invoices.list")["data"]
        if invoice["billing_reason"] == "manual"
    ]


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
