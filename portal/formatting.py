"""How figures and instants are written for people; templates use them as `figures` tags."""

from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Final

from babel.numbers import format_currency, format_decimal

from billing.wording import (
    money_words,
    percent_words,
    rough_money_words,
    short_price_words,
    tenths_words,
    unit_price_words,
)
from config.kernel.locales import current_locale
from config.kernel.moments import date_words, moment_words
from config.kernel.money import Money, rounded
from config.kernel.quantities import PLACES

_NO_BREAK_SPACE: Final = "\N{NO-BREAK SPACE}"


def money_text(money: Money, *, whole: bool = False) -> str:
    """`$299.00`. With `whole`, a round amount drops its decimals: `$299`."""
    if whole:
        return money_words(money)
    return format_currency(money.amount, money.currency, locale=current_locale())


def unit_price_text(price: Decimal, *, currency: str) -> str:
    """The price of one unit, all its places kept: `$0.12`, `$0.0035`."""
    return unit_price_words(price, currency=currency)


def short_price_text(price: Decimal, *, currency: str) -> str:
    """The same in four digits, for a quotient or a mean: `$0.05983`."""
    return short_price_words(price, currency=currency)


def rough_money_text(amount: Decimal, *, currency: str) -> str:
    """An amount in major units without decimals, for estimates of worth: `$150`."""
    return rough_money_words(amount, currency=currency)


def credits_text(quantity: Decimal) -> str:
    """`5,000`, `12.5`: separators for thousands, no trailing zeros, at most six places."""
    places = Decimal(1).scaleb(-PLACES)
    exact = quantity.quantize(places) if quantity % places else quantity
    return format_decimal(exact, format="#,##0.######", locale=current_locale())


def percent_text(share: Decimal) -> str:
    """`0.254` is written `25 %`; more than nothing but less than one percent, `<1 %`."""
    return unbroken(percent_words(share))


def amount_text(amount: Decimal, *, currency: str) -> str:
    """An exact amount in major units, rounded to what the currency has: `$2,380.00`."""
    return money_text(rounded(amount, currency=currency))


def unit_cost_text(cost: Decimal, *, currency: str) -> str:
    """What one costs on average, to at most six places: `$0.12`, `$0.118333`."""
    return unit_price_text(cost.quantize(Decimal(1).scaleb(-PLACES)), currency=currency)


def tenths_text(share: Decimal) -> str:
    """A margin or a trend: `0.4761` is written `47.6 %`, a loss `-104.0 %`."""
    return unbroken(tenths_words(share))


def value_text(value: object) -> str:
    """A flag's value: numbers with separators, a list with commas, all else as it stands."""
    if isinstance(value, list):
        return ", ".join(map(value_text, value))
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return credits_text(Decimal(str(value))) if is_number else str(value)


def has_words(value: object) -> bool:
    """Whether `value_text` says a flag's value to people: an object, in a list too, is for apps."""
    values = value if isinstance(value, list) else [value]
    return not any(isinstance(each, dict | list) for each in values)


def unbroken(sentence: str) -> str:
    """A sentence in which no line ends between a number and its percent sign."""
    return sentence.replace(" %", f"{_NO_BREAK_SPACE}%")


def moment_text(at: datetime, *, zone: tzinfo, style: str = "full") -> str:
    """
    An instant in a time zone.

    Styles: `full` (with the time, and the zone by name), `date`, `day`, `weekday`, `long`.
    """
    if style == "full":
        return moment_words(at, zone=zone, locale=current_locale())
    return date_text(at.astimezone(zone).date(), style=style)


def date_text(day: date, *, style: str = "date") -> str:
    """A day: `3 Nov 2026`. `day` and `weekday` leave the year out, `long` has all of it."""
    return date_words(day, locale=current_locale(), style=style)


def utc_text(at: datetime) -> str:
    """An instant in UTC, to the second."""
    instant = at.astimezone(UTC)
    return f"{date_text(instant.date())}, {instant:%H:%M:%S} UTC"
