"""Staff make tables of plans, publish them, go back, and choose what visitors are shown."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry
from billing.catalog.codes import CodeTaken
from billing.catalog.operations import (
    DraftChanged,
    DraftExists,
    PlanDetails,
    PlanGroupDetails,
    update_plan,
    update_plan_group,
)
from billing.catalog.queries import find_offer, find_version_on_sale, list_offers
from billing.choices import Audience, Visibility
from billing.models import PricingTable, PricingTableVersion
from billing.pricing_tables.content import (
    MOST_FEATURES,
    CardContent,
    CardTexts,
    TableContent,
    TableTexts,
)
from billing.pricing_tables.operations import (
    NoDraft,
    NothingToShow,
    TableNotPublishable,
    discard_draft,
    edit_draft,
    make_default,
    publish,
    restore,
    set_live,
    start_draft,
    update_pricing_table,
)
from billing.pricing_tables.queries import (
    PricingTableNotFound,
    ShownTable,
    TableVersionNotFound,
    content_of,
    find_shown_table,
    get_default_table,
    get_shown_table,
    get_version_as_shown,
)
from billing.pricing_tables.review import Difference, review_version
from config.kernel.errors import Invalid
from tests.factories.catalog import (
    ON_SALE_SINCE,
    STAFF,
    ArticleCatalog,
    fixed,
    make_article_catalog,
    make_draft,
    make_group,
    make_plan,
    make_version,
    metered,
)
from tests.factories.pricing_tables import SPRING, make_live_table, make_table

LATER = ON_SALE_SINCE + timedelta(days=1)
BY_STAFF: dict[str, Any] = {"actor": STAFF, "now": LATER}


@pytest.fixture
def catalog(db: None) -> ArticleCatalog:
    return make_article_catalog()


def codes(shown: ShownTable) -> list[str]:
    return [offer.code for offer in shown.offered.plans]


def state(table: PricingTable) -> tuple[bool, bool]:
    """Whether it is live, and whether it is the default."""
    stored = PricingTable.objects.get(pk=table.pk)
    return stored.is_live, stored.is_default


def actions() -> list[tuple[str, str]]:
    entries = AuditEntry.objects.filter(action__startswith="pricing_table")
    return list(entries.order_by("pk").values_list("action", "target"))


class TestGenerating:
    def test_a_card_for_each_published_plan_in_the_order_of_the_group(
        self, catalog: ArticleCatalog
    ) -> None:
        make_draft(make_plan(catalog.current, "unpublished", position=0))
        table = make_table(catalog.current)
        assert content_of(table.versions.get()) == TableContent(
            cards=(
                CardContent("starter"),
                CardContent("professional", is_highlighted=True),
                CardContent("enterprise"),
            )
        )
        assert (table.audience, state(table)) == ("organizations", (False, False))
        assert actions() == [("pricing_table.created", "spring_promo")]

    def test_any_number_of_cards(self, catalog: ArticleCatalog) -> None:
        for number in range(4):
            make_version(
                make_plan(catalog.current, f"more_{number}", position=9),
                metered(catalog.credits, 10),
                prices=(fixed("1"),),
            )
        make_live_table(catalog.current)
        assert len(get_shown_table(key="spring_promo", at=LATER).offered.plans) == 7

    def test_a_key_is_used_once_and_spelled_like_a_code(self, catalog: ArticleCatalog) -> None:
        make_table(catalog.current, "spring_promo")
        with pytest.raises(CodeTaken, match="There is a pricing table “spring_promo” already"):
            make_table(catalog.current, "spring_promo")
        with pytest.raises(Invalid):
            make_table(catalog.current, "Spring promo")

    def test_a_legacy_group_gets_no_table(self, catalog: ArticleCatalog) -> None:
        with pytest.raises(Invalid, match="The plans of a legacy group are shown to nobody new"):
            make_table(catalog.legacy)
        assert not PricingTable.objects.exists()


class TestDrafts:
    def test_what_was_written_is_read_and_the_rest_left_to_the_plan(
        self, catalog: ArticleCatalog
    ) -> None:
        table = make_table(catalog.current)
        draft = edit_draft(table=table, content=SPRING, **BY_STAFF)
        assert content_of(draft) == SPRING
        entry = AuditEntry.objects.get(action="pricing_table_version.edited")
        assert entry.target == "spring_promo v1"
        assert entry.changes["texts"] == [
            {},
            {
                "en": {"heading": "Spring prices", "description": "Until the first of June."},
                "de": {"heading": "Frühlingspreise"},
            },
        ]
        edit_draft(table=table, content=SPRING, **BY_STAFF)
        assert AuditEntry.objects.filter(action="pricing_table_version.edited").count() == 1

    @pytest.mark.parametrize(
        ("content", "refusal"),
        [
            (
                TableContent((CardContent("starter"), CardContent("starter"))),
                "A plan has one card on a table.",
            ),
            (TableContent((CardContent("per_seat"),)), "“per_seat” is no plan of Current plans."),
            (TableContent(texts={"xx": TableTexts("?")}), "There is no language “xx” here."),
            (
                TableContent(texts={"en": TableTexts("x" * 81)}),
                "A text on a pricing table has one line and at most 80 characters.",
            ),
            (
                TableContent(texts={"en": TableTexts("a\x00b")}),
                "A text on a pricing table has one line and at most 80 characters.",
            ),
            (
                TableContent(
                    (
                        CardContent(
                            "starter",
                            texts={"en": CardTexts(features=("x",) * (MOST_FEATURES + 1))},
                        ),
                    )
                ),
                "A card lists at most 20 features.",
            ),
            (
                TableContent(
                    (CardContent("starter", texts={"en": CardTexts(features=("x" * 161,))}),)
                ),
                "A text on a pricing table has one line and at most 160 characters.",
            ),
        ],
    )
    def test_what_no_table_can_hold_is_refused(
        self, catalog: ArticleCatalog, content: TableContent, refusal: str
    ) -> None:
        table = make_table(catalog.current)
        before = content_of(table.versions.get())
        with pytest.raises(Invalid) as refused:
            edit_draft(table=table, content=content, **BY_STAFF)
        assert refused.value.detail == refusal
        assert content_of(table.versions.get()) == before

    def test_the_next_draft_is_a_copy_and_there_is_one(self, catalog: ArticleCatalog) -> None:
        table = make_live_table(catalog.current, content=SPRING)
        draft = start_draft(table=table, **BY_STAFF)
        assert (draft.number, content_of(draft)) == (2, SPRING)
        with pytest.raises(DraftExists, match="Spring has a draft already: version 2"):
            start_draft(table=table, **BY_STAFF)
        discard_draft(table=table, **BY_STAFF)
        assert [version.number for version in table.versions.all()] == [1]
        with pytest.raises(NoDraft):
            discard_draft(table=table, **BY_STAFF)
        with pytest.raises(NoDraft):
            edit_draft(table=table, content=SPRING, **BY_STAFF)

    def test_the_first_draft_is_not_thrown_away(self, catalog: ArticleCatalog) -> None:
        table = make_table(catalog.current)
        with pytest.raises(NoDraft):
            discard_draft(table=table, **BY_STAFF)
        assert table.versions.count() == 1

    def test_a_plan_that_left_the_group_is_not_copied(self, catalog: ArticleCatalog) -> None:
        table = make_live_table(catalog.current)
        retire(catalog, "starter")
        copied = content_of(start_draft(table=table, **BY_STAFF))
        assert [card.plan_code for card in copied.cards] == ["professional", "enterprise"]


class TestPublishing:
    def test_visitors_are_shown_what_is_published_and_no_draft(
        self, catalog: ArticleCatalog
    ) -> None:
        table = make_live_table(catalog.current)
        start_draft(table=table, **BY_STAFF)
        edit_draft(table=table, content=SPRING, **BY_STAFF)
        before = get_shown_table(key="spring_promo", at=LATER)
        assert (before.version, codes(before)) == (1, ["starter", "professional", "enterprise"])
        published = publish(table=table, **BY_STAFF)
        assert (published.published_at, published.published_by) == (LATER, STAFF.label)
        after = get_shown_table(key="spring_promo", at=LATER)
        assert (after.version, codes(after)) == (2, ["professional", "starter"])
        assert after.content == SPRING
        with pytest.raises(NoDraft):
            publish(table=table, **BY_STAFF)

    def test_what_was_read_is_what_is_published(self, catalog: ArticleCatalog) -> None:
        table = make_table(catalog.current)
        draft = table.versions.get()
        read = review_version(draft=draft, shown=None, now=LATER).fingerprint
        edit_draft(table=table, content=SPRING, **BY_STAFF)
        with pytest.raises(DraftChanged):
            publish(table=table, reviewed=read, **BY_STAFF)
        read = review_version(draft=table.versions.get(), shown=None, now=LATER).fingerprint
        assert publish(table=table, reviewed=read, **BY_STAFF).number == 1

    def test_an_empty_table_and_unpublished_plans_are_not_published(
        self, catalog: ArticleCatalog
    ) -> None:
        table = make_table(catalog.current)
        edit_draft(table=table, content=TableContent(), **BY_STAFF)
        with pytest.raises(TableNotPublishable, match="There is no plan on the table"):
            publish(table=table, **BY_STAFF)
        make_draft(make_plan(catalog.current, "soon"))
        content = TableContent((CardContent("starter"), CardContent("soon")))
        edit_draft(table=table, content=content, **BY_STAFF)
        with pytest.raises(TableNotPublishable, match="“soon” has no published version"):
            publish(table=table, **BY_STAFF)

    def test_a_table_of_a_group_that_became_legacy_is_not_published(
        self, catalog: ArticleCatalog
    ) -> None:
        group = make_group("autumn", is_default=False)
        make_version(make_plan(group, "leaf"), metered(catalog.credits, 1), prices=(fixed("1"),))
        table = make_table(group)
        details = PlanGroupDetails("autumn", "Autumn", visibility=Visibility.LEGACY)
        update_plan_group(group=group, details=details, **BY_STAFF)
        with pytest.raises(TableNotPublishable, match="legacy group"):
            publish(table=table, **BY_STAFF)

    def test_the_review_says_what_visitors_would_read_otherwise(
        self, catalog: ArticleCatalog
    ) -> None:
        table = make_live_table(catalog.current, content=SPRING)
        draft = start_draft(table=table, **BY_STAFF)
        shown = table.versions.get(number=1)
        assert review_version(draft=draft, shown=shown, now=LATER).differences == ()
        [professional, starter] = SPRING.cards
        english = replace(starter.texts["en"], features=("A seat in the sun", "Ripe credits"))
        changed = TableContent(
            cards=(
                replace(starter, texts={**starter.texts, "en": english}),
                replace(professional, is_highlighted=False),
            ),
            texts={**SPRING.texts, "de": TableTexts("Preise im Frühling")},
        )
        draft = edit_draft(table=table, content=changed, **BY_STAFF)
        review = review_version(draft=draft, shown=shown, now=LATER)
        assert review.differences == (
            Difference("Plans in their order", "professional, starter", "starter, professional"),
            Difference("Highlighted", "professional", ""),
            Difference("Table, Deutsch: heading", "Frühlingspreise", "Preise im Frühling"),
            Difference(
                "starter, English: features",
                "A seat in the sun\nFresh credits",
                "A seat in the sun\nRipe credits",
            ),
        )
        assert review.objections == ()

    def test_an_earlier_version_is_shown_again_and_the_draft_waits(
        self, catalog: ArticleCatalog
    ) -> None:
        table = make_live_table(catalog.current, content=SPRING)
        start_draft(table=table, **BY_STAFF)
        one_card = TableContent((CardContent("enterprise"),))
        edit_draft(table=table, content=one_card, **BY_STAFF)
        publish(table=table, **BY_STAFF)
        start_draft(table=table, **BY_STAFF)
        two_cards = TableContent((CardContent("enterprise"), CardContent("starter")))
        edit_draft(table=table, content=two_cards, **BY_STAFF)
        restored = restore(table=table, number=1, **BY_STAFF)
        assert (restored.number, restored.published_at) == (3, LATER)
        shown = get_shown_table(key="spring_promo", at=LATER)
        assert (shown.version, shown.content) == (3, SPRING)
        draft = table.versions.get(published_at=None)
        assert (draft.number, content_of(draft)) == (4, two_cards)
        entry = AuditEntry.objects.filter(action="pricing_table_version.published").latest("pk")
        assert (entry.target, entry.changes) == ("spring_promo v3", {"restored": [None, 1]})

    def test_only_what_was_published_is_restored(self, catalog: ArticleCatalog) -> None:
        table = make_table(catalog.current)
        for number in (1, 7):
            with pytest.raises(TableVersionNotFound):
                restore(table=table, number=number, **BY_STAFF)

    def test_plans_that_are_sold_no_more_are_not_shown_again(self, catalog: ArticleCatalog) -> None:
        content = TableContent((CardContent("starter"),))
        table = make_live_table(catalog.current, content=content)
        retire(catalog, "starter")
        with pytest.raises(TableNotPublishable, match="There is no plan on the table"):
            restore(table=table, number=1, **BY_STAFF)
        assert [version.number for version in table.versions.all()] == [1]


class TestWhatIsShown:
    def test_drafts_and_unknown_keys_are_told_apart_by_nobody(
        self, catalog: ArticleCatalog
    ) -> None:
        make_table(catalog.current, "never_published")
        off = make_live_table(catalog.current, "taken_off")
        set_live(table=off, is_live=False, **BY_STAFF)
        published = make_table(catalog.current, "never_live")
        publish(table=published, **BY_STAFF)
        for key in ("never_published", "taken_off", "never_live", "unknown", "legacy"):
            assert find_shown_table(key=key, at=LATER) is None
            with pytest.raises(PricingTableNotFound) as refused:
                get_shown_table(key=key, at=LATER)
            assert refused.value.detail == f"There is no pricing table “{key}”."

    def test_nothing_is_live_before_it_says_something(self, catalog: ArticleCatalog) -> None:
        table = make_table(catalog.current)
        with pytest.raises(NothingToShow, match="Publish a version of Spring first"):
            set_live(table=table, is_live=True, **BY_STAFF)
        with pytest.raises(NothingToShow, match="Spring is not live"):
            make_default(table=table, **BY_STAFF)

    def test_without_a_default_it_is_what_the_default_group_sells(
        self, catalog: ArticleCatalog
    ) -> None:
        make_live_table(catalog.current, content=SPRING)
        shown = get_default_table(at=LATER)
        assert (shown.version, shown.content) == (None, TableContent())
        assert codes(shown) == ["starter", "professional", "enterprise"]

    def test_a_new_default_takes_the_place_of_the_old_one(self, catalog: ArticleCatalog) -> None:
        spring = make_live_table(catalog.current, "spring", content=SPRING, is_default=True)
        assert get_default_table(at=LATER).key == "spring"
        summer = make_live_table(catalog.current, "summer", is_default=True)
        assert (state(spring), state(summer)) == ((True, False), (True, True))
        assert get_default_table(at=LATER).key == "summer"
        set_live(table=summer, is_live=False, **BY_STAFF)
        assert state(summer) == (False, False)
        assert get_default_table(at=LATER).key == ""

    def test_a_retired_plan_leaves_every_table_at_once(self, catalog: ArticleCatalog) -> None:
        make_live_table(catalog.current, content=SPRING)
        retire(catalog, "starter")
        shown = get_shown_table(key="spring_promo", at=LATER)
        assert codes(shown) == ["professional"]
        assert shown.card_of("starter") is None

    def test_a_group_that_becomes_legacy_takes_its_tables_off(
        self, catalog: ArticleCatalog
    ) -> None:
        make_live_table(catalog.current, is_default=True)
        details = PlanGroupDetails("current", "Current", visibility=Visibility.LEGACY)
        update_plan_group(group=catalog.current, details=details, **BY_STAFF)
        assert find_shown_table(key="spring_promo", at=LATER) is None
        assert codes(get_default_table(at=LATER)) == []

    def test_a_group_made_for_others_takes_its_tables_off(self, catalog: ArticleCatalog) -> None:
        make_live_table(catalog.current)
        details = PlanGroupDetails("current", "Current", audience=Audience.INDIVIDUALS)
        update_plan_group(group=catalog.current, details=details, **BY_STAFF)
        assert find_shown_table(key="spring_promo", at=LATER) is None

    def test_staff_look_at_a_draft_as_visitors_would(self, catalog: ArticleCatalog) -> None:
        table = make_table(catalog.current)
        draft = edit_draft(table=table, content=SPRING, **BY_STAFF)
        shown = get_version_as_shown(version_id=draft.pk, at=LATER)
        assert (shown.content, codes(shown)) == (SPRING, ["professional", "starter"])
        with pytest.raises(TableVersionNotFound):
            get_version_as_shown(version_id=draft.pk + 1, at=LATER)

    def test_texts_fall_back_to_the_usual_language_one_by_one(self) -> None:
        german = SPRING.said_in("de")
        assert german == TableTexts("Frühlingspreise", "Until the first of June.")
        card = SPRING.cards[1].said_in("de")
        assert (card.heading, card.call_to_action) == ("Starter im Frühling", "Start growing")
        assert card.features == ("Ein Platz",)
        assert SPRING.cards[0].said_in("de") == CardTexts()


class TestPrivateGroups:
    @pytest.fixture
    def garden(self, catalog: ArticleCatalog) -> PricingTable:
        """A table of a group that is not the default one."""
        group = make_group("garden", is_default=False)
        make_version(make_plan(group, "rose"), metered(catalog.credits, 1), prices=(fixed("1"),))
        make_version(make_plan(group, "weed"), metered(catalog.credits, 1), prices=(fixed("2"),))
        table = make_table(group, "garden")
        edit_draft(table=table, content=TableContent((CardContent("rose"),)), **BY_STAFF)
        publish(table=table, **BY_STAFF)
        return table

    def test_a_live_table_sells_the_plans_that_it_shows(self, garden: PricingTable) -> None:
        assert find_offer(plan_code="rose", at=LATER) is None
        set_live(table=garden, is_live=True, **BY_STAFF)
        offer = find_offer(plan_code="rose", at=LATER)
        assert offer is not None
        assert offer.name == "Rose"
        assert find_version_on_sale(plan_code="weed", at=LATER) is None
        assert [one.code for one in list_offers(at=LATER)] == [
            "starter",
            "professional",
            "enterprise",
        ]
        set_live(table=garden, is_live=False, **BY_STAFF)
        assert find_offer(plan_code="rose", at=LATER) is None

    def test_a_plan_that_a_newer_version_leaves_out_is_sold_no_more(
        self, garden: PricingTable
    ) -> None:
        set_live(table=garden, is_live=True, **BY_STAFF)
        start_draft(table=garden, **BY_STAFF)
        edit_draft(table=garden, content=TableContent((CardContent("weed"),)), **BY_STAFF)
        publish(table=garden, **BY_STAFF)
        assert find_offer(plan_code="rose", at=LATER) is None
        assert find_offer(plan_code="weed", at=LATER) is not None


class TestEmbedding:
    def test_sites_are_named_once_and_plainly(self, catalog: ArticleCatalog) -> None:
        table = make_table(catalog.current)
        sites = [" https://www.example.com/ ", "https://*.Example.com", "http://localhost:3000"]
        update_pricing_table(
            table=table, name="Spring", frame_ancestors=[*sites, sites[0]], **BY_STAFF
        )
        assert PricingTable.objects.get().frame_ancestors == [
            "https://www.example.com",
            "https://*.example.com",
            "http://localhost:3000",
        ]

    @pytest.mark.parametrize(
        "site",
        [
            "",
            "example.com",
            "javascript:alert(1)",
            "https://a.example/path",
            "https://a.example; script-src *",
            "https://a.example\r\nX: y",
            "*",
            "https://" + "a" * 255,
        ],
    )
    def test_nothing_else_gets_into_the_header(self, catalog: ArticleCatalog, site: str) -> None:
        table = make_table(catalog.current)
        with pytest.raises(Invalid):
            update_pricing_table(table=table, name="Spring", frame_ancestors=[site], **BY_STAFF)
        with pytest.raises(Invalid, match="At most 50 sites can be named"):
            update_pricing_table(
                table=table,
                name="Spring",
                frame_ancestors=[f"https://{number}.example" for number in range(51)],
                **BY_STAFF,
            )
        assert PricingTable.objects.get().frame_ancestors == []


def test_versions_are_read_with_as_many_queries_as_ever(
    catalog: ArticleCatalog, django_assert_max_num_queries: Any
) -> None:
    make_live_table(catalog.current, content=SPRING, is_default=True)
    with django_assert_max_num_queries(11):
        get_default_table(at=LATER)
    assert PricingTableVersion.objects.count() == 1


def retire(catalog: ArticleCatalog, code: str) -> None:
    """Move a plan into the legacy group."""
    plan = getattr(catalog, code).plan
    update_plan(plan=plan, details=PlanDetails(code, plan.name, catalog.legacy), **BY_STAFF)
