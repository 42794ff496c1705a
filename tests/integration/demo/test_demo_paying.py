"""The demo's customers pay through the sandbox: three past months, told by test clocks."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.test import TestCase, override_settings

from accounts.models import Organization
from billing.choices import AgreementStatus, Collection, EndReason
from billing.demo.customers import CUSTOMERS, PROFESSIONAL, Customer, Stream
from billing.demo.environment import read_environment
from billing.demo.listening import listen_to_stripe
from billing.models import Agreement, Invoice, Plan, StripeCustomer, StripeEvent, TopUp
from billing.stripe.gateway.client import ask, ask_for_all
from billing.stripe.gateway.client import send as send_to_stripe
from billing.stripe.gateway.errors import StripeUnavailable
from billing.stripe.gateway.reading import retrieve_clock
from billing.stripe.invoices.upcoming import upcoming
from billing.stripe.reconcile.operations import reconcile
from billing.stripe.rehearsal import RehearsalStuck
from config.kernel.money import Money
from metering.ledger.audit import find_violations
from tests.support.extent import extent
from tests.support.rehearsing import rehearsing
from tests.support.stripe_at_hand import URL as SANDBOX

from .loading import NOW, URL, coarse, load

BY_ID = {customer.external_id: customer for customer in CUSTOMERS}

Bill = tuple[str, str, int, int]


def organization(external_id: str) -> Organization:
    return Organization.objects.get(external_id=external_id)


def agreement_of(external_id: str) -> Agreement:
    return Agreement.objects.select_related("plan_version").get(
        organization=organization(external_id)
    )


def bills_of(external_id: str) -> list[Bill]:
    """(status, reason, total, paid) of the invoices, the first one first."""
    invoices = Invoice.objects.owned_by(organization(external_id)).order_by("issued_at")
    return list(
        invoices.values_list("status", "billing_reason", "total_minor", "amount_paid_minor")
    )


def paid(reason: str, *totals: int) -> list[Bill]:
    return [("paid", reason, total, total) for total in totals]


class DemoPaying(TestCase):
    """One load for all of them: they only read."""

    environment: ClassVar[Path]
    requests: ClassVar[list[tuple[str, str]]]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.environment = Path(cls.enterClassContext(tempfile.TemporaryDirectory())) / "demo.env"
        cls.requests = cls.enterClassContext(rehearsing(now=NOW)).requests
        assert load(cls.environment) > 0

    def test_books_are_clean_and_agree_with_stripe(self) -> None:
        assert list(find_violations()) == []
        assert [str(row) for row in reconcile(now=NOW, everything=True)] == []
        assert not StripeEvent.objects.filter(status="failed").exists()

    def test_everybody_pays_through_stripe(self) -> None:
        assert set(Agreement.objects.values_list("collection", flat=True)) == {Collection.STRIPE}

    def test_professional_paid_its_overage_of_the_first_month(self) -> None:
        assert bills_of("northwind") == [
            *paid("subscription_create", 29_900),
            *paid("subscription_cycle", 32_780, 29_900, 29_900),
        ]
        invoice = Invoice.objects.owned_by(organization("northwind")).get(total_minor=32_780)
        assert [line.amount_minor for line in invoice.lines.order_by("position")] == [29_900, 2_880]

    def test_next_invoice_of_the_professional_is_as_it_was_estimated(self) -> None:
        expected = upcoming(organization=organization("northwind"), now=NOW)

        assert expected is not None
        assert expected.total == Money(35_210, "USD")

    def test_legacy_customers_pay_for_their_seats_on_plans_that_are_sold_no_more(self) -> None:
        for external_id, monthly, months in (
            ("customer-a", 500_000, 3),
            ("marketing-team", 150_000, 3),
            ("larkspur", 75_000, 12),
        ):
            assert bills_of(external_id) == [
                *paid("subscription_create", monthly),
                *paid("subscription_cycle", *[monthly] * months),
            ]
        legacy = Plan.objects.filter(group__code="legacy")
        products = {
            product["name"]: product["active"] for product in ask_for_all("products.list", {})
        }
        assert {products[plan.name] for plan in legacy} == {False}

    def test_who_came_earlier_pays_what_was_agreed_then(self) -> None:
        assert [total for _status, _reason, total, _paid in bills_of("juniper")] == [7_900] * 4

    def test_coupon_was_good_for_one_payment(self) -> None:
        assert [total for _status, _reason, total, _paid in bills_of("starling")] == [
            7_920,
            9_900,
            9_900,
            9_900,
        ]
        [code] = ask("promotion_codes.list", {"code": "WELCOME20"})["data"]
        assert code["active"] is True

    def test_declined_card_leaves_a_payment_overdue_that_is_tried_again(self) -> None:
        agreement = agreement_of("fernhill")
        [*before, last] = bills_of("fernhill")

        assert agreement.status == AgreementStatus.PAST_DUE
        assert before == [
            *paid("subscription_create", 9_900),
            *paid("subscription_cycle", 9_900),
            *paid("manual", 6_500),
            *paid("subscription_cycle", 9_900),
        ]
        assert last == ("open", "subscription_cycle", 9_900, 0)
        invoice = Invoice.objects.owned_by(agreement.organization).get(status="open")
        assert invoice.next_attempt_at is not None
        assert NOW < invoice.next_attempt_at < NOW + timedelta(days=7)
        customer = StripeCustomer.objects.owned_by(agreement.organization).get()
        assert customer.card_words == "Visa •••• 0341"

    def test_pack_was_paid_for(self) -> None:
        [top_up] = TopUp.objects.owned_by(organization("fernhill"))

        assert (top_up.status, top_up.credits) == ("paid", 500)

    def test_trial_without_a_card_ends_in_some_days(self) -> None:
        agreement = agreement_of("kestrel")

        assert (agreement.status, agreement.end_reason) == (
            AgreementStatus.TRIALING,
            EndReason.TRIAL_WITHOUT_CARD,
        )
        assert agreement.cancel_at == agreement.trial_ends_at
        assert agreement.trial_ends_at is not None
        assert 4 <= (agreement.trial_ends_at - NOW).days <= 5

    def test_who_pays_by_the_year_pays_its_overage_by_the_month(self) -> None:
        assert bills_of("eastgate") == [
            *paid("subscription_create", 1_849_000),
            *paid("manual", 12_600, 23_400),
        ]
        assert agreement_of("eastgate").seats == 60

    def test_every_clock_shows_the_present_and_follows_it(self) -> None:
        clocks = StripeCustomer.objects.values_list("test_clock_id", flat=True)

        assert len(clocks) == len(CUSTOMERS)
        assert {retrieve_clock(clock_id).frozen_at for clock_id in clocks} == {NOW}
        follows = [target for _method, target in self.requests if target.endswith("/follow")]
        assert len(follows) == len(CUSTOMERS)
        assert set(Organization.objects.values_list("clock_ahead", flat=True)) == {timedelta(0)}

    def test_environment_file_names_the_sandbox(self) -> None:
        variables = read_environment(self.environment)

        assert (variables["STRIPE_MODE"], variables["SANDBOX_URL"]) == ("sandbox", SANDBOX)


class Killed(BaseException):
    """The process ends here."""


def dies_at(number: int, function: Callable[..., Any], *, with_effect: bool) -> Callable[..., Any]:
    """The function, of which one call never returns, whether or not it came to be."""
    numbers = count(1)

    def call(*args: Any, **kwargs: Any) -> Any:
        if next(numbers) != number:
            return function(*args, **kwargs)
        if with_effect:
            function(*args, **kwargs)
        raise Killed

    return call


@pytest.fixture
def two_customers() -> tuple[Customer, ...]:
    streams = (Stream("GENERATE_REPORT", monthly=(5, 6, 7), so_far=4),)
    return (coarse(replace(PROFESSIONAL, streams=streams)), coarse(BY_ID["fernhill"]))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("number", "effect"),
    extent(
        short=[(45, "unknown")],
        full=[(9, "none"), (27, "unknown"), (45, "none"), (45, "unknown"), (58, "unknown")],
    ),
)
def test_run_that_was_killed_is_completed_by_the_next(
    number: int,
    effect: str,
    two_customers: tuple[Customer, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with rehearsing(now=NOW):
        with monkeypatch.context() as patch:
            patch.setattr(
                "billing.stripe.intents.performing.send",
                dies_at(number, send_to_stripe, with_effect=effect == "unknown"),
            )
            with pytest.raises(Killed):
                load(tmp_path / "demo.env", customers=two_customers)

        load(tmp_path / "demo.env", customers=two_customers)

        assert bills_of("northwind") == [
            *paid("subscription_create", 29_900),
            *paid("subscription_cycle", 29_900, 29_900, 29_900),
        ]
        assert bills_of("fernhill") == [
            *paid("subscription_create", 9_900),
            *paid("subscription_cycle", 9_900),
            *paid("manual", 6_500),
            *paid("subscription_cycle", 9_900),
            ("open", "subscription_cycle", 9_900, 0),
        ]
        for kind in ("customers", "subscriptions", "test_helpers.test_clocks"):
            assert len(list(ask_for_all(f"{kind}.list"))) == 2
        assert list(find_violations()) == []
        assert [str(row) for row in reconcile(now=NOW, everything=True)] == []


@pytest.mark.django_db
def test_run_that_stripe_did_not_answer_is_completed_by_the_next(
    two_customers: tuple[Customer, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rehearsing(now=NOW):
        with monkeypatch.context() as patch:
            patch.setattr("billing.stripe.settling.drafts.perform", unavailable)
            with pytest.raises(RehearsalStuck, match="Nobody answers"):
                load(tmp_path / "demo.env", customers=two_customers)

        load(tmp_path / "demo.env", customers=two_customers)

        assert {status for status, *_rest in bills_of("northwind")} == {"paid"}
        assert not StripeEvent.objects.filter(status="failed").exists()


def unavailable(*_call: object, **_now: object) -> None:
    raise StripeUnavailable("Nobody answers.")


@pytest.mark.django_db
def test_events_are_sent_to_where_the_demo_is_now_and_nowhere_else() -> None:
    with rehearsing(now=NOW):
        for port in (8000, 9000):
            with override_settings(PUBLIC_URL=f"http://127.0.0.1:{port}"):
                listen_to_stripe()

        endpoints = [endpoint["url"] for endpoint in ask_for_all("webhook_endpoints.list")]

    assert endpoints == ["http://127.0.0.1:9000/stripe/webhook"]


@pytest.mark.django_db
@override_settings(STRIPE_MODE="stripe", PUBLIC_URL=URL)
def test_machine_that_stripe_cannot_reach_asks_for_events() -> None:
    assert listen_to_stripe().startswith(f"Stripe cannot reach {URL}/stripe/webhook, so its events")
