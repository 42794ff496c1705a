"""
When a move may take effect: pure.

Never within a contract, and never before the notice has run: at the first renewal at or after the
end of the notice. A renewal is where a billing period ends, counted from the anchor; of a yearly
agreement only the end of the year.
"""

from datetime import datetime, timedelta

from config.kernel.periods import Interval, period_at


def end_of_notice(*, noticed_at: datetime, notice_days: int) -> datetime:
    """Return when a notice has run that was sent at an instant: so many times 24 hours later."""
    return noticed_at + timedelta(days=notice_days)


def first_renewal(*, anchor_at: datetime, interval: str, since: datetime) -> datetime:
    """
    Return the first renewal at or after an instant.

    What is before the anchor, as a trial, is paid for until the anchor: that is a renewal too.
    """
    if since <= anchor_at:
        return anchor_at
    period = period_at(anchor_at, interval=Interval(interval), at=since)
    return since if period.starts_at == since else period.ends_at


def is_renewal(at: datetime, *, anchor_at: datetime, interval: str) -> bool:
    """Whether a billing period ends at an instant, and another begins."""
    return first_renewal(anchor_at=anchor_at, interval=interval, since=at) == at
