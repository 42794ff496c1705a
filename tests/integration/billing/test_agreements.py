from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry, Organization, User
from billing.agreements.errors import (
    AgreementEnded,
    AgreementExists,
    EarlierUsage,
    NotEnoughSeats,
    OrganizationClosed,
    PriceNotOffered,
)
from billing.agreements.operations import (
    bring_current,
    cancel_agreement,
    create_agreement,
    create_agreement_by_staff,
)
from billing.agreements.queries import (
    AgreementNotFound,
    describe_agreement,
    find_live_agreement,
    get_agreement,
    list_agreements,
)
from billing.agreements.terms import agreed_terms, ask_for_agreement, list_meter_terms
from billing.catalog.operations import PlanGroupDetails, create_plan_group
from billing.catalog.queries import PlanNotOffered
from billing.choices import Audience
from billing.models import Agreement
from config.kernel.errors import Invalid
from config.kernel.money import Money
from metering.ledger.audit import find_violations
from metering.models import UsagePeriod
from metering.queries import get_balance
from metering.usage.reports import MeterTerms
from tests.factories.accounts import make_member, make_organization, make_person
from tests.factories.agreements import SUBSCRIBED, make_agreement
from tests.factories.catalog import (
    ON_SALE_SINCE,
    STAFF,
    ArticleCatalog,
    fixed,
    make_plan,
    make_version,
    metered,
)
from tests.factories.metering import record, report

JANUARY_31 = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)


def subscribe(
    organization: Organization,
    plan_code: str = "starter",
    *,
    interval: str = "month",
    currency: str | None = None,
    seats: int | None = None,
    starts_at: datetime | None = None,
    now: datetime = SUBSCRIBED,
) -> Agreement:
    """Subscribe as a customer does."""
    return create_agreement(
        organization=organization,
        plan_code=plan_code,
        interval=interval,
        currency=currency,
        seats=seats,
        starts_at=starts_at,
        actor=STAFF,
        now=now,
    )


