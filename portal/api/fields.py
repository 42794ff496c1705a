"""
Strict values: one reading for each, and no other.

Parsers in the wild take `1_000`, full-width digits, dates without a zone, ids that look alike.
These do not. Each returns the value or raises `InvalidField`, which says what was expected.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Final

import msgspec
from msgspec import Meta

LONGEST_ID: Final = 128
LONGEST_TEXT: Final = 128
LONGEST_REASON: Final = 200
MOST_PROPERTIES: Final = 50
LONGEST_PROPERTY_NAME: Final = 40
LONGEST_PROPERTY_TEXT: Final = 500
LARGEST_PROPERTIES: Final = 8 * 1024
# Beyond this, JSON numbers lose digits on their way through other people's parsers.
LARGEST_INTEGER: Final = 2**53 - 1

ID_PATTERN: Final = r"^[A-Za-z0-9._:-]{1,128}$"
QUANTITY_PATTERN: Final = r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?$"
MODEL_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,99}$"
COST_PATTERN: Final = r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,12})?$"

_ID: Final = re.compile(ID_PATTERN.strip("^$"))
_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,62}")
_MODEL: Final = re.compile(MODEL_PATTERN.strip("^$"))
_QUANTITY: Final = re.compile(QUANTITY_PATTERN.strip("^$"))
_COST: Final = re.compile(COST_PATTERN.strip("^$"))
_TIMESTAMP: Final = re.compile(
    r"(20[2-9][0-9]|2100)-[0-1][0-9]-[0-3][0-9]"
    r"T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
    r"(Z|[+-][0-2][0-9]:[0-5][0-9])"
)
_UNSEEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})

# How decimal numbers are answered.
DecimalText = Annotated[
    str, Meta(description="A decimal number as text.", extra_json_schema={"examples": ["12.5"]})
]
PropertyValue = str | int | float | bool | None


class InvalidField(ValueError):
    """A value that is not written the one way we read it."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def parse_id(value: str) -> str:
    """An id that a client chose: letters, digits and `. _ : -`, at most 128."""
    if _ID.fullmatch(value) is None:
        raise InvalidField("invalid_id", "An id has 1 to 128 of the characters A-Z a-z 0-9 . _ : -")
    return value


def parse_code(value: str) -> str:
    """The code of an action or a feature, as staff may choose them."""
    if _CODE.fullmatch(value) is None:
        raise InvalidField(
            "invalid_code", "A code starts with a letter and has at most 63 of A-Z a-z 0-9 . _ : -"
        )
    return value


def parse_model(value: str) -> str:
    """The code of a language model, as providers name theirs."""
    if _MODEL.fullmatch(value) is None:
        raise InvalidField(
            "invalid_model", "A model has 1 to 100 of the characters A-Z a-z 0-9 . _ : / @ -"
        )
    return value


def parse_quantity(value: str | int) -> Decimal:
    """A quantity above zero and below 10^12 with at most six decimals; text or a JSON integer."""
    text = value if isinstance(value, str) else str(value)
    if _QUANTITY.fullmatch(text) is None or not (quantity := Decimal(text)):
        raise InvalidField(
            "invalid_quantity",
            'A quantity is a decimal number above zero, at most six decimals, such as "12.5".',
        )
    return quantity


def parse_value(value: str | int) -> Decimal:
    """The value of a metered feature: a quantity that may also be zero."""
    text = value if isinstance(value, str) else str(value)
    if _QUANTITY.fullmatch(text) is None:
        raise InvalidField(
            "invalid_quantity",
            'A value is a decimal number, zero or above, at most six decimals, such as "12.5".',
        )
    return Decimal(text)


def parse_cost(value: str) -> Decimal:
    """A cost in major units of the reporting currency, at most twelve decimals, or zero."""
    if _COST.fullmatch(value) is None:
        raise InvalidField(
            "invalid_cost", 'A cost is a decimal number, at most twelve decimals, such as "0.035".'
        )
    return Decimal(value)


def parse_timestamp(value: str) -> datetime:
    """An RFC 3339 instant with its offset, from 2020 to 2100, to the microsecond; as UTC."""
    try:
        if _TIMESTAMP.fullmatch(value) is None:
            raise ValueError
        instant = datetime.fromisoformat(value).astimezone(UTC)
    except ValueError as error:
        raise InvalidField(
            "invalid_timestamp",
            "A timestamp is written as RFC 3339 with an offset, such as 2026-11-22T18:24:28Z, "
            "lies between 2020 and 2100 and has at most six decimals.",
        ) from error
    return instant


def parse_text(value: str, *, longest: int = LONGEST_TEXT) -> str:
    """A text of at most so many characters that can all be seen; returned composed (NFC)."""
    is_plain = value.isascii() or len(value) > 2 * longest
    text = value if is_plain else unicodedata.normalize("NFC", value)
    if len(text) > longest or text != text.strip() or not _is_visible(text):
        raise InvalidField(
            "invalid_text",
            f"A text has at most {longest} characters, no control or invisible ones, "
            "and no blanks at its ends.",
        )
    return text


def parse_reason(value: str) -> str:
    """Why something was done, in a sentence that is kept: 1 to 200 characters."""
    if not value:
        raise InvalidField("invalid_text", "Say why, in a few words.")
    return parse_text(value, longest=LONGEST_REASON)


def parse_properties(properties: Mapping[str, PropertyValue]) -> dict[str, PropertyValue]:
    """Labels of an event: at most 50, names of 40 and texts of 500 characters, 8 KB in all."""
    if len(properties) > MOST_PROPERTIES:
        raise InvalidField(
            "too_many_properties", f"An event has at most {MOST_PROPERTIES} properties."
        )
    parsed = {_property_name(name): _property(value) for name, value in properties.items()}
    if len(parsed) != len(properties):
        raise InvalidField("invalid_properties", "Two properties have the same name.")
    if len(msgspec.json.encode(parsed)) > LARGEST_PROPERTIES:
        raise InvalidField("invalid_properties", "The properties of an event have at most 8 KB.")
    return parsed


def _is_visible(text: str) -> bool:
    if text.isascii():
        return text.isprintable()
    return all(unicodedata.category(sign) not in _UNSEEN_CATEGORIES for sign in text)


def _property_name(name: str) -> str:
    if not name:
        raise InvalidField("invalid_properties", "A property needs a name.")
    return parse_text(name, longest=LONGEST_PROPERTY_NAME)


def _property(value: PropertyValue) -> PropertyValue:
    if isinstance(value, str):
        return parse_text(value, longest=LONGEST_PROPERTY_TEXT)
    if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        raise InvalidField("invalid_properties", "Send integers beyond 2^53 as text.")
    return value


def decimal_text(value: Decimal) -> str:
    """Write a decimal number in full, without an exponent and without zeros at its end."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def optional_decimal_text(value: Decimal | None) -> str | None:
    """Write a decimal number that may be absent."""
    return None if value is None else decimal_text(value)
