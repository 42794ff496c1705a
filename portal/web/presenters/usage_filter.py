"""What the address of the usage page asks for, and the addresses that ask for something else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from config.kernel.periods import Period
from metering.choices import TransferKind
from metering.queries import LedgerFilter, PeriodTotals

from ...usage_forms import PREVIOUS, WITHOUT

_KEY: Final = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class UsageFilter:
    """The parts of the address; None where nothing is asked for."""

    meter: str | None = None
    period: str | None = None
    by: str | None = None
    sort: str | None = None
    kind: str | None = None
    action: str | None = None
    member: str | None = None
    key: str | None = None
    since: date | None = None
    until: date | None = None
    before: int | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether only a part of the ledger is asked for."""
        return self.ledger(period=None, zone=ZoneInfo("UTC")) != LedgerFilter()

    def link(self, **changes: str | int | None) -> str:
        """The address with these parts changed, at the newest page of the ledger."""
        parts = {
            name: getattr(self, name) for name in self.__dataclass_fields__ if name != "before"
        } | changes
        asked = {name: value for name, value in parts.items() if value is not None}
        return "?" + urlencode(asked)

    def without_ledger(self, **changes: str | None) -> str:
        """The same with all of the ledger."""
        everything = dict.fromkeys(("kind", "action", "member", "key", "since", "until"))
        return self.link(**{**everything, **changes})

    def ledger(self, *, period: Period | None, zone: ZoneInfo) -> LedgerFilter:
        """
        Return the part of the ledger that is asked for: between two days as the zone counts them,
        both included; without days, in the period.
        """
        has_days = self.since is not None or self.until is not None
        if has_days or period is None:
            occurred_from = None if self.since is None else _midnight(self.since, zone)
            after = None if self.until is None else self.until + timedelta(days=1)
            occurred_before = None if after is None else _midnight(after, zone)
        else:
            occurred_from, occurred_before = period.starts_at, period.ends_at
        return LedgerFilter(
            kind=None if self.kind is None else TransferKind(self.kind),
            action=_named(self.action),
            member=_named(self.member),
            api_key=_named(self.key),
            occurred_from=occurred_from,
            occurred_before=occurred_before,
        )


def period_key(period: PeriodTotals | Period) -> str:
    """How an address names a period: by the second in which it begins."""
    return period.starts_at.astimezone(UTC).strftime(_KEY)


def find_period(periods: Sequence[PeriodTotals], *, asked: str | None) -> PeriodTotals | None:
    """Return the period that an address names, of those there are, newest first; else None."""
    if asked == PREVIOUS:
        return periods[1] if len(periods) > 1 else None
    return next((totals for totals in periods if period_key(totals) == asked), None)


def _named(asked: str | None) -> str | None:
    return "" if asked == WITHOUT else asked


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)
