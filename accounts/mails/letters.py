"""What a mail says, before it is text or HTML."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from django.conf import settings

from config.kernel.locales import current_locale
from config.kernel.moments import day_words, moment_words


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
        at = instant_of(self.data[name])
        return moment_words(at, zone=self.zone, locale=current_locale())

    def day(self, name: str) -> str:
        """The same without the time of day."""
        at = instant_of(self.data[name])
        return day_words(at, zone=self.zone, locale=current_locale())


def instant_of(text: str) -> datetime:
    """An instant as facts write it."""
    return datetime.fromisoformat(text)


def page(path: str) -> str:
    """The address of one of our pages, such as `/usage/`."""
    return urljoin(f"{settings.PUBLIC_URL}/", path.lstrip("/"))
