"""Which sums a span of time is made of, and which of its events have to be looked at. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from config.kernel.periods import Period

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


class Grain(StrEnum):
    """Where the usage of a piece of time is read."""

    DAYS = "days"
    HOURS = "hours"
    EVENTS = "events"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a span: whole days by their dates, or whole hours or any time by instants."""

    grain: Grain
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    first_day: date | None = None
    end_day: date | None = None


def cut_span(
    span: Period,
    *,
    days_in: ZoneInfo | None,
    has_hours: bool,
    midnights_of: ZoneInfo | None = None,
) -> list[Piece]:
    """
    Cut a span into whole days of the zone whose days were summed up (None: there are none), and
    what is left into whole hours, if they were summed up as well, and events.

    No hour lies across a midnight of `midnights_of`, so that each piece belongs to one day there.
    """
    pieces: list[Piece] = []
    rest = [span]
    if days_in is not None:
        first, end = _whole_days(span, days_in)
        if first < end:
            pieces.append(Piece(Grain.DAYS, first_day=first, end_day=end))
            rest = _around(span, _midnight(first, days_in), _midnight(end, days_in))
    if midnights_of is not None:
        rest = [part for one in rest for part in _split_at_midnights(one, midnights_of)]
    for part in rest:
        pieces.extend(_hours_and_events(part) if has_hours else [_events(part)])
    return pieces


def widen(span: Period, *, days_in: ZoneInfo | None) -> Period:
    """
    Return the whole days of a zone, or without one the whole hours, that a span touches.

    Usage periods have sums of their own, also for the day and the hour in which they begin.
    """
    if days_in is None:
        return Period(_hour_of(span.starts_at), _next_hour(span.ends_at))
    first = span.starts_at.astimezone(days_in).date()
    last = span.ends_at.astimezone(days_in).date()
    return Period(_midnight(first, days_in), _midnight(last + _DAY, days_in))


def _whole_days(span: Period, zone: ZoneInfo) -> tuple[date, date]:
    first = span.starts_at.astimezone(zone).date()
    if _midnight(first, zone) < span.starts_at:
        first += _DAY
    return first, span.ends_at.astimezone(zone).date()


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a day begins, also where clocks skip or repeat that hour."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _around(span: Period, starts_at: datetime, ends_at: datetime) -> list[Period]:
    """What of a span lies before and after its middle."""
    edges = [(span.starts_at, starts_at), (ends_at, span.ends_at)]
    return [Period(start, end) for start, end in edges if start < end]


def _split_at_midnights(span: Period, zone: ZoneInfo) -> Iterator[Period]:
    starts_at = span.starts_at
    while starts_at < span.ends_at:
        midnight = _midnight(starts_at.astimezone(zone).date() + _DAY, zone)
        ends_at = min(midnight, span.ends_at)
        yield Period(starts_at, ends_at)
        starts_at = ends_at


def _hours_and_events(span: Period) -> list[Piece]:
    first = _next_hour(span.starts_at)
    end = _hour_of(span.ends_at)
    if first >= end:
        return [_events(span)]
    return [
        Piece(Grain.HOURS, starts_at=first, ends_at=end),
        *map(_events, _around(span, first, end)),
    ]


def _events(span: Period) -> Piece:
    return Piece(Grain.EVENTS, starts_at=span.starts_at, ends_at=span.ends_at)


def _hour_of(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _next_hour(at: datetime) -> datetime:
    hour = _hour_of(at)
    return hour if hour == at else hour + _HOUR
