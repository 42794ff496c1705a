from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from billing.sandbox.engine.money import half_up, plain, spread
from billing.sandbox.engine.pricing import Charge, charges, cost
from billing.sandbox.engine.proration import Debit, charge_for_rest, credit_for_rest

TIERS = [
    {"up_to": 5000, "unit_amount": 0, "unit_amount_decimal": "0"},
    {"up_to": 10000, "unit_amount": 12, "unit_amount_decimal": "12"},
    {"up_to": None, "unit_amount": None, "unit_amount_decimal": "7.5", "flat_amount": 100},
]


def price(**values: Any) -> dict[str, Any]:
    return {
        "billing_scheme": "per_unit",
        "unit_amount": 100,
        "unit_amount_decimal": "100",
        "tiers_mode": None,
        "transform_quantity": None,
        **values,
    }


def tiered(mode: str) -> dict[str, Any]:
    return price(billing_scheme="tiered", tiers_mode=mode, tiers=TIERS, unit_amount=None)


@pytest.mark.parametrize(
    ("exact", "whole"),
    [("0.5", 1), ("-0.5", -1), ("0.49999", 0), ("2.5", 3), ("-2.4", -2), ("7", 7)],
)
def test_a_half_is_rounded_away_from_zero(exact: str, whole: int) -> None:
    assert half_up(Decimal(exact)) == whole


def test_a_fraction_is_rounded_from_its_exact_value() -> None:
    assert half_up(Fraction(1, 3)) == 0
    assert half_up(Fraction(2, 3)) == 1


def test_a_spread_loses_nothing() -> None:
    assert spread(100, [1, 1, 1]) == [34, 33, 33]
    assert spread(10, [0, 3, 7]) == [0, 3, 7]
    assert spread(10, [0, 0]) == [0, 0]


def test_decimals_are_written_without_exponent_or_idle_zeros() -> None:
    assert [plain(Decimal(text)) for text in ("12.50", "100", "0.000001", "1E+2")] == [
        "12.5",
        "100",
        "0.000001",
        "100",
    ]


def test_a_line_is_rounded_once_after_the_multiplication() -> None:
    """Prices: unit_amount_decimal is multiplied by the quantity, then rounded per line."""
    assert cost(price(unit_amount=None, unit_amount_decimal="0.005"), Decimal("137")) == 1
    assert cost(price(unit_amount=None, unit_amount_decimal="1.2345"), Decimal("1000.5")) == 1235


def test_graduated_tiers_charge_each_unit_at_its_own_tier() -> None:
    """Tiered pricing: graduated pricing charges for the usage in each tier."""
    assert charges(tiered("graduated"), Decimal(10100)) == [
        Charge(0, Decimal(5000), "0", "Tier 1"),
        Charge(60000, Decimal(5000), "12", "Tier 2"),
        Charge(750, Decimal(100), "7.5", "Tier 3"),
        Charge(100, Decimal(1), "100", "Tier 3 flat fee"),
    ]


def test_volume_charges_all_units_at_the_tier_of_the_last_one() -> None:
    """Tiered pricing: volume-based pricing applies one tier to the entire quantity."""
    assert cost(tiered("volume"), Decimal(5000)) == 0
    assert cost(tiered("volume"), Decimal(5001)) == 5001 * 12
    assert cost(tiered("volume"), Decimal(20000)) == 20000 * 75 // 10 + 100


def test_no_units_are_still_a_line_of_the_first_tier() -> None:
    assert charges(tiered("graduated"), Decimal(0)) == [Charge(0, Decimal(0), "0", "Tier 1")]


@pytest.mark.parametrize(("rounding", "amount"), [("up", 300), ("down", 200)])
def test_units_are_sold_in_packages(rounding: str, amount: int) -> None:
    """Package pricing: the quantity is divided and rounded before it is multiplied."""
    packages = price(transform_quantity={"divide_by": 10, "round": rounding})

    assert charges(packages, Decimal(25)) == [Charge(amount, Decimal(25), "100", "")]


def test_a_credit_is_the_unused_share_of_what_was_debited() -> None:
    """Compare classic and flexible billing mode: credits use the original debited amount."""
    debit = Debit(amount=9900, start=1000, end=4000)

    assert credit_for_rest(debit, at=1000) == -9900
    assert credit_for_rest(debit, at=2500) == -4950
    assert credit_for_rest(debit, at=3999) == -3
    assert credit_for_rest(debit, at=4000) == 0
    assert credit_for_rest(debit, at=9000) == 0


def test_the_rest_of_a_period_is_charged_by_the_second() -> None:
    """Prorations: Stripe prorates to the second."""
    assert charge_for_rest(29900, start=0, end=2_678_400, at=1) == 29900
    assert charge_for_rest(29900, start=0, end=2_678_400, at=1_000_000) == 18737
