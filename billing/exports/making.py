"""
Make an export under a lease.

What is written is kept piece by piece, so that the page can say how far it has come. A worker that
dies leaves its pieces behind; the next one takes the lease once it is over, removes them and
begins anew.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts.organizations.sweeping import sweep
from config.kernel.ids import new_id

from ..choices import DataExportStatus
from ..models import DataExport, DataExportPart
from .writing import one_moment, write_archive

# Longer than anything between two pieces takes.
LEASE_LENGTH: Final = timedelta(minutes=10)
MOST_ATTEMPTS: Final = 3
KEPT_FOR: Final = timedelta(days=7)
_PIECE: Final = 512 * 1024

Clock = Callable[[], datetime]


class LeaseLost(RuntimeError):
    """Another worker makes this export now."""


class Pieces:
    """Where the archive is written to: pieces in the database, under the lease."""

    def __init__(self, export: DataExport, *, clock: Clock) -> None:
        self._export, self._clock = export, clock
        self._buffer = bytearray()
        self._number = 0
        self.size = 0

    def write(self, content: bytes) -> int:
        """Keep the content; what fills a piece is stored. Raises `LeaseLost`."""
        self._buffer += content
        while len(self._buffer) >= _PIECE:
            self._store(bytes(self._buffer[:_PIECE]))
            del self._buffer[:_PIECE]
        return len(content)

    def flush(self) -> None:
        """Nothing waits for more than a piece to be full."""

    def close(self) -> None:
        """Store what is left."""
        if self._buffer:
            self._store(bytes(self._buffer))
            self._buffer.clear()

    def count_file(self, rows: int) -> None:
        """Say that one more file is written. Raises `LeaseLost`."""
        self._progress(table_count=F("table_count") + 1, row_count=F("row_count") + rows)

    def _store(self, piece: bytes) -> None:
        self.size += len(piece)
        with transaction.atomic():
            self._progress(byte_count=self.size)
            DataExportPart.objects.create(export=self._export, number=self._number, content=piece)
        self._number += 1

    def _progress(self, **change: object) -> None:
        until = self._clock() + LEASE_LENGTH
        if not _held(self._export).update(leased_until=until, **change):
            raise LeaseLost(self._export.public_id)


def make_export(*, export_id: int, clock: Clock) -> bool:
    """
    Make an export if nobody else does, and return whether it is ready now.

    A failure is raised; the sweep tries again, three times in all.
    """
    export = _claim(export_id, now=clock())
    if export is None:
        return False
    pieces = Pieces(export, clock=clock)
    with one_moment() as reading:
        write_archive(
            organization=export.organization,
            out=pieces,
            reading=reading,
            at=clock(),
            on_file=pieces.count_file,
        )
    pieces.close()
    now = clock()
    ready = _held(export).update(
        status=DataExportStatus.READY,
        lease="",
        leased_until=None,
        ended_at=now,
        expires_at=now + KEPT_FOR,
    )
    return ready == 1


def make_due_exports(*, clock: Clock) -> None:
    """
    Make the exports whose bell nobody heard, or whose worker died.

    One that fails does not hold up the others; the failures are raised together at the end.
    """
    # An organization has one at most that is not ended.
    due = dict(_due(clock()).values_list("organization_id", "pk"))
    sweep(
        due,
        lambda organization_id: make_export(export_id=due[organization_id], clock=clock),
        doing="making the exports of",
    )


def _claim(export_id: int, *, now: datetime) -> DataExport | None:
    """Take the lease of an export and clear away what was begun; None if it is not to be made."""
    with transaction.atomic():
        due = _due(now).filter(pk=export_id).select_for_update(of=("self",), skip_locked=True)
        export = due.select_related("organization").first()
        if export is None:
            return None
        export.parts.all().delete()
        is_hopeless = export.attempt_count >= MOST_ATTEMPTS
        if is_hopeless:
            export.status, export.lease, export.leased_until = DataExportStatus.FAILED, "", None
            export.ended_at = now
        else:
            export.status, export.lease = DataExportStatus.MAKING, new_id("lease")
            export.leased_until = now + LEASE_LENGTH
            export.attempt_count += 1
            export.table_count = export.row_count = export.byte_count = 0
        export.save()
    return None if is_hopeless else export


def _due(now: datetime) -> QuerySet[DataExport]:
    return DataExport.objects.filter(
        Q(status=DataExportStatus.WAITING)
        | Q(status=DataExportStatus.MAKING, leased_until__lte=now)
    )


def _held(export: DataExport) -> QuerySet[DataExport]:
    return DataExport.objects.filter(pk=export.pk, lease=export.lease)
