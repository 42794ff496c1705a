"""What the books say about a batch of reports, asked for in one round trip."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from config.kernel.sql import Asked, one_round_trip

from ..ledger.books import Book, ask_for_accounts, books_of
from ..rate_card.queries import RatedAction, ask_for_rates, rated_actions
from .intake import OpenPeriod
from .periods import ask_for_periods, stored_periods
from .recall import BookedEvent, ask_for_booked, booked_events
from .reports import UsageReport


@dataclass(slots=True)
class LedgerState:
    """The rate card, the known events, the periods and the accounts that a decision needs."""

    organization_id: int
    _rates: Asked
    _booked: Asked
    _periods: Asked
    _accounts: Asked
    _open: list[OpenPeriod] | None = None

    def actions(self) -> dict[str, RatedAction]:
        """The actions that the reports name, by code."""
        return rated_actions(self._rates)

    def booked(self, *, actions: dict[str, RatedAction]) -> dict[str, BookedEvent]:
        """The reported events that are in the books already, by id."""
        return booked_events(self._booked, actions=actions)

    def periods(self) -> list[OpenPeriod]:
        """The stored periods that the reports may fall into."""
        if self._open is None:
            self._open = stored_periods(self._periods)
        return self._open

    def books(self) -> dict[int, Book]:
        """The book of each meter."""
        return books_of(self._accounts)


def ask_for_ledger(
    *, organization_id: int, reports: Sequence[UsageReport], received_at: datetime
) -> LedgerState:
    """
    Ask for everything that booking these reports depends on, under the organization's lock.

    May be asked within a round trip of the caller's.
    """
    since = min((report.occurred_at or received_at for report in reports), default=received_at)
    with one_round_trip():
        return LedgerState(
            organization_id=organization_id,
            _rates=ask_for_rates(codes={report.action for report in reports if report.action}),
            _booked=ask_for_booked(
                organization_id=organization_id,
                event_ids=[report.event_id for report in reports],
            ),
            _periods=ask_for_periods(
                organization_id=organization_id, since=min(since, received_at)
            ),
            _accounts=ask_for_accounts(organization_id=organization_id),
        )
