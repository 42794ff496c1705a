"""
Usage of a span of time, added up: the sums that are kept, and the events that are not in them.

One statement reads the mark, the sums up to it and the events beyond it, so that whatever is
being booked or added up meanwhile, each event is counted once.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final, LiteralString
from zoneinfo import ZoneInfo

import msgspec

from config.kernel.periods import Period
from config.kernel.sql import Row, fetch

from .balances import PeriodTotals
from .spans import Piece, cut_span, widen


class By(StrEnum):
    """What usage can be told apart by."""

    DAY = "day"
    HOUR = "hour"
    ACTION = "action"
    MEMBER = "member"
    API_KEY = "api_key"


@dataclass(frozen=True, slots=True)
class Mark:
    """Up to where the sums go. It only ever grows, so one that was read bounds what is beyond."""

    event_id: int = 0
    reversal_id: int = 0
    transfer_id: int = 0
    time_zone: str | None = None


@dataclass(frozen=True, slots=True)
class MeterBooks:
    """
    The usage periods of a meter, newest first, and up to where its sums go: None, nothing was
    summed up yet. Every sum of the meter begins with them; read once, they serve several.
    """

    mark: Mark | None
    period_ids: tuple[int, ...]
    periods: tuple[PeriodTotals, ...]

    def ids_of(self, span: Period) -> list[int] | None:
        """The periods that make up exactly this span; None if it is not made of whole ones."""
        inside = [
            (period_id, period)
            for period_id, period in zip(self.period_ids, self.periods, strict=True)
            if period.starts_at >= span.starts_at and period.ends_at <= span.ends_at
        ]
        bounds = (
            min((period.starts_at for _id, period in inside), default=None),
            max((period.ends_at for _id, period in inside), default=None),
        )
        if bounds != (span.starts_at, span.ends_at):
            return None
        return [period_id for period_id, _period in inside]


_BOOKS: Final = """
SELECT mark.event_id, mark.reversal_id, mark.transfer_id, mark.time_zone, period.id,
       period.starts_at, period.ends_at, period.allowance, period.used_credits,
       period.overage_credits
