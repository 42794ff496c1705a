from decimal import Decimal
from typing import Any

import pytest

from accounts.models import AuditEntry
from billing.catalog.operations import (
    CodeFixed,
    CodeTaken,
    DraftExists,
    PlanDetails,
    PlanGroupDetails,
    VersionPublished,
    create_draft,
    create_metered_feature,
    create_plan,
    create_plan_group,
    create_unmetered_feature,
    discard_draft,
    price_overage,
    review_draft,
    update_feature,
    update_plan,
    update_plan_group,
)
from billing.catalog.queries import find_offer, get_plan_version_terms, get_pricing_table
from billing.choices import FeatureKind, ValueType, Visibility, WhenPastDue
from billing.models import Plan, PlanGroup, PlanVersion
from billing.rating.pricing import OveragePricing
from config.kernel.errors import Invalid
from tests.factories.agreements import SUBSCRIBED
from tests.factories.catalog import (
    ON_SALE_SINCE,
    STAFF,
    ArticleCatalog,
    fixed,
    make_draft,
    make_flag,
    make_group,
    make_metered,
    make_plan,
    make_version,
    metered,
)
from tests.factories.metering import make_credit_meter
from tests.factories.pricing import graduated, package, per_unit, percentage, volume


def audited(action: str) -> AuditEntry:
    """The newest entry of an action."""
    entry = AuditEntry.objects.filter(action=action).order_by("-pk").first()
    assert entry is not None
    return entry


@pytest.mark.usefixtures("db")
class TestFeatures:
    def test_a_metered_feature_has_the_code_of_its_meter(self) -> None:
        meter = make_credit_meter()
        feature = create_metered_feature(
            meter=meter, name="AI credits", actor=STAFF, now=ON_SALE_SINCE
        )
        feature.refresh_from_db()
        assert (feature.code, feature.kind, feature.meter) == (
            "ai_credits",
            FeatureKind.METERED,
            meter,
        )
        entry = audited("feature.created")
        assert (entry.target, entry.actor) == ("ai_credits", "staff@tallybook.example")

    def test_a_meter_has_one_feature(self) -> None:
        meter = make_credit_meter()
        make_metered(meter)
        with pytest.raises(CodeTaken):
            make_metered(meter)

    def test_features_share_their_codes(self) -> None:
        make_flag("advanced_ai")
        with pytest.raises(CodeTaken):
            make_flag("advanced_ai", value_type=ValueType.STRING)

    @pytest.mark.parametrize("code", ["", "Advanced", "advanced-ai", "1st", "a" * 64, "naïve"])
    def test_a_code_is_small_letters_digits_and_underscores(self, code: str) -> None:
        with pytest.raises(Invalid):
            create_unmetered_feature(
                code=code, name="X", value_type=ValueType.BOOLEAN, actor=STAFF, now=ON_SALE_SINCE
            )

    @pytest.mark.parametrize(
        ("value_type", "value"),
        [
            (ValueType.BOOLEAN, 1),
            (ValueType.BOOLEAN, "true"),
            (ValueType.STRING, 5),
            (ValueType.NUMBER, "5"),
            (ValueType.NUMBER, True),
        ],
    )
    def test_a_default_is_of_the_feature_s_type(self, value_type: str, value: Any) -> None:
        with pytest.raises(Invalid):
            make_flag("feature", value_type=value_type, default_value=value)

    def test_name_and_default_can_change_and_the_change_is_written_down(self) -> None:
        feature = make_flag("seats", value_type=ValueType.NUMBER, default_value=1)
        updated = update_feature(
            feature=feature,
            name="Seats",
            description="",
            default_value=2,
            position=0,
            actor=STAFF,
            now=SUBSCRIBED,
        )
        assert updated.default_value == 2
        assert audited("feature.updated").changes == {"default_value": [1, 2]}

    def test_a_metered_feature_has_no_default(self) -> None:
        feature = make_metered(make_credit_meter())
        with pytest.raises(Invalid):
            update_feature(
                feature=feature,
                name="AI credits",
                description="",
                default_value=5,
                position=0,
                actor=STAFF,
                now=SUBSCRIBED,
            )


