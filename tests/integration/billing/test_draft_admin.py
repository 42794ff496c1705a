"""Staff write the terms of a draft; what is published can only be read."""

from typing import Any

import pytest
from django.test import Client

from billing.catalog.terms import overage_of
from billing.models import Feature, PlanVersion
from tests.factories.catalog import (
    ArticleCatalog,
    fixed,
    flag,
    make_draft,
    make_flag,
    make_plan,
    metered,
)
from tests.factories.pricing import per_unit
from tests.support.staff_pages import latest, page, query_count, rows, text_of

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