FROM (SELECT %(organization)s::bigint AS id) AS organization
LEFT JOIN metering_rollupmark AS mark ON mark.organization_id = organization.id
LEFT JOIN LATERAL (
    SELECT * FROM metering_usageperiod
    WHERE organization_id = organization.id AND meter_id = %(meter)s
    ORDER BY starts_at DESC
    LIMIT %(limit)s
) AS period ON TRUE
ORDER BY period.starts_at DESC
"""
_OF_THE_MARK: Final = 4  # columns

# Should the days be summed up anew in another zone in the meantime, the pieces without days hold.
_MARK: Final = """
WITH mark AS (
    SELECT coalesce(max(event_id), 0) AS event_id, coalesce(max(reversal_id), 0) AS reversal_id,
           coalesce(max(transfer_id), 0) AS transfer_id,
           coalesce(max(time_zone) = %(days_in)s, FALSE) AS has_days
    FROM metering_rollupmark WHERE organization_id = %(organization)s
), piece AS (
    SELECT given.*
    FROM json_to_recordset(%(pieces)s::json) AS given (
        grain text, starts_at timestamptz, ends_at timestamptz, first_day date, end_day date,
        with_days boolean
    )
    JOIN mark ON mark.has_days = given.with_days
)"""

# What is not in the sums: events beyond the mark, and those at the edges of the span.
_BOOKED: Final = """, edge AS MATERIALIZED (
    SELECT event.id, event.event_id, event.period_id, event.counted_at, event.action_id,
           event.api_key_id, event.member, event.quantity, event.credits, event.overage_credits,
           event.cost
    FROM piece
    JOIN metering_usageevent AS event
        ON event.organization_id = %(organization)s AND event.meter_id = %(meter)s
       AND event.counted_at >= piece.starts_at AND event.counted_at < piece.ends_at
    WHERE piece.grain = 'events'
      AND event.counted_at >= %(starts_at)s AND event.counted_at < %(ends_at)s
), booked AS (
    SELECT event.event_id, event.period_id, event.counted_at, event.action_id,
           event.api_key_id, event.member, event.quantity, event.credits, event.overage_credits,
           event.cost, 1 AS event_count
    FROM mark
    JOIN metering_usageevent AS event
        ON event.organization_id = %(organization)s AND event.id > %(event_id)s
       AND event.id > mark.event_id
    WHERE event.meter_id = %(meter)s
      AND event.counted_at >= %(starts_at)s AND event.counted_at < %(ends_at)s
    UNION ALL
    SELECT event.event_id, event.period_id, event.counted_at, event.action_id, event.api_key_id,
           event.member, -event.quantity, -event.credits, -reversal.overage_credits, -event.cost,
           -1
    FROM mark
    JOIN metering_usagereversal AS reversal
        ON reversal.organization_id = %(organization)s AND reversal.id > %(reversal_id)s
       AND reversal.id > mark.reversal_id
    JOIN metering_usageevent AS event
        ON event.organization_id = reversal.organization_id
       AND event.event_id = reversal.event_key
    WHERE event.meter_id = %(meter)s
      AND event.counted_at >= %(starts_at)s AND event.counted_at < %(ends_at)s
    UNION ALL
    SELECT event.event_id, event.period_id, event.counted_at, event.action_id, event.api_key_id,
           event.member, 0, 0, -cover.amount, 0, 0
    FROM mark
    JOIN metering_ledgertransfer AS cover
        ON cover.organization_id = %(organization)s AND cover.id > %(transfer_id)s
       AND cover.id > mark.transfer_id AND cover.kind = 'cover'
    JOIN metering_usageevent AS event
        ON event.organization_id = cover.organization_id AND event.event_id = cover.event_key
    WHERE event.meter_id = %(meter)s
      AND event.counted_at >= %(starts_at)s AND event.counted_at < %(ends_at)s
    UNION ALL
    SELECT event.event_id, event.period_id, event.counted_at, event.action_id,
           event.api_key_id, event.member, event.quantity, event.credits, event.overage_credits,
           event.cost, 1
    FROM mark JOIN edge AS event ON event.id <= mark.event_id
    UNION ALL
    SELECT event.event_id, event.period_id, event.counted_at, event.action_id, event.api_key_id,
           event.member, -event.quantity, -event.credits, -reversal.overage_credits, -event.cost,
           -1
    FROM mark
    JOIN edge AS event ON TRUE
    JOIN metering_usagereversal AS reversal
        ON reversal.organization_id = %(organization)s AND reversal.event_key = event.event_id
       AND reversal.id <= mark.reversal_id
    UNION ALL
    SELECT event.event_id, event.period_id, event.counted_at, event.action_id, event.api_key_id,
           event.member, 0, 0, -cover.amount, 0, 0
    FROM mark
    JOIN edge AS event ON event.overage_credits > 0
    JOIN metering_ledgertransfer AS cover
        ON cover.organization_id = %(organization)s AND cover.event_key = event.event_id
       AND cover.kind = 'cover' AND cover.id <= mark.transfer_id
)"""

_FROM_BOOKED: Final = """, entry AS (
    SELECT (counted_at AT TIME ZONE %(zone)s)::date AS day,
           date_trunc('hour', counted_at, 'UTC') AS hour, period_id,
           action_id, api_key_id, member, quantity, credits, overage_credits, cost, event_count
    FROM booked
    UNION ALL"""

_FROM_SUMS_BY_ACTION: Final = """
    SELECT rollup.day, NULL, rollup.period_id, rollup.action_id, NULL, '', rollup.quantity,
           rollup.credits, rollup.overage_credits, rollup.cost, rollup.event_count
    FROM piece
    JOIN metering_dailyusage AS rollup
        ON rollup.organization_id = %(organization)s AND rollup.meter_id = %(meter)s
       AND rollup.day >= piece.first_day AND rollup.day < piece.end_day
       AND (%(periods)s::bigint[] IS NULL OR rollup.period_id = ANY(%(periods)s::bigint[]))
    WHERE piece.grain = 'days'
    UNION ALL
    SELECT (rollup.hour AT TIME ZONE %(zone)s)::date, rollup.hour, rollup.period_id,
           rollup.action_id, NULL, '', rollup.quantity, rollup.credits, rollup.overage_credits,
           rollup.cost, rollup.event_count
    FROM piece
    JOIN metering_hourlyusage AS rollup
        ON rollup.organization_id = %(organization)s AND rollup.meter_id = %(meter)s
       AND rollup.hour >= piece.starts_at AND rollup.hour < piece.ends_at
       AND (%(periods)s::bigint[] IS NULL OR rollup.period_id = ANY(%(periods)s::bigint[]))
    WHERE piece.grain = 'hours'
)"""

_FROM_SUMS_BY_CALLER: Final = """
    SELECT rollup.day, NULL, rollup.period_id, NULL, rollup.api_key_id, rollup.member,
           rollup.quantity, rollup.credits, rollup.overage_credits, rollup.cost, rollup.event_count
    FROM piece
    JOIN metering_callerusage AS rollup
        ON rollup.organization_id = %(organization)s AND rollup.meter_id = %(meter)s
       AND rollup.day >= piece.first_day AND rollup.day < piece.end_day
       AND (%(periods)s::bigint[] IS NULL OR rollup.period_id = ANY(%(periods)s::bigint[]))
    WHERE piece.grain = 'days'
)"""

# An event that was taken back leaves nothing behind.
_SUMS: Final = """, sum(quantity), sum(credits), sum(entry.overage_credits), sum(cost),
       sum(event_count)::bigint
FROM entry
"""
_STILL_THERE: Final = " HAVING sum(event_count) > 0 "
_ACTION_OF_ENTRY: Final = "LEFT JOIN metering_action AS action ON action.id = entry.action_id "
_PERIOD_OF_ENTRY: Final = "JOIN metering_usageperiod AS period ON period.id = entry.period_id "
# A key of the platform is not the organization's to know.
_KEY_OF_ENTRY: Final = """
LEFT JOIN accounts_apikey AS key
    ON key.id = entry.api_key_id AND key.organization_id = %(organization)s
