"""What a promise of the books is, and how it is checked."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from django.db import connection

Row = dict[str, Any]

LARGEST_REPORT: Final = 100
_EVERYWHERE: Final = "TRUE"
_ONE_ORGANIZATION: Final = "{alias}.organization_id = %(organization)s"


@dataclass(frozen=True, slots=True)
class Invariant:
    """
    A promise, and the query that finds what breaks it.

    A letter in braces in the query stands for the scope of the table with that alias: one
    organization, or all of them. Where SQL cannot say it all, `is_broken_by` says of each row that
    the query finds whether it breaks the promise; without it, all of them do.
    """

    name: str
    promise: str
    sql: str
    is_broken_by: Callable[[Row], bool] | None = None


@dataclass(frozen=True, slots=True)
class Violation:
    """Rows that break a promise (at most `LARGEST_REPORT` of them)."""

    invariant: Invariant
    rows: tuple[Row, ...]


def check(invariants: Iterable[Invariant], *, organization_id: int | None) -> Iterator[Violation]:
    """Check each invariant, for one organization or for all, and yield those that do not hold."""
    for invariant in invariants:
        rows = _offending_rows(invariant, organization_id)
        if rows:
            yield Violation(invariant, rows)


def _offending_rows(invariant: Invariant, organization_id: int | None) -> tuple[Row, ...]:
    scope = _EVERYWHERE if organization_id is None else _ONE_ORGANIZATION
    sql = invariant.sql.format(**{alias: scope.format(alias=alias) for alias in "acdeghpqrstu"})
    with connection.cursor() as cursor:
        cursor.execute(sql, {"organization": organization_id})
        names = [column.name for column in cursor.description or ()]
        found = (dict(zip(names, row, strict=True)) for row in cursor)
        return tuple(islice(filter(invariant.is_broken_by or bool, found), LARGEST_REPORT))
