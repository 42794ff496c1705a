"""From the pricing page to an agreement."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pytest_django import Settings

from accounts.models import Organization
from billing.agreements.errors import AgreementExists
from billing.choices import AgreementStatus, CheckoutStatus, Collection
from billing.models import Agreement, Checkout, Invoice, StripeCustomer, StripeSubscription
from billing.stripe.gateway.client import send
from billing.stripe.gateway.errors import StripeNotConnected
from billing.stripe.journeys import checkout as checkout_module
from billing.stripe.journeys.cards import make_default
from billing.stripe.journeys.checkout import start_checkout
from billing.stripe.journeys.errors import CheckoutNotFound, PaymentUnderWay
from billing.stripe.journeys.returning import complete_checkout
from metering.queries import list_balances
from tests.factories.accounts import make_organization
from tests.support.paying import pay
from tests.support.stripe_at_hand import NOW

from .conftest import RETURNS, Acme

pytestmark = pytest.mark.django_db


def credits_of(organization: Organization, acme: Acme) -> Decimal:
    balances = list_balances(organization_id=organization.pk, at=acme.stripe.now)
    return balances[acme.catalog.meter.pk].remaining


def test_the_first_payment_begins_the_agreement_and_grants_its_allowance(acme: Acme) -> None:
    agreement = acme.subscribe("starter")

    assert (agreement.status, agreement.collection) == (
        AgreementStatus.ACTIVE,
        Collection.STRIPE,
    )
    assert agreement.plan_version == acme.catalog.starter
    assert agreement.anchor_at == NOW
    assert credits_of(acme.organization, acme) == 1000
    subscription = StripeSubscription.objects.get(agreement=agreement)
    assert subscription.status == "active"
    customer = StripeCustomer.objects.get(organization=acme.organization)
    assert customer.card_words == "Visa •••• 4242"
    acme.stripe.deliver()
    invoice = Invoice.objects.get(agreement=agreement)
    assert (invoice.status, invoice.total_minor, invoice.amount_paid_minor) == ("paid", 9900, 9900)


def test_the_webhooks_alone_come_to_the_same(acme: Acme) -> None:
    checkout = start_checkout(
        organization=acme.organization,
        plan_code="starter",
        interval="month",
        returns=RETURNS,
        actor=acme.alice,
        now=NOW,
    )
    pay(acme.stripe, checkout.url)

    acme.stripe.deliver()

    checkout.refresh_from_db()
    assert checkout.status == CheckoutStatus.COMPLETED
    assert acme.agreement.plan_version == acme.catalog.starter
    assert credits_of(acme.organization, acme) == 1000


def test_nothing_is_agreed_before_the_payment(acme: Acme) -> None:
    checkout = start_checkout(
        organization=acme.organization,
        plan_code="starter",
        interval="month",
        returns=RETURNS,
        actor=acme.alice,
        now=NOW,
    )

    again = complete_checkout(
        organization=acme.organization, checkout_id=checkout.public_id, now=NOW
    )

    assert again.status == CheckoutStatus.OPEN
    assert not Agreement.objects.exists()


def test_a_second_visit_closes_the_first_so_that_nobody_pays_twice(acme: Acme) -> None:
    first, second = (
        start_checkout(
            organization=acme.organization,
            plan_code=plan,
            interval="month",
            returns=RETURNS,
            actor=acme.alice,
            now=NOW,
        )
        for plan in ("starter", "professional")
    )

    first.refresh_from_db()

    assert (first.status, second.status) == (CheckoutStatus.EXPIRED, CheckoutStatus.OPEN)
    assert pay(acme.stripe, first.url) != 303
    session = acme.stripe.ask("checkout.sessions.retrieve", target=first.stripe_id)
    assert (session["status"], session["payment_status"]) == ("expired", "unpaid")


def visit(acme: Acme, plan: str = "starter") -> Checkout:
    """Alice comes to the payment page."""
    return start_checkout(
        organization=acme.organization,
        plan_code=plan,
        interval="month",
        returns=RETURNS,
        actor=acme.alice,
        now=acme.stripe.now,
    )


def test_of_two_visits_that_are_begun_at_once_only_one_can_be_paid_on(
    acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = visit(acme)
    # The second one has looked for open visits before the first was opened.
    monkeypatch.setattr(checkout_module, "close_open_checkouts", lambda **_: None)
    second = visit(acme, "professional")

    assert pay(acme.stripe, first.url) != 303
    assert pay(acme.stripe, second.url) == 303


def test_whoever_has_just_paid_is_not_asked_to_pay_again(acme: Acme) -> None:
    assert pay(acme.stripe, visit(acme).url) == 303

    with pytest.raises(PaymentUnderWay):
        visit(acme, "professional")

    acme.stripe.deliver()
    assert acme.agreement.plan_version == acme.catalog.starter


def test_a_page_that_closed_by_itself_does_not_stand_in_the_way(acme: Acme) -> None:
    first = visit(acme)
    send("checkout.sessions.expire", target=first.stripe_id, key="by itself")

    second = visit(acme)

    first.refresh_from_db()
    assert (first.status, second.status) == (CheckoutStatus.EXPIRED, CheckoutStatus.OPEN)
    assert pay(acme.stripe, second.url) == 303


def test_who_pays_already_changes_the_plan_instead(acme: Acme) -> None:
    acme.subscribe("starter")

    with pytest.raises(AgreementExists):
        acme.subscribe("professional")


def test_a_visit_of_others_is_not_found(acme: Acme) -> None:
    acme.subscribe("starter")
    others = make_organization("Others")

    with pytest.raises(CheckoutNotFound):
        complete_checkout(
            organization=others, checkout_id=Checkout.objects.get().public_id, now=NOW
        )


def test_without_a_connection_nothing_begins(acme: Acme, settings: Settings) -> None:
    settings.STRIPE_MODE = "off"

    with pytest.raises(StripeNotConnected):
        acme.subscribe("starter")

    assert not Checkout.objects.exists()


def test_a_card_that_is_changed_later_pays_from_then_on(acme: Acme) -> None:
    acme.subscribe("starter")
    [customer] = acme.stripe.ask("customers.list")["data"]
    other = send(
        "payment_methods.attach",
        {"customer": customer["id"]},
        target="pm_card_chargeCustomerFail",
        key="another-card",
    )

    make_default(organization=acme.organization, payment_method_id=other["id"], now=NOW)
    acme.wait(days=30, hours=1)
    acme.sweep()

    renewal = Invoice.objects.get(billing_reason="subscription_cycle")
    assert (renewal.status, renewal.attempt_count) == ("open", 1)
    assert acme.agreement.status == AgreementStatus.PAST_DUE
