"""The demo tells the stories it should: each figure is read back from the books."""

import tempfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from allauth.account.models import EmailAddress
from django.test import TestCase

from accounts.api_keys.queries import authenticate
from accounts.choices import Role, Scope
from accounts.memberships.queries import list_members, list_open_invitations
from accounts.models import Organization, User, WebhookDelivery
from accounts.webhooks.queries import list_endpoints
from accounts.webhooks.signing import list_secrets
from billing.agreements.queries import agreed_price, list_agreements
from billing.catalog.queries import (
    find_newest_version,
    get_plan_version_terms,
    get_pricing_table,
)
from billing.catalog.terms import VersionTerms
from billing.choices import BillingInterval, CampaignStatus, Verdict, Visibility
from billing.demo.environment import read_environment
from billing.entitlements.queries import get_flag
from billing.invoicing.queries import estimate_next_invoice
from billing.models import Agreement, LimitCrossing, Plan, RepricingCampaign
from billing.pricing_tables.queries import get_default_table, get_shown_table
from billing.rating.margins import in_percent, margin
from billing.rating.replay import average_of, replay
from billing.repricing.cohorts import list_months_used, priced_plan
from billing.repricing.guarantees.queries import list_guarantees
from billing.repricing.offers.operations import send_due_notices
from billing.repricing.offers.queries import list_offers_of_campaign
from billing.settlements.queries import list_settlements
from billing.usage.queries import find_feature_balance
from config.kernel.money import Money
from metering.ledger.audit import find_violations
from metering.models import Meter, UsageReversal
from metering.queries import PeriodTotals, list_usage_by_action, read_books
from metering.rate_card.queries import list_actions

from .loading import NOW, URL, load


def organization(external_id: str) -> Organization:
    return Organization.objects.get(external_id=external_id)


def complete_periods(external_id: str, meter: str) -> list[PeriodTotals]:
    books = read_books(
        organization_id=organization(external_id).pk, meter_id=Meter.objects.get(code=meter).pk
    )
    return [period for period in books.periods if period.ends_at <= NOW]


def cost(external_id: str, meter: str, period: PeriodTotals) -> Decimal:
    usage = list_usage_by_action(
        organization_id=organization(external_id).pk,
        meter_id=Meter.objects.get(code=meter).pk,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
    )
    return sum((action.cost for action in usage), Decimal(0))


def whole(*quantities: int) -> list[Decimal]:
    return [Decimal(quantity) for quantity in quantities]


def terms_of_newest(plan_code: str) -> VersionTerms:
    version = find_newest_version(plan_code=plan_code, at=NOW)
    assert version is not None
    return get_plan_version_terms(plan_version_id=version.pk)


