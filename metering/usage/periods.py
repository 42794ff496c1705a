"""Usage periods: which exist, which have yet to be opened, and where an event is counted."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

import msgspec

from config.kernel.periods import INSTANT, Interval, Period, period_at

from .reports import MeterTerms


class PeriodRow(msgspec.Struct, frozen=True):
    """A stored usage period, as `PERIODS` finds it."""

    id: int
    meter_id: int
    starts_at: datetime
    ends_at: datetime
    closes_at: datetime
    is_closed: bool
    allowance: Decimal | None
    used_credits: Decimal
    overage_credits: Decimal

    def takes(self, occurred_at: datetime, *, received_at: datetime) -> bool:
        """Whether an event that occurred then, and is received now, is counted in the period."""
        return (
            not self.is_closed
            and self.starts_at <= occurred_at < self.ends_at
            and received_at < self.closes_at
        )


PERIODS: Final = """
SELECT id, meter_id, starts_at, ends_at, closes_at, closed_at IS NOT NULL AS is_closed,
       allowance, used_credits, overage_credits
FROM metering_usageperiod
WHERE organization_id = %(organization)s AND (closed_at IS NULL OR ends_at > %(since)s)
ORDER BY starts_at
"""


class Placement(NamedTuple):
    """Where an event is counted, and when."""

    period: PeriodRow
    counted_at: datetime


def place(
    periods: Iterable[PeriodRow], *, meter_id: int, occurred_at: datetime, received_at: datetime
) -> Placement | None:
    """
    Return the period that an event is counted in, and when.

    It is the one in which it occurred, until that closes. What comes later is counted as if it
    had occurred when it was received, in the period that is open then (of an agreement that has
    ended: in its last). None once that is closed too. A report that waited while the period
    closed came later as well: it is counted as received when the period closed.
    """
    last: PeriodRow | None = None
    came_at = received_at
    for period in periods:
        if period.meter_id != meter_id:
            continue
        if period.takes(occurred_at, received_at=received_at):
            return Placement(period, occurred_at)
        if period.is_closed and period.starts_at <= occurred_at < period.ends_at:
            came_at = max(received_at, period.closes_at)
        elif not period.is_closed and period.starts_at <= received_at:
            last = period
    if last is None:
        return None
    return Placement(last, min(came_at, last.ends_at - INSTANT))


def missing_periods(
    *, terms: MeterTerms, opened_until: datetime | None, through: datetime
) -> list[Period]:
    """
    Return the periods that still have to be opened so that one of them contains `through`.

    Periods are counted from the agreement's anchor, follow each other without a gap, and
    begin where the last opened one ended. The first may begin within a month. Pure.
    """
    missing: list[Period] = []
    next_start = opened_until or terms.starts_at
    while next_start <= through:
        month = period_at(
            terms.anchor_at, interval=Interval.MONTH, at=next_start, reaches_back=True
        )
        missing.append(Period(next_start, month.ends_at))
        next_start = month.ends_at
    return missing
