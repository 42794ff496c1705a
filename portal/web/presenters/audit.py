"""What the page of the audit log shows, and its CSV."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from django.utils.translation import gettext as _

from accounts.audit.queries import AuditFilter, AuditView, By, iterate_entries, list_entries
from accounts.models import Organization
from config.kernel.spreadsheets import csv_lines

from ...audit_words import action_words

ROWS: Final = 50
_CSV_COLUMNS: Final = (
    "time_utc",
    "time_local",
    "actor",
    "action",
    "action_code",
    "target",
    "changes",
    "reason",
    "request_id",
)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One thing that is different; `before` is empty for what there was not."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class AuditRow:
    """Something that was done."""

    at: datetime
    actor: str
    is_staff: bool
    what: str
    code: str
    target: str
    changes: tuple[ChangeRow, ...]
    reason: str
    request_id: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A page of the log."""

    rows: tuple[AuditRow, ...]
    older: int | None


def present_audit(
    organization: Organization, matching: AuditFilter, *, before: int | None
) -> AuditPage:
    """Read a page of what was done, newest first."""
    found = list_entries(
        organization=organization, matching=matching, before=before, limit=ROWS + 1
    )
    shown = found[:ROWS]
    return AuditPage(
        rows=tuple(_row(entry) for entry in shown),
        older=shown[-1].id if len(found) > ROWS else None,
    )


def audit_csv(organization: Organization, matching: AuditFilter, *, zone: tzinfo) -> Iterator[str]:
    """Write everything that was done as CSV, line by line, newest first."""
    entries = iterate_entries(organization=organization, matching=matching)
    return csv_lines(_CSV_COLUMNS, (_csv_row(entry, zone) for entry in entries))


def _csv_row(entry: AuditView, zone: tzinfo) -> tuple[str, ...]:
    return (
        entry.occurred_at.astimezone(UTC).isoformat(),
        entry.occurred_at.astimezone(zone).isoformat(),
        _actor(entry),
        action_words(entry.action),
        entry.action,
        entry.target,
        json.dumps(entry.changes, ensure_ascii=False) if entry.changes else "",
        entry.reason,
        entry.request_id,
    )


def _row(entry: AuditView) -> AuditRow:
    return AuditRow(
        at=entry.occurred_at,
        actor=_actor(entry),
        is_staff=entry.by is By.STAFF,
        what=action_words(entry.action),
        code=entry.action,
        target=entry.target,
        changes=_changes(entry.changes),
        reason=entry.reason,
        request_id=entry.request_id,
    )


def _actor(entry: AuditView) -> str:
    if entry.by is By.STAFF:
        return _("Our staff")
    return _("Automatic") if entry.actor == "system" else entry.actor


def _changes(changes: Mapping[str, Any]) -> tuple[ChangeRow, ...]:
    rows = []
    for name, change in changes.items():
        is_pair = isinstance(change, list) and len(change) == 2
        before, after = change if is_pair else (None, change)
        rows.append(ChangeRow(name, _value(before), _value(after)))
    return tuple(rows)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)
