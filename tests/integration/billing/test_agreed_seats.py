"""How many seats there were is kept, and what is reckoned of the past has the seats of the past."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from accounts.models import Organization
from billing.agreements.changes import change_plan_by_staff, change_seats
from billing.agreements.operations import bring_current
from billing.agreements.scheduling import schedule_change
from billing.agreements.seat_history import SeatHistory, Seats
from billing.analytics.contraction import list_past_contractions
from billing.analytics.revenue import list_revenue
from billing.analytics.snapshots import take_due_snapshots
from billing.analytics.windows import Days, of_days
from billing.audit import find_violations
from billing.models import AgreedSeats, Agreement, RevenueSnapshot
from tests.factories.agreements import make_agreement
from tests.factories.analytics import (
    MID_OCTOBER,
    MID_SEPTEMBER,
    OCTOBER,
    SEPTEMBER,
    make_customer_of_seats,
)
from tests.factories.catalog import STAFF, ArticleCatalog

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
IN_SEPTEMBER = Days(date(2026, 9, 1), date(2026, 10, 1))


@pytest.fixture(autouse=True)
def _books_add_up(catalog: ArticleCatalog) -> Iterator[None]:
    yield
    assert list(find_violations()) == []


@pytest.fixture
def agreement() -> Agreement:
    """Fifty seats at $100 from 1 September, sixty from its middle, ten from October."""
    organization = make_customer_of_seats("Acme")
    agreement = Agreement.objects.get(organization=organization)
    agreement = change_seats(agreement=agreement, seats=60, actor=STAFF, now=MID_SEPTEMBER)
    lower(agreement, to=10, at=OCTOBER)
    return agreement


def lower(agreement: Agreement, *, to: int, at: datetime, interval: str = "month") -> None:
    schedule_change(
        agreement=agreement,
        to_version=agreement.plan_version,
        interval=interval,
        seats=to,
        effective_at=at,
        actor=STAFF,
        now=at - DAY,
    )
    bring_current(organization=agreement.organization, now=at + timedelta(hours=3))


def kept() -> list[tuple[int, str, datetime]]:
    rows = AgreedSeats.objects.order_by("effective_at")
    return list(rows.values_list("seats", "interval", "effective_at"))


def test_each_number_of_seats_is_kept_from_its_instant(agreement: Agreement) -> None:
    assert kept() == [
        (50, "month", SEPTEMBER),
        (60, "month", MID_SEPTEMBER),
        (10, "month", OCTOBER),
    ]


def test_a_move_that_leaves_the_seats_is_no_news(acme: Organization) -> None:
    agreement = make_agreement(acme, "per_seat", seats=5, at=SEPTEMBER)
    change_plan_by_staff(
        agreement=agreement,
        plan_code="starter",
        actor=STAFF,
        reason="Asked for it",
        now=MID_SEPTEMBER,
    )
    assert kept() == [(5, "month", SEPTEMBER)]


def test_two_changes_of_one_moment_are_an_instant_apart(acme: Organization) -> None:
    agreement = make_agreement(acme, "per_seat", seats=5, at=SEPTEMBER)
    for seats in (6, 7):
        agreement = change_seats(agreement=agreement, seats=seats, actor=STAFF, now=MID_SEPTEMBER)
    assert [each[0] for each in kept()] == [5, 6, 7]
    assert kept()[2][2] - kept()[1][2] == timedelta(microseconds=1)


def test_what_was_agreed_stays(agreement: Agreement) -> None:
    for rewrite in (
        lambda: AgreedSeats.objects.update(seats=1),
        lambda: AgreedSeats.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rewrite()
    assert len(kept()) == 3


def test_days_that_are_made_up_for_have_the_seats_of_those_days(agreement: Agreement) -> None:
    take_due_snapshots(now=OCTOBER + 2 * DAY)
    rows = RevenueSnapshot.objects.order_by("revenue_day__day")
    amounts = dict(rows.values_list("revenue_day__day", "monthly_minor"))
    assert amounts[date(2026, 9, 14)] == 5_000_00
    assert amounts[date(2026, 9, 15)] == 6_000_00
    assert amounts[date(2026, 9, 30)] == 6_000_00
    assert amounts[date(2026, 10, 1)] == 1_000_00


def test_revenue_of_a_month_has_the_seats_of_its_days(agreement: Agreement) -> None:
    [revenue] = list_revenue(of_days(IN_SEPTEMBER, now=MID_OCTOBER))
    # 14.5 days at $5,000, 15.5 at $6,000, of 30.
    assert round(revenue.plan, 6) == round(
        (5_000 * Decimal("14.5") + 6_000 * Decimal("15.5")) / 30, 6
    )


def test_months_before_a_yearly_price_are_months(acme: Organization) -> None:
    agreement = make_agreement(acme, "professional", at=SEPTEMBER)
    lower(agreement, to=agreement.seats, interval="year", at=OCTOBER)
    assert [each[1:] for each in kept()] == [("month", SEPTEMBER), ("year", OCTOBER)]
    [revenue] = list_revenue(of_days(IN_SEPTEMBER, now=MID_OCTOBER))
    assert revenue.plan == 299
    take_due_snapshots(now=OCTOBER + DAY)
    rows = RevenueSnapshot.objects.order_by("revenue_day__day")
    assert list(rows.values_list("monthly_minor", flat=True))[-2:] == [299_00, 249_17]


def test_seats_that_have_gone_are_told_of_for_ninety_days(agreement: Agreement) -> None:
    [gone] = list_past_contractions(now=OCTOBER + DAY)
    assert (gone.name, gone.effective_at) == ("Acme", OCTOBER)
    assert (gone.figures.seats_before, gone.figures.seats_after) == (60, 10)
    assert (gone.figures.monthly_before, gone.figures.change) == (6_000, -5_000)
    assert list_past_contractions(now=OCTOBER) == [gone]
    assert list_past_contractions(now=OCTOBER - DAY) == []
    assert len(list_past_contractions(now=OCTOBER + 89 * DAY)) == 1
    assert list_past_contractions(now=OCTOBER + 90 * DAY) == []


def test_the_past_of_installations_is_written_down_from_their_audit_log(
    agreement: Agreement, globex: Organization
) -> None:
    make_agreement(globex, "starter", at=SEPTEMBER)
    before = kept()
    forget()
    import_module("billing.migrations.0028_agreed_seats").fill(apps, FakeEditor())
    assert kept() == before


@pytest.mark.django_db(transaction=True)
def test_an_installation_with_agreements_is_migrated(agreement: Agreement) -> None:
    try:
        call_command("migrate", "billing", "0027", verbosity=0)
    finally:
        call_command("migrate", "billing", verbosity=0)
    assert list(AgreedSeats.objects.values_list("seats", flat=True)) == [50, 60, 10]


def test_a_past_that_does_not_add_up_is_what_there_is_now(agreement: Agreement) -> None:
    forget()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_auditentry DISABLE TRIGGER USER")
        cursor.execute(
            "DELETE FROM accounts_auditentry WHERE action = 'agreement.seats_changed'"
            " AND occurred_at > %s",
            [MID_SEPTEMBER],
        )
        cursor.execute("ALTER TABLE accounts_auditentry ENABLE TRIGGER USER")
    import_module("billing.migrations.0028_agreed_seats").fill(apps, FakeEditor())
    assert kept() == [(10, "month", SEPTEMBER)]


class FakeEditor:
    """What a migration is given beside the models."""

    connection = connection


def forget() -> None:
    """Leave nothing of what is kept, as in a database of before."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE billing_agreedseats DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM billing_agreedseats")
        cursor.execute("ALTER TABLE billing_agreedseats ENABLE TRIGGER USER")


def test_a_history_says_what_held_at_a_moment() -> None:
    history = SeatHistory(Seats(SEPTEMBER, 50, "month"), (Seats(MID_SEPTEMBER, 60, "month"),))
    assert [history.at(at).seats for at in (SEPTEMBER - DAY, SEPTEMBER, MID_SEPTEMBER)] == [
        50,
        50,
        60,
    ]
