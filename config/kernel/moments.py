"""Days and instants in words, alike on pages and in mails; the zone is always named."""

from datetime import date, datetime, tzinfo
from typing import Final

from babel import Locale
from babel.dates import format_date

# English is written as most of the world does, day first; others as their locale has it.
_ENGLISH: Final = {"date": "d MMM y", "day": "d MMM", "weekday": "EEE d MMM", "long": "EEE d MMM y"}
_SKELETONS: Final = {"date": "yMMMd", "day": "MMMd", "weekday": "MMMEd", "long": "yMMMEd"}


def date_words(day: date, *, locale: Locale, style: str = "date") -> str:
    """`3 Nov 2026`. `day` and `weekday` leave the year out, `long` has all of it."""
    if locale.language == "en":
        pattern = _ENGLISH[style]
    else:
        pattern = str(locale.datetime_skeletons[_SKELETONS[style]].pattern)
    return format_date(day, pattern, locale=locale)


def moment_words(at: datetime, *, zone: tzinfo, locale: Locale) -> str:
    """`12 Mar 2026, 13:00 CET`."""
    local = at.astimezone(zone)
    return f"{date_words(local.date(), locale=locale)}, {local:%H:%M} {_zone_words(local)}"


def day_words(at: datetime, *, zone: tzinfo, locale: Locale) -> str:
    """`12 Mar 2026 CET`: the day on which an instant falls."""
    local = at.astimezone(zone)
    return f"{date_words(local.date(), locale=locale)} {_zone_words(local)}"


def _zone_words(local: datetime) -> str:
    """`CET`; `UTC-03:00` where a zone has no abbreviation."""
    name = local.tzname() or ""
    return name if name.isalpha() else f"UTC{local.isoformat()[-6:]}"
