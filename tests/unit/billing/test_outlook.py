"""What the next invoice would be if usage went on."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from billing.choices import Collection
from billing.invoicing.estimate import InvoiceEstimate
from billing.invoicing.outlook import total_if_used
from billing.rating.pricing import OveragePricing
from billing.usage.queries import FeatureBalance
from config.kernel.money import Money
from tests.factories.pricing import per_unit

END = datetime(2026, 10, 10, 8, tzinfo=UTC)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def estimated(minor: int) -> InvoiceEstimate:
    return InvoiceEstimate((), usd(minor), END, Collection.STRIPE, balance=usd(0))


def balance(
    *, used: int, remaining: int = 0, held: int = 0, pricing: OveragePricing | None
) -> FeatureBalance:
    """5,000 credits were granted; what is used beyond them is overage."""
    return FeatureBalance(
        feature="ai_credits",
        name="AI credits",
        unit="credit",
        unit_plural="credits",
        meter_id=1,
        unlimited=False,
        allowance=Decimal(5_000),
        limit=None,
        granted=Decimal(5_000),
        remaining=Decimal(remaining),
        held=Decimal(held),
        used=Decimal(used),
        overage=Decimal(max(used - 5_000, 0)),
        overage_pricing=pricing,
        overage_sentence="",
        overage_amount=None,
        period_starts_at=None,
        resets_at=END,
        rollover_sentence="",
        grants=(),
        adds_up=True,
    )


def test_what_is_left_or_held_pays_before_it_costs_more() -> None:
    now = balance(used=3_000, remaining=1_500, held=500, pricing=per_unit("0.12"))
    totals = {
        used: total_if_used(estimated(29_900), balance=now, used=Decimal(used))
        for used in (3_000, 5_000, 6_000)
    }
    assert totals == {3_000: usd(29_900), 5_000: usd(29_900), 6_000: usd(41_900)}


def test_overage_goes_on_from_what_there_is() -> None:
    now = balance(used=6_000, pricing=per_unit("0.12"))
    assert total_if_used(estimated(41_900), balance=now, used=Decimal(7_000)) == usd(53_900)


def test_a_minimum_that_is_due_already_is_not_charged_twice() -> None:
    now = balance(used=4_900, remaining=100, pricing=per_unit("0.10", minimum=20))
    # The estimate has the minimum of $20; 300 credits beyond come to $30.
    assert total_if_used(estimated(6_900), balance=now, used=Decimal(5_300)) == usd(7_900)


def test_nothing_is_said_without_a_price_or_on_another_invoice() -> None:
    estimate = estimated(29_900)
    unpriced = balance(used=6_000, pricing=None)
    assert total_if_used(estimate, balance=unpriced, used=Decimal(7_000)) is None
    priced = balance(used=6_000, pricing=per_unit("0.12"))
    yearly = replace(estimate, due_at=END.replace(year=2027))
    assert total_if_used(yearly, balance=priced, used=Decimal(7_000)) is None


@pytest.mark.parametrize("used", [0, 4_999])
def test_usage_never_falls(used: int) -> None:
    now = balance(used=5_000, pricing=per_unit("0.12"))
    assert total_if_used(estimated(29_900), balance=now, used=Decimal(used)) == usd(29_900)
