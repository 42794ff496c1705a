"""Staff pages: every write is an operation, what is published can only be read."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry, Organization, User
from billing.catalog.operations import DraftTerms, edit_draft
from billing.catalog.terms import overage_of
from billing.models import Agreement, Feature, Plan, PlanGroup, PlanVersion
from billing.rating.pricing import OveragePricing
from metering.models import Meter
from tests.factories.accounts import make_organization, make_person
from tests.factories.agreements import SUBSCRIBED, make_agreement
from tests.factories.catalog import (
    QUARTER_FOR_A_MONTH,
    STAFF,
    ArticleCatalog,
    fixed,
    flag,
    make_draft,
    make_flag,
    make_plan,
    make_version,
    metered,
)
from tests.factories.pricing import graduated, package, per_unit, percentage, volume

OUR_MODELS = [Agreement, Feature, Plan, PlanGroup, PlanVersion]


@pytest.fixture
def sam(db: None) -> User:
    """Runs the installation."""
    return make_person("Sam", email="sam@tallybook.example", is_staff=True, is_superuser=True)


@pytest.fixture
def staff(client: Client, sam: User) -> Client:
    """Sam's browser."""
    client.force_login(sam)
    return client


def page(model: type, name: str, *args: object) -> str:
    return reverse(f"admin:billing_{model.__name__.lower()}_{name}", args=args)


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, response
    return response.content.decode()


def column(text: str, name: str) -> list[str]:
    """What one column of a list shows, from top to bottom."""
    cells = re.findall(rf'<t[dh] class="field-{name}[^"]*">(.*?)</t[dh]>', text, re.DOTALL)
    return [re.sub("<[^>]+>", "", cell).strip() for cell in cells]


def rows(prefix: str, *entered: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """The rows of an inline as a browser sends them."""
    sent: dict[str, Any] = {
        f"{prefix}-TOTAL_FORMS": len(entered),
        f"{prefix}-INITIAL_FORMS": initial,
    }
    for number, row in enumerate(entered):
        sent |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return sent


def reviewed_on(shown: str) -> dict[str, str]:
    """What the publish page sends back: which terms were on it."""
    (fingerprint,) = re.findall(r'name="reviewed" value="([0-9a-f]{64})"', shown)
    return {"reviewed": fingerprint}


def terms_shown(shown: str) -> list[list[str]]:
    """The cells of the publish page's table, row by row, without its head."""
    body = shown.partition("<caption>The terms</caption>")[2].partition("</table>")[0]
    body = body.partition("</thead>")[2]
    return [
        [" ".join(re.sub("<[^>]+>", " ", cell).split()) for cell in cells]
        for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL)
        if (cells := re.findall(r"<t[dh].*?</t[dh]>", row, re.DOTALL))
    ]