@pytest.mark.usefixtures("db")
class TestGroups:
    def test_a_new_default_takes_the_place_of_the_old_one(self) -> None:
        old = make_group("current")
        new = make_group("spring")
        assert list(PlanGroup.objects.filter(is_default=True)) == [new]
        update_plan_group(
            group=old,
            details=PlanGroupDetails(code="current", name=old.name, is_default=True),
            actor=STAFF,
            now=SUBSCRIBED,
        )
        assert list(PlanGroup.objects.filter(is_default=True)) == [old]
        assert audited("plan_group.updated").changes == {"is_default": [False, True]}

    def test_the_group_that_steps_back_is_written_down(self) -> None:
        make_group("current")
        make_group("private", is_default=False)
        make_group("spring")
        entry = AuditEntry.objects.get(action="plan_group.updated")
        assert (entry.target, entry.actor) == ("current", STAFF.label)
        assert entry.changes == {"is_default": [True, False]}

    def test_a_legacy_group_is_never_the_default(self) -> None:
        with pytest.raises(Invalid):
            make_group("legacy", visibility=Visibility.LEGACY, is_default=True)

    def test_codes_are_taken_once(self) -> None:
        make_group("current")
        with pytest.raises(CodeTaken):
            create_plan_group(
                details=PlanGroupDetails(code="current", name="Again"),
                actor=STAFF,
                now=ON_SALE_SINCE,
            )


class TestPlans:
    def test_a_plan_has_a_public_id_and_an_audit_entry(self, db: None) -> None:
        plan = make_plan(make_group(), "team")
        assert plan.public_id.startswith("plan_")
        assert audited("plan.created").target == plan.public_id

    def test_codes_are_taken_once(self, catalog: ArticleCatalog) -> None:
        with pytest.raises(CodeTaken):
            create_plan(
                details=PlanDetails(code="starter", name="Starter", group=catalog.legacy),
                actor=STAFF,
                now=ON_SALE_SINCE,
            )

    def test_a_published_plan_keeps_its_code(self, catalog: ArticleCatalog) -> None:
        with pytest.raises(CodeFixed):
            update_plan(
                plan=catalog.starter.plan,
                details=PlanDetails(code="beginner", name="Starter", group=catalog.current),
                actor=STAFF,
                now=SUBSCRIBED,
            )

    def test_an_unpublished_plan_may_change_its_code(self, catalog: ArticleCatalog) -> None:
        plan = make_plan(catalog.current, "taem")
        update_plan(
            plan=plan,
            details=PlanDetails(code="team", name="Team", group=catalog.current),
            actor=STAFF,
            now=SUBSCRIBED,
        )
        assert Plan.objects.get(pk=plan.pk).code == "team"

    def test_a_plan_moved_to_the_legacy_group_leaves_the_table(
        self, catalog: ArticleCatalog
    ) -> None:
        update_plan(
            plan=catalog.starter.plan,
            details=PlanDetails(code="starter", name="Starter", group=catalog.legacy, position=1),
            actor=STAFF,
            now=SUBSCRIBED,
        )
        assert audited("plan.updated").changes == {"group": ["current", "legacy"]}
        codes = [plan.code for plan in get_pricing_table(at=SUBSCRIBED).plans]
        assert codes == ["professional", "enterprise"]


