"""Half-open periods of time, always counted from an anchor."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

# The step of every clock here: nothing lies between an instant and the next.
INSTANT: Final = timedelta(microseconds=1)


class Interval(StrEnum):
    """How long one period lasts."""

    MONTH = "month"
    YEAR = "year"

    @property
    def months(self) -> int:
        """The length in calendar months."""
        return 12 if self is Interval.YEAR else 1


@dataclass(frozen=True, slots=True)
class Period:
    """The instants from `starts_at` (inclusive) to `ends_at` (exclusive)."""

    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        assert self.starts_at.tzinfo is not None and self.ends_at.tzinfo is not None
        assert self.starts_at < self.ends_at, (self.starts_at, self.ends_at)

    def contains(self, at: datetime) -> bool:
        """Whether the instant lies in the period."""
        return self.starts_at <= at < self.ends_at


def boundary(anchor: datetime, *, months: int) -> datetime:
    """
    Return the anchor moved by whole months, held to the last day of a short month.

    Counting from the anchor keeps the day: 31 January, 28 or 29 February, 31 March.
    """
    month_index = anchor.month - 1 + months
    year, month = anchor.year + month_index // 12, month_index % 12 + 1
    return anchor.replace(year=year, month=month, day=min(anchor.day, monthrange(year, month)[1]))


def period_at(
    anchor: datetime, *, interval: Interval, at: datetime, reaches_back: bool = False
) -> Period:
    """
    Return the period that contains an instant at or after the anchor.

    Both are in UTC: the same instant has another calendar day elsewhere. An instant before the
    anchor lies in a period only where they reach back: counted backwards, the last of those
    before the anchor ends with it. Else raises `ValueError`: nothing was agreed then.
    """
    assert anchor.utcoffset() == at.utcoffset() == timedelta(0), (anchor, at)
    if at < anchor and not reaches_back:
        raise ValueError(f"{at.isoformat()} lies before the anchor {anchor.isoformat()}")
    step = interval.months
    index = ((at.year - anchor.year) * 12 + at.month - anchor.month) // step
    if boundary(anchor, months=index * step) > at:
        index -= 1
    period = Period(
        boundary(anchor, months=index * step), boundary(anchor, months=(index + 1) * step)
    )
    assert period.contains(at), (anchor, at, period)
    return period
