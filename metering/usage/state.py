"""What the books say about a batch of reports, asked for as one statement."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, Self

import msgspec

from config.kernel.sql import Asked, ask

from ..ledger.books import ACCOUNTS, AccountRow, Book, books_of
from ..rate_card.queries import RATES, RatedAction, RateRow, rated_actions
from .periods import PERIODS, PeriodRow
from .recall import BOOKED, BookedEvent, BookedRow, booked_events
from .reports import Held, UsageReport


class HeldRow(msgspec.Struct, frozen=True):
    """What the open holds of one meter have set aside, as `HELD` finds it."""

    meter_id: int
    credits: Decimal
    uncovered_credits: Decimal
    expires_at: datetime


HELD: Final = """
SELECT meter_id, sum(credits) AS credits, sum(uncovered_credits) AS uncovered_credits,
       min(expires_at) AS expires_at
FROM metering_hold
WHERE organization_id = %(organization)s AND outcome IS NULL
GROUP BY meter_id
"""

_LIST: Final = "(SELECT coalesce(json_agg(row), '[]') FROM ({}) AS row)"
_OBJECT: Final = (
    "SELECT json_build_object('rates', {}, 'booked', {}, 'periods', {}, 'accounts', {},"
    " 'holds', {})::text"
)
_STATE: Final = _OBJECT.format(*map(_LIST.format, (RATES, BOOKED, PERIODS, ACCOUNTS, HELD)))


class _Rows(msgspec.Struct, frozen=True):
    rates: list[RateRow]
    booked: list[BookedRow]
    periods: list[PeriodRow]
    accounts: list[AccountRow]
    holds: list[HeldRow]


_read_rows: Final = msgspec.json.Decoder(_Rows).decode


@dataclass
class LedgerState:
    """
    The rate card, the known events, the periods and the accounts that a decision needs.

    `received_at` is when the reports came, `parameters` what was asked for.
    """

    organization_id: int
    received_at: datetime
    parameters: Mapping[str, Any]
    asked: Asked

    def read_again(self) -> Self:
        """
        Return the same as it stands now that something was written.

        No event is looked up: which of them were known is what the first reading said.
        """
        parameters = {**self.parameters, "event_ids": []}
        return replace(self, parameters=parameters, asked=ask(_STATE, parameters))

    @cached_property
    def _rows(self) -> _Rows:
        row = self.asked.first()
        assert row is not None
        return _read_rows(row[0])

    @cached_property
    def actions(self) -> dict[str, RatedAction]:
        """The actions that the reports name, by code."""
        return rated_actions(self._rows.rates)

    @cached_property
    def booked(self) -> dict[str, BookedEvent]:
        """The reported events that are in the books already, by id."""
        return booked_events(self._rows.booked, actions=self.actions)

    @property
    def periods(self) -> list[PeriodRow]:
        """The stored periods that the reports may fall into."""
        return self._rows.periods

    @property
    def held(self) -> dict[int, Held]:
        """What open holds have set aside on each meter; nothing on a meter without any."""
        held = {row.meter_id: Held(row.credits, row.uncovered_credits) for row in self._rows.holds}
        return defaultdict(Held, held)

    def is_behind(self, *, at: datetime) -> bool:
        """Whether a period is due to be closed, or a hold is over, and that is not booked yet."""
        return any(row.expires_at <= at for row in self._rows.holds) or any(
            period.closes_at <= at for period in self.periods if not period.is_closed
        )

    def books(self) -> dict[int, Book]:
        """The book of each meter, as it was read."""
        return books_of(self._rows.accounts)


def ask_for_ledger(
    *,
    organization_id: int,
    received_at: datetime,
    reports: Sequence[UsageReport] = (),
    actions: Iterable[str] | None = None,
) -> LedgerState:
    """
    Ask for everything that booking these reports depends on, under the organization's lock.

    `actions` are those of the rate card to read, if not just the reports'. May be asked within
    a round trip of the caller's.
    """
    if actions is None:
        actions = (report.action for report in reports if report.action)
    since = min((report.occurred_at or received_at for report in reports), default=received_at)
    parameters = {
        "organization": organization_id,
        "actions": list(set(actions)),
        "event_ids": [report.event_id for report in reports],
        "since": min(since, received_at),
    }
    return LedgerState(organization_id, received_at, parameters, ask(_STATE, parameters))
