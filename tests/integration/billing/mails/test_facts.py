"""What happens to an organization is mailed to those of its people who are to know."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from accounts.choices import MailAlert, Role
from accounts.contacts.operations import ContactDetails, add_billing_contact
from accounts.models import MailNotice, MailOptOut, Organization, User
from billing.agreements.changes import change_plan
from billing.agreements.notice import resume, schedule_end
from billing.agreements.operations import cancel_agreement
from billing.agreements.scheduling import schedule_change, undo_scheduled_change
from billing.agreements.trial_endings import announce_ending_trials
from billing.choices import CapAction, Collection, EndReason, InvoiceStatus, TopUpStatus
from billing.limits.operations import set_spend_cap, set_threshold
from billing.models import Agreement, Invoice
from billing.stripe.invoices.announcements import announce_news
from billing.top_ups.operations.ending import confirm_top_up, fail_top_up
from metering.operations import announce_expiring_credits
from tests.factories.accounts import TESTER, make_member, make_person
from tests.factories.agreements import begin, make_agreement, use
from tests.factories.catalog import STAFF, ArticleCatalog
from tests.factories.mails import addresses_of, send_due
from tests.factories.metering import grant
from tests.factories.top_ups import make_pack, order

DAY = timedelta(days=1)
SEE_BILLING = ["admin@acme.example", "alice@acme.example", "billing@acme.example"]
SEE_USAGE = [*SEE_BILLING, "developer@acme.example"]


@pytest.fixture
def now() -> datetime:
    """The clock on the wall, without which nothing is news."""
    return timezone.now()


@pytest.fixture
def acme(acme: Organization) -> Organization:
    """Alice's organization, with somebody in every role, beside Charlie's."""
    for role in (Role.ADMIN, Role.BILLING, Role.DEVELOPER):
        make_member(acme, make_person(str(role.label)), role)
    return acme


@pytest.fixture
def agreement(
    catalog: ArticleCatalog, acme: Organization, globex: Organization, now: datetime
) -> Agreement:
    """Acme is on Professional since yesterday; of what came before nobody is told any more."""
    made = make_agreement(acme, at=now - DAY)
    MailNotice.objects.all().delete()
    return made


Sent = Callable[[], list[EmailMultiAlternatives]]


@pytest.fixture
def sent(now: datetime) -> Sent:
    """What leaves now."""
    return lambda: send_due(now=now + timedelta(minutes=1))


def told(messages: list[EmailMultiAlternatives]) -> tuple[set[str], list[str]]:
    """The subjects of messages, and whom they went to."""
    return {str(message.subject) for message in messages}, addresses_of(messages)


def test_a_low_balance_is_told_to_those_who_can_do_something(
    acme: Organization, agreement: Agreement, now: datetime, sent: Sent
) -> None:
    use(acme, "e1", 4_000, at=now)
    assert told(sent()) == ({"Acme has 1,000 of 5,000 AI credits left"}, SEE_USAGE)
    use(acme, "e2", 1, at=now)
    assert sent() == []


def test_each_level_is_told_once(
    acme: Organization, agreement: Agreement, now: datetime, sent: Sent
) -> None:
    use(acme, "e1", 2_500, at=now)
    assert told(sent()) == ({"Acme has used 2,500 AI credits"}, SEE_USAGE)
    use(acme, "e2", 1, at=now)
    assert sent() == []


def test_a_level_that_was_set_is_told(
    acme: Organization, agreement: Agreement, now: datetime, sent: Sent
) -> None:
    set_threshold(
        organization=acme,
        unit="credits",
        value=Decimal(100),
        feature="ai_credits",
        actor=TESTER,
        now=now,
    )
    use(acme, "e1", 100, at=now)
    assert told(sent()) == ({"Acme has used 100 AI credits"}, SEE_USAGE)


def test_of_levels_that_are_reached_at_once_the_highest_is_told(
    acme: Organization, agreement: Agreement, now: datetime, sent: Sent
) -> None:
    use(acme, "e1", 4_500, at=now)
    assert told(sent()) == ({"Acme has 500 of 5,000 AI credits left"}, SEE_USAGE)


def test_what_is_used_up_says_that_more_is_charged(
    acme: Organization, agreement: Agreement, now: datetime, sent: Sent
) -> None:
    use(acme, "e1", 5_000, at=now)
    messages = sent()
    assert told(messages) == ({"Acme has used up its AI credits"}, SEE_USAGE)
    assert "What is used from here on is charged as overage." in str(messages[0].body)


def test_all_of_an_allowance_is_told_as_a_level_while_other_credits_are_left(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement, now: datetime, sent: Sent
) -> None:
    grant(acme, catalog.meter, 250, effective_at=now - DAY)
    use(acme, "e1", 5_000, at=now)
    assert told(sent()) == ({"Acme has used 5,000 AI credits"}, SEE_USAGE)


def test_a_cap_says_amounts_so_it_is_not_for_developers(
    acme: Organization, agreement: Agreement, now: datetime, sent: Sent
) -> None:
    set_spend_cap(
        organization=acme, amount_minor=1_200, action=CapAction.STOP, actor=TESTER, now=now
    )
    use(acme, "e1", 5_100, at=now)
    caps = [message for message in sent() if "spend cap" in message.subject]
    assert told(caps) == ({"Acme has reached its spend cap of $12.00"}, SEE_BILLING)
    assert "More is refused to apps that ask first" in str(caps[0].body)


def test_who_wants_no_alerts_gets_none_but_still_receipts(
    acme: Organization, alice: User, agreement: Agreement, now: datetime, sent: Sent
) -> None:
    MailOptOut.objects.create(organization=acme, user=alice, alert=MailAlert.LEVELS)
    use(acme, "e1", 4_000, at=now)
    assert "alice@acme.example" not in addresses_of(sent())
    pay(acme, now=now)
    assert "alice@acme.example" in addresses_of(sent())


def test_contacts_get_what_they_are_there_for(
    acme: Organization, agreement: Agreement, now: datetime, sent: Sent
) -> None:
    add_contact(acme, "accounting@acme.example", payments=True, usage=False, now=now)
    add_contact(acme, "ops@acme.example", payments=False, usage=True, now=now)
    use(acme, "e1", 4_000, at=now)
    assert set(addresses_of(sent())) == {*SEE_USAGE, "ops@acme.example"}
    pay(acme, now=now)
    assert set(addresses_of(sent())) == {*SEE_BILLING, "accounting@acme.example"}


def add_contact(
    organization: Organization, email: str, *, payments: bool, usage: bool, now: datetime
) -> None:
    add_billing_contact(
        organization=organization,
        email=email,
        details=ContactDetails(gets_payments=payments, gets_usage=usage),
        actor=TESTER,
        now=now,
    )


def pay(organization: Organization, *, now: datetime, **facts: object) -> Invoice:
    """An invoice as Stripe has it, and what is told of it."""
    values: dict[str, object] = {
        "stripe_id": "in_1",
        "number": "A-1",
        "status": InvoiceStatus.PAID,
        "currency": "USD",
        "subtotal_minor": 29_900,
        "total_minor": 29_900,
        "amount_due_minor": 29_900,
        "amount_paid_minor": 29_900,
        "amount_remaining_minor": 0,
        "issued_at": now,
        "finalized_at": now,
        "paid_at": now,
        "synced_at": now,
    }
    invoice = Invoice.objects.create(organization=organization, **{**values, **facts})
    with transaction.atomic():
        announce_news(invoice=invoice, now=now)
    return invoice


def test_a_receipt_is_for_those_who_see_the_billing(
    acme: Organization, agreement: Agreement, now: datetime, sent: Sent
) -> None:
    pay(acme, now=now)
    assert told(sent()) == ({"Receipt: $299.00 for invoice A-1"}, SEE_BILLING)


def test_a_history_that_is_brought_in_is_not_mailed(
    acme: Organization, agreement: Agreement, now: datetime, sent: Sent
) -> None:
    pay(acme, now=now, paid_at=now - 30 * DAY)
    assert sent() == []


def test_a_payment_that_failed_is_told_unless_it_is_paid_meanwhile(
    acme: Organization, agreement: Agreement, now: datetime, sent: Sent
) -> None:
    unpaid = {
        "status": InvoiceStatus.OPEN,
        "paid_at": None,
        "amount_paid_minor": 0,
        "amount_remaining_minor": 29_900,
        "attempt_count": 1,
        "last_error": "Your card was declined.",
    }
    pay(acme, now=now, **unpaid)
    assert told(sent()) == ({"The payment of $299.00 for invoice A-1 failed"}, SEE_BILLING)
    second = pay(acme, now=now, **{**unpaid, "stripe_id": "in_2", "number": "A-2"})
    Invoice.objects.filter(pk=second.pk).update(status=InvoiceStatus.PAID)
    assert sent() == []


def test_a_top_up_is_told_when_it_is_paid_and_when_it_fails(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement, now: datetime, sent: Sent
) -> None:
    make_pack(catalog.credits)
    first = order(acme, at=now)
    confirm_top_up(top_up=first, payment_reference="pi_1", actor=STAFF, now=now)
    assert told(sent()) == ({"500 AI credits added for $55.00"}, SEE_BILLING)
    second = fail_top_up(top_up=order(acme, at=now), reason="declined", actor=STAFF, now=now)
    assert second.status == TopUpStatus.FAILED
    assert told(sent()) == ({"The payment of $55.00 for 500 AI credits failed"}, SEE_BILLING)


def test_a_trial_that_ends_soon_says_what_it_costs_then(
    catalog: ArticleCatalog, acme: Organization, now: datetime, sent: Sent
) -> None:
    begin(acme, catalog.professional, at=now - DAY, trial_ends_at=now + 2 * DAY, now=now - 2 * DAY)
    announce_ending_trials(now=now)
    [subject], addresses = told(sent())
    assert subject.startswith("The trial of Professional ends on ")
    assert addresses == SEE_BILLING


def test_an_upgrade_is_told_with_its_price(
    catalog: ArticleCatalog, acme: Organization, now: datetime, sent: Sent
) -> None:
    starter = make_agreement(acme, "starter", at=now - 3 * DAY)
    change_plan(agreement=starter, plan_code="professional", actor=STAFF, now=now)
    messages = sent()
    assert told(messages) == ({"Acme is now on Professional"}, SEE_BILLING)
    assert "It costs $299.00 a month." in str(messages[0].body)


def test_a_change_that_waits_is_told_and_so_is_that_it_does_not_come(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement, now: datetime, sent: Sent
) -> None:
    schedule_change(
        agreement=agreement,
        to_version=catalog.starter,
        interval="month",
        seats=5,
        effective_at=agreement.current_period_end,
        actor=STAFF,
        now=now,
    )
    [subject], addresses = told(sent())
    assert subject.startswith("Acme moves to Starter on ")
    assert addresses == SEE_BILLING
    undo_scheduled_change(agreement=agreement, actor=STAFF, now=now)
    assert told(sent()) == ({"Acme stays on Professional"}, SEE_BILLING)


def test_a_change_that_another_replaces_is_told_of_once(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement, now: datetime, sent: Sent
) -> None:
    for seats in (5, 6):
        schedule_change(
            agreement=agreement,
            to_version=catalog.per_seat,
            interval="month",
            seats=seats,
            effective_at=agreement.current_period_end,
            actor=STAFF,
            now=now,
        )
    assert not any("stays on" in message.subject for message in sent())


def test_an_end_is_told_when_it_is_scheduled_taken_back_and_there(
    acme: Organization, agreement: Agreement, now: datetime, sent: Sent
) -> None:
    schedule_end(
        agreement=agreement,
        cancel_at=agreement.current_period_end,
        reason=EndReason.REQUESTED,
        feedback="",
        actor=STAFF,
        now=now,
    )
    [subject], addresses = told(sent())
    assert subject.startswith("Professional of Acme ends on ")
    assert addresses == SEE_BILLING
    resume(agreement=agreement, actor=STAFF, now=now)
    assert told(sent()) == ({"Professional of Acme goes on"}, SEE_BILLING)
    cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=now)
    assert told(sent()) == ({"Professional of Acme has ended"}, SEE_BILLING)


def test_a_plan_that_another_takes_the_place_of_is_not_told_to_have_ended(
    acme: Organization, catalog: ArticleCatalog, agreement: Agreement, now: datetime, sent: Sent
) -> None:
    Agreement.objects.filter(pk=agreement.pk).update(collection=Collection.FREE)
    begin(acme, catalog.professional, at=now + timedelta(seconds=1), now=now + timedelta(seconds=1))
    assert sent() == []


def test_credits_that_expire_soon_are_told_once(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement, now: datetime, sent: Sent
) -> None:
    grant(acme, catalog.meter, 250, effective_at=now - DAY, expires_at=now + 3 * DAY)
    announce_expiring_credits(now=now)
    announce_expiring_credits(now=now)
    [subject], addresses = told(sent())
    assert subject.startswith("250 AI credits of Acme expire on ")
    assert addresses == SEE_USAGE


def test_a_test_clock_is_mailed_to_nobody(
    acme: Organization, agreement: Agreement, now: datetime, sent: Sent
) -> None:
    Organization.objects.filter(pk=acme.pk).update(clock_ahead=30 * DAY)
    use(acme, "e1", 4_000, at=now)
    assert sent() == []
