"""A trial has everything but overage, costs nothing, and leaves nothing behind."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import Organization
from billing.agreements.errors import OnTrial
from billing.agreements.notice import schedule_end
from billing.agreements.operations import bring_current, cancel_agreement
from billing.agreements.payments import mark_paid, mark_past_due
from billing.agreements.trials import may_try, trial_days_of
from billing.audit import find_violations
from billing.choices import CapAction, EndReason
from billing.entitlements.evaluation import Reason
from billing.entitlements.queries import get_entitlement
from billing.invoicing.queries import estimate_next_invoice
from billing.limits.operations import set_spend_cap
from billing.models import Agreement, LimitCrossing, PlanVersion
from billing.usage.queries import find_feature_balance
from config.kernel.money import Money
from metering.models import UsagePeriod
from metering.queries import get_balance
from metering.usage.reports import Rejection
from tests.factories.agreements import begin, make_agreement, settle, use
from tests.factories.catalog import (
    STAFF,
    ArticleCatalog,
    fixed,
    make_plan,
    make_version,
    metered,
)

INSTANT, HOUR, DAY = timedelta(microseconds=1), timedelta(hours=1), timedelta(days=1)
BEGUN = datetime(2026, 8, 27, 8, tzinfo=UTC)
ENDS = datetime(2026, 9, 10, 8, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 10, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _books_add_up() -> Iterator[None]:
    yield
    assert list(find_violations()) == []


@pytest.fixture
def agreement(catalog: ArticleCatalog, acme: Organization) -> Agreement:
    """Acme tries Professional for two weeks."""
    return begin(acme, catalog.professional, at=BEGUN, trial_ends_at=ENDS)


def end_with_trial(agreement: Agreement) -> None:
    schedule_end(
        agreement=agreement,
        cancel_at=ENDS,
        reason=EndReason.TRIAL_WITHOUT_CARD,
        feedback="",
        actor=STAFF,
        now=BEGUN + DAY,
    )


def facts(agreement: Agreement) -> tuple[str, datetime, datetime]:
    agreement.refresh_from_db()
    return (agreement.status, agreement.current_period_start, agreement.current_period_end)


def months(organization: Organization) -> list[tuple[datetime, datetime, Decimal | None]]:
    periods = UsagePeriod.objects.owned_by(organization).order_by("starts_at")
    return list(periods.values_list("starts_at", "ends_at", "allowance"))


class TestWhileItLasts:
    def test_it_is_a_period_of_its_own_with_the_whole_allowance(
        self, agreement: Agreement, acme: Organization
    ) -> None:
        assert facts(agreement) == ("trialing", BEGUN, ENDS)
        assert months(acme) == [(BEGUN, ENDS, Decimal(5_000))]

    def test_the_months_of_a_longer_one_end_with_it(
        self, catalog: ArticleCatalog, globex: Organization
    ) -> None:
        begin(globex, catalog.starter, at=BEGUN - 20 * DAY, trial_ends_at=ENDS, now=BEGUN)
        august = datetime(2026, 8, 10, 8, tzinfo=UTC)
        assert months(globex) == [
            (BEGUN - 20 * DAY, august, Decimal(1_000)),
            (august, ENDS, Decimal(1_000)),
        ]

    def test_what_asks_first_stops_at_the_allowance(
        self, agreement: Agreement, acme: Organization
    ) -> None:
        use(acme, "evt_1", 5_000, at=BEGUN + DAY)
        receipt = use(acme, "evt_2", 1, at=BEGUN + DAY, enforce=True)
        assert (receipt.outcome, receipt.reason) == ("rejected", Rejection.INSUFFICIENT_CREDITS)
        entitlement = get_entitlement(organization=acme, feature="ai_credits", now=BEGUN + DAY)
        assert (entitlement.allowed, entitlement.reason) == (False, Reason.ALLOWANCE_USED)
        assert (entitlement.trial_ends_at, entitlement.resets_at) == (ENDS, ENDS)

    def test_no_plan_that_only_sells_overage_is_named_as_a_way_out(
        self, agreement: Agreement, acme: Organization
    ) -> None:
        use(acme, "evt_1", 5_000, at=BEGUN + DAY)
        upgrade = get_entitlement(
            organization=acme, feature="ai_credits", now=BEGUN + DAY
        ).upgrade_plan
        assert upgrade is not None
        assert upgrade.code == "enterprise"

    def test_plain_usage_beyond_it_is_recorded_and_costs_nothing(
        self, agreement: Agreement, acme: Organization
    ) -> None:
        set_spend_cap(
            organization=acme, amount_minor=0, action=CapAction.STOP, actor=STAFF, now=BEGUN
        )
        assert use(acme, "evt_1", 6_000, at=BEGUN + DAY).overage == 1_000
        balance = find_feature_balance(organization=acme, feature="ai_credits", now=BEGUN + DAY)
        assert balance is not None
        assert (balance.overage, balance.overage_amount, balance.overage_sentence) == (
            1_000,
            None,
            "",
        )
        assert not LimitCrossing.objects.filter(limit__startswith="spend_cap").exists()
        [settlement] = settle(acme, at=ENDS + HOUR)
        assert (settlement.used_credits, settlement.overage_credits, settlement.amount_minor) == (
            6_000,
            1_000,
            0,
        )

    def test_the_next_invoice_is_for_the_first_paid_period(
        self, agreement: Agreement, acme: Organization
    ) -> None:
        use(acme, "evt_1", 6_000, at=BEGUN + DAY)
        estimate = estimate_next_invoice(organization=acme, now=BEGUN + DAY)
        assert estimate is not None
        assert (estimate.total, estimate.due_at) == (Money(29_900, "USD"), ENDS)

    def test_nothing_can_be_overdue(self, agreement: Agreement) -> None:
        for mark in (mark_past_due, mark_paid):
            with pytest.raises(OnTrial):
                mark(agreement=agreement, actor=STAFF, now=BEGUN + DAY)


class TestItsEnd:
    @pytest.mark.parametrize("noticed", [ENDS, ENDS + 3 * DAY])
    def test_the_first_paid_period_begins_with_its_allowance(
        self, agreement: Agreement, catalog: ArticleCatalog, acme: Organization, noticed: datetime
    ) -> None:
        use(acme, "evt_1", 100, at=BEGUN + DAY)
        bring_current(organization=acme, now=noticed)
        assert facts(agreement) == ("active", ENDS, OCTOBER)
        assert months(acme)[1:] == [(ENDS, OCTOBER, Decimal(5_000))]
        balance = get_balance(organization_id=acme.pk, meter_id=catalog.meter.pk, at=noticed)
        assert balance.remaining == 5_000

    def test_nothing_rolls_over(
        self, agreement: Agreement, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        [settlement] = settle(acme, at=ENDS + HOUR)
        assert (settlement.expired_credits, settlement.rolled_over_credits) == (5_000, 0)
        balance = get_balance(organization_id=acme.pk, meter_id=catalog.meter.pk, at=ENDS + HOUR)
        assert balance.remaining == 5_000

    def test_overage_is_sold_from_then_on_whoever_notices_first(
        self, agreement: Agreement, acme: Organization
    ) -> None:
        use(acme, "evt_1", 5_000, at=ENDS - INSTANT)
        receipt = use(acme, "evt_2", 5_001, at=ENDS, enforce=True)
        assert (receipt.outcome, receipt.overage) == ("accepted", 1)
        [trial] = settle(acme, at=ENDS + HOUR)
        [paid] = settle(acme, at=OCTOBER + HOUR)
        assert (trial.amount_minor, paid.amount_minor) == (0, 12)

    def test_without_a_card_it_simply_ends(self, agreement: Agreement, acme: Organization) -> None:
        end_with_trial(agreement)
        estimate = estimate_next_invoice(organization=acme, now=BEGUN + DAY)
        assert estimate is not None
        assert (estimate.lines, estimate.due_at) == ((), ENDS)
        bring_current(organization=acme, now=ENDS + 3 * DAY)
        agreement.refresh_from_db()
        assert (agreement.status, agreement.ended_at) == ("canceled", ENDS)
        assert months(acme) == [(BEGUN, ENDS, Decimal(5_000))]

    def test_one_that_is_canceled_midway_costs_nothing_either(
        self, agreement: Agreement, acme: Organization
    ) -> None:
        use(acme, "evt_1", 6_000, at=BEGUN + DAY)
        cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=BEGUN + 2 * DAY)
        [settlement] = settle(acme, at=BEGUN + 2 * DAY + HOUR)
        assert (settlement.overage_credits, settlement.amount_minor) == (1_000, 0)


class TestWhoMayTry:
    @pytest.fixture
    def version(self, catalog: ArticleCatalog) -> PlanVersion:
        return make_version(
            make_plan(catalog.current, "team"),
            metered(catalog.credits, 500),
            prices=(fixed("49"),),
            trial_days=14,
        )

    def test_whoever_is_new(self, version: PlanVersion, acme: Organization) -> None:
        assert trial_days_of(organization=acme, version=version) == 14

    def test_whoever_paid_nothing_until_now(
        self, catalog: ArticleCatalog, version: PlanVersion, acme: Organization
    ) -> None:
        make_version(
            make_plan(catalog.current, "free"), metered(catalog.credits, 10), prices=(fixed("0"),)
        )
        make_agreement(acme, "free")
        assert trial_days_of(organization=acme, version=version) == 14

    def test_nobody_twice(
        self, agreement: Agreement, version: PlanVersion, acme: Organization, globex: Organization
    ) -> None:
        cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=BEGUN + DAY)
        assert trial_days_of(organization=acme, version=version) == 0
        assert not may_try(organization=acme)
        assert may_try(organization=globex)

    def test_nobody_who_has_paid_before(
        self, catalog: ArticleCatalog, version: PlanVersion, acme: Organization
    ) -> None:
        make_agreement(acme, "starter")
        assert trial_days_of(organization=acme, version=version) == 0

    def test_nobody_on_a_plan_without_one(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        assert trial_days_of(organization=acme, version=catalog.starter) == 0
