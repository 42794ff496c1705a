"""Money that comes for an order that has ended grants nothing, and is shown to staff."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.audit.actor import SYSTEM
from accounts.models import AuditEntry, Organization
from billing.choices import InboxStatus, TopUpStatus
from billing.models import StripeDifference, StripeEvent, TopUp
from billing.stripe.inbox import ReceivedEvent
from billing.stripe.journeys.returning import complete_checkout
from billing.stripe.journeys.top_ups import note_payment, start_payment
from billing.top_ups.operations import cancel_top_up, confirm_top_up, fail_top_up
from metering.queries import list_balances
from tests.factories.accounts import make_person
from tests.factories.top_ups import make_pack, order
from tests.support.paying import pay
from tests.support.stripe_at_hand import NOW

from .conftest import RETURNS, Acme

pytestmark = pytest.mark.django_db


@pytest.fixture
def top_up(acme: Acme) -> TopUp:
    """An order for a pack of 500 credits at 55 dollars."""
    make_pack(acme.catalog.credits)
    acme.subscribe("starter")
    acme.stripe.deliver()
    return order(acme.organization, at=acme.stripe.now)


def cancel(top_up: TopUp) -> None:
    cancel_top_up(top_up=top_up, actor=SYSTEM, reason="", now=NOW)


def fail(top_up: TopUp) -> None:
    fail_top_up(top_up=top_up, actor=SYSTEM, reason="no card", now=NOW)


def pay_too_late(acme: Acme, top_up: TopUp) -> str:
    """Have the order canceled while it is paid for on the payment page; the id of the visit."""
    visit = start_payment(top_up=top_up, returns=RETURNS, now=acme.stripe.now)
    cancel(top_up)
    assert pay(acme.stripe, visit.url) == 303
    return visit.public_id


def remaining(acme: Acme) -> int:
    balances = list_balances(organization_id=acme.organization.pk, at=acme.stripe.now)
    return int(balances[acme.catalog.meter.pk].remaining)


@pytest.mark.parametrize(
    ("end", "status"), [(cancel, TopUpStatus.CANCELED), (fail, TopUpStatus.FAILED)]
)
def test_it_is_a_difference_with_the_amount_and_the_invoice(
    acme: Acme, top_up: TopUp, end: object, status: TopUpStatus
) -> None:
    assert callable(end)
    visit = start_payment(top_up=top_up, returns=RETURNS, now=acme.stripe.now)
    end(top_up)
    assert pay(acme.stripe, visit.url) == 303
    acme.stripe.deliver()

    [found] = StripeDifference.objects.filter(resolved_at=None)
    assert (found.kind, found.organization) == ("paid_after_end", acme.organization)
    assert found.subject.startswith("in_")
    assert found.theirs == f"$55 paid by {found.subject}"
    assert found.ours == (
        f"{top_up.public_id} is {status.label.lower()}: nothing was granted. "
        "Refund the payment at Stripe, or grant the credits by hand."
    )
    assert remaining(acme) == 1000
    top_up.refresh_from_db()
    assert top_up.status == status


def test_no_event_fails_for_it(acme: Acme, top_up: TopUp) -> None:
    pay_too_late(acme, top_up)
    acme.stripe.deliver()

    assert not StripeEvent.objects.filter(status=InboxStatus.FAILED).exists()


def test_whoever_paid_returns_to_an_order_that_is_canceled(acme: Acme, top_up: TopUp) -> None:
    visit = pay_too_late(acme, top_up)

    done = complete_checkout(organization=acme.organization, checkout_id=visit, now=acme.stripe.now)

    assert done.status == "completed"


def test_staff_say_that_they_have_seen_to_it_and_it_does_not_come_back(
    acme: Acme, top_up: TopUp, client: Client
) -> None:
    pay_too_late(acme, top_up)
    acme.stripe.deliver()
    found = StripeDifference.objects.get()

    see_to(client, found)
    hear_again(acme, found.subject)

    found = StripeDifference.objects.get()
    assert found.resolved_at == NOW
    entry = AuditEntry.objects.get(action="late_payment.seen_to")
    assert (entry.target, entry.organization) == (found.subject, acme.organization)


def test_what_differs_otherwise_is_gone_only_once_it_agrees(acme: Acme, client: Client) -> None:
    found = StripeDifference.objects.create(
        kind="line_differs", subject="stl_1", ours="1", theirs="2", found_at=NOW, seen_at=NOW
    )

    see_to(client, found)

    found.refresh_from_db()
    assert found.resolved_at is None
    assert not AuditEntry.objects.filter(action="late_payment.seen_to").exists()


def test_a_payment_in_time_is_no_difference(acme: Acme, top_up: TopUp) -> None:
    visit = start_payment(top_up=top_up, returns=RETURNS, now=acme.stripe.now)
    assert pay(acme.stripe, visit.url) == 303
    acme.stripe.deliver()
    top_up.refresh_from_db()
    hear_again(acme, top_up.payment_reference)

    assert top_up.status == TopUpStatus.PAID
    assert not StripeDifference.objects.exists()


def test_a_second_payment_is_a_difference_and_grants_nothing_more(
    acme: Acme, top_up: TopUp
) -> None:
    visit = start_payment(top_up=top_up, returns=RETURNS, now=acme.stripe.now)
    by_hand = confirm_top_up(
        top_up=top_up, payment_reference="transfer of 20 September", actor=SYSTEM, now=NOW
    )
    assert pay(acme.stripe, visit.url) == 303
    acme.stripe.deliver()

    [found] = StripeDifference.objects.filter(resolved_at=None)
    assert (found.kind, found.theirs) == ("paid_twice", f"$55 paid by {found.subject}")
    assert found.ours == (
        f"{by_hand.public_id} was paid by transfer of 20 September before: nothing more was "
        "granted. Refund the payment at Stripe, or grant the credits by hand."
    )
    assert remaining(acme) == 1500


def test_the_invoice_of_a_payment_that_is_known_by_its_intent_is_no_second_one(
    acme: Acme, top_up: TopUp
) -> None:
    visit = start_payment(top_up=top_up, returns=RETURNS, now=acme.stripe.now)
    assert pay(acme.stripe, visit.url) == 303
    [intent, *_earlier] = acme.stripe.ask("payment_intents.list")["data"]
    confirm_top_up(top_up=top_up, payment_reference=intent["id"], actor=SYSTEM, now=NOW)

    acme.stripe.deliver()

    assert remaining(acme) == 1500
    assert not StripeDifference.objects.exists()


def test_a_payment_of_a_closed_organization_is_a_difference_and_no_event_fails(
    acme: Acme, top_up: TopUp
) -> None:
    visit = start_payment(top_up=top_up, returns=RETURNS, now=acme.stripe.now)
    assert pay(acme.stripe, visit.url) == 303
    Organization.objects.filter(pk=acme.organization.pk).update(closed_at=NOW)
    acme.stripe.deliver()

    [found] = StripeDifference.objects.filter(resolved_at=None)
    assert (found.kind, found.theirs) == ("paid_when_closed", f"$55 paid by {found.subject}")
    assert found.ours == (
        f"The organization is closed, so nothing was granted for {top_up.public_id}. "
        "Refund the payment at Stripe."
    )
    assert not StripeEvent.objects.filter(status=InboxStatus.FAILED).exists()


def see_to(client: Client, difference: StripeDifference) -> None:
    """Sam, of the staff, has refunded it."""
    sam = make_person("Sam", email="sam@tallybook.example", is_staff=True, is_superuser=True)
    client.force_login(sam)
    with time_machine.travel(NOW, tick=False):
        client.post(
            reverse("admin:billing_stripedifference_changelist"),
            {"action": "mark_seen_to", "_selected_action": difference.pk},
        )


def hear_again(acme: Acme, invoice_id: str) -> None:
    event = ReceivedEvent(
        id="evt_again", type="invoice.paid", object_id=invoice_id, customer_id="", occurred_at=NOW
    )
    note_payment(event, acme.stripe.now)