"""
_MOST_FIRST: Final = " ORDER BY sum(credits) DESC, 1"


@dataclass(frozen=True, slots=True)
class _Grouping:
    """How entries are added up: the columns that identify a group, and the order of groups."""

    columns: LiteralString
    joins: LiteralString = ""
    group: LiteralString = " GROUP BY 1"
    order: LiteralString = " ORDER BY 1"

    @property
    def statement(self) -> LiteralString:
        """The last part of the statement, after the entries."""
        selected = " SELECT " + self.columns + _SUMS + self.joins
        return selected + self.group + _STILL_THERE + self.order


_GROUPINGS: Final[dict[tuple[By, ...], _Grouping]] = {
    (): _Grouping("'everything'"),
    (By.DAY,): _Grouping("day"),
    (By.HOUR,): _Grouping("hour"),
    (By.ACTION,): _Grouping(
        "action.code, action.name", _ACTION_OF_ENTRY, " GROUP BY 1, 2", _MOST_FIRST
    ),
    (By.MEMBER,): _Grouping("member", order=_MOST_FIRST),
    (By.API_KEY,): _Grouping(
        "key.public_id, key.name", _KEY_OF_ENTRY, " GROUP BY 1, 2", _MOST_FIRST
    ),
    (By.DAY, By.ACTION): _Grouping(
        "period.starts_at, day, action.code",
        _PERIOD_OF_ENTRY + _ACTION_OF_ENTRY,
        " GROUP BY 1, 2, 3",
        " ORDER BY 1, 2, 3",
    ),
}


def read_books(*, organization_id: int, meter_id: int, limit: int | None = None) -> MeterBooks:
    """Return the periods of a meter, all of them or so many of the newest, and the mark."""
    rows = fetch(_BOOKS, {"organization": organization_id, "meter": meter_id, "limit": limit})
    mark = rows[0][:_OF_THE_MARK]
    periods = [row[_OF_THE_MARK:] for row in rows if row[_OF_THE_MARK] is not None]
    return MeterBooks(
        mark=None if mark[0] is None else Mark(*mark),
        period_ids=tuple(period_id for period_id, *_totals in periods),
        periods=tuple(PeriodTotals(*totals) for _id, *totals in periods),
    )


def sum_usage(
    *,
    organization_id: int,
    meter_id: int,
    span: Period,
    by: Sequence[By],
    time_zone: str = "UTC",
    books: MeterBooks | None = None,
) -> list[Row]:
    """
    Return what identifies each group (a word, if all is one), then its quantity, credits, overage,
    cost and number of events. By day and action the usage periods are told apart as well.

    Events taken back are in no sum. Days are those of the time zone, hours those of UTC. `books`
    are those of the meter, where they were read.
    """
    if books is None:
        books = read_books(organization_id=organization_id, meter_id=meter_id)
    mark, period_ids = books.mark or Mark(), books.ids_of(span)
    from_sums = _FROM_SUMS_BY_ACTION if _is_by_action(by) else _FROM_SUMS_BY_CALLER
    pieces = _pieces(span, by, time_zone, summed_in=mark.time_zone, is_whole=period_ids is not None)
    return fetch(
        _MARK + _BOOKED + _FROM_BOOKED + from_sums + _GROUPINGS[tuple(by)].statement,
        {
            "organization": organization_id,
            "meter": meter_id,
            "starts_at": span.starts_at,
            "ends_at": span.ends_at,
            "zone": time_zone,
            "event_id": mark.event_id,
            "reversal_id": mark.reversal_id,
            "transfer_id": mark.transfer_id,
            "days_in": mark.time_zone,
            "periods": period_ids,
            "pieces": msgspec.json.encode(pieces).decode(),
        },
    )


def _pieces(
    span: Period, by: Sequence[By], time_zone: str, *, summed_in: str | None, is_whole: bool
) -> list[dict[str, object]]:
    """The span cut with the days that were summed up, and cut without them."""
    wants_days, wants_hours = By.DAY in by, By.HOUR in by
    midnights_of = ZoneInfo(time_zone) if wants_days else None
    summed = ZoneInfo(summed_in) if summed_in else None
    if wants_hours or (wants_days and summed_in != time_zone):
        summed = None

    def cut(days_in: ZoneInfo | None) -> list[Piece]:
        whole = widen(span, days_in=days_in) if is_whole else span
        return cut_span(
            whole, days_in=days_in, has_hours=_is_by_action(by), midnights_of=midnights_of
        )

    return [
        {**asdict(piece), "with_days": with_days}
        for with_days, days_in in ((True, summed), (False, None))
        for piece in cut(days_in)
    ]


def _is_by_action(by: Sequence[By]) -> bool:
    """Whether the sums by action can answer; who used something has sums of its own."""
    return By.MEMBER not in by and By.API_KEY not in by