class TestCreate:
    def test_an_agreement_runs_from_now_on_the_terms_on_sale(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = subscribe(acme)
        stored = Agreement.objects.get()
        assert stored == agreement
        assert stored.public_id.startswith("agr_")
        assert stored.plan_version == catalog.starter
        assert (stored.status, stored.collection) == ("active", "not_connected")
        assert (stored.currency, stored.interval, stored.seats) == ("USD", "month", 5)
        assert stored.anchor_at == stored.current_period_start == SUBSCRIBED
        assert stored.current_period_end == datetime(2026, 10, 10, 8, tzinfo=UTC)

    def test_the_first_period_of_each_meter_is_open_with_its_allowance(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = subscribe(acme)
        period = UsagePeriod.objects.get()
        assert (period.organization, period.meter) == (acme, catalog.meter)
        assert period.source == agreement.public_id
        assert (period.starts_at, period.ends_at) == (
            SUBSCRIBED,
            datetime(2026, 10, 10, 8, tzinfo=UTC),
        )
        balance = get_balance(organization_id=acme.pk, meter_id=catalog.meter.pk, at=SUBSCRIBED)
        assert (balance.granted, balance.remaining) == (Decimal(1_000), Decimal(1_000))

    def test_it_is_written_down(self, catalog: ArticleCatalog, acme: Organization) -> None:
        agreement = subscribe(acme)
        entry = AuditEntry.objects.get(action="agreement.created")
        assert (entry.organization, entry.target) == (acme, agreement.public_id)
        assert entry.changes["plan"] == [None, "starter v1"]

    def test_an_organization_has_one_live_agreement(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        subscribe(acme)
        with pytest.raises(AgreementExists):
            subscribe(acme, "professional")
        assert Agreement.objects.count() == 1

    def test_the_database_refuses_a_second_live_agreement(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = subscribe(acme)
        agreement.pk, agreement.public_id = None, ""
        with (
            pytest.raises(IntegrityError, match=r"agreement_(one_live_per_organization|disjoint)"),
            transaction.atomic(),
        ):
            agreement.save(force_insert=True)

    @pytest.mark.parametrize("plan_code", ["per_seat", "enterprise", "nothing"])
    def test_customers_can_only_subscribe_to_self_serve_plans_on_sale(
        self, catalog: ArticleCatalog, acme: Organization, plan_code: str
    ) -> None:
        with pytest.raises(PlanNotOffered) as refusal:
            subscribe(acme, plan_code)
        assert refusal.value.detail == f"There is no plan “{plan_code}” to agree on."

    @pytest.mark.parametrize("plan_code", ["starter", "per_seat", "enterprise"])
    def test_staff_can_sell_every_published_plan(
        self, catalog: ArticleCatalog, acme: Organization, plan_code: str
    ) -> None:
        assert make_agreement(acme, plan_code).plan_version.plan.code == plan_code

    def test_staff_cannot_sell_a_plan_that_does_not_exist(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        with pytest.raises(PlanNotOffered):
            make_agreement(acme, "nothing")

    def test_a_closed_organization_agrees_to_nothing(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        Organization.objects.filter(pk=acme.pk).update(closed_at=SUBSCRIBED)
        with pytest.raises(OrganizationClosed):
            subscribe(acme)

    def test_an_agreement_does_not_start_in_the_future(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        with pytest.raises(Invalid):
            subscribe(acme, starts_at=SUBSCRIBED + timedelta(microseconds=1))

    def test_an_agreement_starts_at_most_ten_years_back(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        ten_years_ago = SUBSCRIBED.replace(year=2016)
        with pytest.raises(Invalid):
            subscribe(acme, starts_at=ten_years_ago - timedelta(microseconds=1))
        assert subscribe(acme, starts_at=ten_years_ago).anchor_at == ten_years_ago
        assert UsagePeriod.objects.count() == 121

    def test_periods_are_counted_in_utc_wherever_the_start_was_written(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        in_new_york = datetime(2026, 1, 30, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
        subscribe(acme, starts_at=in_new_york, now=datetime(2026, 2, 10, tzinfo=UTC))
        agreement = Agreement.objects.get()
        ends_at = datetime(2026, 2, 28, 4, 30, tzinfo=UTC)
        assert agreement.anchor_at == datetime(2026, 1, 31, 4, 30, tzinfo=UTC)
        assert agreement.current_period_end == UsagePeriod.objects.get().ends_at == ends_at

    def test_a_plan_for_individuals_is_not_sold_to_organizations(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        individuals = create_plan_group(
            details=PlanGroupDetails(
                code="solo", name="Solo", audience=Audience.INDIVIDUALS, is_default=True
            ),
            actor=STAFF,
            now=ON_SALE_SINCE,
        )
        make_version(make_plan(individuals, "solo"), prices=(fixed("9"),))
        with pytest.raises(PlanNotOffered):
            subscribe(acme, "solo")


class TestPrice:
    def test_the_currency_is_the_organization_s(self, catalog: ArticleCatalog) -> None:
        make_version(
            catalog.starter.plan,
            prices=(fixed("99"), fixed("89", currency="EUR")),
            included_seats=5,
            published_at=SUBSCRIBED,
        )
        agreement = subscribe(make_organization("Euro", currency="EUR"))
        assert agreement.currency == "EUR"
        assert describe_agreement(agreement=agreement).base == Money(89_00, "EUR")

    @pytest.mark.parametrize(
        ("interval", "currency"),
        [("month", "EUR"), ("week", "USD"), ("", "USD"), ("month", "usd")],
    )
    def test_nothing_is_sold_at_a_price_that_is_not_offered(
        self, catalog: ArticleCatalog, acme: Organization, interval: str, currency: str
    ) -> None:
        with pytest.raises(PriceNotOffered):
            subscribe(acme, interval=interval, currency=currency)
        assert not Agreement.objects.exists()

    def test_a_plan_that_costs_nothing_at_all_is_free(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_version(
            make_plan(catalog.current, "free"),
            metered(catalog.credits, 50),
            prices=(fixed("0"),),
            included_seats=2,
        )
        assert subscribe(acme, "free").collection == "free"

    def test_a_plan_without_base_price_but_with_overage_is_not_free(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_version(
            make_plan(catalog.current, "as_you_go"),
            metered(catalog.credits, 0, overage="0.12"),
            prices=(fixed("0"),),
            included_seats=2,
        )
        assert subscribe(acme, "as_you_go").collection == "not_connected"

    def test_the_agreed_price_stays_when_the_plan_gets_dearer(
        self, catalog: ArticleCatalog, acme: Organization, globex: Organization
    ) -> None:
        old = subscribe(acme, "professional")
        make_version(
            catalog.professional.plan,
            prices=(fixed("349"),),
            included_seats=20,
            published_at=SUBSCRIBED + timedelta(days=1),
        )
        new = subscribe(globex, "professional", now=SUBSCRIBED + timedelta(days=2))
        assert describe_agreement(agreement=old).base == Money(299_00, "USD")
        assert describe_agreement(agreement=new).base == Money(349_00, "USD")


class TestSeats:
    def test_every_included_seat_is_agreed(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        assert subscribe(acme, "professional").seats == 20

    def test_where_seats_are_paid_for_each_member_gets_one(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme, "per_seat")
        assert agreement.seats == 2
        assert describe_agreement(agreement=agreement).base == Money(200_00, "USD")

    def test_more_seats_can_be_paid_for(self, catalog: ArticleCatalog, acme: Organization) -> None:
        agreement = make_agreement(acme, "per_seat", seats=50)
        assert describe_agreement(agreement=agreement).base == Money(5_000_00, "USD")

    def test_every_member_needs_a_seat(self, catalog: ArticleCatalog, acme: Organization) -> None:
        with pytest.raises(NotEnoughSeats) as refusal:
            make_agreement(acme, "per_seat", seats=1)
        assert refusal.value.extra == {"seats": 1, "members": 2}
        with pytest.raises(NotEnoughSeats):
            subscribe(acme, seats=1)

    def test_a_plan_too_small_for_the_members_is_refused(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        for name in ("Dora", "Eve", "Frank", "Grace"):
            make_member(acme, make_person(name))
        with pytest.raises(NotEnoughSeats) as refusal:
            subscribe(acme)
        assert refusal.value.extra == {"seats": 5, "members": 6}
        assert subscribe(acme, "professional").seats == 20

    def test_no_more_seats_than_included_can_be_had(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        with pytest.raises(NotEnoughSeats):
            subscribe(acme, seats=6)
        assert subscribe(acme, seats=3).seats == 3

    def test_unlimited_seats_need_no_counting(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        assert make_agreement(acme, "enterprise").seats == 2

    @pytest.mark.parametrize("seats", [0, -1, 1_000_001])
    def test_the_number_of_seats_is_reasonable(
        self, catalog: ArticleCatalog, acme: Organization, seats: int
    ) -> None:
        with pytest.raises(Invalid):
            make_agreement(acme, "per_seat", seats=seats)


class TestPeriods:
    @pytest.mark.parametrize(
        ("now", "starts", "ends"),
        [
            (JANUARY_31, (1, 31), (2, 28)),
            (datetime(2026, 2, 28, 9, 30, tzinfo=UTC), (2, 28), (3, 31)),
            (datetime(2026, 3, 31, 9, 29, tzinfo=UTC), (2, 28), (3, 31)),
            (datetime(2026, 5, 1, tzinfo=UTC), (4, 30), (5, 31)),
        ],
    )
    def test_a_month_follows_the_anchor_and_not_the_calendar(
        self,
        catalog: ArticleCatalog,
        acme: Organization,
        now: datetime,
        starts: tuple[int, int],
        ends: tuple[int, int],
    ) -> None:
        agreement = subscribe(acme, starts_at=JANUARY_31, now=now)
        assert agreement.anchor_at == JANUARY_31
        assert agreement.current_period_start == JANUARY_31.replace(month=starts[0], day=starts[1])
        assert agreement.current_period_end == JANUARY_31.replace(month=ends[0], day=ends[1])

    def test_an_agreement_from_the_past_has_all_its_usage_periods(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        subscribe(acme, starts_at=JANUARY_31, now=datetime(2026, 4, 15, tzinfo=UTC))
        periods = UsagePeriod.objects.order_by("starts_at")
        assert [(period.starts_at.month, period.starts_at.day) for period in periods] == [
            (1, 31),
            (2, 28),
            (3, 31),
        ]

    def test_a_yearly_agreement_has_monthly_usage_periods(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = subscribe(acme, interval="year")
        assert agreement.current_period_end == SUBSCRIBED.replace(year=2027)
        assert UsagePeriod.objects.get().ends_at == datetime(2026, 10, 10, 8, tzinfo=UTC)

    def test_metering_is_told_what_the_agreement_grants(
        self, catalog: ArticleCatalog, acme: Organization, globex: Organization
    ) -> None:
        agreement = subscribe(acme, "professional")
        terms = [
            MeterTerms(
                meter_id=catalog.meter.pk,
                meter="ai_credits",
                starts_at=SUBSCRIBED,
                anchor_at=SUBSCRIBED,
                allowance=Decimal(5_000),
                source=agreement.public_id,
            )
        ]
        assert list_meter_terms(agreement=agreement) == terms
        agreed = agreed_terms(ask_for_agreement(organization_id=acme.pk, received_at=SUBSCRIBED))
        assert agreed is not None
        assert agreed.meters == terms
        assert (agreed.currency, agreed.is_past_due, agreed.ends_at) == ("USD", False, None)
        nothing = ask_for_agreement(organization_id=globex.pk, received_at=SUBSCRIBED)
        assert agreed_terms(nothing) is None

    def test_unlimited_usage_has_no_allowance(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        (terms,) = list_meter_terms(agreement=make_agreement(acme, "per_seat"))
        assert (terms.meter, terms.allowance) == ("documents", None)


class TestCancel:
    LATER = SUBSCRIBED + timedelta(days=12)
    OCTOBER = datetime(2026, 10, 10, 8, tzinfo=UTC)
    NOVEMBER = datetime(2026, 11, 10, 8, tzinfo=UTC)
    INSTANT = timedelta(microseconds=1)

    def test_it_ends_now_with_its_period_and_its_allowance(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = subscribe(acme)
        canceled = cancel_agreement(
            agreement=agreement, actor=STAFF, reason="Too dear", now=self.LATER
        )
        assert (canceled.status, canceled.ended_at) == ("canceled", self.LATER)
        assert UsagePeriod.objects.get().ends_at == self.LATER
        balance = get_balance(organization_id=acme.pk, meter_id=catalog.meter.pk, at=self.LATER)
        assert balance.remaining == Decimal(0)
        assert find_live_agreement(organization=acme) is None

    def test_what_occurred_before_the_end_is_taken_for_an_hour(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = subscribe(acme)
        cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=self.LATER)
        grace_over = self.LATER + timedelta(hours=1)
        in_time = ask_for_agreement(organization_id=acme.pk, received_at=grace_over - self.INSTANT)
        agreed = agreed_terms(in_time)
        assert agreed is not None
        assert (agreed.source, agreed.ends_at) == (agreement.public_id, self.LATER)
        assert [terms.ends_at for terms in agreed.meters] == [self.LATER]
        too_late = ask_for_agreement(organization_id=acme.pk, received_at=grace_over)
        assert agreed_terms(too_late) is None

    def test_a_new_agreement_comes_before_one_that_has_just_ended(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        cancel_agreement(agreement=subscribe(acme), actor=STAFF, reason="", now=self.LATER)
        following = make_agreement(acme, at=self.LATER)
        asked = ask_for_agreement(organization_id=acme.pk, received_at=self.LATER)
        agreed = agreed_terms(asked)
        assert agreed is not None
        assert agreed.source == following.public_id

    def test_the_reason_is_written_down(self, catalog: ArticleCatalog, acme: Organization) -> None:
        agreement = subscribe(acme)
        cancel_agreement(agreement=agreement, actor=STAFF, reason="Too dear", now=self.LATER)
        entry = AuditEntry.objects.get(action="agreement.canceled")
        assert (entry.organization, entry.target, entry.reason) == (
            acme,
            agreement.public_id,
            "Too dear",
        )

    def test_an_agreement_ends_once(self, catalog: ArticleCatalog, acme: Organization) -> None:
        agreement = subscribe(acme)
        cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=self.LATER)
        with pytest.raises(AgreementEnded):
            cancel_agreement(
                agreement=agreement, actor=STAFF, reason="", now=self.LATER + timedelta(days=1)
            )
        assert Agreement.objects.get().ended_at == self.LATER

    def test_months_that_nobody_looked_at_are_opened_before_it_ends(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = subscribe(acme)
        ended_at = SUBSCRIBED + timedelta(days=70)
        canceled = cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=ended_at)
        assert canceled.current_period_start == datetime(2026, 11, 10, 8, tzinfo=UTC)
        periods = UsagePeriod.objects.order_by("starts_at")
        assert [period.ends_at for period in periods] == [
            datetime(2026, 10, 10, 8, tzinfo=UTC),
            datetime(2026, 11, 10, 8, tzinfo=UTC),
            ended_at,
        ]

    def test_at_the_end_of_a_period_no_further_one_is_opened(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = subscribe(acme)
        ended_at = agreement.current_period_end
        cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=ended_at)
        assert UsagePeriod.objects.get().ends_at == ended_at

    @pytest.mark.parametrize("interval", ["month", "year"])
    @pytest.mark.parametrize("behind", [timedelta(0), timedelta(seconds=1), timedelta(days=40)])
    def test_a_clock_behind_the_sweep_ends_it_in_the_period_that_was_opened(
        self, catalog: ArticleCatalog, acme: Organization, interval: str, behind: timedelta
    ) -> None:
        agreement = subscribe(acme, "professional", interval=interval)
        bring_current(organization=acme, now=self.NOVEMBER)
        canceled = cancel_agreement(
            agreement=agreement, actor=STAFF, reason="", now=self.NOVEMBER - behind
        )
        assert canceled.ended_at == self.NOVEMBER + self.INSTANT
        periods = UsagePeriod.objects.order_by("starts_at")
        assert [period.ends_at for period in periods] == [
            self.OCTOBER,
            self.NOVEMBER,
            self.NOVEMBER + self.INSTANT,
        ]
        entry = AuditEntry.objects.get(action="agreement.canceled")
        assert entry.changes["ended_at"] == [None, canceled.ended_at.isoformat()]
        assert list(find_violations()) == []

    def test_usage_that_opened_a_period_ahead_of_the_clock_keeps_its_place(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = subscribe(acme)
        terms = list_meter_terms(agreement=agreement)
        used_at = self.OCTOBER + timedelta(seconds=1)
        record(acme, report("evt_1", 7, at=used_at), terms=terms, at=used_at)
        cancel_agreement(
            agreement=agreement, actor=STAFF, reason="", now=self.OCTOBER - timedelta(seconds=1)
        )
        stored = Agreement.objects.get()
        assert stored.current_period_start == self.OCTOBER
        assert stored.ended_at == self.OCTOBER + self.INSTANT
        assert list(find_violations()) == []

    def test_without_meters_it_may_end_in_the_instant_that_it_began(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_version(make_plan(catalog.current, "flat"), prices=(fixed("9"),))
        agreement = subscribe(acme, "flat")
        earlier = SUBSCRIBED - timedelta(seconds=1)
        canceled = cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=earlier)
        assert canceled.ended_at == SUBSCRIBED
        assert subscribe(acme, starts_at=SUBSCRIBED).anchor_at == SUBSCRIBED

    def test_the_database_refuses_an_end_before_the_start(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        subscribe(acme)
        ended = Agreement.objects.filter(organization=acme)
        with (
            pytest.raises(IntegrityError, match="agreement_ends_after_start"),
            transaction.atomic(),
        ):
            ended.update(status="canceled", ended_at=SUBSCRIBED - self.INSTANT)

    def test_a_new_agreement_can_follow_at_once(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = subscribe(acme)
        cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=self.LATER)
        following = subscribe(acme, "professional", now=self.LATER)
        assert following.anchor_at == self.LATER
        balance = get_balance(organization_id=acme.pk, meter_id=catalog.meter.pk, at=self.LATER)
        assert balance.remaining == Decimal(5_000)

    def test_two_agreements_never_share_a_moment(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = subscribe(acme)
        cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=self.LATER)
        with pytest.raises(EarlierUsage) as refusal:
            subscribe(acme, starts_at=self.LATER - timedelta(microseconds=1), now=self.LATER)
        assert refusal.value.extra == {"starts_at": self.LATER.isoformat()}

    def test_two_agreements_never_overlap_even_on_different_meters(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = subscribe(acme)
        cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=self.LATER)
        with pytest.raises(EarlierUsage) as refusal:
            create_agreement_by_staff(
                organization=acme,
                plan_code="per_seat",
                interval="month",
                actor=STAFF,
                now=self.LATER,
                starts_at=SUBSCRIBED,
            )
        assert refusal.value.extra == {"starts_at": self.LATER.isoformat()}
        assert make_agreement(acme, "per_seat", at=self.LATER).anchor_at == self.LATER

    def test_the_database_refuses_agreements_that_overlap(
        self, catalog: ArticleCatalog, acme: Organization, globex: Organization
    ) -> None:
        agreement = subscribe(acme)
        cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=self.LATER)
        subscribe(acme, now=self.LATER)
        subscribe(globex, now=SUBSCRIBED)
        with (
            pytest.raises(IntegrityError, match="agreement_disjoint"),
            transaction.atomic(),
        ):
            Agreement.objects.filter(pk=agreement.pk).update(ended_at=self.LATER + self.INSTANT)

    def test_usage_from_a_fast_clock_keeps_its_place(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = subscribe(acme)
        ahead = self.LATER + timedelta(minutes=4)
        record(
            acme,
            report("evt_1", 7, at=ahead),
            terms=list_meter_terms(agreement=agreement),
            at=self.LATER,
        )
        cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=self.LATER)
        with pytest.raises(EarlierUsage):
            subscribe(acme, now=self.LATER)
        assert subscribe(acme, now=ahead + timedelta(seconds=1)).status == "active"


class TestReads:
    def test_a_view_says_what_was_agreed(self, catalog: ArticleCatalog, acme: Organization) -> None:
        agreement = subscribe(acme, "professional", interval="year")
        (view,) = list_agreements(organization=acme)
        assert view.id == agreement.public_id
        assert view.organization_id == acme.public_id
        assert (view.plan_code, view.plan_name, view.version) == (
            "professional",
            "Professional",
            1,
        )
        assert (view.status, view.collection) == ("active", "not_connected")
        assert (view.interval, view.seats, view.included_seats) == ("year", 20, 20)
        assert view.base == Money(2_990_00, "USD")
        assert (view.period_starts_at, view.period_ends_at) == (
            SUBSCRIBED,
            SUBSCRIBED.replace(year=2027),
        )
        assert view.ended_at is None

    def test_another_organization_s_agreement_is_not_found(
        self, catalog: ArticleCatalog, acme: Organization, globex: Organization, charlie: User
    ) -> None:
        agreement = subscribe(acme)
        assert get_agreement(organization=acme, public_id=agreement.public_id) == agreement
        assert get_agreement(organization=None, public_id=agreement.public_id) == agreement
        with pytest.raises(AgreementNotFound) as of_another:
            get_agreement(organization=globex, public_id=agreement.public_id)
        with pytest.raises(AgreementNotFound) as of_nobody:
            get_agreement(organization=globex, public_id="agr_nothing")
        assert of_another.value.detail == of_nobody.value.detail
        assert list_agreements(organization=globex) == []
        assert find_live_agreement(organization=globex) is None


def test_staff_operation_and_customer_operation_make_the_same_agreement(
    catalog: ArticleCatalog, acme: Organization, globex: Organization
) -> None:
    by_customer = subscribe(acme)
    by_staff = create_agreement_by_staff(
        organization=globex, plan_code="starter", interval="month", actor=STAFF, now=SUBSCRIBED
    )
    fields = ("plan_version_id", "status", "collection", "currency", "seats", "anchor_at")
    assert [getattr(by_customer, field) for field in fields] == [
        getattr(by_staff, field) for field in fields
    ]
