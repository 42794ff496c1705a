"""Which time is looked at: days of the calendar, or the month that each customer completed last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, LiteralString
from zoneinfo import ZoneInfo

import msgspec

from config.kernel.periods import INSTANT, Period

from ..agreements.periods import usage_month_at
from ..models import Agreement

# Organizations that live by a test clock are rehearsals, not customers.
REHEARSED: Final = timedelta(0)

_OF_THE_CALENDAR: Final = """
WITH span AS (
    SELECT given.slot, organization.id AS organization_id, given.first_date, given.end_date,
           given.first_date::timestamp AT TIME ZONE organization.time_zone AS starts_at,
           least(given.end_date::timestamp AT TIME ZONE organization.time_zone,
                 %(now)s) AS ends_at
    FROM json_to_recordset(%(spans)s::json) AS given (slot integer, first_date date, end_date date)
    JOIN accounts_organization AS organization
        ON organization.clock_ahead = interval '0'
       AND (%(only)s::bigint IS NULL OR organization.id = %(only)s)
    WHERE given.first_date::timestamp AT TIME ZONE organization.time_zone < %(now)s
)"""

_OF_EACH_CUSTOMER: Final = """
WITH span AS (
    SELECT given.slot, given.organization_id, NULL::date AS first_date, NULL::date AS end_date,
           given.starts_at, given.ends_at
    FROM json_to_recordset(%(spans)s::json) AS given (
        slot integer, organization_id bigint, starts_at timestamptz, ends_at timestamptz
    )
    WHERE %(now)s IS NOT NULL AND (%(only)s::bigint IS NULL OR organization_id = %(only)s)
)"""


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days from `first_date` up to, but not including, `end_date`."""

    first_date: date
    end_date: date

    def __post_init__(self) -> None:
        assert self.first_date < self.end_date, (self.first_date, self.end_date)

    def in_zone(self, zone: ZoneInfo) -> Period:
        """The same between the midnights of a zone."""
        return Period(midnight(self.first_date, zone), midnight(self.end_date, zone))


@dataclass(frozen=True)
class Windows:
    """
    The spans of time that are read at once, numbered from 0, as they are for each organization.

    Those of the calendar are days as each organization's time zone counts them, and reach no
    further than `now`; where they have not begun by then there are none. Otherwise there is one,
    `months`: the last complete month of usage of each customer. With `only` they are those of one
    organization.
    """

    now: datetime
    days: tuple[Days, ...] = ()
    months: Mapping[int, Period] | None = None
    only: int | None = None

    @property
    def is_of_calendar(self) -> bool:
        """Whether they are days of the calendar."""
        return self.months is None

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.days) if self.is_of_calendar else 1

    @cached_property
    def spans(self) -> LiteralString:
        """The beginning of a statement that knows them as `span`."""
        return _OF_THE_CALENDAR if self.is_of_calendar else _OF_EACH_CUSTOMER

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """What that beginning asks for."""
        spans: list[dict[str, object]] = [
            {"slot": slot, "first_date": days.first_date, "end_date": days.end_date}
            for slot, days in enumerate(self.days)
        ]
        for organization_id, month in (self.months or {}).items():
            spans.append(
                {
                    "slot": 0,
                    "organization_id": organization_id,
                    "starts_at": month.starts_at,
                    "ends_at": month.ends_at,
                }
            )
        return {"spans": msgspec.json.encode(spans).decode(), "now": self.now, "only": self.only}

    def months_of(self, organization_id: int, zone: ZoneInfo) -> list[tuple[int, Period, Period]]:
        """
        The months that the spans of an organization touch: the number of the span, what of the
        month lies in it, and the whole month.
        """
        if self.months is not None:
            month = self.months.get(organization_id)
            return [] if month is None else [(0, month, month)]
        if zone.key not in self._known_months:
            self._known_months[zone.key] = _calendar_months(self.days, zone, self.now)
        return self._known_months[zone.key]

    @cached_property
    def _known_months(self) -> dict[str, list[tuple[int, Period, Period]]]:
        """The months of the calendar by time zone: many organizations share a few."""
        return {}

    def reach(self) -> Period:
        """A time that contains all of them, whatever the time zone."""
        if self.months:
            return Period(
                min(month.starts_at for month in self.months.values()),
                max(month.ends_at for month in self.months.values()),
            )
        if not self.days:
            return Period(self.now, self.now + INSTANT)
        first = min(days.first_date for days in self.days)
        end = max(days.end_date for days in self.days)
        utc, margin = ZoneInfo("UTC"), timedelta(days=1)
        return Period(midnight(first - margin, utc), midnight(end + margin, utc))


def of_days(*days: Days, now: datetime, only: int | None = None) -> Windows:
    """Look at days of the calendar."""
    return Windows(now=now, days=days, only=only)


def of_last_months(*, now: datetime) -> Windows:
    """
    Look at the last complete month of usage of each customer with a live agreement. Who has not
    completed one yet is not looked at. One query.
    """
    live = Agreement.objects.live().filter(organization__clock_ahead=REHEARSED)
    months = {}
    for organization_id, started_at, anchor_at in live.values_list(
        "organization_id", "started_at", "anchor_at"
    ):
        month = last_month(started_at=started_at, anchor_at=anchor_at, now=now)
        if month is not None:
            months[organization_id] = month
    return Windows(now=now, months=months)


def last_month(*, started_at: datetime, anchor_at: datetime, now: datetime) -> Period | None:
    """Return the month of usage that ended last; None if the first has not ended yet."""
    if now < started_at:
        return None
    current = usage_month_at(started_at=started_at, anchor_at=anchor_at, at=now)
    if current.starts_at <= started_at:
        return None
    return usage_month_at(
        started_at=started_at, anchor_at=anchor_at, at=current.starts_at - INSTANT
    )


def calendar_month(day: date) -> Days:
    """Return the month of the calendar that a day is in."""
    first = day.replace(day=1)
    return Days(first, _next_month(first))


def months_before(day: date, *, count: int) -> list[Days]:
    """Return so many months of the calendar up to the one that a day is in, oldest first."""
    months = [calendar_month(day)]
    while len(months) < count:
        months.append(calendar_month(months[-1].first_date - timedelta(days=1)))
    return months[::-1]


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a day begins in a zone."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _calendar_months(
    spans: Sequence[Days], zone: ZoneInfo, now: datetime
) -> list[tuple[int, Period, Period]]:
    pieces = []
    for slot, days in enumerate(spans):
        first = days.first_date.replace(day=1)
        while first < days.end_date:
            month = Days(first, _next_month(first)).in_zone(zone)
            inside = overlap(overlap(month, days.in_zone(zone)), until=now)
            if inside is not None:
                pieces.append((slot, inside, month))
            first = _next_month(first)
    return pieces


def ratio(part: Period, whole: Period) -> Decimal:
    """Return which share of a period a part of it is, by its real length."""
    return _microseconds(part) / _microseconds(whole)


def _microseconds(period: Period) -> Decimal:
    return Decimal((period.ends_at - period.starts_at) // INSTANT)


def overlap(
    span: Period | None,
    other: Period | None = None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Period | None:
    """Return what a span has in common with another, and with what begins or ends somewhere."""
    if span is None:
        return None
    bounds = (since, None if other is None else other.starts_at)
    ends = (until, None if other is None else other.ends_at)
    starts_at = max([span.starts_at, *(bound for bound in bounds if bound is not None)])
    ends_at = min([span.ends_at, *(end for end in ends if end is not None)])
    return Period(starts_at, ends_at) if starts_at < ends_at else None
