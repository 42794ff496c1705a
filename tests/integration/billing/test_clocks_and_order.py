"""What a month comes to depends neither on who comes first nor on whose clock is behind."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import Organization
from billing.agreements.changes import change_plan, change_plan_by_staff
from billing.agreements.operations import bring_current, cancel_agreement
from billing.audit import find_violations
from billing.models import Settlement
from billing.settlements.operations import close_due_periods
from billing.usage.operations import hold_usage, report_usage, reverse_usage, settle_hold
from metering.credits.grace import GRACE
from metering.models import UsagePeriod
from metering.operations import HoldReceipt, expire_credits, release_expired_holds
from metering.queries import get_balance
from metering.usage.reports import HoldRequest, Mode, Outcome, Receipt, UsageReport
from tests.factories.agreements import SUBSCRIBED, make_agreement, use
from tests.factories.catalog import STAFF, ArticleCatalog
from tests.factories.metering import report

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
OCTOBER = datetime(2026, 10, 10, 8, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 10, 8, tzinfo=UTC)
JANUARY = datetime(2027, 1, 10, 8, tzinfo=UTC)
# Before the moment at which the month of September is due, by the clock of a slower machine.
BEHIND = OCTOBER + GRACE - timedelta(milliseconds=1)


def tell(organization: Organization, event: UsageReport, *, at: datetime) -> Receipt:
    [receipt] = report_usage(
        organization_id=organization.pk, reports=[event], api_key_id=None, received_at=at
    )
    return receipt


def hold(
    organization: Organization, quantity: int, *, at: datetime, lasts: timedelta
) -> HoldReceipt:
    return hold_usage(
        organization_id=organization.pk,
        request=HoldRequest(
            key="call-1",
            quantity=Decimal(quantity),
            body_sha256=hashlib.sha256(b"call-1").digest(),
            lasts=lasts,
            meter="ai_credits",
        ),
        api_key_id=None,
        received_at=at,
    )


def used_in(starts_at: datetime) -> Decimal:
    used: Decimal = UsagePeriod.objects.get(starts_at=starts_at).used_credits
    return used


def is_clean(organization: Organization) -> bool:
    return not list(find_violations(organization_id=organization.pk))


def settle_first(organization: Organization, later: datetime) -> None:
    close_due_periods(now=later)


def report_first(organization: Organization, later: datetime) -> None:
    use(organization, "first", 1, at=later)


def release_first(organization: Organization, later: datetime) -> None:
    release_expired_holds(now=later)
    close_due_periods(now=later)


def expire_first(organization: Organization, later: datetime) -> None:
    expire_credits(now=later)
    close_due_periods(now=later)


@pytest.mark.parametrize("comes", [settle_first, report_first, release_first, expire_first])
def test_a_hold_that_outlived_its_month_comes_back_after_it(
    catalog: ArticleCatalog,
    acme: Organization,
    comes: Callable[[Organization, datetime], None],
) -> None:
    make_agreement(acme, "starter")
    use(acme, "a", 900, at=SUBSCRIBED + DAY)
    hold(acme, 100, at=OCTOBER - HOUR, lasts=24 * HOUR)
    use(acme, "b", 60, at=OCTOBER - HOUR / 2)
    comes(acme, OCTOBER + 2 * DAY)
    settlement = Settlement.objects.get(starts_at=SUBSCRIBED)
    assert (settlement.overage_credits, settlement.amount_minor) == (60, 900)
    release_expired_holds(now=OCTOBER + 2 * DAY)
    assert is_clean(acme)


@pytest.mark.parametrize("plan", ["starter", "professional"])
def test_what_is_taken_back_by_a_clock_behind_the_closing_is_over(
    catalog: ArticleCatalog, acme: Organization, plan: str
) -> None:
    make_agreement(acme, plan)
    use(acme, "e", 600, at=SUBSCRIBED + DAY)
    bring_current(organization=acme, now=OCTOBER)
    close_due_periods(now=OCTOBER + GRACE)
    reverse_usage(organization_id=acme.pk, event_id="e", reason="a mistake", now=BEHIND)
    close_due_periods(now=NOVEMBER + GRACE)
    assert is_clean(acme)


def test_a_hold_settled_by_a_clock_behind_the_closing_gives_nothing_twice(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    make_agreement(acme, "professional")
    held = hold(acme, 1_000, at=OCTOBER - HOUR, lasts=24 * HOUR)
    bring_current(organization=acme, now=OCTOBER)
    close_due_periods(now=OCTOBER + GRACE)
    settle_hold(
        organization_id=acme.pk,
        hold_id=held.public_id,
        report=report("s", 10, meter="ai_credits"),
        api_key_id=None,
        received_at=BEHIND,
    )
    close_due_periods(now=NOVEMBER + GRACE)
    assert is_clean(acme)


def test_an_upgrade_by_a_clock_behind_a_report_pays_for_its_overage(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    agreement = make_agreement(acme, "starter")
    now = SUBSCRIBED + DAY
    use(acme, "e", 1_500, at=now + timedelta(milliseconds=1))
    change_plan(agreement=agreement, plan_code="professional", actor=STAFF, now=now)
    period = UsagePeriod.objects.get(meter=catalog.meter)
    assert (period.used_credits, period.overage_credits) == (1_500, 0)
    assert is_clean(acme)


@pytest.mark.parametrize(("september", "october", "total"), [(100, 6_000, 120), (4_000, 10, 4_000)])
def test_the_total_of_a_closed_month_says_nothing_of_the_open_one(
    catalog: ArticleCatalog, acme: Organization, september: int, october: int, total: int
) -> None:
    make_agreement(acme, "professional")
    use(acme, "s", september, at=SUBSCRIBED + DAY)
    use(acme, "o", october, at=OCTOBER + DAY)
    late = report("total", total, at=OCTOBER - DAY, mode=Mode.ABSOLUTE)
    receipt = tell(acme, late, at=OCTOBER + 2 * DAY)
    assert (receipt.outcome, receipt.credits) == (Outcome.LATE, 0)
    assert used_in(OCTOBER) == october


def test_an_older_total_does_not_replace_a_newer_one(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    make_agreement(acme, "starter")
    at = SUBSCRIBED + DAY
    tell(acme, report("new", 100, at=at, mode=Mode.ABSOLUTE), at=at)
    receipt = tell(acme, report("old", 70, at=at - HOUR, mode=Mode.ABSOLUTE), at=at + MINUTE)
    assert (receipt.outcome, receipt.credits) == (Outcome.ACCEPTED, 0)
    assert used_in(SUBSCRIBED) == 100


def test_a_settlement_names_what_is_left_once_the_rest_has_paid_for_overage(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    make_agreement(acme, "starter")
    at = SUBSCRIBED + DAY
    held = hold(acme, 1_000, at=at, lasts=HOUR)
    use(acme, "u", 600, at=at + MINUTE)
    receipt = settle_hold(
        organization_id=acme.pk,
        hold_id=held.public_id,
        report=report("s", 100, meter="ai_credits"),
        api_key_id=None,
        received_at=at + 2 * MINUTE,
    )
    balance = get_balance(organization_id=acme.pk, meter_id=catalog.meter.pk, at=at + 3 * MINUTE)
    assert receipt.remaining == balance.remaining == 300


def test_what_rolled_over_for_ever_ends_with_an_agreement_that_left_its_meter(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    agreement = make_agreement(acme, "enterprise")
    close_due_periods(now=OCTOBER + 2 * HOUR)
    change_plan_by_staff(
        agreement=agreement, plan_code="per_seat", actor=STAFF, reason="x", now=OCTOBER + DAY
    )
    close_due_periods(now=NOVEMBER + 2 * HOUR)
    agreement.refresh_from_db()
    cancel_agreement(agreement=agreement, actor=STAFF, reason="x", now=NOVEMBER + DAY)
    close_due_periods(now=JANUARY)
    expire_credits(now=JANUARY)
    assert is_clean(acme)
