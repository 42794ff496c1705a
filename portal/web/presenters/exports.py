"""What the page of data exports shows."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.models import Organization
from billing.choices import DataExportStatus
from billing.exports.queries import find_latest_export
from billing.exports.writing import FILE_COUNT
from billing.models import DataExport

_BYTES_IN_A_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class ExportView:
    """The export that was asked for last."""

    id: str
    requested_at: datetime
    is_waiting: bool
    is_ready: bool
    has_failed: bool
    rows: int
    tables: int
    megabytes: Decimal
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class ExportPage:
    """What there is to see; None before anybody asked, and once the file is removed."""

    export: ExportView | None
    tables: int


def present_exports(organization: Organization, *, now: datetime) -> ExportPage:
    """Read the export that was asked for last."""
    latest = find_latest_export(organization=organization)
    return ExportPage(None if latest is None else _view(latest, now=now), FILE_COUNT)


def _view(export: DataExport, *, now: datetime) -> ExportView | None:
    if export.status == DataExportStatus.REMOVED:
        return None
    if export.expires_at is not None and export.expires_at <= now:
        return None
    return ExportView(
        id=export.public_id,
        requested_at=export.requested_at,
        is_waiting=export.status in {DataExportStatus.WAITING, DataExportStatus.MAKING},
        is_ready=export.status == DataExportStatus.READY,
        has_failed=export.status == DataExportStatus.FAILED,
        rows=export.row_count,
        tables=export.table_count,
        megabytes=max(round(Decimal(export.byte_count) / _BYTES_IN_A_MEGABYTE, 1), Decimal("0.1")),
        expires_at=export.expires_at,
    )
