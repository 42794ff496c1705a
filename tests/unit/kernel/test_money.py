from decimal import Decimal

import pytest

from config.kernel.money import Money, rounded


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("120.00", "USD", 12_000),
        ("0.005", "USD", 1),
        ("0.0049", "USD", 0),
        ("299.5", "JPY", 300),
        ("1.2345", "KWD", 1_235),
    ],
)
def test_an_exact_amount_is_rounded_once_half_up(amount: str, currency: str, minor: int) -> None:
    assert rounded(Decimal(amount), currency=currency) == Money(minor, currency)


def test_amounts_of_one_currency_add_up() -> None:
    assert Money(29_900, "USD") + Money(12_000, "USD") == Money(41_900, "USD")


def test_currencies_are_never_mixed() -> None:
    with pytest.raises(AssertionError):
        Money(1, "USD") + Money(1, "EUR")


def test_a_minor_amount_is_exact_in_major_units() -> None:
    assert Money(9_900, "USD").amount == Decimal("99.00")
    assert Money(9_900, "JPY").amount == Decimal(9_900)
