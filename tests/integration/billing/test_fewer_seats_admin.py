"""Staff let a customer have fewer seats, once they have seen what that takes away."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from billing.choices import AgreementStatus
from billing.models import Agreement, ScheduledChange
from tests.factories.accounts import make_person
from tests.factories.analytics import make_customer_of_seats
from tests.factories.catalog import ArticleCatalog

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreement(catalog: ArticleCatalog) -> Agreement:
    """Fifty seats at $100 since five days."""
    started_at = timezone.now() - timedelta(days=5)
    organization = make_customer_of_seats("Acme", at=started_at)
    return Agreement.objects.get(organization=organization)


@pytest.fixture
def address(agreement: Agreement) -> str:
    return f"/admin/billing/agreement/{agreement.pk}/fewer-seats/"


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(make_person("Sam", is_staff=True, is_superuser=True))
    return client


def text(client: Client, address: str, **sent: str) -> str:
    answer = client.post(address, sent) if sent else client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split()).replace("\N{NO-BREAK SPACE}", " ")


def test_what_it_takes_away_is_seen_before_anything_changes(staff: Client, address: str) -> None:
    asked = text(staff, address)
    assert "There are 50 seats now." in asked
    assert "See what it means" in asked
    shown = text(staff, address, seats="10", reason="They asked")
    [said] = re.findall(r"<strong>(50 seats[^<]*)", shown)
    assert said == "50 seats to 10: -$4,000 a month (-80.0 %)."
    assert "UTC on, each period costs $1,000. What is paid for until then stays" in shown
    assert 'value="Have Acme pay for 10 seats"' in shown
    assert not ScheduledChange.objects.exists()


def test_on_trial_it_is_said_to_happen_at_once(
    staff: Client, address: str, agreement: Agreement
) -> None:
    ends_at = timezone.now() + timedelta(days=9)
    Agreement.objects.filter(pk=agreement.pk).update(
        status=AgreementStatus.TRIALING,
        trial_ends_at=ends_at,
        anchor_at=ends_at,
        current_period_end=ends_at,
    )
    shown = text(staff, address, seats="10", reason="They asked")
    assert "there are fewer seats at once. Each period costs $1,000 once the trial" in shown
    assert "undone" not in shown


def test_it_is_planned_for_the_end_of_the_period_and_audited(
    staff: Client, address: str, agreement: Agreement
) -> None:
    sent = {"seats": "10", "reason": "They asked", "seen": "10"}
    assert staff.post(address, sent).status_code == 302
    change = ScheduledChange.objects.get()
    assert (change.seats, change.effective_at) == (10, agreement.current_period_end)
    entry = AuditEntry.objects.get(action="agreement.change_requested")
    assert (entry.actor, entry.reason) == ("sam@acme.example", "They asked")
    assert entry.changes["seats"] == [50, 10]


def test_another_number_than_was_looked_at_is_looked_at_first(staff: Client, address: str) -> None:
    shown = text(staff, address, seats="20", reason="They asked", seen="10")
    assert "50 seats to 20: -$3,000 a month" in shown
    assert not ScheduledChange.objects.exists()


@pytest.mark.parametrize("seats", ["50", "51", "0", "-1", "x", "9999999999999999999"])
def test_what_is_not_fewer_is_refused(staff: Client, address: str, seats: str) -> None:
    assert "errornote" in text(staff, address, seats=seats, reason="They asked", seen=seats)
    assert not ScheduledChange.objects.exists()


def test_nobody_does_it_without_the_permission(address: str) -> None:
    client = Client()
    client.force_login(make_person("Rita", is_staff=True))
    assert client.get(address).status_code == 403


def test_the_button_is_there_where_seats_are_paid_for(
    staff: Client, address: str, agreement: Agreement
) -> None:
    assert address in text(staff, f"/admin/billing/agreement/{agreement.pk}/change/")
