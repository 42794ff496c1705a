"""Write an organization's data into a ZIP archive: one row, one table, one piece at a time."""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

from accounts.audit.queries import AuditFilter, iterate_entries
from accounts.models import Organization
from config.kernel.spreadsheets import csv_lines

from .tables import TABLES

_ROWS_AT_ONCE: Final = 2_000
_AUDIT_COLUMNS: Final = (
    "occurred_at",
    "by",
    "actor",
    "action",
    "target",
    "changes",
    "reason",
    "request_id",
)
FILE_COUNT: Final = len(TABLES) + 1

Progress = Callable[[int], None]


class Out(Protocol):
    """Where an archive is written to; nothing is read back."""

    def write(self, content: bytes, /) -> int:
        """Take the next bytes."""
        ...

    def flush(self) -> None:
        """Be told that a file is whole."""
        ...

    def close(self) -> None:
        """Be told that the archive is."""
        ...


@dataclass(frozen=True, slots=True)
class Written:
    """A file of the archive."""

    file: str
    about: str
    columns: tuple[str, ...]
    rows: int


@contextmanager
def one_moment() -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own that sees the books as they are now, whatever is written later."""
    reading = connection.copy()
    try:
        with reading.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield reading
    finally:
        reading.close()


def write_archive(
    *,
    organization: Organization,
    out: Out,
    reading: BaseDatabaseWrapper,
    at: datetime,
    on_file: Progress,
) -> None:
    """
    Write everything that the organization has; `on_file` is told how many rows each file got.

    What is read through `reading` is in memory for a few thousand rows at a time, however many
    there are.
    """
    files = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in TABLES:
            rows = _read(reading, table.rows(organization))
            files.append(_write(archive, table.file, table.about, table.columns(), rows))
            on_file(files[-1].rows)
        about = "Who did what, as the audit log shows it."
        files.append(_write(archive, "audit_log", about, _AUDIT_COLUMNS, _audit(organization)))
        on_file(files[-1].rows)
        archive.writestr("manifest.json", _manifest(organization, files, at=at))


def _write(
    archive: zipfile.ZipFile,
    name: str,
    about: str,
    columns: Iterable[str],
    rows: Iterable[Iterable[Any]],
) -> Written:
    header = tuple(columns)
    count = -1
    with (
        archive.open(f"{name}.csv", "w", force_zip64=True) as file,
        io.TextIOWrapper(file, encoding="utf-8", newline="") as text,
    ):
        for line in csv_lines(header, (map(_plain, row) for row in rows)):
            text.write(line)
            count += 1
    return Written(f"{name}.csv", about, header, count)


def _read(
    reading: BaseDatabaseWrapper, rows: "QuerySet[Any, tuple[Any, ...]]"
) -> Iterator[tuple[Any, ...]]:
    statement, values = rows.query.sql_with_params()
    reading.ensure_connection()
    with reading.connection.cursor(name="export") as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(statement, values)
        yield from cursor


def _audit(organization: Organization) -> Iterator[tuple[Any, ...]]:
    for entry in iterate_entries(organization=organization, matching=AuditFilter()):
        yield (
            entry.occurred_at,
            entry.by.value,
            entry.actor,
            entry.action,
            entry.target,
            dict(entry.changes),
            entry.reason,
            entry.request_id,
        )


def _plain(value: Any) -> Any:
    """A value as programs read it: instants in UTC, lists and objects as JSON."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return value


def _manifest(organization: Organization, files: Iterable[Written], *, at: datetime) -> str:
    described = {
        "organization": organization.public_id,
        "made_at": at.astimezone(UTC).isoformat(),
        "format": "CSV (RFC 4180) in UTF-8, instants in UTC, an apostrophe before texts that a "
        "spreadsheet would run",
        "files": [
            {
                "file": one.file,
                "about": one.about,
                "rows": one.rows,
                "columns": list(one.columns),
            }
            for one in files
        ],
    }
    return json.dumps(described, ensure_ascii=False, indent=2)
