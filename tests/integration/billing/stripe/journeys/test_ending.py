"""An agreement ends when its period does, goes on after all, or ends at once by staff."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import AuditEntry
from billing.agreements.errors import PaymentOverdue
from billing.agreements.operations import bring_current
from billing.choices import AgreementStatus, CancelFeedback, ChargeStatus, EndReason
from billing.models import Invoice, SettlementCharge, StripeSubscription
from billing.stripe.gateway.client import send
from billing.stripe.gateway.errors import StripeUnavailable
from billing.stripe.intents import Call, finish_open_intents, perform
from billing.stripe.journeys.endings import end_at_period_end, end_now, go_on
from tests.factories.agreements import use
from tests.factories.catalog import STAFF
from tests.support.shopping import Shopper

from .conftest import Acme

pytestmark = pytest.mark.django_db


def end(acme: Acme) -> None:
    end_at_period_end(
        agreement=acme.agreement,
        feedback=CancelFeedback.TOO_EXPENSIVE,
        comment="Too dear for us.",
        actor=acme.alice,
        now=acme.stripe.now,
    )


def test_it_ends_with_what_is_paid_for(acme: Acme) -> None:
    agreement = acme.subscribe("starter")
    end(acme)

    told = acme.agreement
    assert (told.status, told.cancel_at, told.end_reason, told.cancel_feedback) == (
        AgreementStatus.ACTIVE,
        agreement.current_period_end,
        EndReason.REQUESTED,
        CancelFeedback.TOO_EXPENSIVE,
    )

    acme.wait(days=30, hours=2)

    ended = acme.agreement
    assert (ended.status, ended.ended_at) == (
        AgreementStatus.CANCELED,
        agreement.current_period_end,
    )
    assert not Invoice.objects.filter(billing_reason="subscription_cycle").exists()


def test_until_then_it_can_go_on_after_all(acme: Acme) -> None:
    acme.subscribe("starter")
    end(acme)

    go_on(agreement=acme.agreement, actor=acme.alice, now=acme.stripe.now)

    assert (acme.agreement.cancel_at, acme.agreement.end_reason) == (None, "")
    acme.wait(days=30, hours=2)
    acme.sweep()
    assert acme.agreement.status == AgreementStatus.ACTIVE
    assert Invoice.objects.get(billing_reason="subscription_cycle").status == "paid"


def test_a_wish_that_did_not_get_through_is_not_made_after_a_later_one(acme: Acme) -> None:
    acme.subscribe("starter")
    acme.stripe.deliver()
    acme.stripe.break_with(timeout_before=100)
    with pytest.raises(StripeUnavailable):
        update_to_end(acme)
    acme.stripe.break_with(timeout_before=0)
    end(acme)
    go_on(agreement=acme.agreement, actor=acme.alice, now=acme.stripe.now)

    acme.stripe.now += timedelta(hours=2)
    finish_open_intents(now=acme.stripe.now)

    [subscription] = acme.stripe.ask("subscriptions.list")["data"]
    assert subscription["cancel_at_period_end"] is False


def update_to_end(acme: Acme) -> None:
    """What `end` asks of Stripe, without asking anything before."""
    [row] = StripeSubscription.objects.all()
    perform(
        Call(
            operation="subscriptions.update",
            target=row.stripe_id,
            params={"cancel_at_period_end": True},
            key="did-not-get-through",
            subject=acme.agreement.public_id,
            replaces_earlier=True,
        ),
        now=acme.stripe.now,
    )


def test_what_was_used_is_invoiced_also_if_we_hear_too_late_that_it_goes_on(acme: Acme) -> None:
    acme.subscribe("starter")
    acme.stripe.deliver()
    use(acme.organization, "much", 1_460, at=acme.stripe.now)
    acme.wait(days=29)
    end(acme)
    acme.stripe.deliver()
    send(
        "subscriptions.update",
        {"cancel_at_period_end": False},
        target=StripeSubscription.objects.get().stripe_id,
        key="at-the-last-moment",
    )
    ended_at = acme.agreement.current_period_end
    bring_current(organization=acme.organization, now=ended_at + timedelta(minutes=1))
    assert acme.agreement.ended_at == ended_at

    acme.wait(days=1, hours=2)
    acme.sweep()
    acme.sweep()

    assert (acme.agreement.started_at, acme.agreement.ended_at) == (ended_at, None)
    charge = SettlementCharge.objects.get()
    assert (charge.status, charge.settlement.amount_minor) == (ChargeStatus.INVOICED, 69_00)
    assert Invoice.objects.get(stripe_id=charge.stripe_invoice_id).status == "paid"


def test_what_was_used_until_the_end_is_invoiced_after_it(acme: Acme) -> None:
    acme.subscribe("starter")
    acme.wait(days=5)
    use(acme.organization, "over", 1100, at=acme.stripe.now)
    end(acme)
    acme.wait(days=25, hours=2)

    acme.sweep()

    final = Invoice.objects.exclude(billing_reason="subscription_create").get()
    assert (final.status, final.total_minor) == ("paid", 1500)


def test_staff_end_it_at_once_and_give_back_what_is_left(acme: Acme) -> None:
    acme.subscribe("starter")
    acme.wait(days=15)

    end_now(
        agreement=acme.agreement,
        refunds_rest=True,
        actor=STAFF,
        reason="Asked for by phone.",
        now=acme.stripe.now,
    )

    assert (acme.agreement.status, acme.agreement.ended_at) == (
        AgreementStatus.CANCELED,
        acme.stripe.now,
    )
    [customer] = acme.stripe.ask("customers.list")["data"]
    assert Decimal(customer["balance"]) == -4950


def test_of_a_period_that_is_not_paid_nothing_is_given_back(acme: Acme) -> None:
    acme.subscribe("starter")
    shopper = Shopper(acme.organization, acme.alice, acme.stripe)
    shopper.use_card("pm_card_chargeCustomerFail", key="bad")
    acme.wait(days=30, hours=2)
    acme.wait(hours=2)
    assert acme.agreement.status == AgreementStatus.PAST_DUE
    ending: dict[str, Any] = {
        "agreement": acme.agreement,
        "actor": STAFF,
        "reason": "",
        "now": acme.stripe.now,
    }

    with pytest.raises(PaymentOverdue, match="not paid, so nothing of it can be given back"):
        end_now(refunds_rest=True, **ending)

    assert acme.agreement.status == AgreementStatus.PAST_DUE
    assert not AuditEntry.objects.filter(action="agreement.cancel_requested").exists()

    end_now(refunds_rest=False, **ending)

    assert acme.agreement.status == AgreementStatus.CANCELED
    assert acme.stripe.ask("customers.retrieve", target=shopper.customer_id)["balance"] == 0
