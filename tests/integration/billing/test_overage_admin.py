"""Staff price the overage of a draft."""

import re
from typing import Any

import pytest
from django.test import Client

from billing.catalog.terms import overage_of
from billing.models import Feature, PlanVersion
from billing.rating.pricing import OveragePricing
from tests.factories.catalog import (
    QUARTER_FOR_A_MONTH,
    ArticleCatalog,
    fixed,
    flag,
    make_draft,
    make_plan,
    metered,
)
from tests.factories.pricing import graduated, package, per_unit, percentage, volume
from tests.support.staff_pages import latest, page, rows, text_of


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
