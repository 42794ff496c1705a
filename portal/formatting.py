"""How figures and instants are written for people; templates use them as `figures` tags."""

from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal
from django.utils.translation import get_language, to_locale

from billing.wording import money_words, percent_words, rough_money_words, unit_price_words
from config.kernel.money import Money
from config.kernel.quantities import PLACES

_NO_BREAK_SPACE: Final = "\N{NO-BREAK SPACE}"
# English is written as most of the world does, day first; others as their locale has it.
_DATES: Final = {"date": "d MMM y", "day": "d MMM", "weekday": "EEE d MMM", "long": "EEE d MMM y"}
_SKELETONS: Final = {"date": "yMMMd", "day": "MMMd", "weekday": "MMMEd", "long": "yMMMEd"}


def current_locale() -> Locale:
    """The locale of the language in use; English where Babel does not know it."""
    try:
        return Locale.parse(to_locale(get_language() or "en"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def money_text(money: Money, *, whole: bool = False) -> str:
    """`$299.00`. With `whole`, a round amount drops its decimals: `$299`."""
    if whole:
        return money_words(money)
    return format_currency(money.amount, money.currency, locale=current_locale())


def unit_price_text(price: Decimal, *, currency: str) -> str:
    """The price of one unit, all its places kept: `$0.12`, `$0.0035`."""
    return unit_price_words(price, currency=currency)


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


def value_text(value: object) -> str:
    """A flag's value: numbers with separators, everything else as it stands."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return credits_text(Decimal(str(value))) if is_number else str(value)


def unbroken(sentence: str) -> str:
    """A sentence in which no line ends between a number and its percent sign."""
    return sentence.replace(" %", f"{_NO_BREAK_SPACE}%")


def moment_text(at: datetime, *, zone: tzinfo, style: str = "full") -> str:
    """
    An instant in a time zone.

    Styles: `full` (with the time, and the zone by name), `date`, `day`, `weekday`, `long`.
    """
    local = at.astimezone(zone)
    if style != "full":
        return date_text(local.date(), style=style)
    written = format_datetime(local, _timed("HH:mm"), tzinfo=zone, locale=current_locale())
    return f"{written} {zone_text(at, zone=zone)}"


def date_text(day: date, *, style: str = "date") -> str:
    """A day: `3 Nov 2026`. `day` and `weekday` leave the year out, `long` has all of it."""
    return format_date(day, _date_pattern(style), locale=current_locale())


def utc_text(at: datetime) -> str:
    """An instant in UTC, to the second."""
    return format_datetime(
        at.astimezone(UTC), _timed("HH:mm:ss 'UTC'"), tzinfo=UTC, locale=current_locale()
    )


def _timed(time: str) -> str:
    return f"{_date_pattern('date')}, {time}"


def _date_pattern(style: str) -> str:
    locale = current_locale()
    if locale.language == "en":
        return _DATES[style]
    return str(locale.datetime_skeletons[_SKELETONS[style]].pattern)


def zone_text(at: datetime, *, zone: tzinfo) -> str:
    """The zone's abbreviation at an instant: `CET`; `UTC-03:00` where it has none."""
    local = at.astimezone(zone)
    name = local.tzname() or ""
    return name if name.isalpha() else f"UTC{local.isoformat()[-6:]}"
