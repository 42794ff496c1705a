"""Moments as whole seconds, and the boundaries of billing periods."""

from __future__ import annotations

from calendar import monthrange, timegm
from datetime import UTC, datetime
from typing import Final

HOUR: Final = 3_600
DAY: Final = 86_400
SECONDS: Final = {"day": DAY, "week": 7 * DAY}
MONTHS: Final = {"month": 1, "year": 12}


def moment(instant: datetime) -> int:
    """The instant in Stripe's own form, cut to the second."""
    return timegm(instant.utctimetuple())


def boundary(anchor: int, *, interval: str, count: int, step: int) -> int:
    """The start of the period that is ``step`` periods away from the anchor.

    A month that lacks the anchor's day ends on its last one, and the next that has it returns to
    it: the anchor is never forgotten.
    """
    if interval in SECONDS:
        return anchor + step * count * SECONDS[interval]
    return _months_later(anchor, step * count * MONTHS[interval])


def next_boundary(anchor: int, *, interval: str, count: int, after: int) -> int:
    """The first boundary later than the moment, which may lie before the anchor."""
    step = _estimate(anchor, interval=interval, count=count, at=after)
    while boundary(anchor, interval=interval, count=count, step=step) <= after:
        step += 1
    while boundary(anchor, interval=interval, count=count, step=step - 1) > after:
        step -= 1
    return boundary(anchor, interval=interval, count=count, step=step)


def previous_boundary(anchor: int, *, interval: str, count: int, until: int) -> int:
    """The last boundary that is not later than the moment."""
    step = _estimate(anchor, interval=interval, count=count, at=until)
    while boundary(anchor, interval=interval, count=count, step=step) > until:
        step -= 1
    while boundary(anchor, interval=interval, count=count, step=step + 1) <= until:
        step += 1
    return boundary(anchor, interval=interval, count=count, step=step)


def _estimate(anchor: int, *, interval: str, count: int, at: int) -> int:
    if interval in SECONDS:
        return (at - anchor) // (count * SECONDS[interval])
    start, end = _civil(anchor), _civil(at)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months // (count * MONTHS[interval])


def _months_later(anchor: int, months: int) -> int:
    start = _civil(anchor)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    day = min(start.day, monthrange(year, month + 1)[1])
    return moment(start.replace(year=year, month=month + 1, day=day))


def _civil(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)
