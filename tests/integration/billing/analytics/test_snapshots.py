"""What customers pay a month, day by day: written down once, and held against each other."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Organization
from billing.agreements.changes import change_plan_by_staff
from billing.agreements.operations import cancel_agreement
from billing.analytics.books import check_books, last_check
from billing.analytics.mrr import Moved, Movement
from billing.analytics.snapshots import (
    DayRevenue,
    get_movements,
    last_day,
    list_days,
    list_other_currencies,
    take_due_snapshots,
)
from billing.models import Agreement, LedgerCheck, RevenueDay, RevenueSnapshot
from config.kernel.money import Money
from tests.factories.accounts import make_organization
from tests.factories.agreements import begin, make_agreement
from tests.factories.catalog import STAFF, ArticleCatalog

FIRST = date(2026, 9, 10)
DAY = timedelta(days=1)


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def paid(day: date) -> dict[str, int]:
    rows = RevenueSnapshot.objects.filter(revenue_day__day=day)
    return dict(rows.values_list("organization__name", "monthly_minor"))


def test_a_day_is_written_down_once_it_is_over(catalog: ArticleCatalog, acme: Organization) -> None:
    assert take_due_snapshots(now=at(FIRST)) == 0
    make_agreement(acme, "professional", at=at(FIRST))
    assert (take_due_snapshots(now=at(FIRST, 23)), last_day()) == (0, None)
    assert take_due_snapshots(now=at(FIRST + DAY, 0)) == 1
    assert take_due_snapshots(now=at(FIRST + DAY, 23)) == 0
    assert (last_day(), paid(FIRST)) == (FIRST, {"Acme": 299_00})


def test_seats_and_years_are_counted_by_the_month(
    catalog: ArticleCatalog, acme: Organization, globex: Organization
) -> None:
    make_agreement(acme, "per_seat", seats=50, at=at(FIRST))
    make_agreement(globex, "professional", interval="year", at=at(FIRST))
    take_due_snapshots(now=at(FIRST + DAY))
    assert paid(FIRST) == {"Acme": 5_000_00, "Globex": 249_17}


def test_a_trial_pays_nothing_until_it_is_over(catalog: ArticleCatalog, acme: Organization) -> None:
    begin(acme, catalog.professional, at=at(FIRST), trial_ends_at=at(FIRST + 2 * DAY))
    take_due_snapshots(now=at(FIRST + 4 * DAY))
    assert [paid(FIRST + number * DAY) for number in range(4)] == [
        {},
        {},
        {"Acme": 299_00},
        {"Acme": 299_00},
    ]


def test_days_that_nobody_saw_are_made_up_for_by_the_plans_of_those_days(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    agreement = make_agreement(acme, "starter", at=at(FIRST))
    change_plan_by_staff(
        agreement=agreement,
        plan_code="professional",
        actor=STAFF,
        reason="Asked for it",
        now=at(FIRST + 2 * DAY),
    )
    assert take_due_snapshots(now=at(FIRST + 4 * DAY)) == 4
    assert [paid(FIRST + number * DAY)["Acme"] for number in range(4)] == [
        99_00,
        99_00,
        299_00,
        299_00,
    ]
    assert [(each.total, each.customers) for each in days(4)] == [
        (Money(99_00, "USD"), 1),
        (Money(99_00, "USD"), 1),
        (Money(299_00, "USD"), 1),
        (Money(299_00, "USD"), 1),
    ]


def days(count: int) -> list[DayRevenue]:
    return list_days(since=FIRST, until=FIRST + count * DAY, currency="USD")


def test_revenue_moves_between_two_days(
    catalog: ArticleCatalog, acme: Organization, globex: Organization
) -> None:
    growing = make_agreement(acme, "starter", at=at(FIRST))
    leaving = make_agreement(globex, "professional", at=at(FIRST))
    change_plan_by_staff(
        agreement=growing,
        plan_code="professional",
        actor=STAFF,
        reason="Asked for it",
        now=at(FIRST + 2 * DAY),
    )
    cancel_agreement(agreement=leaving, actor=STAFF, reason="They leave", now=at(FIRST + 2 * DAY))
    make_agreement(make_organization("Initech"), "starter", at=at(FIRST + 3 * DAY))
    take_due_snapshots(now=at(FIRST + 5 * DAY))
    found = get_movements(since=FIRST, until=FIRST + 4 * DAY, currency="USD")
    assert (found.start, found.end) == (Moved(2, 398_00), Moved(2, 398_00))
    assert dict(found.steps()) == {
        Movement.NEW: Moved(1, 99_00),
        Movement.RETURNED: Moved(),
        Movement.EXPANSION: Moved(1, 200_00),
        Movement.CONTRACTION: Moved(),
        Movement.CHURNED: Moved(1, -299_00),
    }
    make_agreement(globex, "professional", at=at(FIRST + 6 * DAY))
    take_due_snapshots(now=at(FIRST + 8 * DAY))
    back = get_movements(since=FIRST + 4 * DAY, until=FIRST + 7 * DAY, currency="USD")
    assert (back.of(Movement.RETURNED), back.of(Movement.NEW)) == (Moved(1, 299_00), Moved())


def test_rehearsals_are_no_revenue(catalog: ArticleCatalog, acme: Organization) -> None:
    make_agreement(acme, "starter", at=at(FIRST))
    Organization.objects.filter(pk=acme.pk).update(clock_ahead=DAY)
    assert take_due_snapshots(now=at(FIRST + DAY)) == 0


def test_currencies_are_never_converted(catalog: ArticleCatalog, acme: Organization) -> None:
    make_agreement(acme, "starter", at=at(FIRST))
    take_due_snapshots(now=at(FIRST + DAY))
    assert list_other_currencies(day=FIRST, currency="USD") == []
    [other] = list_other_currencies(day=FIRST, currency="EUR")
    assert (other.total, other.customers) == (Money(99_00, "USD"), 1)
    assert days(1)[0].customers == 1
    assert list_days(since=FIRST, until=FIRST, currency="EUR")[0].total == Money(0, "EUR")


def test_who_pays_in_another_currency_than_before_is_new_in_it(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    make_agreement(acme, "starter", at=at(FIRST))
    take_due_snapshots(now=at(FIRST + 3 * DAY))
    RevenueSnapshot.objects.create(
        organization=acme,
        revenue_day=RevenueDay.objects.create(day=FIRST - 3 * DAY, taken_at=at(FIRST)),
        plan_version=Agreement.objects.get().plan_version,
        currency="EUR",
        monthly_minor=90_00,
    )
    found = get_movements(since=FIRST - DAY, until=FIRST, currency="USD")
    assert (found.of(Movement.NEW), found.of(Movement.RETURNED)) == (Moved(1, 99_00), Moved())


def test_what_was_written_down_stays(catalog: ArticleCatalog, acme: Organization) -> None:
    make_agreement(acme, "starter", at=at(FIRST))
    take_due_snapshots(now=at(FIRST + DAY))
    for rewrite in (
        lambda: RevenueSnapshot.objects.update(monthly_minor=1),
        lambda: RevenueSnapshot.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rewrite()
    assert (RevenueDay.objects.count(), Agreement.objects.count()) == (1, 1)


def test_the_books_are_proven_and_what_came_of_it_is_kept(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    assert last_check() is None
    make_agreement(acme, "starter", at=at(FIRST))
    found = check_books(now=at(FIRST))
    assert (found.broken, last_check()) == ([], found)
    assert found.promise_count > 40
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerCheck.objects.update(broken=["all"])
