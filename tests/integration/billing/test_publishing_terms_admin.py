"""Staff read what publishing a draft would say, and publish it."""

import pytest
from django.test import Client

from billing.catalog.operations import DraftTerms, edit_draft
from billing.models import Plan, PlanVersion
from tests.factories.agreements import SUBSCRIBED
from tests.factories.catalog import (
    QUARTER_FOR_A_MONTH,
    STAFF,
    ArticleCatalog,
    fixed,
    flag,
    make_draft,
    make_plan,
    metered,
)
from tests.support.staff_pages import page, reviewed_on, terms_shown, text_of


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
