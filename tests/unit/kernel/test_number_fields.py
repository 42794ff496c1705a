from decimal import Decimal

import pytest
from babel import Locale
from django.core.exceptions import ValidationError
from django.utils import translation

from config.kernel.number_fields import NumberField, WholeNumberField, minor_units, read_number

ENGLISH, GERMAN = Locale("en"), Locale("de")


@pytest.mark.parametrize(
    ("typed", "locale", "number"),
    [
        ("1.000", GERMAN, "1000"),
        ("1.000", ENGLISH, "1.000"),
        ("1,000", ENGLISH, "1000"),
        ("1,5", GERMAN, "1.5"),
        ("1.5", ENGLISH, "1.5"),
        ("1.234.567,89", GERMAN, "1234567.89"),
        ("1,234,567.89", ENGLISH, "1234567.89"),
        ("1000", GERMAN, "1000"),
        ("-2,50", GERMAN, "-2.50"),
        ("0,015", GERMAN, "0.015"),
    ],
)
def test_a_number_is_read_as_the_language_writes_it(
    typed: str, locale: Locale, number: str
) -> None:
    assert str(read_number(typed, locale=locale)) == number


@pytest.mark.parametrize(
    ("typed", "locale"),
    [
        ("1,5", ENGLISH),
        ("1.5", GERMAN),
        ("0.15", GERMAN),
        ("1.00", GERMAN),
        ("1000.000", GERMAN),
        ("10,00,000", ENGLISH),
        ("1.000.00", GERMAN),
        ("1,", GERMAN),
        (",5", GERMAN),
        ("1e3", ENGLISH),
        ("NaN", ENGLISH),
        ("Infinity", ENGLISH),
        ("١٢", ENGLISH),
        ("1 000", ENGLISH),
        ("1_000", ENGLISH),
        ("--1", ENGLISH),
        ("1\n", ENGLISH),
        ("", ENGLISH),
        ("9" * 61, ENGLISH),
    ],
)
def test_what_could_be_another_number_is_none(typed: str, locale: Locale) -> None:
    assert read_number(typed, locale=locale) is None


def test_a_refusal_shows_how_the_number_is_written() -> None:
    with translation.override("en"), pytest.raises(ValidationError, match=r"like 1,234\.5\."):
        NumberField().clean("1,5")


def test_a_field_reads_what_it_shows() -> None:
    field = NumberField(decimal_places=6)
    with translation.override("de"):
        shown = field.prepare_value(Decimal("12345.670000"))
        assert shown == "12345,67"
        assert field.clean(shown) == Decimal("12345.67")
        assert field.prepare_value("1.00") == "1.00"
        assert field.prepare_value(None) is None


def test_a_count_has_no_decimals() -> None:
    field = WholeNumberField(min_value=1, max_value=5000)
    with translation.override("en"):
        assert field.clean("1,000") == 1000
        assert field.clean(7) == 7
        for typed in ("1.000", "1.0", "0", "5001", "2,5"):
            with pytest.raises(ValidationError):
                field.clean(typed)
    with translation.override("de"):
        assert field.clean("1.000") == 1000
        assert field.prepare_value(1000) == "1000"


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("1000", "USD", 100_000),
        ("1.5", "USD", 150),
        ("1.50", "USD", 150),
        ("1.000", "USD", None),
        ("0.005", "USD", None),
        ("500", "JPY", 500),
        ("5.0", "JPY", None),
    ],
)
def test_an_amount_has_no_more_decimals_than_its_currency(
    amount: str, currency: str, minor: int | None
) -> None:
    assert minor_units(Decimal(amount), currency=currency) == minor
