"""What the reports of a period come to: sums, counts, maxima, latest and unique values."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import Organization
from metering.choices import Aggregation
from metering.ledger.audit import find_violations
from metering.models import Meter, UsageEvent, UsagePeriod, UsageReversal
from metering.usage.reports import Mode, Outcome, Rejection
from tests.factories.metering import ANCHOR, make_meter, record, report, terms

NOON = ANCHOR + timedelta(hours=4)
HOUR = timedelta(hours=1)
LATER = NOON + 10 * HOUR


def value(organization: Organization) -> Decimal:
    used: Decimal = UsagePeriod.objects.get(organization=organization).used_credits
    return used


def make(aggregation: Aggregation, unique_property: str = "") -> Meter:
    return make_meter(
        "things", unit="thing", aggregation=aggregation, unique_property=unique_property
    )


def test_a_count_counts_reports_whatever_they_say(acme: Organization, db: None) -> None:
    agreed = terms(make(Aggregation.COUNT), allowance=2)
    receipts = record(
        acme,
        report("one", 10, meter="things"),
        report("two", 20, meter="things"),
        report("three", 1, meter="things"),
        terms=agreed,
        at=NOON,
    )
    assert value(acme) == 3
    assert [receipt.overage for receipt in receipts] == [0, 0, 1]


def test_a_maximum_books_only_what_it_rises_by(acme: Organization, db: None) -> None:
    agreed = terms(make(Aggregation.MAX), allowance=15)
    receipts = record(
        acme,
        *(report(f"evt-{size}", size, meter="things") for size in (10, 20, 15)),
        terms=agreed,
        at=NOON,
    )
    assert [receipt.credits for receipt in receipts] == [10, 10, 0]
    assert [receipt.overage for receipt in receipts] == [0, 5, 0]
    record(acme, report("evt-18", 18, meter="things"), terms=agreed, at=NOON)
    assert value(acme) == 20


def test_unique_values_are_counted_once_in_a_period(acme: Organization, db: None) -> None:
    agreed = terms(make(Aggregation.UNIQUE, "member"), allowance=5)
    people = ["alice", "bob", "alice", "charlie", "bob"]
    receipts = record(
        acme,
        *(
            report(f"evt-{index}", 1, meter="things", member=name)
            for index, name in enumerate(people)
        ),
        terms=agreed,
        at=NOON,
    )
    assert [receipt.credits for receipt in receipts] == [1, 1, 0, 1, 0]
    again = record(acme, report("evt-9", 1, meter="things", member="alice"), terms=agreed, at=LATER)
    assert (again[0].credits, value(acme)) == (0, 3)
    october = ANCHOR + timedelta(days=30)
    [receipt] = record(
        acme, report("evt-10", 1, meter="things", member="alice"), terms=agreed, at=october
    )
    assert receipt.credits == 1


def test_a_unique_value_can_be_a_property_and_has_to_be_there(acme: Organization, db: None) -> None:
    agreed = terms(make(Aggregation.UNIQUE, "device"), allowance=5)
    receipts = record(
        acme,
        report("evt-1", 1, meter="things", properties={"device": "phone"}),
        report("evt-2", 1, meter="things", properties={"colour": "red"}),
        terms=agreed,
        at=NOON,
    )
    assert receipts[0].credits == 1
    assert (receipts[1].outcome, receipts[1].reason) == (
        Outcome.REJECTED,
        Rejection.PROPERTY_MISSING,
    )


def test_the_latest_value_goes_up_and_down(acme: Organization, db: None) -> None:
    agreed = terms(make(Aggregation.LATEST), allowance=15)
    for step, size in enumerate([10, 18, 12, 12, 14]):
        at = NOON + step * HOUR
        record(acme, report(f"evt-{step}", size, meter="things", at=at), terms=agreed, at=at)
        assert value(acme) == size
    period = UsagePeriod.objects.get()
    assert period.overage_credits == 0
    assert list(find_violations(organization_id=acme.pk)) == []


def test_an_older_report_does_not_change_the_latest_value(acme: Organization, db: None) -> None:
    agreed = terms(make(Aggregation.LATEST), allowance=15)
    record(acme, report("evt-1", 10, meter="things", at=NOON + HOUR), terms=agreed, at=NOON + HOUR)
    [receipt] = record(
        acme, report("evt-0", 3, meter="things", at=NOON), terms=agreed, at=NOON + 2 * HOUR
    )
    assert (receipt.outcome, receipt.credits, value(acme)) == (Outcome.ACCEPTED, 0, 10)


def test_an_absolute_report_sets_the_total_of_the_period(acme: Organization, meter: Meter) -> None:
    agreed = terms(meter, allowance=100)
    record(acme, report("evt-1", 30, at=NOON), terms=agreed, at=NOON)
    [receipt] = record(acme, report("evt-2", 80, mode=Mode.ABSOLUTE), terms=agreed, at=LATER)
    assert (receipt.credits, receipt.remaining) == (50, 20)
    assert value(acme) == 80
    again = record(acme, report("evt-2", 80, mode=Mode.ABSOLUTE), terms=agreed, at=LATER)
    assert (again[0].outcome, value(acme)) == (Outcome.DUPLICATE, 80)


def test_a_lower_absolute_report_takes_the_newest_events_back(
    acme: Organization, meter: Meter
) -> None:
    agreed = terms(meter, allowance=100)
    for step in range(4):
        at = NOON + step * HOUR
        record(acme, report(f"evt-{step}", 40, at=at), terms=agreed, at=at)
    [receipt] = record(acme, report("new", 70, mode=Mode.ABSOLUTE), terms=agreed, at=LATER)
    assert (receipt.credits, receipt.overage, receipt.remaining) == (30, 0, 30)
    reversals = UsageReversal.objects.order_by("pk").values_list("event_key", "replaced_by")
    assert sorted(reversals) == [("evt-1", "new"), ("evt-2", "new"), ("evt-3", "new")]
    period = UsagePeriod.objects.get()
    assert (period.used_credits, period.overage_credits) == (70, 0)
    assert list(find_violations(organization_id=acme.pk)) == []


def test_absolute_reports_of_one_batch_follow_each_other(acme: Organization, meter: Meter) -> None:
    agreed = terms(meter, allowance=100)
    record(
        acme,
        report("a", 30),
        report("b", 90, mode=Mode.ABSOLUTE),
        report("c", 5),
        report("d", 0, mode=Mode.ABSOLUTE),
        report("e", 7),
        terms=agreed,
        at=NOON,
    )
    assert value(acme) == 7
    assert UsageEvent.objects.count() == 5
    assert list(find_violations(organization_id=acme.pk)) == []


@pytest.mark.parametrize("aggregation", [Aggregation.COUNT, Aggregation.MAX])
def test_only_sums_take_absolute_reports(
    acme: Organization, db: None, aggregation: Aggregation
) -> None:
    agreed = terms(make(aggregation), allowance=2)
    [receipt] = record(
        acme, report("evt-1", 10, meter="things", mode=Mode.ABSOLUTE), terms=agreed, at=NOON
    )
    assert receipt.reason is Rejection.ABSOLUTE_NOT_POSSIBLE


def test_what_we_count_ourselves_is_not_reported_by_apps(acme: Organization, db: None) -> None:
    agreed = terms(make(Aggregation.LATEST), allowance=2, is_our_count=True)
    theirs = report("evt-1", 10, meter="things")
    ours = report("evt-2", 3, meter="things", is_our_count=True)
    receipts = record(acme, theirs, ours, terms=agreed, at=NOON)
    assert [receipt.reason for receipt in receipts] == [Rejection.COUNTED_BY_US, ""]
    assert value(acme) == 3
