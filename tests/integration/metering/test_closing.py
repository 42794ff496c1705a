"""Periods close: grace, late usage, expiry, rollover."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Organization
from metering.choices import GrantCategory
from metering.credits.grace import GRACE
from metering.credits.rollover import Basis, RolloverPolicy
from metering.ledger.audit import find_violations
from metering.models import CreditGrant, LedgerTransfer, Meter, UsageEvent, UsagePeriod
from metering.operations import expire_credits
from metering.queries import get_balance
from metering.usage.reports import Outcome
from tests.factories.metering import ANCHOR, close, grant, open_through, record, report, terms

INSTANT = timedelta(microseconds=1)
DAY = timedelta(days=1)
OCTOBER = datetime(2026, 10, 10, 8, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 10, 8, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 10, 8, tzinfo=UTC)
PROFESSIONAL = RolloverPolicy(Basis.UNUSED, percent=25, term_periods=1)
ENTERPRISE = RolloverPolicy(Basis.UNUSED, percent=50, cap_percent=100)


def remaining(organization: Organization, meter: Meter, *, at: datetime) -> Decimal:
    return get_balance(organization_id=organization.pk, meter_id=meter.pk, at=at).remaining


def query_count(deed: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        deed()
    return len(queries)


def test_a_period_closes_after_its_grace(acme: Organization, meter: Meter) -> None:
    open_through(acme, terms(meter), at=OCTOBER)
    assert close(acme, at=OCTOBER + GRACE - INSTANT) == []
    assert len(close(acme, at=OCTOBER + GRACE)) == 1
    assert close(acme, at=OCTOBER + GRACE) == []


def test_starter_loses_what_is_unused(acme: Organization, meter: Meter) -> None:
    agreed = terms(meter, allowance=1_000)
    record(acme, report("evt-1", 600, at=ANCHOR), terms=agreed, at=ANCHOR)
    open_through(acme, agreed, at=OCTOBER)
    [closed] = close(acme, at=OCTOBER + GRACE)
    assert (closed.used, closed.overage, closed.expired, closed.rolled_over) == (600, 0, 400, 0)
    expiry = LedgerTransfer.objects.get(kind="expire")
    assert (expiry.amount, expiry.occurred_at) == (400, OCTOBER)
    assert remaining(acme, meter, at=OCTOBER + DAY) == 1_000


def test_professional_rolls_a_quarter_of_what_is_unused_over_for_a_month(
    acme: Organization, meter: Meter
) -> None:
    agreed = terms(meter, allowance=5_000)
    record(acme, report("evt-1", 3_000, at=ANCHOR), terms=agreed, at=ANCHOR)
    open_through(acme, agreed, at=OCTOBER)
    [closed] = close(acme, at=OCTOBER + GRACE, policy=PROFESSIONAL)
    assert (closed.expired, closed.rolled_over) == (1_500, 500)
    assert remaining(acme, meter, at=OCTOBER + DAY) == 5_500
    rolled = CreditGrant.objects.get(category="rollover")
    assert (rolled.amount, rolled.effective_at, rolled.expires_at, rolled.priority) == (
        500,
        OCTOBER,
        NOVEMBER,
        90,
    )
    assert rolled.parent is not None and rolled.parent.category == "allowance"

    open_through(acme, agreed, at=NOVEMBER)
    [closed] = close(acme, at=NOVEMBER + GRACE, policy=PROFESSIONAL)
    assert (closed.expired, closed.rolled_over) == (4_250, 1_250)
    assert remaining(acme, meter, at=NOVEMBER + DAY) == 6_250


def test_enterprise_rolls_half_over_for_ever_up_to_one_allowance(
    acme: Organization, meter: Meter
) -> None:
    agreed = terms(meter, allowance=1_000)
    pools = []
    months = [OCTOBER, NOVEMBER, DECEMBER, datetime(2027, 1, 10, 8, tzinfo=UTC)]
    for month in months:
        open_through(acme, agreed, at=month)
        close(acme, at=month + GRACE, policy=ENTERPRISE)
        pools.append(remaining(acme, meter, at=month + DAY) - 1_000)
    assert pools == [500, 1_000, 1_000, 1_000]
    assert list(find_violations(organization_id=acme.pk)) == []


def test_a_rollover_that_expires_is_spent_before_the_allowance(
    acme: Organization, meter: Meter
) -> None:
    agreed = terms(meter, allowance=1_000)
    open_through(acme, agreed, at=OCTOBER)
    close(acme, at=OCTOBER + GRACE, policy=PROFESSIONAL)
    record(acme, report("evt-1", 100), terms=agreed, at=OCTOBER + DAY)
    balance = get_balance(organization_id=acme.pk, meter_id=meter.pk, at=OCTOBER + DAY)
    assert [(given.category, given.remaining) for given in balance.grants] == [
        ("rollover", 150),
        ("allowance", 1_000),
    ]


def test_credits_rolled_over_pay_for_overage_of_the_grace(acme: Organization, meter: Meter) -> None:
    agreed = terms(meter, allowance=1_000)
    open_through(acme, agreed, at=OCTOBER)
    record(acme, report("evt-1", 1_100), terms=agreed, at=OCTOBER + GRACE / 2)
    close(acme, at=OCTOBER + GRACE, policy=PROFESSIONAL)
    period = UsagePeriod.objects.get(starts_at=OCTOBER)
    assert (period.used_credits, period.overage_credits) == (1_100, 0)
    assert remaining(acme, meter, at=OCTOBER + DAY) == 150


def test_late_sweeps_come_to_the_same_as_timely_ones(
    acme: Organization, globex: Organization, meter: Meter
) -> None:
    agreed = terms(meter, allowance=1_000)
    for month in (OCTOBER, NOVEMBER, DECEMBER):
        open_through(acme, agreed, at=month)
        close(acme, at=month + GRACE, policy=PROFESSIONAL)
    open_through(globex, agreed, at=DECEMBER)
    close(globex, at=DECEMBER + GRACE, policy=PROFESSIONAL)
    both = [
        list(
            CreditGrant.objects.filter(organization=organization)
            .order_by("effective_at", "category")
            .values_list("category", "amount", "effective_at", "expires_at", "account__balance")
        )
        for organization in (acme, globex)
    ]
    assert both[0] == both[1]


def test_purchased_and_promotional_credits_are_left_alone(acme: Organization, meter: Meter) -> None:
    agreed = terms(meter, allowance=100)
    grant(acme, meter, 50, category=GrantCategory.PURCHASE)
    grant(acme, meter, 20, category=GrantCategory.PROMOTION)
    open_through(acme, agreed, at=OCTOBER)
    [closed] = close(acme, at=OCTOBER + GRACE, policy=PROFESSIONAL)
    assert (closed.expired, closed.rolled_over) == (75, 25)
    assert remaining(acme, meter, at=OCTOBER + DAY) == 100 + 25 + 50 + 20


def test_usage_after_the_grace_is_late_and_counts_in_the_open_period(
    acme: Organization, meter: Meter
) -> None:
    agreed = terms(meter, allowance=100)
    open_through(acme, agreed, at=OCTOBER)
    in_grace, late = OCTOBER + GRACE - INSTANT, OCTOBER + GRACE
    [first] = record(acme, report("in-time", 10, at=OCTOBER - DAY), terms=agreed, at=in_grace)
    [second] = record(acme, report("late", 20, at=OCTOBER - DAY), terms=agreed, at=late)
    assert (first.outcome, second.outcome) == (Outcome.ACCEPTED, Outcome.LATE)
    stored = UsageEvent.objects.get(event_id="late")
    assert (stored.occurred_at, stored.counted_at) == (OCTOBER - DAY, late)
    used = UsagePeriod.objects.order_by("starts_at").values_list("used_credits", flat=True)
    assert list(used) == [10, 20]
    [again] = record(acme, report("late", 20, at=OCTOBER - DAY), terms=agreed, at=late)
    assert again.outcome is Outcome.DUPLICATE
    assert list(find_violations(organization_id=acme.pk)) == []


def test_a_late_event_that_comes_twice_in_a_batch_is_late_once(
    acme: Organization, meter: Meter
) -> None:
    agreed = terms(meter, allowance=100)
    open_through(acme, agreed, at=OCTOBER)
    late = report("late", 20, at=OCTOBER - DAY)
    first, again = record(acme, late, late, terms=agreed, at=OCTOBER + GRACE)
    assert (first.outcome, again.outcome) == (Outcome.LATE, Outcome.DUPLICATE)
    assert replace(again, outcome=Outcome.LATE) == first
    assert UsageEvent.objects.count() == 1


def test_usage_that_waited_while_its_period_closed_is_late(
    acme: Organization, meter: Meter
) -> None:
    agreed = terms(meter, allowance=100)
    open_through(acme, agreed, at=OCTOBER)
    close(acme, at=OCTOBER + GRACE)
    in_grace = OCTOBER + GRACE - timedelta(minutes=1)
    [receipt] = record(acme, report("evt-1", 10, at=OCTOBER - DAY), terms=agreed, at=in_grace)
    assert receipt.outcome is Outcome.LATE
    assert UsageEvent.objects.get().counted_at == OCTOBER + GRACE
    assert list(find_violations(organization_id=acme.pk)) == []


def test_late_usage_is_late_whether_or_not_the_period_was_closed(
    acme: Organization, globex: Organization, meter: Meter
) -> None:
    agreed = terms(meter, allowance=100)
    for organization in (acme, globex):
        open_through(organization, agreed, at=OCTOBER)
    close(acme, at=OCTOBER + GRACE)
    receipts = [
        record(organization, report("late", 20, at=OCTOBER - DAY), terms=agreed, at=OCTOBER + DAY)
        for organization in (acme, globex)
    ]
    assert receipts[0] == receipts[1]


def test_a_closed_period_never_changes(acme: Organization, meter: Meter) -> None:
    open_through(acme, terms(meter), at=OCTOBER)
    close(acme, at=OCTOBER + GRACE)
    period = UsagePeriod.objects.exclude(closed_at=None).get()
    for change in ("used_credits = 1", "closed_at = NULL", "ends_at = ends_at + interval '1 day'"):
        with (
            pytest.raises((IntegrityError, InternalError)),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE metering_usageperiod SET {change} WHERE id = %s", [period.pk])


def test_a_promotion_expires_once_after_its_grace(acme: Organization, meter: Meter) -> None:
    grant(acme, meter, 100, expires_at=ANCHOR + 9 * DAY)
    agreed = terms(meter, allowance=0)
    record(acme, report("evt-1", 30, at=ANCHOR + DAY), terms=agreed, at=ANCHOR + DAY)
    assert expire_credits(now=ANCHOR + 9 * DAY) == 0
    assert expire_credits(now=ANCHOR + 9 * DAY + GRACE) == 1
    assert expire_credits(now=ANCHOR + 9 * DAY + GRACE) == 0
    expiry = LedgerTransfer.objects.get(kind="expire")
    assert (expiry.amount, expiry.occurred_at) == (70, ANCHOR + 9 * DAY)


def test_it_asks_no_more_for_more_promotions_that_expire(acme: Organization, meter: Meter) -> None:
    for day in (1, 2, 9, 9, 9):
        grant(acme, meter, 100, expires_at=ANCHOR + day * DAY)
    assert expire_credits(now=ANCHOR + DAY + GRACE) == 1
    of_one = query_count(lambda: expire_credits(now=ANCHOR + 2 * DAY + GRACE))
    assert query_count(lambda: expire_credits(now=ANCHOR + 9 * DAY + GRACE)) == of_one
    assert LedgerTransfer.objects.filter(kind="expire").count() == 5


def test_restricted_credits_pay_only_for_their_actions(acme: Organization, meter: Meter) -> None:
    agreed = terms(meter, allowance=0)
    grant(acme, meter, 100, actions=("GENERATE_REPORT",))
    receipts = record(
        acme,
        report("evt-1", 1, action="EXTRACT_TEXT"),
        report("evt-2", 1, action="GENERATE_REPORT"),
        terms=agreed,
        at=ANCHOR + DAY,
    )
    assert [(receipt.overage, receipt.remaining) for receipt in receipts] == [(5, 0), (0, 50)]


def test_credits_given_for_the_past_pay_for_overage_since_then(
    acme: Organization, meter: Meter
) -> None:
    agreed = terms(meter, allowance=100)
    record(acme, report("evt-1", 150, at=ANCHOR + DAY), terms=agreed, at=ANCHOR + DAY)
    grant(acme, meter, 30, effective_at=ANCHOR)
    grant(acme, meter, 30, effective_at=ANCHOR + 2 * DAY)
    period = UsagePeriod.objects.get()
    assert (period.used_credits, period.overage_credits) == (150, 20)
    assert remaining(acme, meter, at=ANCHOR + 3 * DAY) == 30


def test_it_asks_no_more_for_more_events_that_credits_pay_for_late(
    acme: Organization, meter: Meter
) -> None:
    agreed = terms(meter, allowance=0)
    counts = []
    for number, events in enumerate((1, 1, 3)):
        reports = [report(f"evt-{number}-{event}", 10) for event in range(events)]
        record(acme, *reports, terms=agreed, at=ANCHOR + DAY)
        counts.append(query_count(partial(grant, acme, meter, 10 * events)))
    assert counts[2] == counts[1]
    assert LedgerTransfer.objects.filter(kind="cover").count() == 5
