"""Stored usage periods: which exist, and which have yet to be opened."""

from collections.abc import Collection
from datetime import datetime

from config.kernel.periods import Interval, Period, period_at

from ..models import UsagePeriod
from .intake import OpenPeriod
from .reports import MeterTerms


def list_open_periods(
    *, organization_id: int, meter_ids: Collection[int], since: datetime
) -> list[OpenPeriod]:
    """Return the stored periods of these meters that end after a moment."""
    rows = UsagePeriod.objects.filter(
        organization_id=organization_id, meter_id__in=meter_ids, ends_at__gt=since
    ).values_list("pk", "meter_id", "starts_at", "ends_at")
    return [OpenPeriod(*row) for row in rows]


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