class DemoStories(TestCase):
    """One load for all of them: they only read."""

    environment: Path

    @classmethod
    def setUpTestData(cls) -> None:
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.environment = Path(folder.name) / "demo.env"
        assert load(cls.environment) > 0

    def test_ledger_is_clean(self) -> None:
        assert list(find_violations()) == []

    def test_plans_on_sale_have_the_terms_of_the_price_list(self) -> None:
        starter, professional, enterprise = get_pricing_table(at=NOW).plans

        monthly = [
            plan.base_price(currency="USD", interval="month")
            for plan in (starter, professional, enterprise)
        ]
        assert [price and price.fixed for price in monthly] == [
            Money(9_900, "USD"),
            Money(29_900, "USD"),
            Money(199_900, "USD"),
        ]
        assert [starter.included_seats, professional.included_seats] == [5, 20]
        credits = [plan.feature("ai_credits") for plan in (starter, professional, enterprise)]
        assert [(item.allowance, item.overage["USD"].unit_price) for item in credits if item] == [
            (Decimal(1_000), Decimal("0.15")),
            (Decimal(5_000), Decimal("0.12")),
            (Decimal(20_000), Decimal("0.10")),
        ]
        assert professional.highlight == "Most popular"
        assert not enterprise.is_self_serve

    def test_visitors_see_what_is_on_sale_and_a_shorter_table_for_spring(self) -> None:
        standard, spring = (
            get_default_table(at=NOW),
            get_shown_table(key="spring_promo", at=NOW),
        )
        assert standard.key == "standard"
        assert [plan.code for plan in standard.offered.plans] == [
            "starter",
            "professional",
            "enterprise",
        ]
        assert [plan.code for plan in spring.offered.plans] == ["starter", "professional"]
        assert spring.content.said_in("en").heading == "Start small this spring."
        assert spring.content.said_in("de").heading == "Klein anfangen, in diesem Frühling."

    def test_who_came_when_a_plan_cost_less_keeps_that_price(self) -> None:
        sold = {
            agreement.organization.external_id: agreement
            for agreement in Agreement.objects.filter(
                plan_version__plan__code="starter"
            ).select_related("plan_version", "organization")
        }

        assert {name: agreement.plan_version.number for name, agreement in sold.items()} == {
            "juniper": 1,
            "starling": 2,
            "fernhill": 2,
            "kestrel": 2,
        }
        prices = {name: agreed_price(agreement).fixed for name, agreement in sold.items()}
        assert prices.pop("juniper") == Money(7_900, "USD")
        assert set(prices.values()) == {Money(9_900, "USD")}

    def test_starter_and_professional_can_be_tried(self) -> None:
        trials = {
            plan.code: (plan.trial_days, plan.trial_needs_card)
            for plan in get_pricing_table(at=NOW).plans
        }

        assert trials == {
            "starter": (14, False),
            "professional": (14, True),
            "enterprise": (0, True),
        }

    def test_legacy_plans_are_honoured_but_not_on_sale(self) -> None:
        legacy = Plan.objects.filter(group__visibility=Visibility.LEGACY)

        assert {plan.code for plan in legacy} == {"per_seat", "writer_per_seat", "team_seats"}
        on_sale = {plan.code for plan in get_pricing_table(at=NOW).plans}
        assert on_sale == {"starter", "professional", "enterprise"}

    def test_rate_card_has_the_credits_and_costs_of_each_action(self) -> None:
        card = {
            action.code: (action.credits, action.unit_cost, action.customer_value)
            for action in list_actions(at=NOW)
        }

        assert card == {
            "EXTRACT_TEXT": (Decimal(5), Decimal("0.035"), Decimal(5)),
            "SUMMARIZE_SHORT": (Decimal(10), Decimal("0.19"), Decimal(15)),
            "GENERATE_REPORT": (Decimal(50), Decimal("1.58"), Decimal(150)),
            "PROCESS_DOCUMENT": (Decimal(1), Decimal("0.12"), None),
            "GENERATE_TEXT": (Decimal(1), Decimal("0.14"), None),
        }

    def test_three_customers_on_one_plan_cost_from_240_to_10200_dollars_a_month(self) -> None:
        for external_id, documents, expected, percent in (
            ("customer-a", 2_000, "240", "95.2"),
            ("customer-b", 21_000, "2520", "49.6"),
            ("customer-c", 85_000, "10200", "-104.0"),
        ):
            [agreement] = list_agreements(organization=organization(external_id))
            assert (agreement.plan_code, agreement.seats) == ("per_seat", 50)
            assert agreement.base == Money(500_000, "USD")
            periods = complete_periods(external_id, "documents")
            assert [period.used for period in periods] == whole(*[documents] * 3)
            for period in periods:
                month = cost(external_id, "documents", period)
                assert month == Decimal(expected)
                share = margin(revenue=agreement.base.amount, cost=month)
                assert share is not None
                assert in_percent(share) == Decimal(percent)

    def test_unlimited_writing_for_30_seats_loses_16140_dollars_a_month(self) -> None:
        [agreement] = list_agreements(organization=organization("marketing-team"))
        assert (agreement.seats, agreement.base) == (30, Money(150_000, "USD"))

        for period in complete_periods("marketing-team", "generations"):
            assert period.used == 126_000
            month = cost("marketing-team", "generations", period)
            assert month == Decimal("17640")
            assert agreement.base.amount - month == Decimal("-16140")

    def test_ten_seats_at_75_dollars_are_dearer_than_1800_credits_and_cheaper_than_9000(
        self,
    ) -> None:
        plans = {
            code: priced_plan(terms_of_newest(code), currency="USD", interval=BillingInterval.MONTH)
            for code in ("team_seats", "starter", "professional")
        }
        for external_id, expected in (
            ("larkspur", {"team_seats": 750_00, "starter": 219_00, "professional": 299_00}),
            ("hawthorn", {"team_seats": 750_00, "starter": 1_299_00, "professional": 779_00}),
        ):
            customer = organization(external_id)
            months = list_months_used(
                organization_ids=[customer.pk], since=NOW - timedelta(days=400), until=NOW
            )[customer.pk]
            assert len(months) == 12
            averages = {
                code: average_of(replay(plan, seats=10, months=months)).minor
                for code, plan in plans.items()
                if plan is not None
            }
            assert averages == expected

    def test_one_customer_has_moved_and_gets_back_what_its_months_cost_more(self) -> None:
        [guarantee] = list_guarantees(organization=organization("rosewood"))
        assert (guarantee.old_plan, guarantee.new_plan) == ("Team seats", "Professional")
        assert [(month.before, month.now, month.credit) for month in guarantee.months] == [
            (Money(750_00, "USD"), Money(779_00, "USD"), Money(29_00, "USD"))
        ] * 2
        assert guarantee.left == 4

    def test_who_still_pays_for_seats_is_offered_credits_with_numbers_of_its_own(self) -> None:
        campaign = RepricingCampaign.objects.get(status=CampaignStatus.RUNNING)
        offers = {
            offer.organization.external_id: (
                offer.to_version.plan.code,
                offer.verdict,
                offer.current_average_minor,
                offer.new_average_minor,
            )
            for offer in list_offers_of_campaign(campaign=campaign)
        }
        assert offers == {
            "hawthorn": ("professional", Verdict.PAYS_MORE, 750_00, 779_00),
            "larkspur": ("professional", Verdict.SAVES, 750_00, 299_00),
        }
        assert send_due_notices(now=NOW) == 2

    def test_starter_is_close_to_its_limit(self) -> None:
        balance = find_feature_balance(
            organization=organization("starling"), feature="ai_credits", now=NOW
        )

        assert balance is not None
        assert [balance.used, balance.remaining, balance.overage] == whole(940, 60, 0)

    def test_professional_is_in_overage_and_its_next_invoice_says_so(self) -> None:
        northwind = organization("northwind")
        balance = find_feature_balance(organization=northwind, feature="ai_credits", now=NOW)
        estimate = estimate_next_invoice(organization=northwind, now=NOW)

        assert balance is not None
        assert [balance.used, balance.remaining, balance.overage] == whole(5_460, 0, 360)
        assert balance.overage_amount == Money(4_320, "USD")
        assert estimate is not None
        # Ten resolved tickets at $0.99 besides: $299.00 + $43.20 + $9.90.
        assert estimate.total == Money(35_210, "USD")
        periods = complete_periods("northwind", "ai_credits")
        assert [period.used for period in periods] == whole(4_875, 3_900, 5_240)
        assert [period.overage for period in periods] == whole(0, 0, 240)

    def test_professional_was_settled_each_month_and_a_quarter_rolled_over(self) -> None:
        settlements = list_settlements(organization=organization("northwind"))

        settled = [
            (item.overage, item.amount, item.rolled_over)
            for item in sorted(settlements, key=lambda item: item.starts_at)
            if item.feature == "ai_credits"
        ]
        assert settled == [
            (Decimal(240), Money(2_880, "USD"), Decimal(0)),
            (Decimal(0), Money(0, "USD"), Decimal(275)),
            (Decimal(0), Money(0, "USD"), Decimal(100)),
        ]

    def test_professional_was_told_of_its_limits_and_took_a_mistake_back(self) -> None:
        northwind = organization("northwind")

        crossings = LimitCrossing.objects.owned_by(northwind)
        reached = {crossing.limit.partition("@")[0] for crossing in crossings}
        assert {"percent:90", "money:2500", "allowance"} <= reached
        [reversal] = UsageReversal.objects.owned_by(northwind).filter(credits=50)
        assert reversal.credits == 50

    def test_enterprise_pays_by_the_year_and_gets_its_allowance_by_the_month(self) -> None:
        eastgate = organization("eastgate")
        [agreement] = list_agreements(organization=eastgate)
        balance = find_feature_balance(organization=eastgate, feature="ai_credits", now=NOW)

        assert (agreement.interval, agreement.base) == ("year", Money(1_849_000, "EUR"))
        assert balance is not None
        # Half of what was unused in the last month has rolled over, for good.
        assert [balance.granted, balance.used] == whole(21_375, 8_350)
        periods = complete_periods("eastgate", "ai_credits")
        assert [period.overage for period in periods] == whole(0, 2_600, 1_400)

    def test_advanced_ai_is_for_professional_and_enterprise(self) -> None:
        flags = {
            external_id: get_flag(
                organization=organization(external_id), key="advanced_ai", now=NOW
            ).value
            for external_id in ("customer-a", "starling", "northwind", "eastgate")
        }

        assert flags == {
            "customer-a": False,
            "starling": False,
            "northwind": True,
            "eastgate": True,
        }

    def test_agreements_stand_in_the_period_that_runs_now(self) -> None:
        for customer in Organization.objects.all():
            [agreement] = list_agreements(organization=customer)

            assert agreement.period_starts_at <= NOW < agreement.period_ends_at

    def test_professional_has_a_team_and_an_open_invitation(self) -> None:
        northwind = organization("northwind")

        assert [(member.name, member.role) for member in list_members(organization=northwind)] == [
            ("Alice Hartmann", Role.OWNER),
            ("Dora Lindqvist", Role.ADMIN),
            ("Erin Walsh", Role.BILLING),
            ("Farid Azizi", Role.DEVELOPER),
            ("Bob Reyes", Role.MEMBER),
        ]
        [invitation] = list_open_invitations(organization=northwind, now=NOW)
        assert (invitation.email, invitation.role) == ("grace@northwind.example", Role.DEVELOPER)
        assert invitation.expires_at > NOW + timedelta(days=1)

    def test_environment_file_names_what_is_there(self) -> None:
        variables = read_environment(self.environment)
        northwind = organization("northwind")
        [agreement] = list_agreements(organization=northwind)

        assert list(variables) == [
            "TALLYBOOK_URL",
            "PLATFORM_API_KEY",
            "ORG_API_KEY",
            "ORG_ID",
            "AGREEMENT_ID",
            "KINDE_CUSTOMER_ID",
            "STRIPE_MODE",
            "SANDBOX_URL",
            "OWNER_EMAIL",
            "OWNER_PASSWORD",
            "MEMBER_EMAIL",
            "MEMBER_PASSWORD",
            "STAFF_EMAIL",
            "STAFF_PASSWORD",
            "OAUTH_CLIENT_ID",
            "OAUTH_CLIENT_SECRET",
            "SIGN_IN_CLIENT_ID",
            "SIGN_IN_CLIENT_SECRET",
            "WEBHOOK_SECRET",
        ]
        assert variables["TALLYBOOK_URL"] == URL
        assert variables["ORG_ID"] == northwind.public_id
        assert variables["AGREEMENT_ID"] == agreement.id
        own = northwind.public_id.removeprefix("org_")
        assert variables["KINDE_CUSTOMER_ID"] == f"customer_{own}"
        assert self.environment.stat().st_mode & 0o777 == 0o600

    def test_webhook_secret_of_the_environment_file_signs(self) -> None:
        variables = read_environment(self.environment)
        [endpoint] = list_endpoints(organization=organization("northwind"))

        assert endpoint.url == "http://127.0.0.1:9099/webhooks"
        assert list_secrets(endpoint, now=NOW) == [variables["WEBHOOK_SECRET"]]
        assert not WebhookDelivery.objects.exists()

    def test_keys_of_the_environment_file_work(self) -> None:
        variables = read_environment(self.environment)
        platform = authenticate(secret=variables["PLATFORM_API_KEY"], now=NOW)
        own = authenticate(secret=variables["ORG_API_KEY"], now=NOW)

        assert platform is not None
        assert own is not None
        assert platform.is_platform
        assert own.organization_id == organization("northwind").pk
        assert own.scopes == platform.scopes == frozenset(Scope.values)

    def test_people_of_the_environment_file_can_log_in(self) -> None:
        variables = read_environment(self.environment)

        for name in ("OWNER", "MEMBER", "STAFF"):
            user = User.objects.get(email=variables[f"{name}_EMAIL"])
            assert user.check_password(variables[f"{name}_PASSWORD"])
            assert EmailAddress.objects.get(user=user).verified
        assert User.objects.get(is_staff=True).email == variables["STAFF_EMAIL"]
