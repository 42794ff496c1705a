"""What is scheduled happens at exactly its instant, however late anybody notices."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import Organization
from billing.agreements.changes import change_plan, change_seats
from billing.agreements.errors import (
    AgreementEnding,
    FewerSeats,
    NotEnoughSeats,
    NothingChanges,
    NothingScheduled,
    PriceNotOffered,
)
from billing.agreements.notice import schedule_end
from billing.agreements.operations import bring_current, cancel_agreement
from billing.agreements.queries import find_scheduled_change
from billing.agreements.scheduling import schedule_change, undo_scheduled_change
from billing.audit import find_violations
from billing.choices import EndReason, ScheduledChangeStatus
from billing.entitlements.queries import get_entitlement
from billing.invoicing.queries import estimate_next_invoice
from billing.models import Agreement, PlanChange, PlanVersion, ScheduledChange
from config.kernel.errors import Invalid
from config.kernel.money import Money
from metering.credits.rollover import Basis, RolloverPolicy
from metering.models import CreditGrant, UsagePeriod
from metering.queries import get_balance
from tests.factories.agreements import SUBSCRIBED, begin, make_agreement, settle, use
from tests.factories.catalog import (
    STAFF,
    ArticleCatalog,
    fixed,
    make_plan,
    make_version,
    metered,
)

INSTANT, HOUR, DAY = timedelta(microseconds=1), timedelta(hours=1), timedelta(days=1)
OCTOBER = datetime(2026, 10, 10, 8, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 10, 8, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 10, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _books_add_up() -> Iterator[None]:
    yield
    assert list(find_violations()) == []


@pytest.fixture
def agreement(catalog: ArticleCatalog, acme: Organization) -> Agreement:
    """Acme is on Professional."""
    return make_agreement(acme, "professional")


def schedule(
    agreement: Agreement,
    version: PlanVersion,
    *,
    interval: str = "month",
    seats: int = 5,
    effective_at: datetime = OCTOBER,
    now: datetime = SUBSCRIBED + DAY,
) -> ScheduledChange:
    return schedule_change(
        agreement=agreement,
        to_version=version,
        interval=interval,
        seats=seats,
        effective_at=effective_at,
        actor=STAFF,
        now=now,
    )


def remaining(catalog: ArticleCatalog, organization: Organization, *, at: datetime) -> Decimal:
    return get_balance(organization_id=organization.pk, meter_id=catalog.meter.pk, at=at).remaining


def months(organization: Organization) -> list[tuple[datetime, datetime, Decimal | None]]:
    periods = UsagePeriod.objects.owned_by(organization).order_by("starts_at")
    return list(periods.values_list("starts_at", "ends_at", "allowance"))


class TestDowngrade:
    def test_until_then_nothing_changes(
        self, catalog: ArticleCatalog, agreement: Agreement, acme: Organization
    ) -> None:
        schedule(agreement, catalog.starter)
        bring_current(organization=acme, now=OCTOBER - INSTANT)
        agreement.refresh_from_db()
        assert (agreement.plan_version, agreement.seats) == (catalog.professional, 20)
        assert get_entitlement(
            organization=acme, feature="advanced_ai", now=OCTOBER - INSTANT
        ).allowed
        change = find_scheduled_change(agreement=agreement)
        assert change is not None
        assert (change.plan_code, change.interval, change.seats, change.base) == (
            "starter",
            "month",
            5,
            Money(9_900, "USD"),
        )
        assert change.effective_at == OCTOBER

    @pytest.mark.parametrize("noticed", [OCTOBER, OCTOBER + 5 * DAY, DECEMBER])
    def test_then_it_holds_whenever_that_is_noticed(
        self, catalog: ArticleCatalog, agreement: Agreement, acme: Organization, noticed: datetime
    ) -> None:
        scheduled = schedule(agreement, catalog.starter)
        bring_current(organization=acme, now=noticed)
        agreement.refresh_from_db()
        assert (agreement.plan_version, agreement.seats) == (catalog.starter, 5)
        assert (agreement.anchor_at, agreement.interval) == (SUBSCRIBED, "month")
        [change] = PlanChange.objects.all()
        assert (change.from_version, change.to_version) == (catalog.professional, catalog.starter)
        assert change.effective_at == OCTOBER
        assert months(acme)[:2] == [
            (SUBSCRIBED, OCTOBER, Decimal(5_000)),
            (OCTOBER, NOVEMBER, Decimal(1_000)),
        ]
        scheduled.refresh_from_db()
        assert scheduled.status == ScheduledChangeStatus.APPLIED
        assert find_scheduled_change(agreement=agreement) is None
        bring_current(organization=acme, now=noticed)
        assert PlanChange.objects.count() == 1

    @pytest.mark.parametrize(
        "noticing",
        [
            lambda acme: bring_current(organization=acme, now=OCTOBER),
            lambda acme: use(acme, "evt_seen", 0, at=OCTOBER),
            lambda acme: None,
        ],
    )
    def test_the_old_month_is_settled_by_the_old_terms_and_rolls_over(
        self,
        catalog: ArticleCatalog,
        agreement: Agreement,
        acme: Organization,
        noticing: Callable[[Organization], object],
    ) -> None:
        schedule(agreement, catalog.starter)
        use(acme, "evt_1", 3_000, at=SUBSCRIBED + DAY)
        noticing(acme)
        [september] = settle(acme, at=OCTOBER + HOUR)
        assert september.plan_version == catalog.professional
        assert (september.rolled_over_credits, september.expired_credits) == (500, 1_500)
        assert remaining(catalog, acme, at=OCTOBER + HOUR) == 1_000 + 500
        use(acme, "evt_2", 1_600, at=OCTOBER + DAY)
        [october] = settle(acme, at=NOVEMBER + HOUR)
        assert (october.plan_version, october.overage_credits) == (catalog.starter, 100)
        assert october.amount_minor == 1_500

    def test_usage_that_comes_first_is_booked_on_the_new_plan(
        self, catalog: ArticleCatalog, agreement: Agreement, acme: Organization
    ) -> None:
        schedule(agreement, catalog.starter)
        assert use(acme, "evt_1", 1_001, at=OCTOBER).overage == 1
        assert use(acme, "evt_2", 1, at=OCTOBER, occurred_at=OCTOBER - INSTANT).overage == 0

    def test_a_meter_that_is_left_out_rolls_nothing_over(
        self, catalog: ArticleCatalog, agreement: Agreement, acme: Organization
    ) -> None:
        schedule(agreement, catalog.per_seat, seats=3)
        [september] = settle(acme, at=OCTOBER + HOUR)
        assert (september.rolled_over_credits, september.expired_credits) == (0, 5_000)
        assert [ends_at for _, ends_at, _ in months(acme)] == [OCTOBER, NOVEMBER]

    def test_the_estimate_names_what_follows(
        self, catalog: ArticleCatalog, agreement: Agreement, acme: Organization
    ) -> None:
        use(acme, "evt_1", 6_000, at=SUBSCRIBED + DAY)
        schedule(agreement, catalog.starter)
        estimate = estimate_next_invoice(organization=acme, now=SUBSCRIBED + DAY)
        assert estimate is not None
        assert estimate.total == Money(9_900 + 12_000, "USD")


class TestInterval:
    def test_a_year_begins_with_a_period_and_is_counted_from_there(
        self, catalog: ArticleCatalog, agreement: Agreement, acme: Organization
    ) -> None:
        schedule(agreement, catalog.professional, interval="year", seats=20)
        bring_current(organization=acme, now=DECEMBER)
        agreement.refresh_from_db()
        assert (agreement.interval, agreement.anchor_at) == ("year", OCTOBER)
        assert (agreement.current_period_start, agreement.current_period_end) == (
            OCTOBER,
            OCTOBER.replace(year=2027),
        )
        assert [starts_at for starts_at, _, _ in months(acme)] == [
            SUBSCRIBED,
            OCTOBER,
            NOVEMBER,
            DECEMBER,
        ]
        assert not PlanChange.objects.exists()

    @pytest.mark.parametrize("noticed_after", [timedelta(0), 90 * DAY])
    def test_months_and_rollovers_are_the_same_however_late_it_is_noticed(
        self, catalog: ArticleCatalog, acme: Organization, noticed_after: timedelta
    ) -> None:
        version = make_version(
            make_plan(catalog.current, "patient"),
            metered(
                catalog.credits,
                100,
                rollover=RolloverPolicy(Basis.UNUSED, 50, term_periods=2),
            ),
            prices=(fixed("10"), fixed("100", interval="year")),
        )
        january = datetime(2027, 1, 31, 8, tzinfo=UTC)
        february, march = january.replace(month=2, day=28), january.replace(month=3, day=28)
        begun = datetime(2026, 12, 31, 8, tzinfo=UTC)
        agreement = begin(acme, version, at=begun)
        schedule(
            agreement, version, interval="year", seats=1, effective_at=february, now=begun + DAY
        )
        for moment in (january, january + HOUR, february, february + HOUR):
            noticed_at = min(moment + noticed_after, march)
            settle(acme, at=noticed_at)
            bring_current(organization=acme, now=noticed_at)
        settle(acme, at=march + HOUR)
        assert [(starts_at, ends_at) for starts_at, ends_at, _ in months(acme)] == [
            (begun, january),
            (january, february),
            (february, march),
            (march, march.replace(month=4)),
        ]
        rollovers = CreditGrant.objects.filter(category="rollover").order_by("effective_at")
        assert list(rollovers.values_list("effective_at", "expires_at")) == [
            (january, january.replace(month=3)),
            (february, march.replace(month=4)),
            (march, march.replace(month=5)),
        ]

    def test_another_one_cannot_begin_within_a_month(
        self, catalog: ArticleCatalog, agreement: Agreement
    ) -> None:
        with pytest.raises(Invalid, match="when a month of usage ends"):
            schedule(
                agreement,
                catalog.professional,
                interval="year",
                seats=20,
                effective_at=OCTOBER - DAY,
            )


class TestSeats:
    @pytest.fixture
    def agreement(self, catalog: ArticleCatalog, acme: Organization) -> Agreement:
        """Acme pays for five seats."""
        return make_agreement(acme, "per_seat", seats=5)

    def test_more_are_there_at_once(self, agreement: Agreement) -> None:
        changed = change_seats(agreement=agreement, seats=8, actor=STAFF, now=SUBSCRIBED + DAY)
        assert changed.seats == Agreement.objects.get().seats == 8
        assert (changed.current_period_start, changed.anchor_at) == (SUBSCRIBED, SUBSCRIBED)

    def test_fewer_come_with_the_next_period(
        self, catalog: ArticleCatalog, agreement: Agreement, acme: Organization
    ) -> None:
        with pytest.raises(FewerSeats) as refused:
            change_seats(agreement=agreement, seats=4, actor=STAFF, now=SUBSCRIBED + DAY)
        assert refused.value.extra == {"effective_at": OCTOBER.isoformat()}
        schedule(agreement, catalog.per_seat, seats=3)
        estimate = estimate_next_invoice(organization=acme, now=SUBSCRIBED + DAY)
        assert estimate is not None
        assert estimate.total == Money(30_000, "USD")
        bring_current(organization=acme, now=OCTOBER)
        agreement.refresh_from_db()
        assert agreement.seats == 3
        assert not PlanChange.objects.exists()

    def test_a_plan_that_includes_them_sells_no_more(
        self, catalog: ArticleCatalog, globex: Organization
    ) -> None:
        agreement = make_agreement(globex, "starter")
        with pytest.raises(NotEnoughSeats):
            change_seats(agreement=agreement, seats=6, actor=STAFF, now=SUBSCRIBED + DAY)


class TestOneWaits:
    def test_the_same_again_is_the_one_that_waits(
        self, catalog: ArticleCatalog, agreement: Agreement
    ) -> None:
        first = schedule(agreement, catalog.starter)
        assert schedule(agreement, catalog.starter, now=SUBSCRIBED + 2 * DAY) == first
        assert ScheduledChange.objects.count() == 1

    def test_another_one_takes_its_place(
        self, catalog: ArticleCatalog, agreement: Agreement, acme: Organization
    ) -> None:
        first = schedule(agreement, catalog.starter)
        second = schedule(agreement, catalog.enterprise, seats=20)
        first.refresh_from_db()
        assert (first.status, second.status) == ("undone", "waiting")
        bring_current(organization=acme, now=OCTOBER)
        agreement.refresh_from_db()
        assert agreement.plan_version == catalog.enterprise

    def test_it_can_be_undone_until_it_takes_effect(
        self, catalog: ArticleCatalog, agreement: Agreement, acme: Organization
    ) -> None:
        schedule(agreement, catalog.starter)
        undo_scheduled_change(agreement=agreement, actor=STAFF, now=OCTOBER - INSTANT)
        bring_current(organization=acme, now=OCTOBER)
        agreement.refresh_from_db()
        assert agreement.plan_version == catalog.professional
        schedule(agreement, catalog.starter, effective_at=NOVEMBER, now=OCTOBER)
        with pytest.raises(NothingScheduled):
            undo_scheduled_change(agreement=agreement, actor=STAFF, now=NOVEMBER)

    def test_an_upgrade_at_once_undoes_it(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme, "starter")
        scheduled = schedule(agreement, catalog.per_seat, seats=2)
        change_plan(
            agreement=agreement, plan_code="professional", actor=STAFF, now=SUBSCRIBED + 2 * DAY
        )
        scheduled.refresh_from_db()
        assert scheduled.status == ScheduledChangeStatus.UNDONE

    def test_so_does_the_end_of_the_agreement(
        self, catalog: ArticleCatalog, agreement: Agreement
    ) -> None:
        scheduled = schedule(agreement, catalog.starter)
        cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=SUBSCRIBED + 2 * DAY)
        scheduled.refresh_from_db()
        assert scheduled.status == ScheduledChangeStatus.UNDONE

    def test_nothing_waits_for_what_comes_after_the_end(
        self, catalog: ArticleCatalog, agreement: Agreement
    ) -> None:
        scheduled = schedule(agreement, catalog.starter)
        schedule_end(
            agreement=agreement,
            cancel_at=OCTOBER,
            reason=EndReason.REQUESTED,
            feedback="",
            actor=STAFF,
            now=SUBSCRIBED + 2 * DAY,
        )
        scheduled.refresh_from_db()
        assert scheduled.status == ScheduledChangeStatus.UNDONE
        with pytest.raises(AgreementEnding):
            schedule(agreement, catalog.starter, now=SUBSCRIBED + 3 * DAY)


def test_a_change_after_a_trial_waits_for_its_end(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    agreement = begin(acme, catalog.professional, seats=20, trial_ends_at=OCTOBER)
    schedule(agreement, catalog.starter)
    bring_current(organization=acme, now=NOVEMBER)
    agreement.refresh_from_db()
    assert (agreement.status, agreement.plan_version) == ("active", catalog.starter)
    assert [allowance for _, _, allowance in months(acme)] == [5_000, 1_000, 1_000]


def test_what_is_no_change_or_not_for_sale_is_refused(
    catalog: ArticleCatalog, agreement: Agreement
) -> None:
    with pytest.raises(NothingChanges):
        schedule(agreement, catalog.professional, seats=20)
    with pytest.raises(PriceNotOffered):
        schedule(agreement, catalog.per_seat, interval="year")
    with pytest.raises(Invalid):
        schedule(agreement, catalog.starter, effective_at=SUBSCRIBED + DAY)
    assert not ScheduledChange.objects.exists()
