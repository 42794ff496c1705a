"""Stored usage periods: which exist, and which have yet to be opened."""

from datetime import datetime
from typing import Final

from config.kernel.periods import Interval, Period, period_at
from config.kernel.sql import Asked, ask

from .intake import OpenPeriod
from .reports import MeterTerms

_PERIODS: Final = """
SELECT id, meter_id, starts_at, ends_at
FROM metering_usageperiod
WHERE organization_id = %s AND ends_at > %s
"""


def ask_for_periods(*, organization_id: int, since: datetime) -> Asked:
    """Ask for the stored periods that end after a moment, for `stored_periods` to read."""
    return ask(_PERIODS, [organization_id, since])


def stored_periods(asked: Asked) -> list[OpenPeriod]:
    """Return the stored periods."""
    return [OpenPeriod(*row) for row in asked.all()]


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
