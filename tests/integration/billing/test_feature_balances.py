"""Where an organization stands on a feature, and what its overage comes to."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import Organization
from billing.rating.pricing import OveragePricing
from billing.usage.queries import FeatureBalance, find_feature_balance
from config.kernel.money import Money
from tests.factories.agreements import SUBSCRIBED, make_agreement, use
from tests.factories.catalog import ArticleCatalog, fixed, make_plan, make_version, metered
from tests.factories.pricing import graduated, package, per_unit

LATER = SUBSCRIBED + timedelta(days=3)


def balance_at(
    acme: Organization, catalog: ArticleCatalog, pricing: OveragePricing | None, *, used: str
) -> FeatureBalance:
    """Acme's credits on a plan with 100 of them, once so many are used."""
    make_version(
        make_plan(catalog.current, "tried"),
        metered(catalog.credits, 100, overage=pricing),
        prices=(fixed("49"),),
    )
    make_agreement(acme, "tried")
    use(acme, "evt", used, at=LATER)
    found = find_feature_balance(organization=acme, feature="ai_credits", now=LATER)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("pricing", "unit_price", "sentence", "minor"),
    [
        (per_unit("0.15"), "0.15", "$0.15 per credit", 30_00),
        (
            per_unit("0.15", maximum=20),
            None,
            "$0.15 per credit, at most $20 a month",
            20_00,
        ),
        (package("15", size="150"), None, "$15 per 150 credits begun", 30_00),
        (
            graduated((100, "0.10"), (None, "0.08")),
            None,
            "first 100 at $0.10 each, then at $0.08 each",
            18_00,
        ),
    ],
)
def test_overage_is_priced_by_the_model_of_the_plan(
    acme: Organization,
    catalog: ArticleCatalog,
    pricing: OveragePricing,
    unit_price: str | None,
    sentence: str,
    minor: int,
) -> None:
    found = balance_at(acme, catalog, pricing, used="300")
    assert found.overage == 200
    assert found.overage_unit_price == (None if unit_price is None else Decimal(unit_price))
    assert (found.overage_sentence, found.overage_amount) == (sentence, Money(minor, "USD"))


def test_overage_that_is_not_sold_has_no_price(acme: Organization, catalog: ArticleCatalog) -> None:
    found = balance_at(acme, catalog, None, used="300")
    assert (found.overage_pricing, found.overage_unit_price) == (None, None)
    assert (found.overage_sentence, found.overage_amount) == ("", None)
