"""The periods of an agreement, counted from its anchor. Pure: plain values in and out."""

from dataclasses import replace
from datetime import datetime

from config.kernel.periods import Interval, Period, period_at

from ..models import Agreement


def billing_period_at(agreement: Agreement, *, at: datetime) -> Period:
    """
    Return the billing period that contains an instant in the life of an agreement.

    A trial is one period, and so is the time until an anchor that comes later. The first one
    begins no earlier than the agreement.
    """
    trial_ends_at = agreement.trial_ends_at
    if trial_ends_at is not None and at < trial_ends_at:
        return Period(agreement.started_at, trial_ends_at)
    if at < agreement.anchor_at:
        return Period(trial_ends_at or agreement.started_at, agreement.anchor_at)
    period = period_at(agreement.anchor_at, interval=Interval(agreement.interval), at=at)
    return _since(agreement.started_at, period)


def usage_month_at(*, started_at: datetime, anchor_at: datetime, at: datetime) -> Period:
    """Return the month of usage that contains an instant; the first begins with the agreement."""
    month = period_at(anchor_at, interval=Interval.MONTH, at=at, reaches_back=True)
    return _since(started_at, month)


def _since(started_at: datetime, period: Period) -> Period:
    return replace(period, starts_at=started_at) if period.contains(started_at) else period