class TestDrafts:
    def test_the_first_draft_is_empty(self, db: None) -> None:
        draft = create_draft(plan=make_plan(make_group(), "team"), actor=STAFF, now=ON_SALE_SINCE)
        assert (draft.number, draft.prices.count(), draft.plan_features.count()) == (1, 0, 0)

    def test_the_next_draft_is_a_copy_of_what_is_on_sale(self, catalog: ArticleCatalog) -> None:
        draft = create_draft(plan=catalog.professional.plan, actor=STAFF, now=SUBSCRIBED)
        assert (draft.number, draft.included_seats, draft.published_at) == (2, 20, None)
        assert sorted(draft.prices.values_list("interval", "unit_amount_minor")) == [
            ("month", 299_00),
            ("year", 2_990_00),
        ]
        credits = draft.plan_features.get(feature=catalog.credits)
        assert credits.rollover_percent == 25
        assert credits.rollover_term_periods == 1
        assert credits.overage_prices.get().unit_price == Decimal("0.12")
        assert draft.plan_features.get(feature=catalog.advanced_ai).value is True

    @pytest.mark.parametrize(
        "pricing",
        [
            per_unit("0.12", minimum=5, maximum=500),
            percentage("0.015"),
            package("15", size="10", free="0.5"),
            graduated((1_000, "0.01"), (9_000, 0, 50), (None, "0.008", 5)),
            volume((5, 7), (None, "6.50")),
        ],
    )
    def test_a_copy_charges_and_allows_the_same(
        self, catalog: ArticleCatalog, pricing: OveragePricing
    ) -> None:
        version = make_version(
            make_plan(catalog.current, "team"),
            metered(catalog.credits, 500, overage=pricing, when_past_due=WhenPastDue.REFUSE),
            prices=(fixed("149"),),
        )
        draft = create_draft(plan=version.plan, actor=STAFF, now=SUBSCRIBED)
        terms = review_draft(plan_version=draft, now=SUBSCRIBED).terms
        assert terms.features == get_plan_version_terms(plan_version_id=version.pk).features
        credits = terms.metered[0]
        assert dict(credits.overage) == {"USD": pricing}
        assert credits.when_past_due == WhenPastDue.REFUSE

    def test_a_plan_has_one_draft(self, catalog: ArticleCatalog) -> None:
        create_draft(plan=catalog.starter.plan, actor=STAFF, now=SUBSCRIBED)
        with pytest.raises(DraftExists):
            create_draft(plan=catalog.starter.plan, actor=STAFF, now=SUBSCRIBED)

    def test_pricing_the_overage_leaves_the_other_terms_alone(
        self, catalog: ArticleCatalog
    ) -> None:
        draft = create_draft(plan=catalog.professional.plan, actor=STAFF, now=SUBSCRIBED)
        price_overage(
            plan_version=draft,
            feature=catalog.credits,
            overage={"USD": volume((10_000, "0.10"), (None, "0.08", 5), maximum=900)},
            actor=STAFF,
            now=SUBSCRIBED,
        )
        before, after = audited("plan_version.edited").changes.pop("features")
        assert before["ai_credits"].pop("overage") == {"USD": "0.12"}
        assert after["ai_credits"].pop("overage") == {
            "USD": {
                "model": "volume",
                "tiers": [
                    ["10000", "0.1", "0"],
                    [None, "0.08", "5"],
                ],
                "maximum": 900_00,
            }
        }
        assert before == after

    def test_only_a_feature_of_the_draft_has_a_price(self, catalog: ArticleCatalog) -> None:
        draft = create_draft(plan=catalog.professional.plan, actor=STAFF, now=SUBSCRIBED)
        with pytest.raises(Invalid, match="The draft does not name Documents any more"):
            price_overage(
                plan_version=draft,
                feature=catalog.documents,
                overage={"USD": per_unit("1")},
                actor=STAFF,
                now=SUBSCRIBED,
            )

    def test_an_edit_says_what_changed(self, catalog: ArticleCatalog) -> None:
        plan = make_plan(catalog.current, "team")
        make_draft(plan, prices=(fixed("149"),), included_seats=10)
        entry = audited("plan_version.edited")
        assert entry.target == f"{plan.public_id} v1"
        assert entry.changes == {
            "included_seats": [None, 10],
            "prices": [{}, {"USD month fixed": 149_00}],
        }

    def test_a_draft_can_be_thrown_away_and_started_again(self, catalog: ArticleCatalog) -> None:
        draft = create_draft(plan=catalog.starter.plan, actor=STAFF, now=SUBSCRIBED)
        discard_draft(plan_version=draft, actor=STAFF, now=SUBSCRIBED)
        assert not PlanVersion.objects.filter(pk=draft.pk).exists()
        assert create_draft(plan=catalog.starter.plan, actor=STAFF, now=SUBSCRIBED).number == 2

    def test_a_published_version_cannot_be_edited_or_discarded(
        self, catalog: ArticleCatalog
    ) -> None:
        with pytest.raises(VersionPublished):
            discard_draft(plan_version=catalog.starter, actor=STAFF, now=SUBSCRIBED)

    def test_old_versions_keep_their_price_when_a_plan_gets_dearer(
        self, catalog: ArticleCatalog
    ) -> None:
        make_version(catalog.starter.plan, prices=(fixed("129"),), published_at=SUBSCRIBED)
        prices = catalog.starter.prices.filter(interval="month")
        assert prices.get().unit_amount_minor == 99_00
        offer = find_offer(plan_code="starter", at=SUBSCRIBED)
        assert offer is not None
        assert [price.unit_amount_minor for price in offer.prices] == [129_00]
