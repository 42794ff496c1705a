"""What months come to once they are settled: Alice's organization, to the credit and the cent."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Organization
from billing.agreements.operations import bring_current, cancel_agreement
from billing.models import Settlement
from billing.settlements import operations
from billing.settlements.operations import close_due_periods
from billing.settlements.queries import (
    SettlementNotFound,
    get_settlement,
    list_covered_events,
    list_ready_to_invoice,
    list_settlements,
)
from billing.tasks import close_due_periods as close_due_periods_task
from config.kernel.money import Money
from config.schedule import BEAT_SCHEDULE
from metering.ledger.audit import find_violations
from metering.models import CreditGrant, UsagePeriod
from metering.operations import close_period
from metering.queries import get_balance
from tests.factories.accounts import make_organization
from tests.factories.agreements import SUBSCRIBED, make_agreement, settle, use
from tests.factories.catalog import (
    STAFF,
    ArticleCatalog,
    fixed,
    make_plan,
    make_version,
    metered,
)
from tests.factories.pricing import package, per_unit

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
GRACE = timedelta(hours=1)
OCTOBER = datetime(2026, 10, 10, 8, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 10, 8, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 10, 8, tzinfo=UTC)


def figures(organization: Organization) -> list[tuple[Any, ...]]:
    """(used, overage, expired, rolled over, cents) of each settlement, oldest first."""
    return [
        (
            row.used_credits,
            row.overage_credits,
            row.expired_credits,
            row.rolled_over_credits,
            row.amount_minor,
        )
        for row in Settlement.objects.owned_by(organization).order_by("pk")
    ]


def remaining(catalog: ArticleCatalog, organization: Organization, *, at: datetime) -> Decimal:
    return get_balance(organization_id=organization.pk, meter_id=catalog.meter.pk, at=at).remaining


@pytest.fixture(autouse=True)
def _books_add_up() -> Iterator[None]:
    yield
    assert list(find_violations()) == []


class TestClosing:
    def test_a_period_is_settled_an_hour_after_its_end(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "starter")
        use(acme, "evt_1", 1_800, at=SUBSCRIBED + DAY)
        assert settle(acme, at=OCTOBER + GRACE - INSTANT) == []
        [settlement] = settle(acme, at=OCTOBER + GRACE)
        assert figures(acme) == [(1_800, 800, 0, 0, 12_000)]
        assert (settlement.starts_at, settlement.ends_at) == (SUBSCRIBED, OCTOBER)
        assert settlement.settled_at == OCTOBER + GRACE
        assert settlement.plan_version == catalog.starter
        assert settlement.feature == catalog.credits
        assert UsagePeriod.objects.get(starts_at=SUBSCRIBED).closed_at == OCTOBER + GRACE

    def test_settling_again_changes_nothing(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "starter")
        for _ in range(3):
            settle(acme, at=OCTOBER + GRACE)
        assert figures(acme) == [(0, 0, 1_000, 0, 0)]

    def test_the_database_takes_one_settlement_for_a_period(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "starter")
        [settlement] = settle(acme, at=OCTOBER + GRACE)
        settlement.pk, settlement.public_id = None, ""
        with (
            pytest.raises(IntegrityError, match="settlement_once_per_period"),
            transaction.atomic(),
        ):
            settlement.save(force_insert=True)

    def test_usage_within_the_grace_counts_where_it_occurred(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "starter")
        use(acme, "in_time", 1_100, at=OCTOBER + GRACE / 2, occurred_at=OCTOBER - INSTANT)
        late = use(acme, "late", 7, at=OCTOBER + GRACE, occurred_at=OCTOBER - INSTANT)
        assert late.outcome == "late"
        assert figures(acme) == [(1_100, 100, 0, 0, 1_500)]
        assert remaining(catalog, acme, at=OCTOBER + GRACE) == 993

    def test_unlimited_usage_is_counted_and_costs_nothing(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "per_seat")
        use(acme, "evt_1", 123_456, at=SUBSCRIBED + DAY, meter="documents")
        settle(acme, at=OCTOBER + GRACE)
        assert figures(acme) == [(123_456, 0, 0, 0, 0)]

    def test_overage_that_is_not_sold_costs_nothing(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        capped = make_plan(catalog.current, "capped")
        make_version(capped, metered(catalog.credits, 100), prices=(fixed("10"),))
        make_agreement(acme, "capped")
        use(acme, "evt_1", 130, at=SUBSCRIBED + DAY)
        settle(acme, at=OCTOBER + GRACE)
        assert figures(acme) == [(130, 30, 0, 0, 0)]

    @pytest.mark.parametrize(
        ("pricing", "used", "cents"),
        [
            (package(5, size=100, free=50), 1_150, 500),
            (package(5, size=100, free=50), 1_151, 1_000),
            (per_unit("0.01", minimum=20), 1_001, 2_000),
            (per_unit("0.01", minimum=20), 0, 2_000),
            (per_unit("1", maximum=30), 2_000, 3_000),
        ],
    )
    def test_the_whole_month_is_priced_at_once(
        self, catalog: ArticleCatalog, acme: Organization, pricing: Any, used: int, cents: int
    ) -> None:
        plan = make_plan(catalog.current, "special")
        make_version(plan, metered(catalog.credits, 1_000, overage=pricing), prices=(fixed("10"),))
        make_agreement(acme, "special")
        for number in range(2):
            use(acme, f"evt_{number}", str(Decimal(used) / 2), at=SUBSCRIBED + DAY)
        [settlement] = settle(acme, at=OCTOBER + GRACE)
        assert settlement.amount_minor == cents


class TestRollover:
    def test_starter_loses_what_is_unused(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "starter")
        use(acme, "september", 600, at=SUBSCRIBED + DAY)
        close_due_periods(now=OCTOBER + GRACE)
        assert figures(acme) == [(600, 0, 400, 0, 0)]
        assert remaining(catalog, acme, at=OCTOBER + GRACE) == 1_000

    def test_professional_keeps_a_quarter_for_a_month(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme)
        use(acme, "september", 3_000, at=SUBSCRIBED + DAY)
        close_due_periods(now=OCTOBER + GRACE)
        assert remaining(catalog, acme, at=OCTOBER + GRACE) == 5_500
        close_due_periods(now=NOVEMBER + GRACE)
        assert remaining(catalog, acme, at=NOVEMBER + GRACE) == 6_250
        assert figures(acme) == [(3_000, 0, 1_500, 500, 0), (0, 0, 4_250, 1_250, 0)]

    def test_what_rolled_over_is_spent_before_the_allowance(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme)
        close_due_periods(now=OCTOBER + GRACE)
        assert remaining(catalog, acme, at=OCTOBER + GRACE) == 6_250
        use(acme, "october", 1_250, at=OCTOBER + DAY)
        close_due_periods(now=NOVEMBER + GRACE)
        assert figures(acme) == [(0, 0, 3_750, 1_250, 0), (1_250, 0, 3_750, 1_250, 0)]

    def test_enterprise_collects_half_up_to_a_whole_allowance(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "enterprise")
        for month in (OCTOBER, NOVEMBER, DECEMBER):
            close_due_periods(now=month + GRACE)
        assert figures(acme) == [
            (0, 0, 10_000, 10_000, 0),
            (0, 0, 10_000, 10_000, 0),
            (0, 0, 20_000, 0, 0),
        ]
        assert remaining(catalog, acme, at=DECEMBER + GRACE) == 40_000

    def test_a_yearly_agreement_has_twelve_settlements(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, interval="year")
        use(acme, "september", 5_100, at=SUBSCRIBED + DAY)
        close_due_periods(now=SUBSCRIBED.replace(year=2027) + GRACE)
        unused = [(0, 0, 3_750, 1_250, 0)] + [(0, 0, 5_000, 1_250, 0)] * 10
        assert figures(acme) == [(5_100, 100, 0, 0, 1_200), *unused]
        assert CreditGrant.objects.filter(category="allowance").count() == 13


class TestLateness:
    def story(self, organization: Organization, catalog: ArticleCatalog) -> None:
        """Unused in September; more than everything in October; some in November."""
        make_agreement(organization)
        use(organization, "september", 1_000, at=SUBSCRIBED + DAY)

    def test_three_months_at_once_come_to_what_they_would_have_in_time(
        self, catalog: ArticleCatalog, acme: Organization, globex: Organization
    ) -> None:
        for organization in (acme, globex):
            self.story(organization, catalog)
        close_due_periods(now=OCTOBER + GRACE)
        for month in (OCTOBER, NOVEMBER):
            use(acme, f"{month:%B}", 6_200, at=month + DAY)
        for month in (NOVEMBER, DECEMBER):
            close_due_periods(now=month + GRACE)
        assert figures(acme) == [
            (1_000, 0, 3_000, 1_000, 0),
            (6_200, 200, 0, 0, 2_400),
            (6_200, 1_200, 0, 0, 14_400),
        ]

    def test_what_rolls_over_late_pays_for_overage_that_came_meanwhile(
        self, catalog: ArticleCatalog, acme: Organization, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.story(acme, catalog)
        with monkeypatch.context() as patched:
            patched.setattr("billing.usage.operations.settle_due_periods", lambda **_: [])
            for month in (OCTOBER, NOVEMBER):
                use(acme, f"{month:%B}", 6_200, at=month + DAY)
        assert close_due_periods(now=DECEMBER + GRACE) == 3
        assert figures(acme) == [
            (1_000, 0, 3_000, 1_000, 0),
            (6_200, 200, 0, 0, 2_400),
            (6_200, 1_200, 0, 0, 14_400),
        ]

    def test_months_that_nobody_opened_are_opened_and_settled(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        self.story(acme, catalog)
        assert close_due_periods(now=DECEMBER + GRACE) == 3
        assert figures(acme) == [
            (1_000, 0, 3_000, 1_000, 0),
            (0, 0, 4_750, 1_250, 0),
            (0, 0, 5_000, 1_250, 0),
        ]
        assert remaining(catalog, acme, at=DECEMBER + GRACE) == 6_250


class TestFinalPeriod:
    ENDED = OCTOBER + 5 * DAY

    def test_it_closes_after_its_grace_and_nothing_rolls_over(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme)
        close_due_periods(now=OCTOBER + GRACE)
        use(acme, "october", 1_000, at=OCTOBER + DAY)
        cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=self.ENDED)
        before = self.ENDED - timedelta(minutes=1)
        late = use(acme, "in_time", 500, at=self.ENDED + GRACE / 2, occurred_at=before)
        assert (late.outcome, late.credits, late.overage) == ("accepted", 500, 0)
        after = use(acme, "after", 500, at=self.ENDED + GRACE / 2)
        assert (after.outcome, after.reason) == ("rejected", "occurred_after_agreement")
        assert close_due_periods(now=self.ENDED + GRACE - INSTANT) == 0
        assert close_due_periods(now=self.ENDED + GRACE) == 1
        assert figures(acme) == [(0, 0, 3_750, 1_250, 0), (1_500, 0, 4_750, 0, 0)]
        assert remaining(catalog, acme, at=self.ENDED + GRACE) == 0
        gone = use(acme, "too_late", 1, at=self.ENDED + GRACE, occurred_at=before)
        assert (gone.outcome, gone.reason) == ("rejected", "no_agreement")

    def test_who_agrees_anew_within_its_grace_ends_that(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme, "starter")
        end = SUBSCRIBED + 5 * DAY
        cancel_agreement(agreement=agreement, actor=STAFF, reason="asked", now=end)
        minute = timedelta(minutes=1)
        taken = use(acme, "evt_1", 10, at=end + 4 * minute, occurred_at=end - minute)
        assert (taken.outcome, taken.credits) == ("accepted", 10)
        make_agreement(acme, "professional", at=end + 5 * minute)
        refused = use(acme, "evt_2", 10, at=end + 10 * minute, occurred_at=end - minute)
        assert (refused.outcome, refused.reason) == ("rejected", "occurred_before_agreement")
        settle(acme, at=end + GRACE)
        assert figures(acme) == [(10, 0, 990, 0, 0)]

    def test_overage_of_the_last_days_is_charged(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme, "starter")
        use(acme, "evt_1", 1_100, at=SUBSCRIBED + DAY)
        ended_at = SUBSCRIBED + 2 * DAY
        cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=ended_at)
        close_due_periods(now=ended_at + GRACE)
        assert figures(acme) == [(1_100, 100, 0, 0, 1_500)]

    def test_what_was_still_open_when_it_ended_rolls_nothing_over(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme, "enterprise")
        bring_current(organization=acme, now=OCTOBER)
        ended_at = OCTOBER + GRACE / 2
        cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=ended_at)
        close_due_periods(now=ended_at + GRACE)
        assert figures(acme) == [(0, 0, 20_000, 0, 0), (0, 0, 20_000, 0, 0)]

    @pytest.mark.parametrize("is_late", [False, True])
    def test_an_agreement_that_ended_long_ago_is_settled_as_in_time(
        self, catalog: ArticleCatalog, acme: Organization, *, is_late: bool
    ) -> None:
        agreement = make_agreement(acme, "enterprise")
        ended_at = DECEMBER + DAY
        if not is_late:
            for month in (OCTOBER, NOVEMBER, DECEMBER):
                close_due_periods(now=month + GRACE)
        cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=ended_at)
        close_due_periods(now=ended_at + 90 * DAY)
        rows = figures(acme)
        assert [row[3] for row in rows] == [10_000, 10_000, 0, 0]
        assert sum(row[2] for row in rows) == 4 * 20_000
        assert remaining(catalog, acme, at=ended_at + 90 * DAY) == 0


class TestSweep:
    def test_it_settles_everybody_and_each_once(
        self, catalog: ArticleCatalog, acme: Organization, globex: Organization
    ) -> None:
        make_agreement(acme)
        make_agreement(globex, "starter")
        make_agreement(make_organization("Late"), at=SUBSCRIBED + DAY)
        assert close_due_periods(now=OCTOBER + GRACE) == 2
        assert close_due_periods(now=OCTOBER + GRACE) == 0
        assert close_due_periods(now=OCTOBER + GRACE + DAY) == 1

    def test_a_closed_organization_is_settled_as_well(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "starter")
        use(acme, "evt_1", 1_100, at=SUBSCRIBED + DAY)
        Organization.objects.filter(pk=acme.pk).update(closed_at=SUBSCRIBED + 2 * DAY)
        assert close_due_periods(now=OCTOBER + GRACE) == 1
        assert figures(acme) == [(1_100, 100, 0, 0, 1_500)]

    def test_one_failure_does_not_hold_up_the_others(
        self,
        catalog: ArticleCatalog,
        acme: Organization,
        globex: Organization,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        make_agreement(acme)
        make_agreement(globex)

        def fail_for_acme(*, organization_id: int, **rest: Any) -> Any:
            closed = close_period(organization_id=organization_id, **rest)
            if organization_id == acme.pk:
                raise ValueError("out of order")
            return closed

        with monkeypatch.context() as patched:
            patched.setattr(operations, "close_period", fail_for_acme)
            with pytest.raises(ExceptionGroup) as failures:
                close_due_periods(now=OCTOBER + GRACE)
        (failure,) = failures.value.exceptions
        assert failure.__notes__ == [f"while settling the periods of organization {acme.pk}"]
        assert [row.organization for row in Settlement.objects.all()] == [globex]
        assert close_due_periods(now=OCTOBER + GRACE) == 1

    def test_it_asks_no_more_for_more_features(
        self, catalog: ArticleCatalog, acme: Organization, globex: Organization
    ) -> None:
        """Besides what closing a period takes, three features take as many queries as one."""
        both = make_plan(catalog.current, "both")
        make_version(
            both,
            metered(catalog.credits, 10, overage="0.10"),
            metered(catalog.documents, 10, overage="0.10"),
            prices=(fixed("10"),),
        )
        make_agreement(acme, "starter")
        make_agreement(globex, "both")
        for organization in (acme, globex):
            bring_current(organization=organization, now=OCTOBER)

        def own_queries(organization: Organization) -> int:
            inside = 0

            def counted(**arguments: Any) -> Any:
                nonlocal inside
                with CaptureQueriesContext(connection) as queries:
                    closed = close_period(**arguments)
                inside += len(queries)
                return closed

            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(operations, "close_period", counted)
                with CaptureQueriesContext(connection) as queries:
                    settle(organization, at=OCTOBER + GRACE)
            return len(queries) - inside

        assert own_queries(acme) == own_queries(globex)

    def test_the_clock_rings_for_it(self, db: None) -> None:
        assert "billing.close_due_periods" in {entry["task"] for entry in BEAT_SCHEDULE.values()}
        close_due_periods_task.delay()


class TestReading:
    def test_settlements_are_listed_and_found_by_their_organization_only(
        self, catalog: ArticleCatalog, acme: Organization, globex: Organization
    ) -> None:
        agreement = make_agreement(acme, "starter")
        other = make_agreement(globex)
        use(acme, "evt_1", 1_800, at=SUBSCRIBED + DAY)
        close_due_periods(now=NOVEMBER + GRACE)
        october, september = list_settlements(organization=acme, agreement=agreement)
        assert (september.starts_at, october.starts_at) == (SUBSCRIBED, OCTOBER)
        assert (september.plan_code, september.feature) == ("starter", "ai_credits")
        assert september.amount == Money(12_000, "USD")
        assert (september.used, september.overage, october.expired) == (1_800, 800, 1_000)
        assert list_settlements(organization=acme, agreement=other) == []
        assert get_settlement(organization=acme, public_id=september.id).amount_minor == 12_000
        assert get_settlement(organization=None, public_id=september.id).organization == acme
        with pytest.raises(SettlementNotFound):
            get_settlement(organization=globex, public_id=september.id)

    def test_only_what_money_is_due_for_is_ready_to_be_invoiced(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme, "starter")
        use(acme, "evt_1", 1_800, at=SUBSCRIBED + DAY)
        close_due_periods(now=NOVEMBER + GRACE)
        [ready] = list_ready_to_invoice(organization=acme)
        assert (ready.starts_at, ready.amount) == (SUBSCRIBED, Money(12_000, "USD"))
        assert list_ready_to_invoice(organization=acme, agreement=agreement) == [ready]

    def test_the_events_of_a_period_come_in_pages_with_the_late_ones(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "starter")
        use(acme, "september", 5, at=SUBSCRIBED + DAY)
        use(acme, "late", 7, at=OCTOBER + 2 * GRACE, occurred_at=SUBSCRIBED + DAY)
        for number in range(3):
            use(acme, f"evt_{number}", 1, at=OCTOBER + DAY)
        close_due_periods(now=NOVEMBER + GRACE)
        september, october = Settlement.objects.order_by("pk")
        [event] = list_covered_events(settlement=september, limit=10)
        assert (event.event_id, event.credits, event.is_late) == ("september", 5, False)
        first = list_covered_events(settlement=october, limit=2)
        assert [(item.event_id, item.is_late) for item in first] == [
            ("late", True),
            ("evt_0", False),
        ]
        rest = list_covered_events(settlement=october, limit=10, after=first[-1])
        assert [item.event_id for item in rest] == ["evt_1", "evt_2"]
        assert list_covered_events(settlement=october, limit=10, after=rest[-1]) == []
