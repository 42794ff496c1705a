"""What an endpoint answers, and what follows from it."""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final, Self

from .backoff import LONGEST_RETRY_AFTER

_LONGEST_ERROR: Final = 200
_LONGEST_EXCERPT: Final = 1024
_SECONDS_DIGITS: Final = 9
_ASKS_FOR_TIME: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an attempt: a status, or the reason why there is none."""

    status_code: int | None = None
    error: str = ""
    excerpt: str = ""
    retry_after: timedelta | None = None

    @classmethod
    def failed(cls, reason: str) -> Self:
        """There was no answer."""
        return cls(error=reason[:_LONGEST_ERROR])

    @property
    def is_success(self) -> bool:
        """Whether the endpoint has taken what it was told."""
        status = self.status_code
        return status is not None and HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def is_gone(self) -> bool:
        """Whether the endpoint wants to hear no more."""
        return self.status_code == HTTPStatus.GONE


def read_excerpt(body: bytes) -> str:
    """The beginning of an answer as text for people, without characters that control anything."""
    text = body[:_LONGEST_EXCERPT].decode(errors="replace")
    return "".join(
        character
        for character in text
        if character in "\n\t" or unicodedata.category(character) not in {"Cc", "Cf", "Cs"}
    )


def read_retry_after(value: str | None, *, status: int, at: datetime) -> timedelta | None:
    """How long an endpoint asks us to wait, a day at most; None if it does not, or not clearly."""
    if value is None or status not in _ASKS_FOR_TIME:
        return None
    wanted = _read_pause(value.strip(), at=at)
    return None if wanted is None else min(max(wanted, timedelta(0)), LONGEST_RETRY_AFTER)


def _read_pause(value: str, *, at: datetime) -> timedelta | None:
    if value.isascii() and value.isdigit():
        return timedelta(seconds=int(value[:_SECONDS_DIGITS]))
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - at
