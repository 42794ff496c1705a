"""
Fields for numbers that people type.

A number field of the browser is of no use here: it leaves out a comma that it does not expect, so
that 1,5 becomes 15, and takes the 1.000 of a German for one. So the text comes as it was typed,
and is read as the language of the page writes numbers, or not at all.
"""

import re
from decimal import Decimal
from typing import Any, Final

from babel import Locale
from babel.numbers import format_decimal, get_decimal_symbol, get_group_symbol
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .locales import current_locale
from .money import minor_digits

_LONGEST: Final = 60
_EXAMPLE: Final = Decimal("1234.5")


def read_number(typed: str, *, locale: Locale) -> Decimal | None:
    """
    Return the number that a text is in a language; None for anything else.

    Thousands may be grouped, by threes. `1.000` is a thousand in German and one in English; `1.5`
    is no number in German, and `1,5` none in English.
    """
    groups, point = re.escape(get_group_symbol(locale)), get_decimal_symbol(locale)
    number = re.compile(
        rf"(-?(?:[0-9]{{1,3}}(?:{groups}[0-9]{{3}})+|[0-9]+))(?:{re.escape(point)}([0-9]+))?"
    )
    found = number.fullmatch(typed) if len(typed) <= _LONGEST else None
    if found is None:
        return None
    whole = re.sub("[^-0-9]", "", found[1])
    return Decimal(f"{whole}.{found[2]}" if found[2] else whole)


def minor_units(amount: Decimal, *, currency: str) -> int | None:
    """
    Return an amount that somebody typed in minor units.

    None is for one with more decimals than the currency has, also if they are zeros: `1.000` of
    dollars is a thousand that was typed in another language.
    """
    digits, exponent = minor_digits(currency), amount.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent > digits:
        return None
    return int(amount.scaleb(digits))


class _Typed(forms.Field):
    """What both fields share: a text of digits, read and shown as the language writes it."""

    def to_python(self, value: Any) -> Any:
        """Raise `ValidationError` for what is no number in the language of the page."""
        if not isinstance(value, str):
            return super().to_python(value)
        typed, locale = value.strip(), current_locale()
        if not typed:
            return super().to_python(typed)
        number = read_number(typed, locale=locale)
        if number is None:
            example = {"example": format_decimal(_EXAMPLE, locale=locale)}
            raise ValidationError(_("Write the number like %(example)s.") % example)
        return super().to_python(f"{number:f}")

    def prepare_value(self, value: Any) -> Any:
        """What is typed stays; a value is written without groups, all of its decimals kept."""
        if not isinstance(value, Decimal | int):
            return value
        number = f"{Decimal(value).normalize():f}"
        return number.replace(".", get_decimal_symbol(current_locale()))


class NumberField(_Typed, forms.DecimalField):
    """A quantity or an amount of money."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput({"inputmode": "decimal"}))
        super().__init__(**kwargs)


class WholeNumberField(_Typed, forms.IntegerField):
    """A count."""

    # Of a number with decimals nothing is cut off, not even zeros.
    re_decimal = re.compile("(?!)")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput({"inputmode": "numeric"}))
        super().__init__(**kwargs)
