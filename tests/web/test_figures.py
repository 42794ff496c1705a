"""Figures and instants as people read them."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from config.kernel.money import Money
from portal.formatting import (
    credits_text,
    moment_text,
    money_text,
    percent_text,
    rough_money_text,
    unit_price_text,
    utc_text,
)

AT = datetime(2026, 11, 22, 14, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        ("5000.000000", "5,000"),
        ("12.500000", "12.5"),
        ("0.000001", "0.000001"),
        ("0", "0"),
        ("-50", "-50"),
        ("1234567.123456", "1,234,567.123456"),
        ("1E+3", "1,000"),
    ],
)
def test_credits_have_separators_and_no_trailing_zeros(quantity: str, text: str) -> None:
    assert credits_text(Decimal(quantity)) == text


@pytest.mark.parametrize(
    ("money", "text", "whole"),
    [
        (Money(29_900, "USD"), "$299.00", "$299"),
        (Money(29_950, "EUR"), "€299.50", "€299.50"),
        (Money(1_200, "JPY"), "¥1,200", "¥1,200"),
        (Money(-500, "USD"), "-$5.00", "-$5"),
    ],
)
def test_money_names_its_currency_and_has_its_decimals(money: Money, text: str, whole: str) -> None:
    assert money_text(money) == text
    assert money_text(money, whole=True) == whole


@pytest.mark.parametrize(
    ("price", "text"), [("0.120000000000", "$0.12"), ("0.0035", "$0.0035"), ("0.1", "$0.10")]
)
def test_a_unit_price_keeps_all_its_places(price: str, text: str) -> None:
    assert unit_price_text(Decimal(price), currency="USD") == text


@pytest.mark.parametrize(
    ("share", "text"),
    [("0.254", "25 %"), ("0.255", "26 %"), ("0.004", "<1 %"), ("0", "0 %"), ("1.2", "120 %")],
)
def test_percentages_are_whole(share: str, text: str) -> None:
    assert percent_text(Decimal(share)).replace("\N{NO-BREAK SPACE}", " ") == text


def test_what_is_only_about_so_much_has_no_decimals() -> None:
    assert rough_money_text(Decimal("1499.6"), currency="USD") == "$1,500"


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("UTC", "22 Nov 2026, 14:03 UTC"),
        ("Europe/Berlin", "22 Nov 2026, 15:03 CET"),
        ("America/Sao_Paulo", "22 Nov 2026, 11:03 UTC-03:00"),
    ],
)
def test_an_instant_names_its_zone(zone: str, text: str) -> None:
    assert moment_text(AT, zone=ZoneInfo(zone)) == text
    assert utc_text(AT) == "22 Nov 2026, 14:03:05 UTC"
