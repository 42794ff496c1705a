"""What a mail says, before it is text or HTML."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
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
        return moment_words(instant_of(self.data[name]), zone=self.zone, pattern="d MMM y")


def instant_of(text: str) -> datetime:
    """An instant as facts write it."""
    return datetime.fromisoformat(text)


def moment_words(at: datetime, *, zone: ZoneInfo, pattern: str = "d MMM y, HH:mm") -> str:
    """`12 Mar 2026, 13:00 CET`, in the language of the reader; the zone is always named."""
    local = at.astimezone(zone)
    name = local.tzname() or ""
    known = name if name.isalpha() else f"UTC{local.isoformat()[-6:]}"
    language = to_locale(get_language() or "en")
    return f"{format_datetime(local, pattern, tzinfo=zone, locale=language)} {known}"


def page(path: str) -> str:
    """The address of one of our pages, such as `/usage/`."""
    return urljoin(f"{settings.PUBLIC_URL}/", path.lstrip("/"))
