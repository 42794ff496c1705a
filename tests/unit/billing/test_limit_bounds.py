"""How much enforced use the plan, the spend cap and an overdue payment allow."""

from decimal import Decimal

import pytest

from billing.catalog.terms import FeatureTerms
from billing.choices import CapAction, WhenPastDue
from billing.limits.bounds import bounds_of
from billing.limits.terms import NO_LIMITS, Limits
from billing.rating.pricing import Model, OveragePricing, Tier
from config.kernel.money import Money
from metering.usage.reports import Bounds, Rejection
from tests.factories.limits import (
    CREDITS,
    DOCUMENTS,
    NEXT_PERIOD,
    PERIOD,
    counted,
    limits,
    plan,
)


def bounds(
    *features: FeatureTerms,
    limits: Limits = NO_LIMITS,
    is_past_due: bool = False,
    currency: str = "USD",
) -> Bounds:
    """The bounds of the first feature."""
    found = bounds_of(
        terms=plan(*features),
        currency=currency,
        is_past_due=is_past_due,
        limits=limits,
        at=PERIOD,
    )
    return found[CREDITS]


def most(*features: FeatureTerms, limits: Limits) -> Decimal | None:
    """The most overage of the first feature, which the spend cap must be what bounds."""
    found = bounds(*features, limits=limits)
    assert found.overage_refusal is Rejection.SPEND_CAP_REACHED
    return found.overage


DOCS = counted(DOCUMENTS, code="documents", overage="1")


def test_where_overage_is_sold_nothing_bounds_it() -> None:
    assert bounds(counted()).overage is None


def test_where_it_is_not_sold_there_is_none() -> None:
    unsold = Bounds(overage=Decimal(0), overage_refusal=Rejection.INSUFFICIENT_CREDITS)
    assert bounds(counted(overage=None)) == unsold
    assert bounds(counted(), currency="EUR") == unsold


def test_unlimited_use_is_not_bounded_by_any_cap() -> None:
    unlimited = counted(allowance=None, overage=None)
    assert bounds(unlimited, limits=limits(cap=0)) == Bounds(overage=None)


def test_the_limit_of_the_plan_bounds_what_is_used() -> None:
    assert bounds(counted(limit=2_000)).limit == Decimal(2_000)
    assert bounds(counted(limit=2_000, overage=None)).limit == Decimal(2_000)


class TestSpendCap:
    def test_the_largest_overage_is_the_one_whose_charge_fits(self) -> None:
        # $10.00 at 12 cents, to the last millionth of a credit.
        assert most(counted(), limits=limits(cap=10_00)) == Decimal("83.333333")

    def test_a_cap_of_nothing_allows_nothing_not_even_what_rounding_would_give_away(self) -> None:
        assert most(counted(), limits=limits(cap=0)) == Decimal(0)

    def test_a_cap_of_nothing_allows_what_is_free(self) -> None:
        packages = OveragePricing(
            currency="USD",
            model=Model.PACKAGE,
            unit_price=Decimal(9),
            package_size=Decimal(10),
            free_quantity=Decimal(100),
        )
        assert most(counted(overage=packages), limits=limits(cap=0)) == Decimal(100)

    def test_a_minimum_is_due_anyway(self) -> None:
        at_least = OveragePricing(
            currency="USD",
            model=Model.PER_UNIT,
            unit_price=Decimal("0.12"),
            minimum=Money(12_00, "USD"),
        )
        assert most(counted(overage=at_least), limits=limits(cap=10_00)) == Decimal(100)

    def test_what_other_features_have_cost_is_gone(self) -> None:
        spent = limits(cap=10_00, overage={DOCUMENTS: 4, CREDITS: 7})
        assert most(counted(), DOCS, limits=spent) == Decimal(50)

    def test_what_open_holds_will_add_to_others_is_as_good_as_gone(self) -> None:
        spent = limits(cap=10_00, overage={DOCUMENTS: 4}, held={DOCUMENTS: 6, CREDITS: 50})
        assert most(counted(), DOCS, limits=spent) == Decimal(0)

    def test_a_cap_that_others_have_passed_leaves_nothing(self) -> None:
        spent = limits(cap=10_00, overage={DOCUMENTS: 50})
        assert most(counted(), DOCS, limits=spent) == Decimal(0)

    def test_overage_of_another_period_does_not_count(self) -> None:
        spent = limits(cap=10_00, overage={DOCUMENTS: 4})
        found = bounds_of(
            terms=plan(counted(), DOCS),
            currency="USD",
            is_past_due=False,
            limits=spent,
            at=NEXT_PERIOD,
        )
        assert found[CREDITS].overage == Decimal("83.333333")

    def test_a_price_that_never_exceeds_the_cap_is_not_bounded(self) -> None:
        at_most = OveragePricing(
            currency="USD",
            model=Model.PER_UNIT,
            unit_price=Decimal("0.12"),
            maximum=Money(10_00, "USD"),
        )
        assert most(counted(overage=at_most), limits=limits(cap=10_00)) is None

    def test_the_cap_is_not_passed_on_the_way_to_a_cheaper_tier(self) -> None:
        volume = OveragePricing(
            currency="USD",
            model=Model.VOLUME,
            tiers=(Tier(Decimal(100), Decimal(1)), Tier(None, Decimal("0.01"))),
        )
        assert most(counted(overage=volume), limits=limits(cap=50_00)) == Decimal(50)

    def test_a_cap_that_only_tells_bounds_nothing(self) -> None:
        telling = limits(cap=10_00, action=CapAction.NOTIFY)
        assert bounds(counted(), limits=telling).overage is None

    def test_a_cap_in_another_currency_bounds_nothing(self) -> None:
        assert bounds(counted(), limits=limits(cap=1, currency="EUR")).overage is None


@pytest.mark.parametrize("allowance", [1_000, None])
def test_a_feature_may_be_refused_while_a_payment_is_overdue(allowance: int | None) -> None:
    closed = counted(allowance=allowance, when_past_due=WhenPastDue.REFUSE)
    assert bounds(closed, is_past_due=True) == Bounds(refusal=Rejection.PAYMENT_OVERDUE)
    assert bounds(closed).refusal is None
    assert bounds(counted(allowance=allowance), is_past_due=True).refusal is None
