from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Organization
from billing.agreements.operations import cancel_agreement
from billing.agreements.terms import list_meter_terms
from billing.choices import ValueType
from billing.entitlements import standing
from billing.entitlements.evaluation import Reason
from billing.entitlements.queries import (
    Entitlement,
    FeatureNotFound,
    Flag,
    FlagNotFound,
    FlagSource,
    UpgradePlan,
    get_entitlement,
    get_flag,
    list_entitlements,
    list_flags,
)
from billing.models import Agreement
from config.kernel.sql import ask
from tests.factories.agreements import SUBSCRIBED, make_agreement
from tests.factories.catalog import (
    STAFF,
    ArticleCatalog,
    fixed,
    flag,
    make_flag,
    make_group,
    make_plan,
    make_version,
    metered,
    per_seat,
)
from tests.factories.metering import grant, record, report

RESET = datetime(2026, 10, 10, 8, tzinfo=UTC)
PROFESSIONAL = UpgradePlan("professional", "Professional")


def use(agreement: Agreement, credits: int, *, meter: str = "ai_credits") -> None:
    """Use credits right after the agreement has begun."""
    record(
        agreement.organization,
        report(f"evt_{credits}", credits, meter=meter),
        terms=list_meter_terms(agreement=agreement),
        at=SUBSCRIBED,
    )


def entitlement(organization: Organization, feature: str = "ai_credits") -> Entitlement:
    return get_entitlement(organization=organization, feature=feature, now=SUBSCRIBED)


