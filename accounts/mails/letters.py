"""What a mail says, before it is text or HTML."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from django.conf import settings
from django.utils.translation import get_language, to_locale


@dataclass(frozen=True, slots=True)
class Button:
    """The one thing to do."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Letter:
    """
    A mail in the language of its reader.

    `lead` says what happened and what it means, in figures; `rows` are the figures once more, each
    with its name; `notes` are what else is worth knowing; `reason` is why the reader gets it.
    """

    subject: str
    lead: str
    reason: str
    button: Button | None = None
    rows: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a letter is written from: a fact, and the organization that it is about."""

    organization: str
    zone: ZoneInfo
    occurred_at: datetime
    data: Mapping[str, Any]

    def moment(self, name: str) -> str:
        """An instant of the fact in words, in the organization's time zone."""
        return moment_words(instant_of(self.data[name]), zone=self.zone)

    def day(self, name: str) -> str:
        """The same without the time of day."""
        return day_words(instant_of(self.data[name]), zone=self.zone)


def instant_of(text: str) -> datetime:
    """An instant as facts write it."""
    return datetime.fromisoformat(text)


def moment_words(at: datetime, *, zone: ZoneInfo) -> str:
    """`12 Mar 2026, 13:00 CET`, in the language of the reader; the zone is always named."""
    local = at.astimezone(zone)
    return f"{_date_words(local)}, {local:%H:%M} {_zone_words(local)}"


def day_words(at: datetime, *, zone: ZoneInfo) -> str:
    """`12 Mar 2026 CET`: the same without the time of day."""
    local = at.astimezone(zone)
    return f"{_date_words(local)} {_zone_words(local)}"


def _date_words(local: datetime) -> str:
    """English is written as most of the world does, day first; others as their locale has it."""
    locale = Locale.parse(to_locale(get_language() or "en"))
    is_english = locale.language == "en"
    pattern = "d MMM y" if is_english else str(locale.datetime_skeletons["yMMMd"].pattern)
    return format_date(local.date(), pattern, locale=locale)


def _zone_words(local: datetime) -> str:
    name = local.tzname() or ""
    return name if name.isalpha() else f"UTC{local.isoformat()[-6:]}"


def page(path: str) -> str:
    """The address of one of our pages, such as `/usage/`."""
    return urljoin(f"{settings.PUBLIC_URL}/", path.lstrip("/"))
