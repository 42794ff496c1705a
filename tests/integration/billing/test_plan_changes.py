"""Moves from plan to plan, and what they can never be used for."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.models import AuditEntry, Organization
from accounts.organizations.operations import close_organization
from billing.agreements.changes import change_plan, change_plan_by_staff
from billing.agreements.errors import (
    AgreementEnded,
    NotAnUpgrade,
    NotEnoughSeats,
    OrganizationClosed,
    PaymentOverdue,
    PriceNotOffered,
    SamePlan,
)
from billing.agreements.history import version_at
from billing.agreements.operations import bring_current, cancel_agreement
from billing.agreements.payments import mark_past_due
from billing.agreements.queries import describe_agreement
from billing.catalog.queries import PlanNotOffered
from billing.models import Agreement, PlanChange, Settlement
from billing.settlements.operations import close_due_periods
from config.kernel.money import Money
from metering.ledger.audit import find_violations
from metering.models import CreditGrant, UsagePeriod
from metering.queries import get_balance
from tests.factories.accounts import make_member, make_organization, make_person
from tests.factories.agreements import SUBSCRIBED, make_agreement, use
from tests.factories.catalog import (
    QUARTER_FOR_A_MONTH,
    STAFF,
    ArticleCatalog,
    fixed,
    make_plan,
    make_version,
    metered,
    per_seat,
)

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
GRACE = timedelta(hours=1)
HALFWAY = SUBSCRIBED + 15 * DAY
LATER = SUBSCRIBED + 24 * DAY
OCTOBER = datetime(2026, 10, 10, 8, tzinfo=UTC)
PLANS = {"starter": 1_000, "professional": 5_000, "enterprise": 20_000}
# Plans, and the hours that pass before each move.
MOVES = st.lists(st.tuples(st.sampled_from(sorted(PLANS)), st.integers(1, 72)), max_size=8)


def remaining(catalog: ArticleCatalog, organization: Organization, *, at: datetime) -> Decimal:
    return get_balance(organization_id=organization.pk, meter_id=catalog.meter.pk, at=at).remaining


def upgrade(agreement: Agreement, plan_code: str, *, at: datetime = HALFWAY) -> PlanChange:
    return change_plan(agreement=agreement, plan_code=plan_code, actor=STAFF, now=at)


def move(agreement: Agreement, plan_code: str, *, at: datetime) -> PlanChange:
    return change_plan_by_staff(
        agreement=agreement, plan_code=plan_code, actor=STAFF, reason="Agreed by mail", now=at
    )


@pytest.fixture(autouse=True)
def _books_add_up() -> Iterator[None]:
    yield
    assert list(find_violations()) == []


class TestUpgrade:
    def test_it_holds_from_that_instant(self, catalog: ArticleCatalog, acme: Organization) -> None:
        agreement = make_agreement(acme, "starter")
        change = upgrade(agreement, "professional")
        assert (change.from_version, change.to_version) == (catalog.starter, catalog.professional)
        assert change.effective_at == HALFWAY
        view = describe_agreement(agreement=Agreement.objects.get())
        assert (view.plan_code, view.seats, view.base) == ("professional", 20, Money(29_900, "USD"))
        assert (view.anchor_at, view.period_ends_at) == (SUBSCRIBED, OCTOBER)
        assert version_at(agreement=agreement, at=HALFWAY - INSTANT) == catalog.starter.pk
        assert version_at(agreement=agreement, at=HALFWAY) == catalog.professional.pk

    def test_half_a_month_brings_half_the_difference(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme, "starter")
        use(acme, "evt_1", 400, at=SUBSCRIBED + DAY)
        upgrade(agreement, "professional")
        assert remaining(catalog, acme, at=HALFWAY) == 600 + 2_000
        bring_current(organization=acme, now=OCTOBER)
        assert remaining(catalog, acme, at=OCTOBER) == 5_000

    def test_the_share_is_what_is_left_to_the_microsecond_rounded_down(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme, "starter")
        upgrade(agreement, "professional", at=SUBSCRIBED + timedelta(days=10))
        assert remaining(catalog, acme, at=LATER) == 1_000 + Decimal("2666.666666")

    def test_all_of_the_difference_if_the_installation_says_so(
        self, catalog: ArticleCatalog, acme: Organization, settings: Settings
    ) -> None:
        settings.ALLOWANCE_ON_UPGRADE = "full"
        agreement = make_agreement(acme, "starter")
        upgrade(agreement, "professional", at=OCTOBER - INSTANT)
        assert remaining(catalog, acme, at=OCTOBER - INSTANT) == 5_000

    def test_a_yearly_agreement_is_raised_for_its_month(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme, "starter", interval="year")
        upgrade(agreement, "professional", at=OCTOBER + timedelta(days=15, hours=12))
        assert remaining(catalog, acme, at=OCTOBER + 16 * DAY) == 1_000 + 2_000

    def test_the_month_is_settled_by_the_plan_at_its_end(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme, "starter")
        use(acme, "evt_1", 1_100, at=SUBSCRIBED + DAY)
        upgrade(agreement, "professional")
        use(acme, "evt_2", 1_600, at=HALFWAY)
        close_due_periods(now=OCTOBER + GRACE)
        settlement = Settlement.objects.get()
        assert settlement.plan_version == catalog.professional
        assert (settlement.used_credits, settlement.overage_credits) == (2_700, 100)
        assert settlement.amount_minor == 1_200
        assert (settlement.expired_credits, settlement.rolled_over_credits) == (300, 100)

    def test_at_the_boundary_the_next_month_has_the_new_plan(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme, "starter")
        upgrade(agreement, "professional", at=OCTOBER)
        assert remaining(catalog, acme, at=OCTOBER) == 5_000
        close_due_periods(now=OCTOBER + GRACE)
        assert Settlement.objects.get().plan_version == catalog.starter
        assert Agreement.objects.get().current_period_start == OCTOBER

    def test_a_clock_behind_the_sweep_changes_the_month_that_was_opened(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme, "starter")
        bring_current(organization=acme, now=OCTOBER)
        change = upgrade(agreement, "professional", at=OCTOBER - timedelta(seconds=1))
        assert change.effective_at == OCTOBER
        assert remaining(catalog, acme, at=OCTOBER) == 5_000

    def test_months_that_nobody_opened_have_the_old_plan(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme, "starter")
        upgrade(agreement, "professional", at=OCTOBER + 40 * DAY)
        allowances = UsagePeriod.objects.order_by("starts_at").values_list("allowance", flat=True)
        assert list(allowances) == [1_000, 1_000, 5_000]

    def test_a_newer_version_of_the_same_plan_that_takes_nothing_away(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme, "starter")
        newer = make_version(
            catalog.starter.plan,
            metered(catalog.credits, 1_200, overage="0.15"),
            prices=(fixed("89"),),
            included_seats=5,
        )
        upgrade(agreement, "starter")
        assert Agreement.objects.get().plan_version == newer
        assert remaining(catalog, acme, at=HALFWAY) == 1_100

    def test_what_is_newly_counted_begins_at_once_with_its_share(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        plan = make_plan(catalog.current, "plus")
        make_version(
            plan,
            metered(catalog.credits, 1_000, overage="0.15"),
            metered(catalog.documents, 100),
            prices=(fixed("199"),),
        )
        agreement = make_agreement(acme, "starter")
        early = use(acme, "early", 1, at=HALFWAY - DAY, meter="documents")
        assert early.reason == "feature_not_in_plan"
        upgrade(agreement, "plus")
        period = UsagePeriod.objects.get(meter=catalog.documents_meter)
        assert (period.starts_at, period.ends_at) == (HALFWAY, OCTOBER)
        receipt = use(acme, "evt_1", 10, at=HALFWAY, meter="documents")
        assert (receipt.overage, receipt.remaining) == (0, 40)
        bring_current(organization=acme, now=OCTOBER)
        balance = get_balance(
            organization_id=acme.pk, meter_id=catalog.documents_meter.pk, at=OCTOBER
        )
        assert balance.remaining == 100

    def test_to_unlimited_usage_the_month_costs_nothing_more(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        plan = make_plan(catalog.current, "endless")
        make_version(plan, metered(catalog.credits, None), prices=(fixed("999"),))
        agreement = make_agreement(acme, "starter")
        use(acme, "evt_1", 1_800, at=SUBSCRIBED + DAY)
        upgrade(agreement, "endless")
        close_due_periods(now=OCTOBER + GRACE)
        settlement = Settlement.objects.get()
        assert (settlement.used_credits, settlement.overage_credits) == (1_800, 0)
        assert settlement.amount_minor == 0

    def test_it_is_written_down(self, catalog: ArticleCatalog, acme: Organization) -> None:
        agreement = make_agreement(acme, "starter")
        upgrade(agreement, "professional")
        entry = AuditEntry.objects.get(action="agreement.plan_changed")
        assert (entry.organization, entry.target) == (acme, agreement.public_id)
        assert entry.changes == {"plan": ["starter v1", "professional v1"], "seats": [5, 20]}

    def test_a_change_is_append_only(self, catalog: ArticleCatalog, acme: Organization) -> None:
        change = upgrade(make_agreement(acme, "starter"), "professional")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change.delete()
        change.pk, change.public_id = None, ""
        with (
            pytest.raises(IntegrityError, match="plan_change_one_per_instant"),
            transaction.atomic(),
        ):
            change.save(force_insert=True)


class TestRefusal:
    def test_a_downgrade_waits_for_the_end_of_the_period(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme)
        with pytest.raises(NotAnUpgrade) as refusal:
            upgrade(agreement, "starter")
        assert refusal.value.extra == {
            "less_of": ["advanced_ai", "ai_credits", "seats"],
            "effective_at": OCTOBER.isoformat(),
        }
        assert not PlanChange.objects.exists()
        assert Agreement.objects.get().plan_version == catalog.professional

    @pytest.mark.parametrize("plan_code", ["enterprise", "per_seat", "nonsense"])
    def test_only_self_serve_plans_on_sale(
        self, catalog: ArticleCatalog, acme: Organization, plan_code: str
    ) -> None:
        with pytest.raises(PlanNotOffered):
            upgrade(make_agreement(acme, "starter"), plan_code)

    def test_the_same_plan(self, catalog: ArticleCatalog, acme: Organization) -> None:
        with pytest.raises(SamePlan):
            upgrade(make_agreement(acme, "starter"), "starter")

    def test_a_plan_without_a_price_for_the_interval(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        plan = make_plan(catalog.current, "monthly")
        make_version(plan, metered(catalog.credits, 9_000), prices=(fixed("500"),))
        with pytest.raises(PriceNotOffered):
            upgrade(make_agreement(acme, "starter", interval="year"), "monthly")

    def test_too_few_seats(self, catalog: ArticleCatalog, acme: Organization) -> None:
        plan = make_plan(catalog.current, "solo")
        make_version(
            plan, metered(catalog.credits, 9_000), prices=(fixed("500"),), included_seats=1
        )
        with pytest.raises(NotEnoughSeats):
            upgrade(make_agreement(acme, "starter"), "solo")

    def test_an_agreement_that_has_ended(self, catalog: ArticleCatalog, acme: Organization) -> None:
        agreement = make_agreement(acme, "starter")
        cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=HALFWAY)
        with pytest.raises(AgreementEnded):
            upgrade(agreement, "professional", at=LATER)

    def test_a_customer_whose_payment_is_overdue(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme, "starter")
        mark_past_due(agreement=agreement, actor=STAFF, now=SUBSCRIBED + DAY)
        with pytest.raises(PaymentOverdue):
            upgrade(agreement, "professional")
        move(agreement, "professional", at=HALFWAY)
        assert Agreement.objects.get().plan_version == catalog.professional

    def test_a_closed_organization(self, catalog: ArticleCatalog, acme: Organization) -> None:
        agreement = make_agreement(acme, "starter")
        close_organization(organization=acme, actor=STAFF, now=HALFWAY)
        with pytest.raises(OrganizationClosed):
            upgrade(agreement, "professional", at=LATER)


class TestSeats:
    def test_seats_that_are_paid_for_are_kept(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        plan = make_plan(catalog.current, "team")
        make_version(plan, metered(catalog.documents, None), prices=(per_seat("120"),))
        agreement = make_agreement(acme, "per_seat", seats=7)
        upgrade(agreement, "team")
        assert Agreement.objects.get().seats == 7

    def test_a_seat_for_each_member_where_they_were_included(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_member(acme, make_person("Dora"))
        agreement = make_agreement(acme, "starter")
        move(agreement, "per_seat", at=HALFWAY)
        assert Agreement.objects.get().seats == 3


class TestGaming:
    def test_going_down_and_up_again_brings_nothing(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme, "starter")
        upgrade(agreement, "professional")
        for hours in range(0, 48, 2):
            at = HALFWAY + timedelta(hours=hours)
            move(agreement, "starter", at=at + GRACE)
            upgrade(agreement, "professional", at=at + 2 * GRACE)
        assert remaining(catalog, acme, at=LATER) == 3_000

    def test_no_order_of_moves_yields_more_than_the_dearest_plan(
        self, catalog: ArticleCatalog, acme: Organization, settings: Settings
    ) -> None:
        settings.ALLOWANCE_ON_UPGRADE = "full"
        agreement = make_agreement(acme, "starter")
        plans = ["enterprise", "starter", "professional", "enterprise", "professional", "starter"]
        for number, plan_code in enumerate(plans):
            move(agreement, plan_code, at=HALFWAY + number * GRACE)
        total = sum(grant.amount for grant in CreditGrant.objects.all())
        assert total == 20_000
        assert UsagePeriod.objects.get().allowance == 20_000

    @settings_of_hypothesis(
        max_examples=20,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        moves=st.lists(st.tuples(st.sampled_from(sorted(PLANS)), st.integers(1, 72)), max_size=8)
    )
    def test_whatever_the_moves_a_month_has_at_most_its_dearest_allowance(
        self, catalog: ArticleCatalog, acme: Organization, moves: list[tuple[str, int]]
    ) -> None:
        beginning = transaction.savepoint()
        agreement = make_agreement(acme, "starter")
        at, dearest = SUBSCRIBED, 1_000
        for plan_code, hours in moves:
            at += timedelta(hours=hours)
            with contextlib.suppress(SamePlan):
                move(agreement, plan_code, at=at)
            dearest = max(dearest, PLANS[plan_code])
            granted = remaining(catalog, acme, at=at)
            assert 1_000 <= granted <= dearest
        transaction.savepoint_rollback(beginning)

    def test_after_a_move_down_the_month_keeps_what_it_was_given(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme)
        move(agreement, "starter", at=HALFWAY)
        assert remaining(catalog, acme, at=HALFWAY) == 5_000
        bring_current(organization=acme, now=OCTOBER)
        assert remaining(catalog, acme, at=OCTOBER) == 1_000

    def test_two_moves_in_one_instant_follow_each_other(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme, "starter")
        upgrade(agreement, "professional")
        back = move(agreement, "starter", at=HALFWAY - DAY)
        assert back.effective_at == HALFWAY + INSTANT
        assert version_at(agreement=agreement, at=HALFWAY) == catalog.professional.pk

    def test_a_meter_that_was_gone_for_months_is_granted_nothing_for_them(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        plan = make_plan(catalog.current, "both")
        make_version(
            plan,
            metered(catalog.credits, 1_000, overage="0.15"),
            metered(catalog.documents, 100, overage="1", rollover=QUARTER_FOR_A_MONTH),
            prices=(fixed("199"),),
        )
        agreement = make_agreement(acme, "both")
        use(acme, "evt_1", 130, at=SUBSCRIBED + DAY, meter="documents")
        move(agreement, "starter", at=HALFWAY)
        close_due_periods(now=OCTOBER + GRACE)
        [documents] = Settlement.objects.filter(feature=catalog.documents)
        assert (documents.overage_credits, documents.amount_minor) == (30, 3_000)
        assert documents.rolled_over_credits == 0
        january = OCTOBER.replace(year=2027, month=1)
        close_due_periods(now=january + DAY)
        move(agreement, "both", at=january + timedelta(days=15, hours=12))
        balance = get_balance(
            organization_id=acme.pk, meter_id=catalog.documents_meter.pk, at=january + 20 * DAY
        )
        assert balance.remaining == 50


class TestFreeAgreements:
    @pytest.fixture
    def free(self, catalog: ArticleCatalog) -> None:
        for code, allowance in (("free", 100), ("free_for_all", 300)):
            plan = make_plan(catalog.current, code)
            make_version(plan, metered(catalog.credits, allowance), prices=(fixed("0"),))

    def agree_anew(self, organization: Organization, plan_code: str, *, at: datetime) -> Agreement:
        for agreement in Agreement.objects.owned_by(organization).live():
            cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=at)
        return make_agreement(organization, plan_code, at=at)

    @pytest.mark.usefixtures("free")
    def test_a_month_has_one_free_allowance_however_often_it_is_agreed_on(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        for days in range(0, 30, 5):
            at = SUBSCRIBED + days * DAY
            self.agree_anew(acme, "free", at=at)
            assert remaining(catalog, acme, at=at) == (100 if days == 0 else 0)
        month_later = SUBSCRIBED + 30 * DAY
        self.agree_anew(acme, "free", at=month_later)
        assert remaining(catalog, acme, at=month_later) == 100

    @pytest.mark.usefixtures("free")
    def test_a_larger_free_plan_grants_what_it_has_more(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        self.agree_anew(acme, "free", at=SUBSCRIBED)
        self.agree_anew(acme, "free_for_all", at=SUBSCRIBED + DAY)
        assert remaining(catalog, acme, at=SUBSCRIBED + DAY) == 200
        self.agree_anew(acme, "free", at=SUBSCRIBED + 2 * DAY)
        assert remaining(catalog, acme, at=SUBSCRIBED + 2 * DAY) == 0
        self.agree_anew(acme, "free_for_all", at=SUBSCRIBED + 3 * DAY)
        assert remaining(catalog, acme, at=SUBSCRIBED + 3 * DAY) == 0

    @pytest.mark.usefixtures("free")
    def test_an_upgrade_after_agreeing_anew_adds_the_difference_only(
        self, catalog: ArticleCatalog, acme: Organization, settings: Settings
    ) -> None:
        settings.ALLOWANCE_ON_UPGRADE = "full"
        self.agree_anew(acme, "free", at=SUBSCRIBED)
        agreement = self.agree_anew(acme, "free", at=SUBSCRIBED + DAY)
        upgrade(agreement, "free_for_all", at=SUBSCRIBED + 2 * DAY)
        assert remaining(catalog, acme, at=SUBSCRIBED + 2 * DAY) == 200

    @pytest.mark.usefixtures("free")
    def test_the_following_month_is_whole(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        self.agree_anew(acme, "free", at=SUBSCRIBED)
        self.agree_anew(acme, "free", at=SUBSCRIBED + DAY)
        bring_current(organization=acme, now=OCTOBER + DAY)
        assert remaining(catalog, acme, at=OCTOBER + DAY) == 100

    @pytest.mark.usefixtures("free")
    def test_what_is_paid_for_is_granted_in_full(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        self.agree_anew(acme, "free", at=SUBSCRIBED)
        self.agree_anew(acme, "starter", at=SUBSCRIBED + DAY)
        assert remaining(catalog, acme, at=SUBSCRIBED + DAY) == 1_000

    @pytest.mark.usefixtures("free")
    def test_another_organization_is_another_customer(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        self.agree_anew(acme, "free", at=SUBSCRIBED)
        other = make_organization("Initech")
        self.agree_anew(other, "free", at=SUBSCRIBED + DAY)
        assert remaining(catalog, other, at=SUBSCRIBED + DAY) == 100
