"""What a property may hold: one reading for each type, and no other."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from config.kernel.errors import Invalid

from ..choices import PropertyType
from ..models import PropertyValue
from ..names import clean_name

LONGEST_TEXT: Final = 500
LONGEST_MULTILINE: Final = 5_000
NUMBERS: Final = (PropertyType.INTEGER, PropertyType.DECIMAL)
FIRST_DATE: Final = date(1900, 1, 1)
LAST_DATE: Final = date(2199, 12, 31)

Value = str | bool | Decimal | date
Written = str | bool | int

_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]{0,11}")
_DECIMAL: Final = re.compile(r"-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class InvalidProperty(Invalid):
    """The value is not one of the property's type."""

    code = "invalid_property"
    title = "The value does not fit the property"

    def __init__(self, key: str, rule: str) -> None:
        super().__init__(f"“{key}” {rule}", key=key)


@dataclass(frozen=True, slots=True)
class Column:
    """A value and the column in which it is stored."""

    name: str
    value: Value


def read_value(written: Written, *, type: str, key: str) -> Column:
    """
    Return what was written as a value of the type.

    A whole number may be a JSON integer or text, a decimal too; a fraction only text, because
    most programs would have rounded it by then. Raises `InvalidProperty`.
    """
    if type == PropertyType.BOOLEAN:
        if not isinstance(written, bool):
            raise InvalidProperty(key, _("is true or false."))
        return Column("boolean", written)
    if type in NUMBERS:
        return Column("number", read_number(written, type=type, key=key))
    if not isinstance(written, str):
        raise InvalidProperty(key, _("is a text."))
    if type == PropertyType.DATE:
        return Column("date", _read_date(written, key=key))
    return Column("text", _read_text(written, type=type, key=key))


def read_number(written: Written, *, type: str, key: str) -> Decimal:
    """Return a whole or decimal number below 10^12 either way. Raises `InvalidProperty`."""
    is_whole = type == PropertyType.INTEGER
    text = "" if isinstance(written, bool) else str(written)
    if (_WHOLE if is_whole else _DECIMAL).fullmatch(text) is None:
        raise InvalidProperty(
            key,
            "is a whole number of at most twelve digits."
            if is_whole
            else 'is a decimal number with at most six decimals, such as "12.5".',
        )
    return Decimal(text)


def value_of(stored: PropertyValue) -> Value:
    """Return the value that is stored."""
    for value in (stored.text, stored.boolean, stored.number, stored.date):
        if value is not None:
            return value
    raise AssertionError(stored)


def write_value(value: Value, *, type: str) -> Written:
    """Write a value as programs read it, and the audit log: decimals and dates as text."""
    if isinstance(value, Decimal):
        return int(value) if type == PropertyType.INTEGER else f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else value


def _read_date(written: str, *, key: str) -> date:
    try:
        read = date.fromisoformat(written) if _DATE.fullmatch(written) else None
    except ValueError:
        read = None
    if read is None or not FIRST_DATE <= read <= LAST_DATE:
        raise InvalidProperty(key, _("is a date from 1900 to 2199, such as 2026-11-22."))
    return read


def _read_text(written: str, *, type: str, key: str) -> str:
    what = f"“{key}”"
    if type == PropertyType.TEXT:
        return clean_name(written, what=what, longest=LONGEST_TEXT, may_be_empty=True)
    text = unicodedata.normalize("NFC", written).replace("\r\n", "\n")
    if len(text) > LONGEST_MULTILINE:
        raise InvalidProperty(
            key,
            _("has at most %(longest)s characters.") % {"longest": LONGEST_MULTILINE},
        )
    lines = (
        clean_name(line, what=what, longest=LONGEST_MULTILINE, may_be_empty=True)
        for line in text.split("\n")
    )
    return "\n".join(lines).strip("\n")
