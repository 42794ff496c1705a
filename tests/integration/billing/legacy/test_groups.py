"""Legacy groups: since when, until when, who is told; and groups for new customers only."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry, Organization
from billing.agreements.changes import change_plan
from billing.catalog.choosing import ForNewCustomers, choose_plan
from billing.catalog.operations import PlanGroupDetails, update_plan_group
from billing.catalog.queries import list_offers
from billing.choices import AgreementStatus, Visibility
from billing.entitlements.queries import get_entitlement
from billing.legacy.figures import (
    GroupState,
    Used,
    last_month,
    list_group_figures,
    list_groups_due,
    months_since,
)
from billing.models import Agreement, PlanGroup, RepricingCampaign
from config.kernel.errors import Invalid
from config.kernel.money import Money
from metering.usage.rollups import fill_all_rollups
from tests.factories.accounts import make_organization
from tests.factories.agreements import SUBSCRIBED, make_agreement, use
from tests.factories.catalog import (
    STAFF,
    ArticleCatalog,
    fixed,
    make_plan,
    make_version,
    metered,
)
from tests.support.statements import counted_statements

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LEGACY = PlanGroupDetails("legacy", "Legacy plans", visibility=Visibility.LEGACY)


def update(group: PlanGroup, *, now: datetime = NOW, **details: object) -> PlanGroup:
    return update_plan_group(
        group=group,
        details=replace(LEGACY, **details),  # type: ignore[arg-type]
        actor=STAFF,
        now=now,
    )


class TestGrandfathering:
    """Article, "Strategy 1: Grandfather Existing Customers (12-18 Months)"."""

    def test_a_group_knows_since_when_it_is_legacy(self, catalog: ArticleCatalog) -> None:
        assert catalog.legacy.legacy_since == date(2026, 1, 1)
        renamed = update(catalog.legacy, name="Plans of old")
        assert renamed.legacy_since == date(2026, 1, 1)
        on_sale = update(catalog.legacy, visibility=Visibility.CURRENT)
        assert (on_sale.legacy_since, on_sale.grandfathered_until) == (None, None)
        assert update(catalog.legacy).legacy_since == date(2026, 11, 23)

    @pytest.mark.parametrize("until", [date(2027, 1, 1), date(2028, 5, 23)])
    def test_customers_stay_for_12_months_and_for_18_at_most(
        self, catalog: ArticleCatalog, until: date
    ) -> None:
        assert update(catalog.legacy, grandfathered_until=until).grandfathered_until == until

    @pytest.mark.parametrize("until", [date(2026, 12, 31), date(2028, 5, 24)])
    def test_less_and_more_is_refused(self, catalog: ArticleCatalog, until: date) -> None:
        with pytest.raises(Invalid, match="stay until a day from"):
            update(catalog.legacy, grandfathered_until=until)

    def test_what_customers_were_told_is_only_put_off(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        group = update(catalog.legacy, grandfathered_until=date(2027, 6, 1))
        assert update(group, grandfathered_until=date(2027, 5, 1)).grandfathered_until is not None
        make_agreement(acme, "per_seat")
        for sooner in (date(2027, 4, 30), None):
            with pytest.raises(Invalid, match="can only be put off"):
                update(group, grandfathered_until=sooner)
        later = update(group, grandfathered_until=date(2027, 7, 1))
        assert later.grandfathered_until == date(2027, 7, 1)
        told = AuditEntry.objects.filter(action="plan_group.updated").latest("pk")
        assert told.changes == {"grandfathered_until": ["2027-05-01", "2027-07-01"]}

    def test_only_a_legacy_group_has_such_a_day(self, catalog: ArticleCatalog) -> None:
        with pytest.raises(Invalid, match="Only a legacy group"):
            update(
                catalog.legacy,
                visibility=Visibility.CURRENT,
                grandfathered_until=date(2027, 6, 1),
            )


class TestTheDatabase:
    @pytest.mark.parametrize(
        ("changes", "guard"),
        [
            ({"legacy_since": None}, "plan_group_legacy_since_then"),
            ({"visibility": Visibility.CURRENT}, "plan_group_legacy_since_then"),
            ({"grandfathered_until": date(2026, 12, 31)}, "plan_group_grandfathers_a_year"),
            ({"for_new_customers_only": True}, "plan_group_for_new_is_current"),
        ],
    )
    def test_it_refuses_a_legacy_group_that_cannot_be(
        self, catalog: ArticleCatalog, changes: dict[str, object], guard: str
    ) -> None:
        with pytest.raises(IntegrityError, match=guard), transaction.atomic():
            PlanGroup.objects.filter(pk=catalog.legacy.pk).update(**changes)


class TestStates:
    @pytest.fixture
    def group(self, catalog: ArticleCatalog, acme: Organization) -> PlanGroup:
        make_agreement(acme, "per_seat")
        return update(catalog.legacy, grandfathered_until=date(2027, 6, 1))

    @pytest.mark.parametrize(
        ("day", "state"),
        [
            (date(2027, 3, 2), GroupState.HONOURED),
            (date(2027, 3, 3), GroupState.CAMPAIGN_DUE),
            (date(2027, 5, 31), GroupState.CAMPAIGN_DUE),
            (date(2027, 6, 1), GroupState.OVER),
        ],
    )
    def test_a_campaign_is_due_90_days_before_and_nobody_is_moved_by_the_day(
        self, group: PlanGroup, day: date, state: GroupState
    ) -> None:
        now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        is_due = state is not GroupState.HONOURED
        [figures] = [each for each in list_group_figures(now=now) if each.group == group]
        assert (figures.state, figures.needs_campaign) == (state, is_due)
        assert figures.campaign_due_on == date(2027, 3, 3)
        assert [each.group for each in list_groups_due(now=now)] == ([group] if is_due else [])
        assert Agreement.objects.get().plan_version.plan.code == "per_seat"

    def test_a_campaign_that_is_being_prepared_is_enough(
        self, group: PlanGroup, catalog: ArticleCatalog
    ) -> None:
        campaign = RepricingCampaign.objects.create(name="To credits", why="Fair for everybody.")
        campaign.from_plans.add(catalog.per_seat.plan)
        assert list_groups_due(now=datetime(2027, 6, 2, tzinfo=UTC)) == []

    @pytest.mark.parametrize(
        ("today", "months"),
        [((2026, 1, 31), 0), ((2026, 2, 1), 1), ((2026, 12, 31), 11), ((2027, 6, 30), 17)],
    )
    def test_months_are_whole_ones(self, today: tuple[int, int, int], months: int) -> None:
        assert months_since(date(2026, 1, 1), now=datetime(*today, tzinfo=UTC)) == months


class TestFigures:
    def test_customers_revenue_and_usage_of_each_plan(
        self, catalog: ArticleCatalog, acme: Organization, globex: Organization
    ) -> None:
        """$100 x 10 seats, and a twelfth of $990: $1,000.00 and $82.50 a month."""
        make_agreement(acme, "per_seat", seats=10)
        make_agreement(globex, "starter", interval="year")
        leaving = make_agreement(make_organization("Initech"), "starter")
        Agreement.objects.filter(pk=leaving.pk).update(
            cancel_at=leaving.current_period_end, end_reason="requested"
        )
        at = SUBSCRIBED + timedelta(days=1)
        use(acme, "event-1", 1_800, at=at, meter="documents")
        fill_all_rollups()

        legacy, current = list_group_figures(now=datetime(2026, 10, 5, tzinfo=UTC))
        [per_seat] = legacy.plans
        assert (per_seat.customer_count, per_seat.leaving_count) == (1, 0)
        assert per_seat.monthly == legacy.monthly == (Money(1_000_00, "USD"),)
        assert per_seat.used == (Used("Documents", "documents", Decimal(1_800)),)
        starter = current.plans[0]
        assert (starter.code, starter.customer_count, starter.leaving_count) == ("starter", 2, 1)
        assert starter.monthly == current.monthly == (Money(99_00 + 82_50, "USD"),)
        assert current.customer_count == 2

    def test_nobody_on_trial_pays(self, catalog: ArticleCatalog, acme: Organization) -> None:
        agreement = make_agreement(acme, "per_seat", seats=10)
        Agreement.objects.filter(pk=agreement.pk).update(
            status=AgreementStatus.TRIALING,
            trial_ends_at=agreement.started_at + timedelta(days=14),
            anchor_at=agreement.started_at + timedelta(days=14),
        )
        legacy = list_group_figures(now=NOW)[0]
        assert (legacy.customer_count, legacy.monthly) == (1, (Money(0, "USD"),))

    def test_the_last_month_is_the_last_complete_one(self) -> None:
        assert last_month(datetime(2026, 1, 1, tzinfo=UTC)) == (date(2025, 12, 1), date(2026, 1, 1))

    def test_more_plans_cost_no_more_queries(
        self, catalog: ArticleCatalog, acme: Organization, globex: Organization
    ) -> None:
        make_agreement(acme, "per_seat")
        list_group_figures(now=NOW)
        with counted_statements() as few:
            list_group_figures(now=NOW)
        make_version(
            make_plan(catalog.legacy, "older"), metered(catalog.credits, 1), prices=(fixed("9"),)
        )
        make_agreement(globex, "older")
        list_group_figures(now=NOW)
        with counted_statements() as many:
            list_group_figures(now=NOW)
        assert len(many) == len(few)


class TestNewCustomersOnly:
    """Article, "This quarter: Launch hybrid pricing for new customers only."."""

    @pytest.fixture(autouse=True)
    def _only_new(self, catalog: ArticleCatalog) -> None:
        details = PlanGroupDetails(
            "current", "Current plans", is_default=True, for_new_customers_only=True
        )
        update_plan_group(group=catalog.current, details=details, actor=STAFF, now=SUBSCRIBED)

    def test_new_customers_choose_as_before(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        choice = choose_plan(organization=acme, live=None, plan_code="starter", at=NOW)
        assert choice.version == catalog.starter
        assert len(list_offers(at=NOW)) == 3

    def test_they_change_among_these_plans(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme, "starter")
        change_plan(agreement=agreement, plan_code="professional", actor=STAFF, now=NOW)
        assert len(list_offers(at=NOW, beside_group_id=catalog.current.pk)) == 3

    def test_customers_with_a_plan_of_another_group_do_not_get_there_alone(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme, "per_seat")
        with pytest.raises(ForNewCustomers):
            change_plan(agreement=agreement, plan_code="professional", actor=STAFF, now=NOW)
        assert list_offers(at=NOW, beside_group_id=catalog.legacy.pk) == []

    def test_none_of_them_is_named_as_an_upgrade(
        self, catalog: ArticleCatalog, acme: Organization, globex: Organization
    ) -> None:
        make_agreement(acme, "per_seat")
        make_agreement(globex, "starter")
        denied = get_entitlement(organization=acme, feature="advanced_ai", now=NOW)
        assert (denied.allowed, denied.upgrade_plan) == (False, None)
        named = get_entitlement(organization=globex, feature="advanced_ai", now=NOW)
        assert named.upgrade_plan is not None
        assert named.upgrade_plan.code == "professional"

    def test_a_legacy_group_is_for_nobody_new(self, catalog: ArticleCatalog) -> None:
        with pytest.raises(Invalid):
            update(catalog.legacy, for_new_customers_only=True)
