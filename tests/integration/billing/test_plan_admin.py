"""Staff define plan groups, features and plans, and see who has each."""

import pytest
from django.test import Client

from accounts.models import Organization
from billing.models import Feature, Plan, PlanGroup, PlanVersion
from metering.models import Meter
from tests.factories.accounts import make_organization
from tests.factories.agreements import make_agreement
from tests.factories.catalog import (
    ArticleCatalog,
    fixed,
    make_version,
)
from tests.support.staff_pages import column, latest, page, rows, text_of


class TestGroups:
    def test_the_customers_of_the_legacy_group_are_counted(
        self, staff: Client, catalog: ArticleCatalog, acme: Organization, globex: Organization
    ) -> None:
        make_agreement(acme, "per_seat")
        make_agreement(globex, "per_seat")
        make_agreement(make_organization("New"), "starter")
        listed = text_of(staff, page(PlanGroup, "changelist"))
        assert column(listed, "name") == ["Current plans", "Legacy plans"]
        assert column(listed, "plan_count") == ["3", "1"]
        assert column(listed, "customers") == ["1", "2"]

    def test_a_new_default_replaces_the_old_one(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        entered = {
            "code": "spring",
            "name": "Spring",
            "audience": "organizations",
            "visibility": "current",
            "is_default": "on",
        }
        assert staff.post(page(PlanGroup, "add"), entered).status_code == 302
        assert PlanGroup.objects.get(is_default=True).code == "spring"
        assert latest("plan_group.created").actor == "sam@tallybook.example"

    def test_a_legacy_default_is_refused_in_words(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        entered = {
            "code": "old",
            "name": "Old",
            "audience": "organizations",
            "visibility": "legacy",
            "is_default": "on",
        }
        response = staff.post(page(PlanGroup, "add"), entered)
        assert "A legacy group is shown to nobody new" in response.content.decode()
        assert "is violated" not in response.content.decode()
        assert not PlanGroup.objects.filter(code="old").exists()

    def test_a_group_can_be_renamed(self, staff: Client, catalog: ArticleCatalog) -> None:
        entered = {
            "code": "legacy",
            "name": "Plans of old",
            "audience": "organizations",
            "visibility": "legacy",
        }
        response = staff.post(page(PlanGroup, "change", catalog.legacy.pk), entered)
        assert response.status_code == 302
        assert latest("plan_group.updated").changes == {"name": ["Legacy plans", "Plans of old"]}


class TestFeatures:
    def test_a_metered_feature_takes_the_code_of_its_meter(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        meter = Meter.objects.create(code="pages", name="Pages", unit="page", unit_plural="pages")
        entered = {"kind": "metered", "meter": meter.code, "name": "Pages", "position": "9"}
        assert staff.post(page(Feature, "add"), entered).status_code == 302
        assert Feature.objects.get(code="pages").meter == meter

    def test_a_flag_has_a_code_a_type_and_a_default(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        entered = {
            "kind": "unmetered",
            "code": "tier",
            "value_type": "string",
            "default_value": '"silver"',
            "name": "Tier",
            "position": "9",
        }
        assert staff.post(page(Feature, "add"), entered).status_code == 302
        assert Feature.objects.get(code="tier").default_value == "silver"

    @pytest.mark.parametrize(
        ("entered", "complaint"),
        [
            ({"kind": "metered"}, "A metered feature is counted on a meter."),
            (
                {"kind": "metered", "meter": "documents", "value_type": "string"},
                "A metered feature has neither a type nor a default.",
            ),
            ({"kind": "unmetered", "value_type": "boolean"}, "A code has at most 63"),
            ({"kind": "unmetered", "code": "tier"}, "Say what the value is."),
            (
                {
                    "kind": "unmetered",
                    "code": "tier",
                    "value_type": "number",
                    "default_value": '"5"',
                },
                "The default is of another type than the feature.",
            ),
        ],
    )
    def test_a_feature_that_makes_no_sense_is_refused_in_words(
        self, staff: Client, catalog: ArticleCatalog, entered: dict[str, str], complaint: str
    ) -> None:
        response = staff.post(page(Feature, "add"), {"name": "X", "position": "9"} | entered)
        assert response.status_code == 200
        shown = response.content.decode()
        assert complaint in shown
        assert "is violated" not in shown

    def test_code_and_type_cannot_be_changed(self, staff: Client, catalog: ArticleCatalog) -> None:
        entered = {
            "code": "other",
            "value_type": "string",
            "name": "Clever AI",
            "default_value": "true",
            "position": "2",
        }
        url = page(Feature, "change", catalog.advanced_ai.pk)
        assert staff.post(url, entered).status_code == 302
        feature = Feature.objects.get(pk=catalog.advanced_ai.pk)
        assert (feature.code, feature.value_type) == ("advanced_ai", "boolean")
        assert (feature.name, feature.default_value) == ("Clever AI", True)


class TestPlans:
    def test_plans_show_their_versions_and_customers(
        self, staff: Client, catalog: ArticleCatalog, acme: Organization, globex: Organization
    ) -> None:
        make_agreement(acme, "starter")
        second = make_version(catalog.starter.plan, prices=(fixed("129"),), included_seats=5)
        make_agreement(globex, "starter")
        listed = text_of(staff, page(Plan, "changelist"))
        assert column(listed, "name") == ["Starter", "Professional", "Enterprise", "Per seat"]
        assert column(listed, "on_sale") == ["2", "1", "1", "1"]
        assert column(listed, "customers") == ["2", "0", "0", "0"]
        shown = text_of(staff, page(Plan, "change", catalog.starter.plan_id))
        assert column(shown, "version") == ["2", "1"]
        assert column(shown, "customers") == ["1", "1"]
        assert page(PlanVersion, "change", second.pk) in shown

    def test_a_plan_is_made_and_its_first_draft_started(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        entered = {
            "code": "team",
            "name": "Team",
            "group": catalog.current.pk,
            "position": "4",
            "is_self_serve": "on",
        }
        assert staff.post(page(Plan, "add"), entered).status_code == 302
        plan = Plan.objects.get(code="team")
        assert latest("plan.created").target == plan.public_id
        assert "Start the next version" in text_of(staff, page(Plan, "change", plan.pk))
        response = staff.post(page(Plan, "draft", plan.pk))
        draft = PlanVersion.objects.get(plan=plan)
        assert response.headers["Location"] == page(PlanVersion, "change", draft.pk)

    def test_a_second_draft_is_refused_in_words(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        url = page(Plan, "draft", catalog.starter.plan_id)
        staff.post(url)
        response = staff.post(url)
        assert "Starter has a draft already" in response.content.decode()
        assert "Start the next version" not in text_of(
            staff, page(Plan, "change", catalog.starter.plan_id)
        )

    def test_the_code_of_a_published_plan_is_only_shown(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        entered = {
            "code": "beginner",
            "name": "Beginner",
            "group": catalog.legacy.pk,
            "position": "1",
            "is_self_serve": "on",
        } | rows("versions", {"id": catalog.starter.pk}, initial=1)
        url = page(Plan, "change", catalog.starter.plan_id)
        assert staff.post(url, entered).status_code == 302
        plan = Plan.objects.get(pk=catalog.starter.plan_id)
        assert (plan.code, plan.name, plan.group) == ("starter", "Beginner", catalog.legacy)
        assert latest("plan.updated").changes == {
            "name": ["Starter", "Beginner"],
            "group": ["current", "legacy"],
        }