def query_count(deed: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        deed()
    return len(queries)


def latest(action: str) -> AuditEntry:
    entry = AuditEntry.objects.filter(action=action).order_by("-pk").first()
    assert entry is not None
    return entry


@pytest.mark.parametrize("model", OUR_MODELS)
def test_customers_see_no_staff_page(client: Client, alice: User, model: type) -> None:
    client.force_login(alice)
    assert client.get(page(model, "changelist")).status_code == 302


@pytest.mark.parametrize("model", OUR_MODELS)
def test_staff_without_permission_see_nothing(client: Client, alice: User, model: type) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    client.force_login(alice)
    assert client.get(page(model, "changelist")).status_code == 403
    assert client.get(page(model, "add")).status_code == 403


def test_staff_without_permission_do_nothing(
    client: Client, catalog: ArticleCatalog, acme: Organization, alice: User
) -> None:
    agreement = make_agreement(acme)
    draft = make_draft(catalog.starter.plan)
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    client.force_login(alice)
    for url in (
        page(Agreement, "cancel", agreement.pk),
        page(Plan, "draft", catalog.starter.plan_id),
        page(PlanVersion, "publish", draft.pk),
        page(PlanVersion, "discard", draft.pk),
    ):
        assert client.get(url).status_code == 403
        assert client.post(url, {"reason": "none"}).status_code == 403


@pytest.mark.parametrize("model", OUR_MODELS)
def test_nothing_is_deleted_here(staff: Client, catalog: ArticleCatalog, model: type) -> None:
    assert staff.post(page(model, "delete", 1), {"post": "yes"}).status_code == 403
    assert "delete_selected" not in text_of(staff, page(model, "changelist"))


@pytest.mark.parametrize("model", OUR_MODELS)
def test_lists_take_as_many_queries_for_many_rows_as_for_few(
    staff: Client, catalog: ArticleCatalog, acme: Organization, model: type
) -> None:
    make_agreement(acme)
    text_of(staff, page(model, "changelist"))
    few = query_count(lambda: text_of(staff, page(model, "changelist")))
    for number in range(5):
        make_version(make_plan(catalog.current, f"plan_{number}"), prices=(fixed("1"),))
        make_flag(f"flag_{number}")
        make_agreement(make_organization(f"Customer {number}"), f"plan_{number}")
    assert query_count(lambda: text_of(staff, page(model, "changelist"))) == few


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


VERSION = {
    "included_seats": "",
    "trial_days": "0",
    "trial_needs_card": "on",
    "overage_collection": "invoice_item",
}
PRICE = {"currency": "USD", "interval": "month", "kind": "fixed", "amount": "49.50"}


def terms_of_feature(feature: Feature, **values: Any) -> dict[str, Any]:
    empty = {"rollover_basis": "none", "rollover_percent": "0", "when_past_due": "allow"}
    return {"feature": feature.pk} | empty | values


class TestDrafts:
    @pytest.fixture
    def draft(self, catalog: ArticleCatalog) -> PlanVersion:
        """An empty draft."""
        return make_draft(make_plan(catalog.current, "team"))

    def test_all_terms_are_written_on_one_page(
        self, staff: Client, catalog: ArticleCatalog, draft: PlanVersion
    ) -> None:
        credits = terms_of_feature(
            catalog.credits,
            allowance="500",
            when_past_due="refuse",
            rollover_basis="unused",
            rollover_percent="25",
            rollover_term_periods="1",
        )
        advanced = terms_of_feature(catalog.advanced_ai, value="true")
        entered = (
            VERSION
            | {
                "included_seats": "10",
                "trial_days": "14",
                "trial_needs_card": "",
                "overage_collection": "billing_meter",
            }
            | rows("prices", PRICE)
            | rows("plan_features", credits, advanced)
        )
        response = staff.post(page(PlanVersion, "change", draft.pk), entered)
        assert response.status_code == 302, response.content.decode()
        draft.refresh_from_db()
        assert draft.included_seats == 10
        assert (draft.trial_days, draft.trial_needs_card) == (14, False)
        assert draft.overage_collection == "billing_meter"
        assert draft.prices.get().unit_amount_minor == 49_50
        stored = draft.plan_features.get(feature=catalog.credits)
        assert (stored.allowance, stored.rollover_percent) == (500, 25)
        assert stored.when_past_due == "refuse"
        assert draft.plan_features.get(feature=catalog.advanced_ai).value is True
        assert latest("plan_version.edited").actor == "sam@tallybook.example"

    def test_rows_can_be_changed_and_taken_away(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        draft = make_draft(
            make_plan(catalog.current, "team"),
            metered(catalog.credits, 500, overage="0.2"),
            flag(catalog.advanced_ai, True),
            prices=(fixed("49"), fixed("490", interval="year")),
        )
        shown = text_of(staff, page(PlanVersion, "change", draft.pk))
        assert "$0.20 per credit" in shown
        monthly, yearly = draft.prices.order_by("interval")
        credits, advanced = draft.plan_features.order_by("feature__position")
        entered = (
            VERSION
            | rows(
                "prices",
                PRICE | {"id": monthly.pk, "amount": "59"},
                PRICE | {"id": yearly.pk, "interval": "year", "DELETE": "on"},
                initial=2,
            )
            | rows(
                "plan_features",
                terms_of_feature(catalog.credits, allowance="600", id=credits.pk),
                terms_of_feature(catalog.advanced_ai, value="true", id=advanced.pk, DELETE="on"),
                initial=2,
            )
        )
        response = staff.post(page(PlanVersion, "change", draft.pk), entered)
        assert response.status_code == 302, response.content.decode()
        assert [price.unit_amount_minor for price in draft.prices.all()] == [59_00]
        kept = draft.plan_features.get()
        assert (kept.feature, kept.allowance) == (catalog.credits, 600)
        assert dict(overage_of(kept)) == {"USD": per_unit("0.2")}

    def test_a_row_that_becomes_another_feature_takes_no_price_along(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        draft = make_draft(
            make_plan(catalog.current, "team"), metered(catalog.credits, 500, overage="0.2")
        )
        terms = terms_of_feature(catalog.documents, allowance="5", id=draft.plan_features.get().pk)
        entered = VERSION | rows("prices") | rows("plan_features", terms, initial=1)
        response = staff.post(page(PlanVersion, "change", draft.pk), entered)
        assert response.status_code == 302, response.content.decode()
        kept = draft.plan_features.get()
        assert (kept.feature, dict(overage_of(kept))) == (catalog.documents, {})

    @pytest.mark.parametrize(
        ("price", "complaint"),
        [
            ({"currency": "usd"}, "A currency is three capital letters"),
            ({"amount": "49.505"}, "There is no such amount of this currency."),
            ({"currency": "JPY", "amount": "49.5"}, "There is no such amount of this currency."),
            ({"amount": "10000000000"}, "There is no such amount of this currency."),
            ({"amount": "NaN"}, "Write the number like 1,234.5."),
        ],
    )
    def test_a_price_that_cannot_be_is_refused_in_words(
        self, staff: Client, draft: PlanVersion, price: dict[str, str], complaint: str
    ) -> None:
        entered = VERSION | rows("prices", PRICE | price) | rows("plan_features")
        response = staff.post(page(PlanVersion, "change", draft.pk), entered)
        assert response.status_code == 200
        assert complaint in response.content.decode()

    @pytest.mark.parametrize(
        ("terms", "complaint"),
        [
            ({"allowance": "-1"}, "Not below zero."),
            ({"rollover_percent": "25"}, "Without a rollover this is 0."),
            (
                {"rollover_basis": "unused", "allowance": "5"},
                "Between 1 and 100 percent roll over.",
            ),
            (
                {"rollover_basis": "unused", "rollover_percent": "25"},
                "Unlimited usage leaves nothing to roll over.",
            ),
        ],
    )
    def test_terms_that_cannot_be_stored_are_refused_in_words(
        self,
        staff: Client,
        catalog: ArticleCatalog,
        draft: PlanVersion,
        terms: dict[str, str],
        complaint: str,
    ) -> None:
        entered = (
            VERSION
            | rows("prices")
            | rows("plan_features", terms_of_feature(catalog.credits, **terms))
        )
        response = staff.post(page(PlanVersion, "change", draft.pk), entered)
        assert response.status_code == 200
        shown = response.content.decode()
        assert complaint in shown
        assert "is violated" not in shown

    def test_a_trial_that_is_too_long_is_refused_in_words(
        self, staff: Client, draft: PlanVersion
    ) -> None:
        entered = VERSION | {"trial_days": "731"} | rows("prices") | rows("plan_features")
        shown = staff.post(page(PlanVersion, "change", draft.pk), entered).content.decode()
        assert "A trial has at most 730 days." in shown
        assert "is violated" not in shown

    def test_a_published_version_is_only_shown(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        url = page(PlanVersion, "change", catalog.professional.pk)
        shown = text_of(staff, url)
        assert "$299 a month, fixed" in shown
        assert "$2,990 a year, fixed" in shown
        assert "$0.12 per credit" in shown
        assert "Price the overage" not in shown
        assert "Review and publish" not in shown
        assert 'name="_save"' not in shown
        assert staff.post(url, {"included_seats": "1"}).status_code == 403

    def test_a_price_per_seat_says_so(self, staff: Client, catalog: ArticleCatalog) -> None:
        shown = text_of(staff, page(PlanVersion, "change", catalog.per_seat.pk))
        assert "$100 a month, per seat" in shown

    def test_more_features_take_no_more_queries(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        few_terms = make_draft(
            make_plan(catalog.current, "few"),
            metered(catalog.credits, 500, overage="0.2"),
            prices=(fixed("49"),),
        )
        flags = [flag(make_flag(f"flag_{number}"), True) for number in range(6)]
        many_terms = make_draft(
            make_plan(catalog.current, "many"),
            metered(catalog.credits, 500, overage="0.2"),
            *flags,
            prices=(fixed("49"), fixed("490", interval="year")),
        )
        text_of(staff, page(PlanVersion, "change", few_terms.pk))
        few = query_count(lambda: text_of(staff, page(PlanVersion, "change", few_terms.pk)))
        many = query_count(lambda: text_of(staff, page(PlanVersion, "change", many_terms.pk)))
        assert many == few


def priced(currency: str, *tiers: tuple[str, str, str], **entered: str) -> dict[str, Any]:
    """The part of the overage page for one currency, as a browser sends it."""
    sent = {f"{currency}-{name}": value for name, value in entered.items()}
    named = (
        {"up_to": up_to, "unit_price": unit, "flat_price": flat} for up_to, unit, flat in tiers
    )
    return sent | rows(f"{currency}-tiers", *named)


class TestOverage:
    @pytest.fixture
    def draft(self, catalog: ArticleCatalog) -> PlanVersion:
        """A draft that is sold in dollars and sells no overage."""
        return make_draft(
            make_plan(catalog.current, "team"),
            metered(catalog.credits, 500, rollover=QUARTER_FOR_A_MONTH),
            flag(catalog.advanced_ai, True),
            prices=(fixed("49"),),
        )

    @pytest.fixture
    def url(self, catalog: ArticleCatalog, draft: PlanVersion) -> str:
        return page(PlanVersion, "overage", draft.pk, catalog.credits.pk)

    def overage(self, draft: PlanVersion) -> dict[str, OveragePricing]:
        return dict(overage_of(draft.plan_features.get(feature__code="ai_credits")))

    @pytest.mark.parametrize(
        ("entered", "pricing"),
        [
            (priced("USD", model="per_unit", unit_price="0.15"), per_unit("0.15")),
            (
                priced("USD", model="percentage", unit_price="0.015", minimum="5", maximum="500"),
                percentage("0.015", minimum=5, maximum=500),
            ),
            (
                priced(
                    "USD", model="package", unit_price="15", package_size="10", free_quantity="5"
                ),
                package("15", size="10", free="5"),
            ),
            (
                priced("USD", ("1000", "0.01", ""), ("", "0.008", "5"), model="graduated"),
                graduated((1_000, "0.01"), (None, "0.008", 5)),
            ),
            (
                priced("USD", ("5", "", "100"), ("", "5", ""), ("", "", ""), model="volume"),
                volume((5, 0, 100), (None, 5)),
            ),
        ],
    )
    def test_every_model_can_be_chosen(
        self,
        staff: Client,
        draft: PlanVersion,
        url: str,
        entered: dict[str, Any],
        pricing: OveragePricing,
    ) -> None:
        response = staff.post(url, entered)
        assert response.headers.get("Location") == page(PlanVersion, "change", draft.pk)
        assert self.overage(draft) == {"USD": pricing}
        kept = draft.plan_features.get(feature__code="ai_credits")
        assert (kept.allowance, kept.rollover_percent) == (500, 25)
        assert draft.plan_features.get(feature__code="advanced_ai").value is True
        assert latest("plan_version.edited").actor == "sam@tallybook.example"

    def test_what_is_stored_is_shown_with_room_for_more_tiers(
        self, staff: Client, draft: PlanVersion, url: str
    ) -> None:
        entered = priced("USD", ("1000", "0.01", ""), ("", "0.008", "5"), model="graduated")
        response = staff.post(url, entered | {"_more": "Save and add tiers"})
        assert response.headers["Location"] == url
        shown = text_of(staff, url)
        assert '<option value="graduated" selected>' in shown
        values = re.findall(r'<input type="text" name="USD-tiers-(\d-\w+)" value="([^"]*)"', shown)
        assert values == [
            ("0-up_to", "1000"),
            ("0-unit_price", "0.01"),
            ("1-unit_price", "0.008"),
            ("1-flat_price", "5"),
        ]
        assert shown.count('aria-label="Flat price"') == 6
        draft_page = text_of(staff, page(PlanVersion, "change", draft.pk))
        assert "first 1,000 at $0.01 each, then for $5 plus $0.008 each" in draft_page
        assert url in draft_page

    def test_overage_can_be_taken_off_sale_again(
        self, staff: Client, draft: PlanVersion, url: str
    ) -> None:
        staff.post(url, priced("USD", model="per_unit", unit_price="0.15"))
        staff.post(url, priced("USD", model=""))
        assert self.overage(draft) == {}

    def test_each_currency_of_the_plan_has_its_own_price(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        draft = make_draft(
            make_plan(catalog.current, "team"),
            metered(catalog.credits, 500),
            prices=(fixed("49"), fixed("45", currency="EUR")),
        )
        url = page(PlanVersion, "overage", draft.pk, catalog.credits.pk)
        entered = priced("USD", model="per_unit", unit_price="0.15")
        staff.post(url, entered | priced("EUR", ("", "0.14", ""), model="volume"))
        assert self.overage(draft) == {
            "EUR": volume((None, "0.14"), currency="EUR"),
            "USD": per_unit("0.15"),
        }

    @pytest.mark.parametrize(
        ("entered", "complaint"),
        [
            (priced("USD", unit_price="0.15"), "Choose a model, or leave everything else empty."),
            (
                priced("USD", ("", "1", ""), model=""),
                "Choose a model, or leave everything else empty.",
            ),
            (priced("USD", model="per_unit"), "The price has no amount."),
            (priced("USD", model="per_unit", unit_price="much"), "Write the number like 1,234.5."),
            (priced("USD", model="per_unit", unit_price="NaN"), "Write the number like 1,234.5."),
            (priced("USD", model="per_unit", unit_price="-1"), "greater than or equal to 0"),
            (
                priced("USD", model="per_unit", unit_price="0.0000000000001"),
                "no more than 12 decimal places",
            ),
            (
                priced("USD", model="per_unit", unit_price="1000000000"),
                "A price is from 0 to below one billion",
            ),
            (
                priced("USD", model="per_unit", unit_price="1", minimum="0.005"),
                "There is no such amount of this currency.",
            ),
            (
                priced("USD", ("10", "1", ""), ("5", "1", ""), ("", "1", ""), model="graduated"),
                "Each tier must end above the one before it.",
            ),
            (
                priced("USD", ("x", "1", ""), model="graduated"),
                "Write the number like 1,234.5.",
            ),
            (
                priced("USD", ("10", "1", ""), model="graduated"),
                "The last tier must have no end.",
            ),
        ],
    )
    def test_a_price_that_cannot_be_charged_by_is_refused_in_words(
        self,
        staff: Client,
        draft: PlanVersion,
        url: str,
        entered: dict[str, Any],
        complaint: str,
    ) -> None:
        response = staff.post(url, entered)
        assert response.status_code == 200
        shown = response.content.decode()
        assert complaint in shown
        assert "Please correct what is marked below." in shown
        assert self.overage(draft) == {}

    def test_without_prices_there_is_no_currency_to_sell_in(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        draft = make_draft(make_plan(catalog.current, "team"), metered(catalog.credits, 500))
        shown = text_of(staff, page(PlanVersion, "overage", draft.pk, catalog.credits.pk))
        assert "Overage is sold in the currencies of the plan: enter its prices first." in shown
        assert 'value="Save"' not in shown

    def test_only_a_metered_feature_of_a_draft_has_the_page(
        self, staff: Client, catalog: ArticleCatalog, draft: PlanVersion
    ) -> None:
        def status(version: PlanVersion, feature: Feature) -> int:
            return staff.get(page(PlanVersion, "overage", version.pk, feature.pk)).status_code

        assert status(draft, catalog.advanced_ai) == 404
        assert status(draft, catalog.documents) == 404
        assert status(catalog.starter, catalog.credits) == 302


class TestPublishing:
    def test_warnings_are_shown_before_the_button(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        draft = make_draft(
            make_plan(catalog.current, "team"),
            metered(catalog.credits, 5_000, overage="0.12"),
            prices=(fixed("299"),),
        )
        shown = text_of(staff, page(PlanVersion, "publish", draft.pk))
        assert shown.count('<li class="warning">') == 2
        assert "a margin of 68.2 %, below the target of 70 %" in shown
        assert "a margin of 47.2 %, below the target of 70 %" in shown
        assert shown.index("47.2 %") < shown.index('value="Publish Team v1"')
        assert PlanVersion.objects.get(pk=draft.pk).published_at is None

        url = page(PlanVersion, "publish", draft.pk)
        response = staff.post(url, reviewed_on(shown), follow=True)
        assert PlanVersion.objects.get(pk=draft.pk).published_at is not None
        said = "Team v1 is published. 2 times an action misses the target margin."
        assert said in response.content.decode()

    def test_a_draft_that_changed_meanwhile_is_shown_again(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        draft = make_draft(make_plan(catalog.current, "team"), prices=(fixed("299"),))
        url = page(PlanVersion, "publish", draft.pk)
        stale = reviewed_on(text_of(staff, url))
        edited = DraftTerms(included_seats=None, prices=(fixed("199"),), features=())
        edit_draft(plan_version=draft, terms=edited, actor=STAFF, now=SUBSCRIBED)

        for sent in (stale, {}):
            refused = staff.post(url, sent).content.decode()
            assert "The draft has changed since this page was opened" in refused
            assert "Please correct what is marked below" not in refused
            assert "$199" in refused
            assert PlanVersion.objects.get(pk=draft.pk).published_at is None
        assert staff.post(url, reviewed_on(refused)).status_code == 302
        assert PlanVersion.objects.get(pk=draft.pk).published_at is not None

    def test_the_terms_are_shown_and_what_differs_is_marked(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        draft = make_draft(
            catalog.professional.plan,
            metered(catalog.credits, 5_000, overage={"USD": "0.11"}, rollover=QUARTER_FOR_A_MONTH),
            flag(catalog.support, "phone"),
            prices=(fixed("299"), fixed("2990", interval="year")),
            included_seats=25,
        )
        shown = text_of(staff, page(PlanVersion, "publish", draft.pk))
        rollover = "25 % of what is unused, for 1 month"
        lines = "as finished lines on an invoice"
        assert terms_shown(shown) == [
            ["Prices and seats"],
            ["USD, monthly, fixed", "$299", "$299"],
            ["USD, yearly, fixed", "$2,990", "$2,990"],
            ["Included seats", "20", "25 changed"],
            ["Trial and collection"],
            ["Trial", "none", "none"],
            ["Overage reaches Stripe", lines, lines],
            ["AI credits (ai_credits)"],
            ["Allowance a month", "5,000", "5,000"],
            ["Overage", "$0.12 per credit", "$0.11 per credit changed"],
            ["Rollover", rollover, rollover],
            ["Limit a month", "none", "none"],
            ["While a payment is overdue", "keep allowing", "keep allowing"],
            ["Support (support)"],
            ["Value", "not offered", "phone new"],
            ["Advanced AI (advanced_ai)"],
            ["Value", "on", "not offered removed"],
        ]
        cancel = page(PlanVersion, "change", draft.pk)
        assert f'<a class="closelink" href="{cancel}">Cancel</a>' in shown

    def test_the_first_version_of_a_plan_differs_from_nothing(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        draft = make_draft(make_plan(catalog.current, "team"), prices=(fixed("299"),))
        assert terms_shown(text_of(staff, page(PlanVersion, "publish", draft.pk))) == [
            ["Prices and seats"],
            ["USD, monthly, fixed", "$299"],
            ["Included seats", "unlimited"],
            ["Trial and collection"],
            ["Trial", "none"],
            ["Overage reaches Stripe", "as finished lines on an invoice"],
        ]

    @pytest.mark.parametrize(
        ("currencies", "said"),
        [(("USD",), [False, True]), (("USD", "EUR"), [True, True]), (("EUR",), [True, False])],
    )
    def test_the_margin_check_says_which_prices_it_is_about(
        self,
        staff: Client,
        catalog: ArticleCatalog,
        currencies: tuple[str, ...],
        said: list[bool],
    ) -> None:
        draft = make_draft(
            make_plan(catalog.current, "team"),
            prices=tuple(fixed("299", currency=currency) for currency in currencies),
        )
        shown = text_of(staff, page(PlanVersion, "publish", draft.pk))
        sentences = [
            "Margins are checked for prices in USD only, because costs are kept in it. "
            "Prices in EUR are not checked.",
            "Every action meets the target margin",
        ]
        assert [sentence in shown for sentence in sentences] == said

    def test_objections_leave_no_button(self, staff: Client, catalog: ArticleCatalog) -> None:
        draft = make_draft(make_plan(catalog.current, "team"))
        url = page(PlanVersion, "publish", draft.pk)
        shown = text_of(staff, url)
        assert "The plan has no price." in shown
        assert 'value="Publish Team v1"' not in shown
        assert "The plan has no price." in staff.post(url).content.decode()
        assert PlanVersion.objects.get(pk=draft.pk).published_at is None

    def test_what_is_published_is_not_published_again(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        for name in ("publish", "discard"):
            response = staff.post(page(PlanVersion, name, catalog.starter.pk))
            assert response.headers["Location"] == page(PlanVersion, "change", catalog.starter.pk)
        assert PlanVersion.objects.filter(pk=catalog.starter.pk).exists()

    def test_a_draft_can_be_thrown_away(self, staff: Client, catalog: ArticleCatalog) -> None:
        draft = make_draft(make_plan(catalog.current, "team"))
        url = page(PlanVersion, "discard", draft.pk)
        assert 'value="Throw Team v1 away"' in text_of(staff, url)
        assert staff.post(url).headers["Location"] == page(Plan, "change", draft.plan_id)
        assert not PlanVersion.objects.filter(pk=draft.pk).exists()
        assert staff.get(url).status_code == 404


class TestAgreements:
    def test_staff_sell_a_legacy_plan_to_a_named_organization(
        self, staff: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        assert "Per seat (Legacy plans)" in text_of(staff, page(Agreement, "add"))
        entered = {
            "organization": acme.pk,
            "plan": catalog.per_seat.plan_id,
            "interval": "month",
            "seats": "50",
            "starts_at_0": "2026-01-31",
            "starts_at_1": "09:30",
        }
        response = staff.post(page(Agreement, "add"), entered)
        agreement = Agreement.objects.get()
        assert response.headers["Location"] == page(Agreement, "change", agreement.pk)
        assert (agreement.organization, agreement.seats) == (acme, 50)
        assert agreement.anchor_at.isoformat() == "2026-01-31T09:30:00+00:00"
        assert latest("agreement.created").actor == "sam@tallybook.example"

    def test_a_refusal_is_shown_in_words(
        self, staff: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme)
        entered = {
            "organization": acme.pk,
            "plan": catalog.starter.plan_id,
            "interval": "month",
        }
        response = staff.post(page(Agreement, "add"), entered)
        assert "Acme has an agreement already." in response.content.decode()
        assert Agreement.objects.count() == 1

    def test_an_agreement_is_only_shown_and_can_be_canceled_with_a_reason(
        self, staff: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme)
        shown = text_of(staff, page(Agreement, "change", agreement.pk))
        assert "$299" in shown
        assert 'name="_save"' not in shown
        cancel = page(Agreement, "end_now", agreement.pk)
        assert cancel in shown
        assert "This field is required." in staff.post(cancel, {"reason": ""}).content.decode()
        assert Agreement.objects.get().status == "active"
        response = staff.post(cancel, {"reason": "Asked by mail"})
        assert response.headers["Location"] == page(Agreement, "change", agreement.pk)
        assert Agreement.objects.get().status == "canceled"
        assert latest("agreement.canceled").reason == "Asked by mail"
        assert cancel not in text_of(staff, page(Agreement, "change", agreement.pk))

    def test_agreements_are_found_by_organization_and_filtered_by_group(
        self, staff: Client, catalog: ArticleCatalog, acme: Organization, globex: Organization
    ) -> None:
        make_agreement(acme, "per_seat")
        make_agreement(globex, "starter")
        url = page(Agreement, "changelist")
        assert column(text_of(staff, f"{url}?q={globex.public_id}"), "plan") == ["Starter"]
        legacy = f"{url}?plan_version__plan__group__id__exact={catalog.legacy.pk}"
        listed = text_of(staff, legacy)
        assert column(listed, "plan") == ["Per seat"]
        assert "Legacy plans (1)" in listed
