"""What a campaign means to its customers: the article's numbers, from their own months."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Organization
from billing.catalog.queries import get_plan_version_terms
from billing.choices import SimulationStatus, Verdict
from billing.models import (
    Agreement,
    CampaignConversion,
    Settlement,
    SimulatedCustomer,
    SimulatedPlan,
    Simulation,
)
from billing.rating.replay import replay
from billing.repricing import simulation as simulating
from billing.repricing.cohorts import list_months_used, priced_plan
from billing.repricing.queries import get_sheet, latest_simulation, list_csv_rows
from billing.repricing.simulation import cohort_of, make_due_simulations, make_simulation
from billing.repricing.summaries import summarize
from billing.usage.operations import reverse_usage
from config.kernel.money import Money
from tests.factories.accounts import make_organization, make_person
from tests.factories.agreements import make_agreement, settle, use
from tests.factories.catalog import (
    QUARTER_FOR_A_MONTH,
    ArticleCatalog,
    fixed,
    flag,
    make_plan,
    make_version,
    metered,
)
from tests.factories.offers import make_campaign, make_legacy_customer, simulate

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def another_customer(agreement: Agreement, name: str, *, used: int, seats: int = 10) -> Agreement:
    """Somebody else on the same plan since the same time, who used so much in each month."""
    owner = make_person(name, email=f"{name.lower()}@{name.lower()}.example")
    organization = make_organization(name, owner=owner)
    plan = agreement.plan_version.plan.code
    made = make_agreement(organization, plan, seats=seats, at=agreement.started_at)
    for month in list_months(agreement):
        use(organization, f"{month.starts_at:%m}", used, at=month.starts_at + DAY)
    settle(organization, at=NOW)
    return made


def list_months(agreement: Agreement) -> list[Any]:
    organization_id = agreement.organization_id
    found = list_months_used(organization_ids=[organization_id], since=NOW - 400 * DAY, until=NOW)
    return found.get(organization_id, [])


def figures(simulation: Simulation, agreement: Agreement) -> dict[str, tuple[Any, ...]]:
    """(average, dearest, reasons) of each plan, by its code."""
    plans = SimulatedPlan.objects.filter(
        customer__simulation=simulation, customer__agreement=agreement
    ).select_related("plan_version__plan")
    return {
        plan.plan_version.plan.code: (
            plan.average_minor,
            plan.worst_minor,
            [objection["reason"] for objection in plan.objections],
        )
        for plan in plans
    }


class TestTheArticle:
    def test_ac_143_both_plans_are_listed_and_starter_has_too_few_seats(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_legacy_customer(acme, catalog, used=[1_800] * 10, now=NOW)
        campaign = make_campaign(
            [agreement.plan_version.plan], [catalog.starter.plan, catalog.professional.plan]
        )
        simulation = simulate(campaign, now=NOW)
        customer = SimulatedCustomer.objects.get(simulation=simulation)
        assert (customer.month_count, customer.seats) == (10, 10)
        assert customer.current_average_minor == customer.current_worst_minor == 750_00
        assert figures(simulation, agreement) == {
            "starter": (219_00, 219_00, ["seats"]),
            "professional": (299_00, 299_00, []),
        }
        assert customer.verdict == Verdict.SAVES
        assert customer.best_plan_version == catalog.professional
        assert customer.saving_minor == 451_00

    def test_ac_143_starter_saves_531_dollars_if_five_seats_suffice(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_legacy_customer(acme, catalog, used=[1_800] * 3, now=NOW)
        Agreement.objects.filter(pk=agreement.pk).update(seats=5)
        campaign = make_campaign(
            [agreement.plan_version.plan], [catalog.starter.plan, catalog.professional.plan]
        )
        simulation = simulate(campaign, now=NOW)
        customer = SimulatedCustomer.objects.get(simulation=simulation)
        # Five seats at $75 are $375.
        assert customer.best_plan_version == catalog.starter
        assert (customer.current_average_minor, customer.saving_minor) == (375_00, 156_00)

    def test_ac_145_who_uses_9_000_credits_pays_29_dollars_more(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_legacy_customer(acme, catalog, used=[8_758, 8_759, 9_483], now=NOW)
        campaign = make_campaign([agreement.plan_version.plan], [catalog.professional.plan])
        customer = SimulatedCustomer.objects.get(simulation=simulate(campaign, now=NOW))
        assert customer.verdict == Verdict.PAYS_MORE
        plan = customer.plans.get()
        assert plan.monthly_minor == [749_96, 750_08, 836_96]
        assert (customer.best_average_minor, customer.saving_minor) == (779_00, -29_00)
        assert customer.best_worst_minor == 836_96

    def test_the_months_that_count_are_the_last_ones(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_legacy_customer(acme, catalog, used=[9_000, 1_000, 6_000], now=NOW)
        campaign = make_campaign(
            [agreement.plan_version.plan], [catalog.professional.plan], history_months=2
        )
        customer = SimulatedCustomer.objects.get(simulation=simulate(campaign, now=NOW))
        assert [month["used"] for month in customer.months] == [
            {"ai_credits": "1000.000000"},
            {"ai_credits": "6000.000000"},
        ]
        assert customer.current_monthly_minor == [750_00, 750_00]


class TestMonths:
    def test_a_replay_bills_what_was_settled(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        version = make_version(
            make_plan(catalog.current, "rolling"),
            metered(catalog.credits, 5_000, overage="0.12", rollover=QUARTER_FOR_A_MONTH),
            prices=(fixed("299"),),
        )
        began_at = datetime(2026, 1, 31, 8, tzinfo=UTC)
        agreement = make_agreement(acme, "rolling", at=began_at)
        for number, used in enumerate((1_000, 6_200, 6_200, 0, 5_400, 9_000), start=1):
            use(acme, f"e{number}", used, at=began_at + timedelta(days=30 * number - 20))
        settle(acme, at=NOW)
        settled = Settlement.objects.owned_by(acme).order_by("starts_at")
        months = list_months(agreement)
        plan = priced_plan(
            get_plan_version_terms(plan_version_id=version.pk), currency="USD", interval="month"
        )
        assert plan is not None
        bills = replay(plan, seats=1, months=months)
        assert [
            (bill.starts_at, bill.ends_at, bill.overage["ai_credits"].minor) for bill in bills
        ] == [(row.starts_at, row.ends_at, row.amount_minor) for row in settled]
        assert any(row.amount_minor for row in settled)

    def test_what_was_taken_back_since_and_months_cut_short_do_not_count(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_legacy_customer(acme, catalog, used=[1_000, 2_000], now=NOW)
        reverse_usage(organization_id=acme.pk, event_id="month-1", reason="twice", now=NOW)
        assert [month.used for month in list_months(agreement)] == [
            {"ai_credits": Decimal(1_000)},
            {"ai_credits": Decimal(0)},
        ]

    def test_nobody_else_is_among_them(
        self, catalog: ArticleCatalog, acme: Organization, globex: Organization
    ) -> None:
        agreement = make_legacy_customer(acme, catalog, used=[1_000], now=NOW)
        make_agreement(globex, "starter", at=agreement.started_at)
        use(globex, "theirs", 77, at=agreement.started_at + DAY)
        settle(globex, at=NOW)
        both = list_months_used(
            organization_ids=[acme.pk, globex.pk], since=NOW - 90 * DAY, until=NOW
        )
        assert [month.used["ai_credits"] for month in both[acme.pk]] == [1_000]
        assert [month.used["ai_credits"] for month in both[globex.pk]] == [77]
        assert list_months_used(organization_ids=[acme.pk], since=NOW - 20 * DAY, until=NOW) == {}


class TestObjections:
    def test_features_in_use_are_constraints(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        rich = make_version(
            make_plan(catalog.legacy, "rich"),
            metered(catalog.credits, None),
            metered(catalog.documents, None),
            flag(catalog.advanced_ai, value=True),
            prices=(fixed("500"),),
        )
        began_at = NOW - 70 * DAY
        agreement = make_agreement(acme, "rich", at=began_at)
        use(acme, "credits", 3_000, at=began_at + DAY)
        use(acme, "documents", 10, meter="documents", at=began_at + DAY)
        settle(acme, at=NOW)
        hard = make_version(
            make_plan(catalog.current, "hard"),
            metered(catalog.credits, 2_000, limit=2_500),
            prices=(fixed("10", interval="year"), fixed("1")),
        )
        yearly = make_version(
            make_plan(catalog.current, "yearly"),
            metered(catalog.credits, None),
            metered(catalog.documents, None),
            flag(catalog.advanced_ai, value=True),
            prices=(fixed("10", interval="year"),),
        )
        campaign = make_campaign([rich.plan], [hard.plan, yearly.plan])
        simulation = simulate(campaign, now=NOW)
        assert figures(simulation, agreement) == {
            "hard": (1_00, 1_00, ["flag", "limit", "no_overage", "not_counted"]),
            "yearly": (None, None, ["no_price"]),
        }
        customer = SimulatedCustomer.objects.get(simulation=simulation)
        assert (customer.verdict, customer.best_plan_version) == (Verdict.NO_PLAN, None)
        sheet = get_sheet(simulation=simulation, customer_id=customer.pk)
        assert sheet.plans[0].objections == (
            "Advanced AI would be lost, or less.",
            "AI credits: 3,000 in a month, and 2,500 is the limit.",
            "AI credits: 3,000 in a month; 2,000 are included, and no more is sold.",
            "Documents is in use, up to 10 a month, and not in the plan.",
        )
        assert sheet.plans[1].objections == ("There is no monthly price in USD.",)
        assert sheet.months[0].on_plans == (Money(1_00, "USD"), None)

    def test_usage_is_converted_where_a_plan_does_not_count_it(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        seats = make_version(
            make_plan(catalog.legacy, "per_document"),
            metered(catalog.documents, None),
            prices=(fixed("750"),),
        )
        began_at = NOW - 40 * DAY
        agreement = make_agreement(acme, "per_document", at=began_at)
        use(acme, "documents", 360, meter="documents", at=began_at + DAY)
        settle(acme, at=NOW)
        campaign = make_campaign([seats.plan], [catalog.starter.plan])
        CampaignConversion.objects.create(
            campaign=campaign,
            from_feature=catalog.documents,
            to_feature=catalog.credits,
            factor=Decimal(5),
        )
        simulation = simulate(campaign, now=NOW)
        # 360 documents are 1,800 credits.
        assert figures(simulation, agreement) == {"starter": (219_00, 219_00, [])}

    def test_without_a_complete_month_base_prices_are_compared(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme, "per_seat", seats=10, at=NOW - DAY)
        campaign = make_campaign([agreement.plan_version.plan], [catalog.professional.plan])
        customer = SimulatedCustomer.objects.get(simulation=simulate(campaign, now=NOW))
        # Ten seats at $100 are $1,000.
        assert (customer.month_count, customer.saving_minor) == (0, 701_00)
        assert customer.plans.get().monthly_minor == []


class TestWorkers:
    @pytest.fixture
    def campaign(self, catalog: ArticleCatalog, acme: Organization) -> Any:
        agreement = make_legacy_customer(acme, catalog, used=[1_800], now=NOW)
        another_customer(agreement, "Initech", used=9_000)
        another_customer(agreement, "Hooli", used=5_000, seats=40)
        return make_campaign([agreement.plan_version.plan], [catalog.professional.plan])

    def test_what_a_dead_worker_has_done_is_not_done_again(
        self, campaign: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(simulating, "AT_ONCE", 1)
        simulation = Simulation.objects.create(campaign=campaign, as_of=NOW)
        calls: list[int] = []
        whole = simulating._store

        def dies_at_the_third(*args: Any) -> None:
            calls.append(1)
            if len(calls) == 3:
                raise KeyboardInterrupt
            whole(*args)

        monkeypatch.setattr(simulating, "_store", dies_at_the_third)
        with pytest.raises(KeyboardInterrupt):
            make_simulation(simulation_id=simulation.pk, clock=lambda: NOW)
        simulation.refresh_from_db()
        assert (simulation.status, simulation.done_count) == (SimulationStatus.RUNNING, 2)
        kept = set(SimulatedCustomer.objects.values_list("pk", flat=True))
        # Nobody may go on before its lease is over.
        assert make_due_simulations(clock=lambda: NOW) == 0
        later = NOW + simulating.LEASE_LENGTH
        assert make_due_simulations(clock=lambda: later) == 1
        simulation.refresh_from_db()
        assert (simulation.status, simulation.done_count) == (SimulationStatus.DONE, 3)
        assert (simulation.total_count, simulation.lease, simulation.leased_until) == (3, "", None)
        assert kept < set(SimulatedCustomer.objects.values_list("pk", flat=True))

    def test_who_lost_the_lease_stores_nothing_more(
        self, campaign: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        simulation = Simulation.objects.create(campaign=campaign, as_of=NOW)
        whole = simulating._store

        def loses_the_lease(*args: Any) -> None:
            whole(*args)
            Simulation.objects.update(lease="lease_another")

        monkeypatch.setattr(simulating, "_store", loses_the_lease)
        assert not make_simulation(simulation_id=simulation.pk, clock=lambda: NOW)
        assert not SimulatedCustomer.objects.exists()

    def test_a_failure_is_told_and_raised(
        self, campaign: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        simulation = Simulation.objects.create(campaign=campaign, as_of=NOW)

        def fails(*_args: Any) -> None:
            raise RuntimeError("the disk is full")

        monkeypatch.setattr(simulating, "_store", fails)
        with pytest.raises(RuntimeError, match="the disk is full"):
            make_simulation(simulation_id=simulation.pk, clock=lambda: NOW)
        simulation.refresh_from_db()
        assert (simulation.status, simulation.ended_at) == (SimulationStatus.FAILED, NOW)
        assert latest_simulation(campaign=campaign) is None

    def test_the_newest_takes_the_place_of_those_before(self, campaign: Any) -> None:
        simulate(campaign, now=NOW)
        newest = simulate(campaign, now=NOW)
        assert list(Simulation.objects.all()) == [newest]
        assert latest_simulation(campaign=campaign) == newest

    def test_the_summary_adds_up(self, campaign: Any) -> None:
        summary = summarize(simulation=simulate(campaign, now=NOW))
        assert summary.by_verdict == {"saves": 1, "same": 0, "pays_more": 1, "no_plan": 1}
        [effect] = summary.effects
        # 750 + 750 + 3,000, of which the last stays; 299 + 779.
        assert (effect.now, effect.then) == (Money(4_500_00, "USD"), Money(4_078_00, "USD"))
        assert effect.change == Money(-422_00, "USD")
        assert {
            band.label: band.customer_count for band in summary.bands if band.customer_count
        } == {
            "over 50 % less": 1,
            "up to 10 % more": 1,
        }

    def test_who_lives_by_a_test_clock_is_replayed_but_is_no_revenue(self, campaign: Any) -> None:
        simulation = simulate(campaign, now=NOW)
        staying = simulation.customers.get(verdict=Verdict.NO_PLAN).organization_id
        Organization.objects.filter(pk=staying).update(clock_ahead=DAY)
        summary = summarize(simulation=simulation)
        assert (summary.customer_count, summary.rehearsal_count) == (3, 1)
        [effect] = summary.effects
        assert (effect.now, effect.then) == (Money(1_500_00, "USD"), Money(1_078_00, "USD"))

    def test_the_file_has_a_row_for_each_customer_and_plan(self, campaign: Any) -> None:
        rows = list(list_csv_rows(simulation=simulate(campaign, now=NOW)))
        assert [row[1:] for row in rows] == [
            ("Acme", "saves", "USD", 1, 10, Decimal("750.00"), Decimal("750.00"), "professional",
             "yes", 20, Decimal("299.00"), Decimal("299.00"), Decimal("451.00"), ""),
            ("Initech", "pays_more", "USD", 1, 10, Decimal("750.00"), Decimal("750.00"),
             "professional", "yes", 20, Decimal("779.00"), Decimal("779.00"), Decimal("-29.00"),
             ""),
            ("Hooli", "no_plan", "USD", 1, 40, Decimal("3000.00"), Decimal("3000.00"),
             "professional", "no", 20, Decimal("299.00"), Decimal("299.00"), Decimal("2701.00"),
             "40 seats today, 20 are included."),
        ]  # fmt: skip

    def test_who_leaves_tries_or_has_closed_is_not_in_the_cohort(self, campaign: Any) -> None:
        acme, initech, hooli = cohort_of(campaign)
        Agreement.objects.filter(pk=acme.pk).update(cancel_at=NOW + DAY, end_reason="requested")
        Organization.objects.filter(pk=initech.organization_id).update(closed_at=NOW)
        assert list(cohort_of(campaign)) == [hooli]
