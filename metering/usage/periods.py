"""Stored usage periods: which exist, and which have yet to be opened."""

from datetime import datetime
from typing import Final

import msgspec

from config.kernel.periods import Interval, Period, period_at

from .reports import MeterTerms


class PeriodRow(msgspec.Struct, frozen=True):
    """A stored usage period, as `PERIODS` finds it."""

    id: int
    meter_id: int
    starts_at: datetime
    ends_at: datetime


PERIODS: Final = """
SELECT id, meter_id, starts_at, ends_at
FROM metering_usageperiod
WHERE organization_id = %(organization)s AND ends_at > %(since)s
"""


def missing_periods(
    *, terms: MeterTerms, opened_until: datetime | None, through: datetime
) -> list[Period]:
    """
    Return the periods that still have to be opened so that one of them contains `through`.

    Periods are counted from the agreement's start, follow each other without a gap, and
    begin where the last opened one ended. Pure.
    """
    missing: list[Period] = []
    next_start = opened_until or terms.starts_at
    while next_start <= through:
        period = period_at(terms.starts_at, interval=Interval.MONTH, at=next_start)
        missing.append(period)
        next_start = period.ends_at
    return missing
