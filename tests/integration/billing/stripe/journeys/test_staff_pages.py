"""Staff see what Stripe collects for, and move, end and keep agreements through the journeys."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import AuditEntry
from billing.admin import agreement_facts
from billing.models import Agreement, StripeCustomer, StripeDifference, TopUp
from billing.stripe.dashboard import customer_address
from billing.stripe.journeys.changes import make_change, preview_change
from billing.stripe.journeys.proposals import Wish
from billing.stripe.journeys.top_ups import start_payment
from tests.factories.accounts import make_person
from tests.factories.agreements import make_agreement
from tests.factories.top_ups import make_pack, order
from tests.support.stripe_at_hand import NOW

from .conftest import RETURNS, Acme

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    """Sam, who runs the installation."""
    sam = make_person("Sam", email="sam@tallybook.example", is_staff=True, is_superuser=True)
    client.force_login(sam)
    return client


def page(name: str, agreement: Agreement) -> str:
    return reverse(f"admin:billing_agreement_{name}", args=[agreement.pk])


def text_of(client: Client, url: str) -> str:
    """The words of a page."""
    response = client.get(url, follow=True)
    assert response.status_code == 200
    return " ".join(re.sub("<[^>]+>", " ", unescape(response.content.decode())).split())


def do(client: Client, acme: Acme, name: str, **entered: Any) -> str:
    """Send a form with a reason, at the time that it is; return the words of the answer."""
    with time_machine.travel(acme.stripe.now, tick=False):
        response = client.post(
            page(name, acme.agreement), {"reason": "Agreed by mail", **entered}, follow=True
        )
    assert response.status_code == 200
    return " ".join(re.sub("<[^>]+>", " ", response.content.decode()).split())


def reason_of(action: str) -> str:
    return str(AuditEntry.objects.filter(action=action).latest("pk").reason)


def test_the_page_tells_what_stripe_says_and_what_comes(staff: Client, acme: Acme) -> None:
    agreement = acme.subscribe("professional")
    acme.stripe.deliver()
    wish = Wish(plan_code="starter")
    preview = preview_change(agreement=agreement, wish=wish, now=NOW)
    make_change(
        agreement=agreement,
        wish=wish,
        proration_at=preview.proration_at,
        expected=preview.due_now,
        actor=acme.alice,
        now=NOW,
    )
    StripeDifference.objects.create(
        organization=acme.organization,
        kind="subscription.seats",
        subject=agreement.public_id,
        ours="20",
        theirs="19",
        found_at=NOW,
        seen_at=NOW,
    )
    shown = text_of(staff, page("change", agreement))
    customer = StripeCustomer.objects.get()
    assert f"{customer.stripe_id}, Visa •••• 4242" in shown
    assert "sub_" in shown
    assert "Starter v1, monthly, 5 seats, $99 from Oct. 20, 2026" in shown
    assert "Sept. 20, 2026, $299, Paid" in shown
    assert f"subscription.seats {agreement.public_id}: 20 / 19" in shown
    for words in ("Undo the change", "End now", "Cancel at the period's end"):
        assert words in shown
    assert "Mark the payment" not in shown


def test_nothing_is_told_of_other_organizations(staff: Client, acme: Acme) -> None:
    StripeDifference.objects.create(
        organization=None, kind="plan", subject="pro", ours="", theirs="", found_at=NOW, seen_at=NOW
    )
    agreement = make_agreement(acme.organization)
    facts = agreement_facts.AgreementFacts()
    told = (facts.subscription, facts.customer, facts.last_invoices, facts.differences)
    assert [fact(agreement) for fact in told] == ["-"] * 4


@pytest.mark.parametrize(
    ("charging", "invoices"), [("now", [20000, 9900]), ("next_period", [9900])]
)
def test_staff_move_a_plan_at_once_and_say_from_when_it_is_charged(
    staff: Client, acme: Acme, charging: str, invoices: list[int]
) -> None:
    acme.subscribe("starter")
    plan = acme.catalog.professional.plan
    shown = do(staff, acme, "change_plan", plan=plan.pk, charging=charging)
    assert "The plan is changed." in shown
    assert acme.agreement.plan_version == acme.catalog.professional
    listed = acme.stripe.ask("invoices.list")["data"]
    assert [invoice["amount_due"] for invoice in listed] == invoices
    assert reason_of("agreement.change_requested") == "Agreed by mail"


def test_seats_that_are_included_are_not_lowered(staff: Client, acme: Acme) -> None:
    acme.subscribe("starter")
    shown = do(staff, acme, "fewer_seats", seats="3", seen="3")
    assert "The plan has no price for each seat." in shown


def test_staff_undo_what_waits(staff: Client, acme: Acme) -> None:
    agreement = acme.subscribe("starter")
    wish = Wish(interval="year")
    preview = preview_change(agreement=agreement, wish=wish, now=NOW)
    make_change(
        agreement=agreement,
        wish=wish,
        proration_at=preview.proration_at,
        expected=preview.due_now,
        actor=acme.alice,
        now=NOW,
    )
    assert "The agreement stays as it is." in do(staff, acme, "undo_change")
    assert "Undo the change" not in text_of(staff, page("change", agreement))
    assert reason_of("agreement.undo_requested") == "Agreed by mail"


def test_staff_let_it_end_with_the_period_and_go_on(staff: Client, acme: Acme) -> None:
    acme.subscribe("starter")
    shown = do(staff, acme, "cancel", feedback="unused")
    assert "The agreement ends when its period is over." in shown
    agreement = acme.agreement
    assert agreement.cancel_at == agreement.current_period_end
    assert agreement.cancel_feedback == "unused"
    assert "Let it go on" in shown
    assert "The agreement goes on." in do(staff, acme, "go_on")
    assert acme.agreement.cancel_at is None
    assert reason_of("agreement.resume_requested") == "Agreed by mail"


@pytest.mark.parametrize(("refund", "balance"), [("credit", -4950), ("keep", 0)])
def test_staff_end_at_once_and_say_what_becomes_of_the_rest(
    staff: Client, acme: Acme, refund: str, balance: int
) -> None:
    acme.subscribe("starter")
    acme.wait(days=15)
    assert "The agreement has ended." in do(staff, acme, "end_now", refund=refund)
    assert acme.agreement.status == "canceled"
    assert acme.stripe.ask("customers.list")["data"][0]["balance"] == balance
    assert reason_of("agreement.cancel_requested") == "Agreed by mail"


@pytest.mark.parametrize("deed", ["past_due", "paid"])
def test_where_stripe_collects_it_says_what_is_paid(staff: Client, acme: Acme, deed: str) -> None:
    acme.subscribe("starter")
    assert "Stripe collects for this agreement" in do(staff, acme, deed)
    assert acme.agreement.status == "active"


def test_a_form_says_so_while_stripe_does_not_answer(staff: Client, acme: Acme) -> None:
    acme.subscribe("starter")
    acme.stripe.break_with(timeout_before=100)
    shown = do(staff, acme, "end_now", refund="keep")
    assert "The payment service does not answer now." in shown
    assert acme.agreement.status == "active"


@pytest.mark.parametrize("deed", ["change_plan", "cancel", "end_now", "go_on", "undo_change"])
def test_a_reason_is_asked_for(staff: Client, acme: Acme, deed: str) -> None:
    acme.subscribe("starter")
    before = acme.stripe.requests.copy()
    shown = do(staff, acme, deed, reason="", plan=acme.catalog.professional.plan.pk)
    assert "Please correct what is marked below." in shown
    assert acme.stripe.requests == before


@pytest.mark.parametrize(
    ("mode", "address"),
    [
        ("live", "https://dashboard.stripe.com/customers/cus_1"),
        ("test", "https://dashboard.stripe.com/test/customers/cus_1"),
        ("sandbox", "http://stripe.sandbox/events"),
        ("off", ""),
    ],
)
def test_the_dashboard_is_that_of_the_mode(settings: Settings, mode: str, address: str) -> None:
    settings.STRIPE_MODE = mode if mode in {"sandbox", "off"} else "stripe"
    settings.STRIPE_LIVE_MODE = mode == "live"
    settings.STRIPE_URL = "http://stripe.sandbox"
    assert customer_address(StripeCustomer(stripe_id="cus_1")) == address


class TestTopUps:
    def page(self, name: str, top_up: TopUp) -> str:
        return reverse(f"admin:billing_topup_{name}", args=[top_up.pk])

    @pytest.fixture
    def ordered(self, acme: Acme) -> TopUp:
        make_pack(acme.catalog.credits)
        acme.subscribe("starter")
        return order(acme.organization, at=NOW)

    def test_an_order_that_nobody_pays_at_stripe_is_confirmed_by_hand(
        self, staff: Client, ordered: TopUp
    ) -> None:
        assert "Confirm the payment" in text_of(staff, self.page("change", ordered))
        staff.post(self.page("confirm", ordered), {"payment_reference": "Transfer 17"})
        ordered.refresh_from_db()
        assert ordered.status == "paid"

    def test_one_that_is_being_paid_there_is_not(
        self, staff: Client, acme: Acme, ordered: TopUp
    ) -> None:
        start_payment(top_up=ordered, returns=RETURNS, now=NOW)
        shown = text_of(staff, self.page("change", ordered))
        assert "Confirm the payment" not in shown
        assert "Cancel the order" in shown
        for name, entered in (("confirm", {"payment_reference": "x"}), ("fail", {"reason": "x"})):
            answer = staff.post(self.page(name, ordered), entered).content.decode()
            assert "This order is being paid at Stripe." in answer
        ordered.refresh_from_db()
        assert ordered.status == "pending"

        staff.post(self.page("cancel", ordered), {"reason": "Ordered by mistake"})
        ordered.refresh_from_db()
        assert ordered.status == "canceled"
        [session] = [
            one
            for one in acme.stripe.ask("checkout.sessions.list")["data"]
            if one["mode"] == "payment"
        ]
        assert session["status"] == "expired"
