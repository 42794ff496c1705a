"""What actions cost week by week: taken down once, never late, never changed."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from billing.analytics.drift import WEEK, list_histories, take_week, take_weeks, week_of
from billing.models import ActionCostWeek
from billing.usage.operations import reverse_usage
from metering.models import Action
from tests.factories.analytics import make_customer_of_seats, price_documents, process
from tests.factories.catalog import ArticleCatalog
from tests.factories.metering import rate

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 9, 14)
TUESDAY = datetime(2026, 9, 15, 12, tzinfo=UTC)
AFTERWARDS = datetime(2026, 9, 21, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def documents(catalog: ArticleCatalog) -> None:
    price_documents(catalog)


def the_week() -> ActionCostWeek:
    return ActionCostWeek.objects.get(week_date=MONDAY)


def test_a_week_is_taken_down_two_hours_after_it_is_over() -> None:
    organization = make_customer_of_seats("A")
    process(organization, 10, at=TUESDAY)
    take_weeks(now=AFTERWARDS - timedelta(seconds=1))
    assert not ActionCostWeek.objects.exists()
    assert MONDAY in take_weeks(now=AFTERWARDS)
    week = the_week()
    assert (week.event_count, week.quantity, week.total_cost) == (1, 10, Decimal("1.2"))
    assert (week.mean_cost, week.p95_cost, week.card_cost) == (Decimal("0.12"),) * 3


def test_taking_it_down_again_changes_nothing() -> None:
    organization = make_customer_of_seats("A")
    process(organization, 10, at=TUESDAY, name="first")
    take_weeks(now=AFTERWARDS)
    reverse_usage(organization_id=organization.pk, event_id="first", reason="x", now=AFTERWARDS)
    take_weeks(now=AFTERWARDS + timedelta(hours=1))
    take_week(week=MONDAY, now=AFTERWARDS + timedelta(hours=1))
    assert the_week().event_count == 1
    assert the_week().taken_at == AFTERWARDS


def test_what_was_taken_back_before_is_not_in_it() -> None:
    organization = make_customer_of_seats("A")
    process(organization, 10, at=TUESDAY, name="first")
    process(organization, 10, at=TUESDAY, name="second", cost="9")
    reverse_usage(organization_id=organization.pk, event_id="second", reason="x", now=TUESDAY)
    take_weeks(now=AFTERWARDS)
    assert the_week().total_cost == Decimal("1.2")


def test_the_95th_percentile_is_that_of_the_events_and_of_one() -> None:
    organization = make_customer_of_seats("A")
    for index in range(19):
        process(organization, 2, at=TUESDAY, name=f"cheap-{index}")
    process(organization, 2, at=TUESDAY, name="dear", cost="2")
    take_weeks(now=AFTERWARDS)
    assert the_week().p95_cost == Decimal("0.12")
    assert the_week().mean_cost == Decimal("0.164")
    [history] = list_histories(now=AFTERWARDS)
    assert history.latest.drift.of_mean == Decimal("0.044") / Decimal("0.12")
    assert history.is_noteworthy


def test_the_rate_card_is_that_of_the_end_of_the_week() -> None:
    organization = make_customer_of_seats("A")
    process(organization, 10, at=TUESDAY)
    action = Action.objects.get(code="PROCESS_DOCUMENT")
    rate(action, "1", cost="0.06", effective_at=TUESDAY + timedelta(days=2), now=TUESDAY)
    take_weeks(now=AFTERWARDS)
    assert (the_week().mean_cost, the_week().card_cost) == (Decimal("0.12"), Decimal("0.06"))
    [history] = list_histories(now=AFTERWARDS)
    assert history.latest.drift.of_mean == 1


def test_weeks_that_were_missed_are_made_up_for() -> None:
    organization = make_customer_of_seats("A")
    process(organization, 10, at=TUESDAY)
    taken = take_weeks(now=AFTERWARDS + 3 * WEEK)
    assert len(taken) == 8
    assert the_week().event_count == 1


def test_a_week_without_use_has_no_row_and_weeks_begin_on_mondays() -> None:
    take_weeks(now=AFTERWARDS)
    assert not ActionCostWeek.objects.exists()
    assert list_histories(now=AFTERWARDS) == []
    assert week_of(date(2026, 9, 20)) == MONDAY
    assert week_of(date(2027, 1, 1)) == date(2026, 12, 28)


def test_a_week_stays_as_it_was_taken_down() -> None:
    process(make_customer_of_seats("A"), 10, at=TUESDAY)
    take_weeks(now=AFTERWARDS)
    with pytest.raises(IntegrityError), transaction.atomic():
        ActionCostWeek.objects.update(total_cost=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        ActionCostWeek.objects.all().delete()
