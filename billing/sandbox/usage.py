"""
The rules of Billing Meters, without where the events are kept.

Stripe's documentation: "Record usage for billing", "Meter event", "Meter event adjustment" and
"List billing meter event summaries".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

MINUTE, HOUR, DAY = 60, 3600, 86400
OLDEST = 35 * DAY
AHEAD = 5 * MINUTE
CANCELLABLE_FOR = DAY
IDENTIFIER_KEPT_FOR = DAY
MAX_DIGITS = 15
WINDOWS = {"hour": HOUR, "day": DAY}


@dataclass(frozen=True)
class Usage:
    """What one meter event says: when it happened and how much it counts."""

    timestamp: int
    value: Decimal


def value_of(text: str) -> Decimal | None:
    """A number of at most 15 significant digits, or None if the text is no such number."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not value.is_finite() or len(value.as_tuple().digits) > MAX_DIGITS:
        return None
    return value if abs(value.adjusted()) <= MAX_DIGITS else None


def is_in_time(timestamp: int, *, now: int) -> bool:
    """Whether an event may still be reported: 35 days back, five minutes ahead."""
    return now - OLDEST <= timestamp <= now + AHEAD


def total(formula: str, events: Sequence[Usage]) -> Decimal:
    """What the events come to by a meter's formula: `sum`, `count` or `last`."""
    if formula == "count":
        return Decimal(len(events))
    if formula == "last":
        latest = max(events, key=lambda event: event.timestamp, default=None)
        return latest.value if latest else Decimal(0)
    return sum((event.value for event in events), Decimal(0))


def by_window(events: Sequence[Usage], size: str) -> dict[int, list[Usage]]:
    """The events by the beginning of the hour or day that they fall into, newest first."""
    step = WINDOWS[size]
    grouped: dict[int, list[Usage]] = {}
    for event in sorted(events, key=lambda event: -event.timestamp):
        grouped.setdefault(event.timestamp // step * step, []).append(event)
    return grouped


def misaligned(start: int, end: int, size: str | None) -> str | None:
    """The parameter that does not lie on a boundary of the windows, if there is one."""
    step = WINDOWS[size] if size else MINUTE
    if start % step:
        return "start_time"
    return "end_time" if end % step else None
