"""The ledger as a table to download: the fields of the API's ledger, and the local time."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from config.kernel.spreadsheets import csv_lines
from metering.queries import LedgerFilter, LedgerRow, list_ledger

# So much is held in memory at a time, however long the ledger is.
ROWS_AT_ONCE: Final = 500
_COLUMNS: Final = (
    "id",
    "occurred_at",
    "occurred_at_local",
    "recorded_at",
    "kind",
    "amount",
    "event",
    "action",
    "member",
    "api_key",
    "credit_grant",
    "category",
    "from_grant",
    "hold",
    "late",
    "reversed",
)


def ledger_csv_lines(
    *, organization_id: int, meter_id: int, only: LedgerFilter, zone: ZoneInfo
) -> Iterator[str]:
    """
    Write a part of the ledger, the last booked first, line by line.

    What is booked while it is written is not in it, and nothing that was there is missing.
    """
    rows = _rows(organization_id, meter_id, only)
    return csv_lines(_COLUMNS, (_cells(row, zone) for row in rows))


def _rows(organization_id: int, meter_id: int, only: LedgerFilter) -> Iterator[LedgerRow]:
    before_id = None
    while True:
        rows = list_ledger(
            organization_id=organization_id,
            meter_id=meter_id,
            limit=ROWS_AT_ONCE,
            before_id=before_id,
            only=only,
        )
        yield from rows
        if len(rows) < ROWS_AT_ONCE:
            return
        before_id = rows[-1].id


def _cells(row: LedgerRow, zone: ZoneInfo) -> tuple[object, ...]:
    return (
        row.id,
        _utc(row.occurred_at),
        row.occurred_at.astimezone(zone).isoformat(),
        _utc(row.recorded_at),
        row.kind,
        _plain(row.amount),
        row.event_id,
        row.action,
        row.member,
        row.api_key,
        row.grant,
        row.category,
        row.from_grant,
        row.hold,
        str(row.is_late).lower(),
        str(row.is_reversed).lower(),
    )


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _plain(amount: Decimal) -> Decimal:
    """Without zeros at its end; never with an exponent, for these are quantities."""
    whole = amount.to_integral_value()
    return whole if amount == whole else amount.normalize()
