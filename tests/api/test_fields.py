"""Strict values: what is read, and what is refused."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from portal.api.fields import (
    InvalidField,
    decimal_text,
    parse_code,
    parse_cost,
    parse_id,
    parse_properties,
    parse_quantity,
    parse_reason,
    parse_text,
    parse_timestamp,
    parse_value,
)


@pytest.mark.parametrize(
    ("written", "quantity"),
    [
        ("1", "1"),
        (1, "1"),
        ("12.5", "12.5"),
        ("0.000001", "0.000001"),
        ("999999999999.999999", "999999999999.999999"),
        (999_999_999_999, "999999999999"),
    ],
)
def test_a_quantity_is_a_decimal_above_zero(written: str | int, quantity: str) -> None:
    assert parse_quantity(written) == Decimal(quantity)


@pytest.mark.parametrize("written", ["0", 0, "0.0", "0.000001", 12, "999999999999.999999"])
def test_a_value_may_also_be_zero(written: str | int) -> None:
    assert parse_value(written) == Decimal(str(written))


@pytest.mark.parametrize("written", ["", "-0", "-1", -1, "00", "1e3", "NaN", "1_000", "0.0000001"])
def test_a_value_is_written_in_the_one_way(written: str | int) -> None:
    with pytest.raises(InvalidField) as refused:
        parse_value(written)
    assert refused.value.code == "invalid_quantity"


@pytest.mark.parametrize("written", ["Sorry", "x" * 200, "Grüße aus Köln, \u2014 ok"])
def test_a_reason_is_a_short_text(written: str) -> None:
    assert parse_reason(written) == written


@pytest.mark.parametrize("written", ["", " ", "x" * 201, "a\nb", "a\u200bb"])
def test_a_reason_is_given_and_can_be_read(written: str) -> None:
    with pytest.raises(InvalidField):
        parse_reason(written)


@pytest.mark.parametrize(
    "written",
    [
        "",
        " 1",
        "1 ",
        "1\n",
        "+1",
        "-1",
        "-0",
        "0",
        "0.0",
        "00",
        "01",
        ".5",
        "5.",
        "1e3",
        "1E+19",
        "1e400",
        "NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
        "1_000",
        "1,5",
        "1,000",
        "0x10",
        "\uff11\uff12",
        "\u0663",
        "1.0000001",
        "1000000000000",
        "9" * 5_000,
        "²",
        "½",
        "1\0",
        0,
        -1,
        10**12,
        10**40,
    ],
)
def test_no_other_spelling_is_a_quantity(written: str | int) -> None:
    with pytest.raises(InvalidField):
        parse_quantity(written)


def test_a_cost_may_be_zero_and_has_up_to_twelve_decimals() -> None:
    assert parse_cost("0") == 0
    assert parse_cost("0.000000000001") == Decimal("0.000000000001")
    for written in ("1000000000", "0.0000000000001", "-1", "1e-3", "NaN", ""):
        with pytest.raises(InvalidField):
            parse_cost(written)


@pytest.mark.parametrize("value", ["a", "A-Z.a_z:0-9", "x" * 128])
def test_an_id_is_plain(value: str) -> None:
    assert parse_id(value) == value


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x" * 129,
        "a b",
        "a\n",
        "a\0",
        "../a",
        "a/b",
        "é",
        "e\u0301",
        "\u0430",
        "🦀",
        "\u202ea",
        "a\u200b",
        "a'--",
        "<b>",
        "%00",
        "\ud800",
    ],
)
def test_an_id_that_could_be_mistaken_is_refused(value: str) -> None:
    with pytest.raises(InvalidField):
        parse_id(value)


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-11-22T18:24:28Z", datetime(2026, 11, 22, 18, 24, 28, tzinfo=UTC)),
        ("2026-11-22T18:24:28.5+01:00", datetime(2026, 11, 22, 17, 24, 28, 500_000, tzinfo=UTC)),
        ("2026-11-22T18:24:28.916808+00:00", datetime(2026, 11, 22, 18, 24, 28, 916_808, UTC)),
        ("2020-01-01T00:00:00Z", datetime(2020, 1, 1, tzinfo=UTC)),
        ("2100-12-31T23:59:59Z", datetime(2100, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2028-02-29T12:00:00-11:30", datetime(2028, 2, 29, 23, 30, tzinfo=UTC)),
    ],
)
def test_a_timestamp_names_its_offset(written: str, instant: datetime) -> None:
    assert parse_timestamp(written) == instant


@pytest.mark.parametrize(
    "written",
    [
        "",
        "2026-11-22",
        "2026-11-22T18:24:28",
        "2026-11-22 18:24:28Z",
        "20261122T182428Z",
        "2026-W47-7T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T18:24:60Z",
        "2026-11-22T18:24:28.1234567Z",
        "2026-11-22T18:24:28+99:99",
        "2026-11-22T18:24:28+24:00",
        "2026-11-22T18:24:28,5Z",
        "2026-11-22t18:24:28z",
        "2019-12-31T23:59:59Z",
        "2101-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-11-22T18:24:28Z\n",
        "٢٠٢٦-11-22T18:24:28Z",
        "1763835868",
        "infinity",
        "now",
        "2026-11-22T18:24:28.Z",
    ],
)
def test_no_other_spelling_is_a_timestamp(written: str) -> None:
    with pytest.raises(InvalidField):
        parse_timestamp(written)


def test_a_text_is_composed_so_that_it_has_one_spelling() -> None:
    assert parse_text("cafe\u0301") == "café"
    assert parse_text("名前") == "名前"


@pytest.mark.parametrize(
    "value",
    [
        " a",
        "a ",
        "a\tb",
        "a\r\nb",
        "a\0b",
        "\x7f",
        "a\u200bb",
        "\u202eabc",
        "a\u2028b",
        "\ud800",
        "\ue000",
        "x" * 129,
        "é" * 129,
        "e\u0301" * 129,
        "\u00a0a",
    ],
)
def test_a_text_with_what_cannot_be_seen_is_refused(value: str) -> None:
    with pytest.raises(InvalidField):
        parse_text(value)


def test_properties_are_labels() -> None:
    labels: dict[str, Any] = {
        "model": "large",
        "pages": 3,
        "ratio": 0.5,
        "cached": True,
        "note": None,
    }
    assert parse_properties(labels) == labels


@pytest.mark.parametrize(
    "properties",
    [
        {f"n{number}": 1 for number in range(51)},
        {"x" * 41: 1},
        {"": 1},
        {"a": "x" * 501},
        {"a": 2**53},
        {"a\n": 1},
        {"a": "b\0"},
        {"é": 1, "e\u0301": 2},
        {f"n{number}": "é" * 500 for number in range(20)},
    ],
)
def test_properties_have_limits(properties: dict[str, Any]) -> None:
    with pytest.raises(InvalidField):
        parse_properties(properties)


@pytest.mark.parametrize("value", ["", "1a", "a" * 64, "a b", "é", "a\0"])
def test_a_code_starts_with_a_letter(value: str) -> None:
    assert parse_code("GENERATE_REPORT") == "GENERATE_REPORT"
    with pytest.raises(InvalidField):
        parse_code(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("5.000000", "5"),
        ("0.120000", "0.12"),
        ("0", "0"),
        ("0E-6", "0"),
        ("1E+3", "1000"),
        ("100", "100"),
    ],
)
def test_decimals_are_written_without_exponent_and_idle_zeros(value: str, text: str) -> None:
    assert decimal_text(Decimal(value)) == text


@pytest.mark.parametrize("parse", [parse_id, parse_text, parse_cost, parse_timestamp, parse_code])
def test_a_long_value_is_refused_at_once(parse: Callable[[str], object]) -> None:
    with pytest.raises(InvalidField):
        parse("9" * 1_000_000)
