"""
Where in the books to look.

The sums know on which days something happened and between which ids its transfers lie, so that a
filter does not have to be held against every one of millions.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from config.kernel.sql import fetch

from ..models import RollupMark


@dataclass(frozen=True, slots=True)
class Days:
    """Some days in a row, as a time zone counts them."""

    first: date
    last: date
    time_zone: str

    @property
    def starts_at(self) -> datetime:
        """The instant at which the first day begins."""
        return datetime.combine(self.first, time(), tzinfo=ZoneInfo(self.time_zone))

    @property
    def ends_at(self) -> datetime:
        """The instant at which the last day is over."""
        after = self.last + timedelta(days=1)
        return datetime.combine(after, time(), tzinfo=ZoneInfo(self.time_zone))


@dataclass(frozen=True, slots=True)
class Stretch:
    """
    A part of the books: transfers from one id to another (None: there are none), and all that are
    not summed up yet.
    """

    first_id: int | None
    last_id: int | None
    summed_to: int


# Usage by an action, a member or a key: in the sums, or beyond their mark. "" is usage without one.
_DAYS_OF_USE: Final = """
SELECT mark.time_zone, used.first, used.last
FROM metering_rollupmark AS mark
CROSS JOIN LATERAL (
    SELECT min(day) AS first, max(day) AS last
    FROM (
        SELECT summed.day FROM metering_callerusage AS summed
        LEFT JOIN accounts_apikey AS key
            ON key.id = summed.api_key_id AND key.organization_id = %(organization)s
        WHERE summed.organization_id = %(organization)s AND summed.meter_id = %(meter)s
          AND (summed.member = %(member)s OR coalesce(key.public_id, '') = %(api_key)s)
        UNION ALL
        SELECT summed.day FROM metering_dailyusage AS summed
        LEFT JOIN metering_action AS action ON action.id = summed.action_id
        WHERE summed.organization_id = %(organization)s AND summed.meter_id = %(meter)s
          AND coalesce(action.code, '') = %(action)s
        UNION ALL
        SELECT (event.counted_at AT TIME ZONE mark.time_zone)::date
        FROM metering_usageevent AS event
        LEFT JOIN metering_action AS action ON action.id = event.action_id
        LEFT JOIN accounts_apikey AS key
            ON key.id = event.api_key_id AND key.organization_id = %(organization)s
        WHERE event.organization_id = %(organization)s AND event.meter_id = %(meter)s
          AND event.id > %(summed_to)s AND event.id > mark.event_id
          AND (event.member = %(member)s OR coalesce(action.code, '') = %(action)s
               OR coalesce(key.public_id, '') = %(api_key)s)
    ) AS day_of_use
) AS used
WHERE mark.organization_id = %(organization)s
"""

# What is taken back is booked on another day than it was used.
_STRETCH: Final = """
SELECT min(summed.first_id), max(summed.last_id), mark.transfer_id
FROM metering_rollupmark AS mark
LEFT JOIN metering_accountday AS summed
    ON summed.organization_id = %(organization)s AND summed.meter_id = %(meter)s
   AND (%(account)s::bigint IS NULL OR summed.account_id = %(account)s)
   AND (%(kind)s::text IS NULL OR summed.kind = %(kind)s)
   AND (%(first)s::date IS NULL OR summed.day >= %(first)s)
   AND (%(last)s::date IS NULL OR summed.day <= %(last)s OR summed.kind = 'reverse')
   AND (%(from)s::timestamptz IS NULL
        OR summed.day >= (%(from)s::timestamptz AT TIME ZONE mark.time_zone)::date)
   AND (%(before)s::timestamptz IS NULL
        OR summed.day <= (%(before)s::timestamptz AT TIME ZONE mark.time_zone)::date)
WHERE mark.organization_id = %(organization)s
GROUP BY mark.transfer_id
"""


def list_days_of_use(
    *,
    organization_id: int,
    meter_id: int,
    action: str | None,
    member: str | None,
    api_key: str | None = None,
    summed_to: int | None = None,
) -> list[Days] | None:
    """
    Return the days from the first to the last on which something was used by the action, the
    member or the key; [] if it never was, None if nothing was summed up yet.

    `summed_to` is the event that the sums go up to, where that was read.
    """
    if summed_to is None:
        summed_to = _read_mark(organization_id)
    if summed_to is None:
        return None
    rows = fetch(
        _DAYS_OF_USE,
        {
            "organization": organization_id,
            "meter": meter_id,
            "action": action,
            "member": member,
            "api_key": api_key,
            "summed_to": summed_to,
        },
    )
    return [Days(first, last, zone) for zone, first, last in rows if first is not None]


def _read_mark(organization_id: int) -> int | None:
    marks = RollupMark.objects.filter(organization_id=organization_id)
    return marks.values_list("event_id", flat=True).first()


def find_stretch(
    *,
    organization_id: int,
    meter_id: int,
    account_id: int | None = None,
    kind: str | None = None,
    used: Days | None = None,
    occurred_from: datetime | None = None,
    occurred_before: datetime | None = None,
) -> Stretch | None:
    """
    Return the part of the books in which all transfers lie that belong to an account, are of a
    kind, pay for usage of some days, or occurred in a span of time; None if nothing was summed up.
    """
    rows = fetch(
        _STRETCH,
        {
            "organization": organization_id,
            "meter": meter_id,
            "account": account_id,
            "kind": kind,
            "first": used.first if used else None,
            "last": used.last if used else None,
            "from": occurred_from,
            "before": occurred_before,
        },
    )
    return Stretch(*rows[0]) if rows else None
