"""
What a customer's app would have reported until now. Pure, and the same for the same moment.

People work in hours of their own time zone, mostly from Monday to Friday.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import accumulate, groupby
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from config.kernel.periods import Period, boundary
from metering.usage.reports import UsageReport

from .customers import Customer, Stream

# How busy the days from Monday to Sunday are, and the hours of a day.
WEEKDAYS: Final = (20, 22, 22, 21, 17, 3, 2)
HOURS: Final = {8: 2, 9: 6, 10: 8, 11: 8, 12: 4, 13: 5, 14: 8, 15: 8, 16: 6, 17: 3, 18: 1}
_HOUR: Final = timedelta(hours=1)
_BETWEEN_WORK_AND_REPORT: Final = timedelta(minutes=1)


class Dice:
    """Numbers that look random and are the same for the same seed, everywhere (SplitMix64)."""

    _MASK = 2**64 - 1

    def __init__(self, seed: str) -> None:
        self._state = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8])

    def below(self, bound: int) -> int:
        """The next number: at least 0, less than the bound."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & self._MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & self._MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & self._MASK
        return (mixed ^ (mixed >> 31)) % bound


@dataclass(frozen=True, slots=True)
class WorkingHour:
    """One hour of one day, and how busy it is."""

    starts_at: datetime
    weight: int


@dataclass(frozen=True, slots=True)
class Work:
    """So many of an action, done by somebody at a moment."""

    occurred_at: datetime
    action: str
    quantity: int
    user: str


@dataclass(frozen=True, slots=True)
class Day:
    """What a customer's app reports in one go, in the evening or, today, just now."""

    received_at: datetime
    reports: tuple[UsageReport, ...]


def list_usage_periods(customer: Customer, *, now: datetime) -> list[Period]:
    """
    Return the customer's usage periods, the oldest first, the current one last.

    Who is on trial has that alone.
    """
    zone = ZoneInfo(customer.time_zone)
    first_day = now.astimezone(zone).date() - timedelta(days=customer.days_into_period)
    midnight = datetime.combine(first_day, time(), tzinfo=zone)
    if customer.trial_days:
        starts_at = midnight.astimezone(UTC)
        return [Period(starts_at, starts_at + timedelta(days=customer.trial_days))]
    anchor = boundary(midnight.astimezone(UTC), months=-customer.complete_months)
    return [
        Period(boundary(anchor, months=month), boundary(anchor, months=month + 1))
        for month in range(customer.complete_months + 1)
    ]


def list_days(customer: Customer, *, now: datetime) -> list[Day]:
    """Return everything that the customer's app reports until now, day by day."""
    periods = list_usage_periods(customer, now=now)
    work = sorted(
        (
            done
            for stream in customer.streams
            for month, period in enumerate(periods)
            for done in _list_work(customer, stream, month=month, period=period, now=now)
        ),
        key=lambda done: (done.occurred_at, done.action, done.user),
    )
    zone = ZoneInfo(customer.time_zone)
    reports = [
        _report(done, event_id=f"{customer.external_id}-{number:06}")
        for number, done in enumerate(work, start=1)
    ]
    days = []
    for _day, of_day in groupby(reports, key=lambda report: _occurred_at(report, zone).date()):
        told = tuple(of_day)
        last = _occurred_at(told[-1], zone).astimezone(UTC)
        days.append(Day(min(now, last + _BETWEEN_WORK_AND_REPORT), told))
    return days


def _list_work(
    customer: Customer, stream: Stream, *, month: int, period: Period, now: datetime
) -> Iterator[Work]:
    dice = Dice(f"{customer.external_id} {stream.action} {month}")
    all_hours = _list_working_hours(period, zone=ZoneInfo(customer.time_zone), dice=dice)
    hours = [hour for hour in all_hours if hour.starts_at + _HOUR <= now]
    quantity = _quantity_until_now(stream, month=month, hours=hours, all_hours=all_hours)
    until_hour = list(accumulate(hour.weight for hour in hours))
    for part in _split(quantity, largest=stream.largest_event, dice=dice):
        hour = hours[bisect_right(until_hour, dice.below(until_hour[-1]))]
        # The smaller of two throws: some people do much more than others.
        user = min(dice.below(len(customer.users)), dice.below(len(customer.users)))
        yield Work(
            occurred_at=hour.starts_at + timedelta(seconds=dice.below(3_600)),
            action=stream.action,
            quantity=part,
            user=customer.users[user],
        )


def _quantity_until_now(
    stream: Stream, *, month: int, hours: Sequence[WorkingHour], all_hours: Sequence[WorkingHour]
) -> int:
    if month < len(stream.monthly):
        return stream.monthly[month]
    if stream.so_far is not None:
        return stream.so_far
    passed = sum(hour.weight for hour in hours)
    return stream.monthly[-1] * passed // sum(hour.weight for hour in all_hours)


def _list_working_hours(period: Period, *, zone: ZoneInfo, dice: Dice) -> list[WorkingHour]:
    hours = []
    for day in _list_dates(period, zone=zone):
        mood = 80 + dice.below(41)
        for hour, busyness in HOURS.items():
            starts_at = datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)
            if period.contains(starts_at) and period.contains(starts_at + _HOUR):
                weight = WEEKDAYS[day.weekday()] * busyness * mood
                hours.append(WorkingHour(starts_at, weight))
    return hours


def _list_dates(period: Period, *, zone: ZoneInfo) -> list[date]:
    first = period.starts_at.astimezone(zone).date()
    last = period.ends_at.astimezone(zone).date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _split(quantity: int, *, largest: int, dice: Dice) -> Iterator[int]:
    """Cut a quantity into the quantities of single events; together they are the whole."""
    while quantity > 0:
        part = min(quantity, 1 + dice.below(largest))
        yield part
        quantity -= part


def _report(done: Work, *, event_id: str) -> UsageReport:
    body = msgspec.json.encode((event_id, done.action, done.quantity, done.occurred_at, done.user))
    return UsageReport(
        event_id=event_id,
        quantity=Decimal(done.quantity),
        body_sha256=hashlib.sha256(body).digest(),
        action=done.action,
        occurred_at=done.occurred_at,
        member=done.user,
    )


def _occurred_at(report: UsageReport, zone: ZoneInfo) -> datetime:
    assert report.occurred_at is not None
    return report.occurred_at.astimezone(zone)
