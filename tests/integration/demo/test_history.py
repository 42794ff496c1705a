"""The usage that customers are said to have had. Nothing here needs a database."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from billing.demo.catalog import RETIRED_AFTER, REVISED_AFTER
from billing.demo.customers import CUSTOMERS, PROFESSIONAL, Customer
from billing.demo.history import Dice, list_days, list_usage_periods
from billing.demo.operations import ON_SALE_FOR
from metering.usage.reports import LARGEST_BATCH, UsageReport

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
BY_ID = {customer.external_id: customer for customer in CUSTOMERS}
CREDITS = {"EXTRACT_TEXT": 5, "SUMMARIZE_SHORT": 10, "GENERATE_REPORT": 50}

# Ends of months, leap days, the nights in which clocks change, and the small hours.
AWKWARD_MOMENTS = [
    datetime(2026, 1, 31, 23, 59, tzinfo=UTC),
    datetime(2026, 3, 1, 0, 30, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
    datetime(2026, 5, 31, 12, tzinfo=UTC),
    datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
    datetime(2026, 12, 31, 8, tzinfo=UTC),
    datetime(2028, 2, 29, 12, tzinfo=UTC),
    datetime(2028, 3, 22, 4, 15, tzinfo=UTC),
]


def reports_of(customer: Customer, *, now: datetime = NOW) -> list[UsageReport]:
    return [report for day in list_days(customer, now=now) for report in day.reports]


def moments_of(customer: Customer, *, now: datetime = NOW) -> list[datetime]:
    return [report.occurred_at for report in reports_of(customer, now=now) if report.occurred_at]


def credits_in_current_period(customer: Customer, *, now: datetime) -> Decimal:
    current = list_usage_periods(customer, now=now)[-1]
    assert current.contains(now)
    return sum(
        (
            report.quantity * CREDITS[report.action or ""]
            for report in reports_of(customer, now=now)
            if report.occurred_at and current.contains(report.occurred_at)
        ),
        Decimal(0),
    )


def test_dice_repeat_themselves_for_the_same_seed() -> None:
    thrown = Dice("any seed")
    again = Dice("any seed")

    assert [thrown.below(6) for _ in range(20)] == [again.below(6) for _ in range(20)]
    assert {thrown.below(6) for _ in range(200)} == {0, 1, 2, 3, 4, 5}


def test_history_is_the_same_for_the_same_moment() -> None:
    assert list_days(PROFESSIONAL, now=NOW) == list_days(PROFESSIONAL, now=NOW)


@pytest.mark.parametrize(
    ("external_id", "quantity"),
    [
        ("customer-a", 2_000),
        ("customer-b", 21_000),
        ("customer-c", 85_000),
        ("marketing-team", 126_000),
    ],
)
def test_complete_months_are_exact(external_id: str, quantity: int) -> None:
    customer = BY_ID[external_id]
    periods = list_usage_periods(customer, now=NOW)
    totals = dict.fromkeys(range(len(periods)), Decimal(0))
    for report in reports_of(customer):
        assert report.occurred_at is not None
        [month] = [
            index for index, period in enumerate(periods) if period.contains(report.occurred_at)
        ]
        totals[month] += report.quantity

    assert [totals[0], totals[1], totals[2]] == [quantity] * 3
    assert 0 < totals[3] < quantity


@pytest.mark.parametrize("now", AWKWARD_MOMENTS, ids=str)
def test_current_period_is_as_told_at_any_moment(now: datetime) -> None:
    assert credits_in_current_period(BY_ID["starling"], now=now) == 940
    assert credits_in_current_period(PROFESSIONAL, now=now) == 5_460
    assert credits_in_current_period(BY_ID["eastgate"], now=now) == 8_350


@pytest.mark.parametrize("now", AWKWARD_MOMENTS, ids=str)
def test_nothing_happens_before_the_agreement_or_after_now(now: datetime) -> None:
    for customer in (PROFESSIONAL, BY_ID["eastgate"]):
        moments = moments_of(customer, now=now)

        assert list_usage_periods(customer, now=now)[0].starts_at <= min(moments)
        assert max(moments) <= now
        assert moments == sorted(moments)


@pytest.mark.parametrize("now", AWKWARD_MOMENTS, ids=str)
def test_everybody_came_once_the_plans_were_on_sale(now: datetime) -> None:
    for customer in CUSTOMERS:
        assert list_usage_periods(customer, now=now)[0].starts_at > now - ON_SALE_FOR


@pytest.mark.parametrize("now", AWKWARD_MOMENTS, ids=str)
def test_one_customer_came_before_the_price_of_its_plan_rose(now: datetime) -> None:
    rose_at = now - ON_SALE_FOR + REVISED_AFTER
    early = {
        customer.external_id
        for customer in CUSTOMERS
        if customer.plan == "starter"
        and list_usage_periods(customer, now=now)[0].starts_at < rose_at
    }

    assert early == {"juniper"}


def test_history_covers_more_than_ninety_days_and_a_trial_its_days() -> None:
    for customer in CUSTOMERS:
        [first, *_] = list_usage_periods(customer, now=NOW)
        days = (NOW - first.starts_at).days

        assert days == customer.days_into_period if customer.trial_days else days > 90


@pytest.mark.parametrize("now", AWKWARD_MOMENTS, ids=str)
def test_trial_is_to_end_in_a_few_days(now: datetime) -> None:
    [trial] = list_usage_periods(BY_ID["kestrel"], now=now)

    assert trial.contains(now)
    assert 4 <= (trial.ends_at - now).days <= 5
    assert credits_in_current_period(BY_ID["kestrel"], now=now) == 420


@pytest.mark.parametrize("now", AWKWARD_MOMENTS, ids=str)
def test_one_customer_comes_after_the_old_plans_were_retired(now: datetime) -> None:
    retired_at = now - ON_SALE_FOR + RETIRED_AFTER
    late = {
        customer.external_id
        for customer in CUSTOMERS
        if list_usage_periods(customer, now=now)[0].starts_at > retired_at
    }

    assert late == {"kestrel"}


def test_people_work_by_day_in_their_own_time_zone_and_little_on_weekends() -> None:
    customer = BY_ID["customer-a"]
    local = [moment.astimezone(ZoneInfo(customer.time_zone)) for moment in moments_of(customer)]
    by_weekday = Counter(moment.weekday() for moment in local)

    assert {moment.hour for moment in local} == set(range(8, 19))
    assert min(by_weekday[day] for day in range(5)) > 3 * max(by_weekday[5], by_weekday[6])


def test_each_day_is_reported_once_it_is_over_and_today_until_now() -> None:
    for customer in CUSTOMERS:
        for day in list_days(customer, now=NOW):
            occurred = [report.occurred_at for report in day.reports if report.occurred_at]

            assert len(occurred) == len(day.reports) <= LARGEST_BATCH
            assert max(occurred) <= day.received_at <= NOW


def test_there_are_tens_of_thousands_of_events_each_with_an_id_of_its_own() -> None:
    ids = [report.event_id for customer in CUSTOMERS for report in reports_of(customer)]

    assert 30_000 < len(ids) < 60_000
    assert len(set(ids)) == len(ids)
