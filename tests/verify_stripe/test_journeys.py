"""What customers do, made by Stripe's API alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.agreements.waiting import find_waiting_change
from billing.choices import AgreementStatus, ChargeStatus, TopUpStatus
from billing.models import Invoice, SettlementCharge
from billing.stripe.gateway.errors import CardRefused
from billing.stripe.journeys.cards import open_portal
from billing.stripe.journeys.changes import make_change, preview_change, undo_change
from billing.stripe.journeys.endings import end_at_period_end, end_now, go_on
from billing.stripe.journeys.errors import PaymentIncomplete
from billing.stripe.journeys.proposals import Wish
from billing.stripe.journeys.top_ups import pay_with_card
from billing.stripe.reconcile.operations import reconcile
from billing.stripe.rehearsal import DECLINED, VISA, ensure_coupon
from config.kernel.money import Money
from tests.factories.catalog import STAFF
from tests.factories.top_ups import make_pack, order

from .account import Buyer

PROFESSIONAL = Wish(plan_code="professional")
STARTER = Wish(plan_code="starter")


def change(buyer: Buyer, wish: Wish) -> Money:
    """Look at a preview, do what it says, and return what was to be paid at once."""
    now = buyer.now
    shown = preview_change(agreement=buyer.agreement, wish=wish, now=now)
    make_change(
        agreement=buyer.agreement,
        wish=wish,
        proration_at=shown.proration_at,
        expected=shown.due_now,
        actor=buyer.alice,
        now=now,
    )
    return shown.due_now


def is_reconciled(buyer: Buyer) -> bool:
    """Whether our books and Stripe's agree on this customer."""
    differences = reconcile(now=buyer.account.now, everything=True)
    return not [row for row in differences if row.organization_id == buyer.organization.pk]


def test_first_payment_begins_the_agreement(buyer: Buyer) -> None:
    agreement = buyer.subscribe()

    assert (agreement.status, agreement.started_at) == (
        AgreementStatus.ACTIVE,
        buyer.account.starts_at,
    )
    assert buyer.credits == 1_000
    assert buyer.bills() == [("paid", "subscription_create", 9_900)]


def test_renewal_carries_the_overage_of_the_month_that_is_over(buyer: Buyer) -> None:
    buyer.subscribe()
    buyer.wait(days=5)
    buyer.use("much", 1_100)

    buyer.come_to_the_next_period()

    assert buyer.bills() == [
        ("paid", "subscription_create", 9_900),
        ("paid", "subscription_cycle", 11_400),
    ]
    charge = SettlementCharge.objects.owned_by(buyer.organization).get()
    assert (charge.status, charge.settlement.amount_minor) == (ChargeStatus.INVOICED, 1_500)
    assert is_reconciled(buyer)


def test_upgrade_charges_what_was_shown(buyer: Buyer) -> None:
    buyer.subscribe()
    buyer.wait(days=12)

    due_now = change(buyer, PROFESSIONAL)
    buyer.wait(hours=1)

    assert buyer.agreement.plan_version == buyer.catalog.professional
    charged = Invoice.objects.owned_by(buyer.organization).get(billing_reason="subscription_update")
    assert (charged.status, Money(charged.amount_paid_minor, "USD")) == ("paid", due_now)


def test_upgrade_that_is_not_paid_for_is_none(buyer: Buyer) -> None:
    buyer.subscribe()
    buyer.wait(days=12)
    buyer.rehearsal.give_card(DECLINED, now=buyer.now)

    with pytest.raises(PaymentIncomplete):
        change(buyer, PROFESSIONAL)

    assert buyer.agreement.plan_version == buyer.catalog.starter


def test_downgrade_waits_for_the_next_period(buyer: Buyer) -> None:
    buyer.subscribe(buyer.catalog.professional)

    change(buyer, STARTER)
    assert find_waiting_change(buyer.agreement) is not None
    buyer.come_to_the_next_period()

    assert buyer.agreement.plan_version == buyer.catalog.starter
    assert buyer.bills()[-1] == ("paid", "subscription_cycle", 9_900)


def test_change_that_waits_can_be_undone(buyer: Buyer) -> None:
    buyer.subscribe(buyer.catalog.professional)
    change(buyer, STARTER)

    undo_change(agreement=buyer.agreement, actor=buyer.alice, now=buyer.now)
    buyer.come_to_the_next_period()

    assert find_waiting_change(buyer.agreement) is None
    assert buyer.bills()[-1] == ("paid", "subscription_cycle", 29_900)