class TestMetered:
    def test_included_credits_may_be_used(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        use(make_agreement(acme, "starter"), 400)
        assert entitlement(acme) == Entitlement(
            feature="ai_credits",
            name="AI credits",
            kind="metered",
            allowed=True,
            value=None,
            limit=None,
            allowance=Decimal(1_000),
            used=Decimal(400),
            remaining=Decimal(600),
            overage=Decimal(0),
            unlimited=False,
            resets_at=RESET,
            reason=Reason.INCLUDED,
            upgrade_plan=None,
        )

    def test_beyond_the_allowance_overage_is_allowed_where_it_is_sold(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        use(make_agreement(acme, "starter"), 1_800)
        found = entitlement(acme)
        assert (found.allowed, found.reason) == (True, Reason.OVERAGE)
        assert (found.used, found.remaining, found.overage) == (
            Decimal(1_800),
            Decimal(0),
            Decimal(800),
        )

    def test_without_overage_the_allowance_is_the_end(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_version(
            make_plan(catalog.current, "free"),
            metered(catalog.credits, 50),
            prices=(fixed("0"),),
        )
        agreement = make_agreement(acme, "free")
        use(agreement, 49)
        assert entitlement(acme).reason == Reason.INCLUDED
        use(agreement, 1)
        found = entitlement(acme)
        assert (found.allowed, found.reason) == (False, Reason.ALLOWANCE_USED)
        assert found.upgrade_plan == UpgradePlan("starter", "Starter")

    def test_credits_from_elsewhere_count(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_version(
            make_plan(catalog.current, "free"),
            metered(catalog.credits, 50),
            prices=(fixed("0"),),
        )
        agreement = make_agreement(acme, "free")
        grant(acme, catalog.meter, 10, effective_at=SUBSCRIBED)
        use(agreement, 55)
        found = entitlement(acme)
        assert (found.allowed, found.allowance, found.remaining) == (
            True,
            Decimal(50),
            Decimal(5),
        )

    def test_a_limit_ends_what_overage_would_allow(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_version(
            make_plan(catalog.current, "capped"),
            metered(catalog.credits, 100, overage="0.20", limit=150),
            prices=(fixed("10"),),
        )
        agreement = make_agreement(acme, "capped")
        use(agreement, 149)
        assert entitlement(acme).reason == Reason.OVERAGE
        use(agreement, 1)
        found = entitlement(acme)
        assert (found.allowed, found.reason) == (False, Reason.LIMIT_REACHED)
        assert found.limit == Decimal(150)
        assert found.upgrade_plan == UpgradePlan("starter", "Starter")

    def test_unlimited_usage_is_always_allowed(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        use(make_agreement(acme, "per_seat"), 85_000, meter="documents")
        found = entitlement(acme, "documents")
        assert (found.allowed, found.reason, found.unlimited) == (True, Reason.INCLUDED, True)
        assert (found.allowance, found.remaining) == (None, None)
        assert (found.used, found.overage) == (Decimal(85_000), Decimal(0))


class TestFlags:
    def test_a_flag_of_the_plan_may_be_used(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "professional")
        found = entitlement(acme, "advanced_ai")
        assert (found.allowed, found.value, found.reason) == (True, True, Reason.INCLUDED)
        assert (found.used, found.remaining, found.upgrade_plan) == (None, None, None)

    def test_a_flag_of_a_dearer_plan_names_the_cheapest_one(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "starter")
        found = entitlement(acme, "advanced_ai")
        assert (found.allowed, found.reason) == (False, Reason.NOT_IN_PLAN)
        assert found.upgrade_plan == PROFESSIONAL

    def test_a_flag_that_is_off_may_not_be_used(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_version(
            make_plan(catalog.current, "basic"),
            flag(catalog.advanced_ai, False),
            prices=(fixed("9"),),
        )
        make_agreement(acme, "basic")
        found = entitlement(acme, "advanced_ai")
        assert (found.allowed, found.value, found.reason) == (False, False, Reason.SWITCHED_OFF)
        assert found.upgrade_plan == PROFESSIONAL

    def test_a_default_may_be_used_by_everybody(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        found = entitlement(acme, "support")
        assert (found.allowed, found.value, found.reason) == (True, "mail", Reason.DEFAULT)


class TestUpgrade:
    def test_without_an_agreement_the_cheapest_plan_is_named(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        found = entitlement(acme)
        assert (found.allowed, found.reason) == (False, Reason.NO_AGREEMENT)
        assert found.upgrade_plan == UpgradePlan("starter", "Starter")

    def test_after_cancellation_nothing_of_the_plan_is_left(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme)
        cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=SUBSCRIBED)
        assert entitlement(acme, "advanced_ai").reason == Reason.NO_AGREEMENT

    def test_plans_are_compared_at_the_seats_that_the_organization_has(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_version(
            make_plan(catalog.current, "small_team"),
            flag(catalog.advanced_ai, True),
            prices=(per_seat("50"),),
        )
        make_agreement(acme, "per_seat", seats=5)
        assert entitlement(acme, "advanced_ai").upgrade_plan == UpgradePlan(
            "small_team", "Small team"
        )
        cancel_agreement(agreement=Agreement.objects.get(), actor=STAFF, reason="", now=SUBSCRIBED)
        make_agreement(acme, "per_seat", seats=6, at=RESET)
        assert entitlement(acme, "advanced_ai").upgrade_plan == PROFESSIONAL

    def test_a_plan_that_is_not_sold_in_the_currency_is_no_upgrade(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_version(
            make_plan(catalog.current, "euro"),
            flag(catalog.advanced_ai, True),
            prices=(fixed("1", currency="EUR"),),
        )
        make_agreement(acme, "starter")
        assert entitlement(acme, "advanced_ai").upgrade_plan == PROFESSIONAL

    def test_legacy_and_private_plans_are_no_upgrade(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        private = make_group("private", is_default=False)
        for group in (private, catalog.legacy):
            make_version(
                make_plan(group, f"{group.code}_deal"),
                flag(catalog.advanced_ai, True),
                prices=(fixed("1"),),
            )
        make_agreement(acme, "starter")
        assert entitlement(acme, "advanced_ai").upgrade_plan == PROFESSIONAL

    def test_a_larger_allowance_helps_though_it_ends_at_a_limit(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        def offer(code: str, allowance: int, price: str, **terms: Any) -> None:
            documents = metered(catalog.documents, allowance, **terms)
            make_version(make_plan(catalog.current, code), documents, prices=(fixed(price),))

        offer("tiny", 100, "1")
        offer("no_more", 100, "2", limit=100)
        offer("a_bit_more", 50, "3", overage="1", limit=100)
        offer("big", 5_000, "4", limit=5_000)
        offer("bigger", 50, "5", overage="1")
        use(make_agreement(acme, "tiny"), 100, meter="documents")
        found = entitlement(acme, "documents")
        assert found.reason == Reason.ALLOWANCE_USED
        assert found.upgrade_plan == UpgradePlan("big", "Big")

    def test_a_plan_without_a_seat_for_every_member_is_no_upgrade(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        for code, seats, price in (("solo", 1, "1"), ("duo", 2, "2"), ("crew", 50, "3")):
            make_version(
                make_plan(catalog.current, code),
                flag(catalog.advanced_ai, True),
                prices=(fixed(price),),
                included_seats=seats,
            )
        make_agreement(acme, "starter")
        assert entitlement(acme, "advanced_ai").upgrade_plan == UpgradePlan("duo", "Duo")

    def test_without_an_agreement_plans_are_compared_at_a_seat_for_each_member(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        for code, price in (("by_head", per_seat("6")), ("for_all", fixed("11"))):
            make_version(
                make_plan(catalog.current, code), flag(catalog.advanced_ai, True), prices=(price,)
            )
        assert entitlement(acme, "advanced_ai").upgrade_plan == UpgradePlan("for_all", "For all")

    def test_a_newer_version_of_one_s_own_plan_may_be_the_upgrade(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "starter")
        make_version(
            catalog.starter.plan,
            metered(catalog.credits, 1_000, overage="0.15"),
            flag(catalog.advanced_ai, True),
            prices=(fixed("119"),),
            published_at=SUBSCRIBED,
        )
        assert entitlement(acme, "advanced_ai").upgrade_plan == UpgradePlan("starter", "Starter")


class TestList:
    def test_features_come_in_their_order(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "starter")
        found = list_entitlements(organization=acme, now=SUBSCRIBED)
        assert [(item.feature, item.allowed) for item in found] == [
            ("ai_credits", True),
            ("advanced_ai", False),
            ("support", True),
        ]

    def test_what_only_legacy_plans_have_is_named_to_their_customers_alone(
        self, catalog: ArticleCatalog, acme: Organization, globex: Organization
    ) -> None:
        make_agreement(acme, "per_seat")
        make_agreement(globex, "starter")
        assert entitlement(acme, "documents").allowed
        with pytest.raises(FeatureNotFound):
            entitlement(globex, "documents")

    def test_usage_of_others_is_nobody_s_business(
        self, catalog: ArticleCatalog, acme: Organization, globex: Organization
    ) -> None:
        use(make_agreement(acme, "starter"), 400)
        make_agreement(globex, "starter")
        assert entitlement(globex).used == Decimal(0)

    def test_an_unknown_feature_is_not_found(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        with pytest.raises(FeatureNotFound):
            entitlement(acme, "nothing")

    def test_more_features_and_plans_take_no_more_queries(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "starter")
        few = query_count(lambda: list_entitlements(organization=acme, now=SUBSCRIBED))
        for number in range(10):
            make_version(
                make_plan(catalog.current, f"plan_{number}"),
                metered(catalog.credits, 100, overage="0.20"),
                flag(make_flag(f"extra_{number}"), True),
                prices=(fixed("10"),),
            )
        many = query_count(lambda: list_entitlements(organization=acme, now=SUBSCRIBED))
        assert many == few
        # The catalog is read again when it has changed, and only then.
        assert query_count(lambda: list_entitlements(organization=acme, now=SUBSCRIBED)) == 0


def query_count(read: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        read()
    return len(queries)


class TestFlagValues:
    def test_the_plan_goes_before_the_default(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "enterprise")
        assert list_flags(organization=acme, now=SUBSCRIBED) == [
            Flag("advanced_ai", "boolean", True, FlagSource.PLAN),
            Flag("support", "string", "phone", FlagSource.PLAN),
        ]

    def test_what_the_plan_does_not_name_has_its_default(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "starter")
        assert list_flags(organization=acme, now=SUBSCRIBED) == [
            Flag("advanced_ai", "boolean", False, FlagSource.DEFAULT),
            Flag("support", "string", "mail", FlagSource.DEFAULT),
        ]

    def test_the_next_read_after_an_upgrade_has_the_new_value(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme, "starter")
        assert get_flag(organization=acme, key="advanced_ai", now=SUBSCRIBED).value is False
        cancel_agreement(agreement=agreement, actor=STAFF, reason="upgrade", now=SUBSCRIBED)
        make_agreement(acme, "professional", at=RESET)
        assert get_flag(organization=acme, key="advanced_ai", now=SUBSCRIBED).value is True

    def test_an_organization_without_agreement_has_the_defaults(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        assert get_flag(organization=acme, key="support", now=SUBSCRIBED) == Flag(
            "support", "string", "mail", FlagSource.DEFAULT
        )

    @pytest.mark.parametrize("key", ["nothing", "ai_credits", ""])
    def test_what_is_no_flag_is_not_found(
        self, catalog: ArticleCatalog, acme: Organization, key: str
    ) -> None:
        with pytest.raises(FlagNotFound):
            get_flag(organization=acme, key=key, now=SUBSCRIBED)

    @pytest.mark.parametrize("kind", ["private", "legacy"])
    def test_what_only_private_and_legacy_plans_have_is_named_to_their_customers_alone(
        self, catalog: ArticleCatalog, acme: Organization, globex: Organization, kind: str
    ) -> None:
        group = make_group("private", is_default=False) if kind == "private" else catalog.legacy
        deal = flag(make_flag("globex_deal"), True)
        make_version(make_plan(group, "deal"), deal, prices=(fixed("9"),))
        make_agreement(acme, "starter")
        make_agreement(globex, "deal")
        named = {
            organization.name: [
                found.key for found in list_flags(organization=organization, now=SUBSCRIBED)
            ]
            for organization in (acme, globex)
        }
        assert "globex_deal" not in named["Acme"]
        assert "globex_deal" in named["Globex"]
        assert get_flag(organization=globex, key="globex_deal", now=SUBSCRIBED).value is True
        with pytest.raises(FlagNotFound):
            get_flag(organization=acme, key="globex_deal", now=SUBSCRIBED)

    def test_flags_and_entitlements_name_the_same(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_flag("unused")
        make_flag("everywhere", default_value=False)
        make_agreement(acme, "per_seat")
        flags = list_flags(organization=acme, now=SUBSCRIBED)
        entitlements = list_entitlements(organization=acme, now=SUBSCRIBED)
        assert [found.key for found in flags] == [
            found.feature for found in entitlements if found.kind == "unmetered"
        ]

    def test_a_value_that_is_changed_by_its_reader_stays_what_it_was(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        models = make_flag("models", value_type=ValueType.JSON)
        make_version(
            make_plan(catalog.current, "team"),
            flag(models, {"allowed": ["small"]}),
            prices=(fixed("9"),),
        )
        make_agreement(acme, "team")
        get_flag(organization=acme, key="models", now=SUBSCRIBED).value["allowed"].append("large")
        assert get_flag(organization=acme, key="models", now=SUBSCRIBED).value == {
            "allowed": ["small"]
        }

    def test_reading_all_flags_takes_one_statement(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "professional")
        list_flags(organization=acme, now=SUBSCRIBED)
        with patch.object(standing, "ask", wraps=ask) as asked:
            assert query_count(lambda: list_flags(organization=acme, now=SUBSCRIBED)) == 0
        assert asked.call_count == 1
