"""Another plan, interval or number of seats: what is shown is what is charged."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.agreements.errors import NothingChanges
from billing.agreements.waiting import find_waiting_change
from billing.catalog.operations import publish
from billing.choices import AgreementStatus, BillingInterval
from billing.models import Invoice, ScheduledChange
from billing.stripe.gateway.client import send
from billing.stripe.journeys.changes import make_change, preview_change, undo_change
from billing.stripe.journeys.errors import ChangeWaiting, PaymentIncomplete, PreviewOutdated
from billing.stripe.journeys.proposals import Wish
from billing.stripe.publishing import publish_waiting
from config.kernel.errors import Invalid
from config.kernel.money import Money
from tests.factories.catalog import STAFF, fixed, make_draft, metered

from .conftest import Acme

pytestmark = pytest.mark.django_db

PROFESSIONAL = Wish(plan_code="professional")
STARTER = Wish(plan_code="starter")


def change(acme: Acme, wish: Wish) -> None:
    """Look at a preview, and do what it says."""
    shown = preview_change(agreement=acme.agreement, wish=wish, now=acme.stripe.now)
    make_change(
        agreement=acme.agreement,
        wish=wish,
        proration_at=shown.proration_at,
        expected=shown.due_now,
        actor=acme.alice,
        now=acme.stripe.now,
    )


def test_an_upgrade_charges_what_was_shown_and_takes_effect_at_once(acme: Acme) -> None:
    acme.subscribe("starter")
    acme.wait(days=15)

    shown = preview_change(agreement=acme.agreement, wish=PROFESSIONAL, now=acme.stripe.now)

    # Half of September: half of $299 less half of $99.
    assert [line.amount for line in shown.lines] == [Money(14950, "USD"), Money(-4950, "USD")]
    assert (shown.due_now, shown.base) == (Money(10000, "USD"), Money(29900, "USD"))
    assert shown.is_at_once

    make_change(
        agreement=acme.agreement,
        wish=PROFESSIONAL,
        proration_at=shown.proration_at,
        expected=shown.due_now,
        actor=acme.alice,
        now=acme.stripe.now,
    )
    acme.stripe.deliver()

    assert acme.agreement.plan_version == acme.catalog.professional
    charged = Invoice.objects.get(billing_reason="subscription_update")
    assert (charged.status, charged.amount_paid_minor) == ("paid", 10000)


@pytest.mark.parametrize(
    "wish", [Wish(seats=3), Wish(plan_code="starter", seats=2)], ids=["seats", "plan and seats"]
)
def test_seats_that_nobody_pays_for_are_no_wish_that_stripe_could_keep(
    acme: Acme, wish: Wish
) -> None:
    """Their number is nowhere at Stripe: the change was confirmed, and never came."""
    acme.subscribe("professional")
    acme.stripe.requests.clear()
    with pytest.raises(Invalid, match="no price for each seat"):
        change(acme, wish)
    assert acme.stripe.requests == []
    change(acme, Wish(interval="year", seats=20))
    waiting = find_waiting_change(acme.agreement)
    assert waiting is not None
    assert (waiting.interval, waiting.seats) == ("year", 20)


def test_what_was_shown_before_the_period_began_is_not_made_after_it(acme: Acme) -> None:
    acme.subscribe("starter")
    acme.wait(days=29, hours=23)
    acme.stripe.now += timedelta(minutes=50)
    shown = preview_change(agreement=acme.agreement, wish=PROFESSIONAL, now=acme.stripe.now)
    acme.stripe.now += timedelta(minutes=20)
    acme.wait()
    assert acme.agreement.current_period_start == acme.stripe.now - timedelta(minutes=10)
    acme.stripe.requests.clear()

    with pytest.raises(PreviewOutdated, match="too old"):
        make_change(
            agreement=acme.agreement,
            wish=PROFESSIONAL,
            proration_at=shown.proration_at,
            expected=shown.due_now,
            actor=acme.alice,
            now=acme.stripe.now,
        )
    assert acme.stripe.requests == []


def test_a_version_that_nobody_was_shown_is_not_agreed_on(acme: Acme) -> None:
    acme.subscribe("professional")
    acme.wait(days=15)
    shown = preview_change(agreement=acme.agreement, wish=STARTER, now=acme.stripe.now)
    dearer = make_draft(
        acme.catalog.starter.plan, metered(acme.catalog.credits, 1_000), prices=(fixed("149"),)
    )
    acme.stripe.now += timedelta(minutes=1)
    publish(plan_version=dearer, actor=STAFF, now=acme.stripe.now)
    publish_waiting(now=acme.stripe.now)

    with pytest.raises(PreviewOutdated, match="plan has changed"):
        make_change(
            agreement=acme.agreement,
            wish=STARTER,
            proration_at=shown.proration_at,
            expected=shown.due_now,
            actor=acme.alice,
            now=acme.stripe.now,
        )
    assert find_waiting_change(acme.agreement) is None
    change(acme, STARTER)
    acme.stripe.deliver()
    waiting = find_waiting_change(acme.agreement)
    assert waiting is not None
    assert waiting.to_version == dearer


def test_another_amount_than_the_one_shown_is_not_charged(acme: Acme) -> None:
    acme.subscribe("starter")
    acme.wait(days=15)
    shown = preview_change(agreement=acme.agreement, wish=PROFESSIONAL, now=acme.stripe.now)

    with pytest.raises(PreviewOutdated):
        make_change(
            agreement=acme.agreement,
            wish=PROFESSIONAL,
            proration_at=shown.proration_at,
            expected=Money(9999, "USD"),
            actor=acme.alice,
            now=acme.stripe.now,
        )

    assert acme.agreement.plan_version == acme.catalog.starter
    assert Invoice.objects.filter(billing_reason="subscription_update").count() == 0


def test_what_is_planned_is_not_lost_by_a_change_at_once(acme: Acme) -> None:
    acme.subscribe("starter")
    change(acme, Wish(interval="year"))

    with pytest.raises(ChangeWaiting):
        preview_change(agreement=acme.agreement, wish=PROFESSIONAL, now=acme.stripe.now)

    waiting = find_waiting_change(acme.agreement)
    assert waiting is not None
    assert waiting.interval == "year"


def test_once_a_planned_change_has_come_the_next_can_be_made_at_once(acme: Acme) -> None:
    acme.subscribe("starter")
    change(acme, Wish(interval="year"))
    acme.wait(days=30, hours=3)

    change(acme, PROFESSIONAL)

    agreement = acme.agreement
    assert (agreement.plan_version, agreement.interval) == (acme.catalog.professional, "year")


def test_a_preview_is_good_for_half_an_hour(acme: Acme) -> None:
    acme.subscribe("starter")
    shown = preview_change(agreement=acme.agreement, wish=PROFESSIONAL, now=acme.stripe.now)

    with pytest.raises(PreviewOutdated):
        make_change(
            agreement=acme.agreement,
            wish=PROFESSIONAL,
            proration_at=shown.proration_at,
            expected=shown.due_now,
            actor=acme.alice,
            now=acme.stripe.now + timedelta(minutes=31),
        )


def test_the_same_change_sent_twice_is_made_once(acme: Acme) -> None:
    acme.subscribe("starter")
    acme.wait(days=15)

    change(acme, PROFESSIONAL)
    with pytest.raises(NothingChanges):
        change(acme, PROFESSIONAL)

    invoices = acme.stripe.ask("invoices.list")["data"]
    assert [invoice["amount_due"] for invoice in invoices] == [10000, 9900]


def test_without_the_payment_nothing_changes(acme: Acme) -> None:
    acme.subscribe("starter")
    acme.wait(days=15)
    decline_from_now_on(acme)

    with pytest.raises(PaymentIncomplete) as refusal:
        change(acme, PROFESSIONAL)

    assert refusal.value.extra["invoice_url"].startswith("http://stripe.sandbox/i/")
    assert acme.agreement.plan_version == acme.catalog.starter


def test_a_downgrade_waits_for_the_end_of_what_is_paid_for(acme: Acme) -> None:
    acme.subscribe("professional")
    acme.wait(days=15)

    change(acme, STARTER)

    waiting = find_waiting_change(acme.agreement)
    assert waiting is not None
    assert waiting.to_version == acme.catalog.starter
    assert waiting.effective_at == acme.agreement.current_period_end
    assert acme.agreement.plan_version == acme.catalog.professional

    acme.wait(days=15, hours=3)

    assert acme.agreement.plan_version == acme.catalog.starter
    assert find_waiting_change(acme.agreement) is None
    renewal = Invoice.objects.get(billing_reason="subscription_cycle")
    assert renewal.total_minor == 9900


def test_a_change_that_waits_can_be_undone(acme: Acme) -> None:
    acme.subscribe("professional")
    change(acme, STARTER)

    undo_change(agreement=acme.agreement, actor=acme.alice, now=acme.stripe.now)

    assert find_waiting_change(acme.agreement) is None
    assert ScheduledChange.objects.get().status == "undone"
    acme.wait(days=31)
    assert acme.agreement.plan_version == acme.catalog.professional


def test_another_interval_begins_with_the_next_period(acme: Acme) -> None:
    acme.subscribe("starter")

    change(acme, Wish(interval="year"))
    acme.wait(days=30, hours=3)

    agreement = acme.agreement
    assert (agreement.interval, agreement.plan_version) == (
        BillingInterval.YEAR,
        acme.catalog.starter,
    )
    assert (agreement.current_period_end - agreement.current_period_start).days == 365
    renewal = Invoice.objects.get(billing_reason="subscription_cycle")
    assert renewal.total_minor == 99000
    assert agreement.status == AgreementStatus.ACTIVE


def test_a_discount_goes_on_after_a_change_that_was_planned(acme: Acme) -> None:
    acme.subscribe("starter")
    coupon = send("coupons.create", {"percent_off": 50, "duration": "forever"}, key="half")
    subscription = acme.stripe.ask("subscriptions.list")["data"][0]["id"]
    send(
        "subscriptions.update",
        {"discounts": [{"coupon": coupon["id"]}]},
        target=subscription,
        key="give-half",
    )

    change(acme, Wish(interval="year"))
    acme.wait(days=30, hours=3)

    renewal = Invoice.objects.get(billing_reason="subscription_cycle")
    assert (renewal.subtotal_minor, renewal.total_minor) == (99000, 49500)


def decline_from_now_on(acme: Acme) -> None:
    """The bank refuses what the card on file is charged from now on."""
    customer = acme.stripe.ask("customers.list")["data"][0]["id"]
    method = send(
        "payment_methods.attach",
        {"customer": customer},
        target="pm_card_chargeCustomerFail",
        key="bad-card",
    )
    subscription = acme.stripe.ask("subscriptions.list")["data"][0]["id"]
    send(
        "subscriptions.update",
        {"default_payment_method": method["id"]},
        target=subscription,
        key="use-bad-card",
    )