def test_another_interval_begins_with_the_next_period(buyer: Buyer) -> None:
    buyer.subscribe()

    change(buyer, Wish(interval="year"))
    buyer.come_to_the_next_period()

    assert buyer.agreement.interval == "year"
    assert buyer.bills()[-1] == ("paid", "subscription_cycle", 99_000)


def test_agreement_ends_with_what_is_paid_for(buyer: Buyer) -> None:
    ends_at = buyer.subscribe().current_period_end

    end_at_period_end(
        agreement=buyer.agreement, feedback=None, comment="", actor=buyer.alice, now=buyer.now
    )
    buyer.come_to_the_next_period()

    assert (buyer.agreement.status, buyer.agreement.ended_at) == (AgreementStatus.CANCELED, ends_at)
    assert buyer.bills() == [("paid", "subscription_create", 9_900)]


def test_agreement_goes_on_after_all(buyer: Buyer) -> None:
    buyer.subscribe()
    end_at_period_end(
        agreement=buyer.agreement, feedback=None, comment="", actor=buyer.alice, now=buyer.now
    )

    go_on(agreement=buyer.agreement, actor=buyer.alice, now=buyer.now)
    buyer.come_to_the_next_period()

    assert (buyer.agreement.status, buyer.agreement.cancel_at) == (AgreementStatus.ACTIVE, None)
    assert buyer.bills()[-1] == ("paid", "subscription_cycle", 9_900)


def test_staff_end_it_at_once(buyer: Buyer) -> None:
    buyer.subscribe()
    buyer.wait(days=3)

    end_now(
        agreement=buyer.agreement, refunds_rest=True, actor=STAFF, reason="Asked.", now=buyer.now
    )
    buyer.wait(hours=1)

    assert buyer.agreement.status == AgreementStatus.CANCELED


def test_declined_card_makes_the_agreement_overdue_until_another_one_pays(buyer: Buyer) -> None:
    buyer.subscribe()
    buyer.rehearsal.give_card(DECLINED, now=buyer.now)
    buyer.come_to_the_next_period()
    assert buyer.agreement.status == AgreementStatus.PAST_DUE
    invoice = Invoice.objects.owned_by(buyer.organization).get(status="open")
    assert invoice.next_attempt_at is not None

    buyer.rehearsal.give_card("pm_card_mastercard", now=buyer.now)
    buyer.account.change("invoices.pay", target=invoice.stripe_id)
    buyer.wait(hours=1)

    assert buyer.agreement.status == AgreementStatus.ACTIVE
    assert buyer.bills()[-1] == ("paid", "subscription_cycle", 9_900)


def test_coupon_is_good_for_the_first_payment(buyer: Buyer) -> None:
    coupon = ensure_coupon(code="VERIFY20", name="Verify", percent_off=20, now=buyer.now)

    buyer.subscribe(coupon=coupon)
    buyer.come_to_the_next_period()

    assert [total for _status, _reason, total in buyer.bills()] == [7_920, 9_900]


def test_trial_without_a_card_ends_by_itself(buyer: Buyer) -> None:
    agreement = buyer.subscribe(card="", trial_days=7)
    assert (agreement.status, agreement.trial_ends_at) == (
        AgreementStatus.TRIALING,
        buyer.account.starts_at + timedelta(days=7),
    )

    buyer.wait(days=7, hours=2)

    assert buyer.agreement.status == AgreementStatus.CANCELED


def test_trial_with_a_card_goes_on_as_a_paid_agreement(buyer: Buyer) -> None:
    buyer.subscribe(trial_days=7)

    for hours in (0, 2, 2):
        buyer.wait(days=0 if hours else 7, hours=hours)

    assert (buyer.agreement.status, buyer.agreement.end_reason) == (AgreementStatus.ACTIVE, "")
    assert buyer.bills()[-1] == ("paid", "subscription_cycle", 9_900)


def test_pack_is_paid_with_the_card_on_file(buyer: Buyer) -> None:
    buyer.subscribe()
    make_pack(buyer.catalog.credits)
    top_up = order(buyer.organization, at=buyer.now)
    buyer.rehearsal.give_card(DECLINED, now=buyer.now)
    with pytest.raises(CardRefused):
        pay_with_card(top_up=top_up, now=buyer.now)

    buyer.rehearsal.give_card("pm_card_mastercard", now=buyer.now)
    paid = pay_with_card(top_up=top_up, now=buyer.now)

    assert (paid.status, buyer.credits) == (TopUpStatus.PAID, 1_500)


def test_portal_opens_for_the_customer(buyer: Buyer) -> None:
    buyer.subscribe(card=VISA)

    url = open_portal(
        organization=buyer.organization, return_url="https://portal.example/", now=buyer.now
    )

    assert url.startswith("http")
