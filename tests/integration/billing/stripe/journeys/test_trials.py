"""Trials, with and without a card, and what becomes of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.choices import AgreementStatus, EndReason
from billing.models import Agreement, Invoice, StripeDifference
from billing.stripe.gateway.client import send
from billing.stripe.journeys.cards import PortalPage, open_portal
from billing.stripe.journeys.changes import make_change, preview_change
from billing.stripe.journeys.checkout import start_checkout
from billing.stripe.journeys.proposals import Wish
from billing.stripe.journeys.returning import complete_checkout
from billing.stripe.publishing import publish_waiting
from tests.factories.catalog import fixed, make_plan, make_version, metered
from tests.sandbox.visiting import Visitor
from tests.support.paying import pay
from tests.support.stripe_at_hand import NOW, URL

from .conftest import RETURNS, Acme

pytestmark = pytest.mark.django_db

FORTNIGHT = timedelta(days=14)


def try_plan(acme: Acme, *, needs_card: bool, gives_card: bool) -> Agreement:
    """Begin a trial of 14 days of a plan for $49."""
    make_version(
        make_plan(acme.catalog.current, "tryout"),
        metered(acme.catalog.credits, 500),
        prices=(fixed("49"),),
        trial_days=14,
        trial_needs_card=needs_card,
    )
    publish_waiting(now=NOW)
    checkout = start_checkout(
        organization=acme.organization,
        plan_code="tryout",
        interval="month",
        returns=RETURNS,
        actor=acme.alice,
        now=NOW,
    )
    no_card = {"expiry": "", "cvc": ""}
    assert (
        pay(acme.stripe, checkout.url)
        if gives_card
        else pay(acme.stripe, checkout.url, card="", **no_card)
    ) == 303
    complete_checkout(organization=acme.organization, checkout_id=checkout.public_id, now=NOW)
    acme.stripe.deliver()
    return acme.agreement


def test_a_trial_with_a_card_becomes_what_is_paid_for(acme: Acme) -> None:
    agreement = try_plan(acme, needs_card=True, gives_card=True)

    assert (agreement.status, agreement.trial_ends_at) == (
        AgreementStatus.TRIALING,
        NOW + FORTNIGHT,
    )
    assert agreement.cancel_at is None

    acme.wait(days=14, hours=2)
    acme.sweep()

    agreement = acme.agreement
    assert (agreement.status, agreement.anchor_at, agreement.current_period_start) == (
        AgreementStatus.ACTIVE,
        NOW + FORTNIGHT,
        NOW + FORTNIGHT,
    )
    paid = Invoice.objects.get(billing_reason="subscription_cycle")
    assert (paid.status, paid.total_minor) == ("paid", 4900)


def test_another_interval_is_agreed_on_trial_and_first_paid_when_it_ends(acme: Acme) -> None:
    try_plan(acme, needs_card=True, gives_card=True)
    wish = Wish(plan_code="professional", interval="year")
    shown = preview_change(agreement=acme.agreement, wish=wish, now=NOW)

    make_change(
        agreement=acme.agreement,
        wish=wish,
        proration_at=shown.proration_at,
        expected=shown.due_now,
        actor=acme.alice,
        now=NOW,
    )

    agreement = acme.agreement
    assert (agreement.interval, agreement.plan_version) == ("year", acme.catalog.professional)
    assert (agreement.status, agreement.anchor_at) == (AgreementStatus.TRIALING, NOW + FORTNIGHT)

    acme.wait(days=14, hours=2)
    acme.sweep()

    agreement = acme.agreement
    assert (agreement.current_period_start, agreement.current_period_end) == (
        NOW + FORTNIGHT,
        (NOW + FORTNIGHT).replace(year=2027),
    )
    paid = Invoice.objects.get(billing_reason="subscription_cycle")
    assert (paid.status, paid.total_minor) == ("paid", shown.base.minor)
    assert not StripeDifference.objects.exists()


def test_a_trial_without_a_card_simply_ends(acme: Acme) -> None:
    agreement = try_plan(acme, needs_card=False, gives_card=False)

    assert (agreement.cancel_at, agreement.end_reason) == (
        NOW + FORTNIGHT,
        EndReason.TRIAL_WITHOUT_CARD,
    )

    acme.wait(days=14, hours=2)

    assert (acme.agreement.status, acme.agreement.ended_at) == (
        AgreementStatus.CANCELED,
        NOW + FORTNIGHT,
    )
    assert not Invoice.objects.filter(total_minor__gt=0).exists()


def test_a_card_that_comes_in_time_keeps_the_agreement(acme: Acme) -> None:
    try_plan(acme, needs_card=False, gives_card=False)
    portal = open_portal(
        organization=acme.organization,
        return_url="https://portal.example/plan/",
        page=PortalPage.PAYMENT_METHOD,
        now=NOW,
    )
    visitor = Visitor(acme.stripe.sandbox)
    assert visitor.open(portal.removeprefix(URL)).status == 200
    add_card(acme)

    acme.stripe.deliver()

    assert (acme.agreement.cancel_at, acme.agreement.end_reason) == (None, "")
    acme.wait(days=14, hours=2)
    acme.sweep()
    assert acme.agreement.status == AgreementStatus.ACTIVE


def add_card(acme: Acme) -> None:
    [customer] = acme.stripe.ask("customers.list")["data"]
    method = send(
        "payment_methods.attach", {"customer": customer["id"]}, target="pm_card_visa", key="a"
    )
    send(
        "customers.update",
        {"invoice_settings": {"default_payment_method": method["id"]}},
        target=customer["id"],
        key="b",
    )
