"""Money is given back once, written down, and told of."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEntry, MailNotice, Organization, WebhookEvent
from billing.choices import MoneyCreditCause, MoneyCreditStatus
from billing.models import MoneyCredit
from billing.money_credits.operations import MoneyCreditOrder, grant_money_credit
from billing.usage.grants import ExpiresTooEarly
from config.kernel.errors import Invalid
from config.kernel.money import Money
from tests.factories.agreements import SUBSCRIBED
from tests.factories.catalog import STAFF

NOW = SUBSCRIBED
ORDER = MoneyCreditOrder(
    amount=Money(2_900, "USD"),
    cause=MoneyCreditCause.GUARANTEE,
    source="guarantee:grt_1:2026-09",
    reason="You pay no more than before.",
    expires_at=NOW + timedelta(days=365),
)


def grant(organization: Organization, order: MoneyCreditOrder = ORDER) -> MoneyCredit:
    return grant_money_credit(organization=organization, order=order, actor=STAFF, now=NOW)


def test_a_credit_waits_to_be_handed_over(acme: Organization) -> None:
    credit = grant(acme)
    credit.refresh_from_db()
    assert credit.public_id.startswith("mcr_")
    assert (credit.amount_minor, credit.currency, credit.status, credit.expires_at) == (
        2_900,
        "USD",
        MoneyCreditStatus.GRANTED,
        NOW + timedelta(days=365),
    )


def test_it_is_given_once_for_its_source_whatever_is_ordered_later(
    acme: Organization, globex: Organization
) -> None:
    first = grant(acme)
    again = grant(acme, replace(ORDER, amount=Money(99_000, "USD")))
    assert (again, again.amount_minor) == (first, 2_900)
    assert grant(globex) != first
    assert MoneyCredit.objects.count() == 2
    assert AuditEntry.objects.filter(action="money_credit.granted").count() == 2


def test_who_gave_it_and_why_is_written_down(acme: Organization) -> None:
    credit = grant(acme)
    entry = AuditEntry.objects.get(target=credit.public_id)
    assert (entry.action, entry.organization, entry.actor, entry.reason) == (
        "money_credit.granted",
        acme,
        STAFF.label,
        "You pay no more than before.",
    )
    assert entry.changes == {
        "cause": "guarantee",
        "amount": {"amount_minor": 2_900, "currency": "USD"},
        "expires_at": "2027-09-10T08:00:00Z",
        "source": "guarantee:grt_1:2026-09",
    }


def test_apps_and_people_are_told_in_the_same_transaction(acme: Organization) -> None:
    now = timezone.now()
    order = replace(ORDER, expires_at=None)
    with transaction.atomic():
        credit = grant_money_credit(organization=acme, order=order, actor=STAFF, now=now)
        event = WebhookEvent.objects.get(type="money_credit.granted")
    assert event.data["id"] == credit.public_id
    assert event.data["amount"] == {"amount_minor": 2_900, "currency": "USD"}
    assert MailNotice.objects.get().kind == "money_credit"


@pytest.mark.parametrize("minor", [0, -1, 10**15])
def test_an_amount_that_is_no_credit_is_refused(acme: Organization, minor: int) -> None:
    with pytest.raises(Invalid):
        grant(acme, replace(ORDER, amount=Money(minor, "USD")))
    assert not MoneyCredit.objects.exists()


def test_a_credit_that_has_expired_is_refused(acme: Organization) -> None:
    with pytest.raises(ExpiresTooEarly):
        grant(acme, replace(ORDER, expires_at=NOW))
    assert not AuditEntry.objects.filter(action="money_credit.granted").exists()
