from decimal import Decimal

import pytest
from django.utils.translation import override

from billing.wording import money_words, quantity_words, short_price_words, unit_price_words
from config.kernel.money import Money


@pytest.mark.parametrize(
    ("money", "words"),
    [
        (Money(99_00, "USD"), "$99"),
        (Money(99_15, "USD"), "$99.15"),
        (Money(1_499_00, "EUR"), "€1,499"),
        (Money(500, "JPY"), "¥500"),
        (Money(0, "USD"), "$0"),
    ],
)
def test_whole_amounts_have_no_decimals(money: Money, words: str) -> None:
    assert money_words(money) == words


@pytest.mark.parametrize(
    ("price", "words"),
    [
        ("0.150000000000", "$0.15"),
        ("0.1", "$0.10"),
        ("0.0598", "$0.0598"),
        ("2", "$2"),
        ("0.000000000001", "$0.000000000001"),
    ],
)
def test_unit_prices_keep_every_decimal(price: str, words: str) -> None:
    assert unit_price_words(Decimal(price), currency="USD") == words


@pytest.mark.parametrize(
    ("quantity", "words"),
    [(Decimal("1000.000000"), "1,000"), (Decimal("0.500000"), "0.5"), (5, "5")],
)
def test_quantities_have_no_idle_zeros(quantity: Decimal | int, words: str) -> None:
    assert quantity_words(quantity) == words


def test_words_follow_the_language_of_the_reader() -> None:
    with override("de"):
        assert money_words(Money(1_299_50, "EUR")) == "1.299,50\u00a0€"
        assert quantity_words(Decimal(5_000)) == "5.000"


def test_a_quotient_is_written_in_four_digits() -> None:
    assert short_price_words(Decimal(299) / 5001, currency="USD") == "$0.05979"
    assert short_price_words(Decimal("0.12"), currency="USD") == "$0.12"
