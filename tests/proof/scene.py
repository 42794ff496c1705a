"""One set of books for many tests, each of which sees them as they were filled."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from .books import Books, fill_books

_GUARDS_OF_VALUES = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', conrelid::regclass, conname)
FROM pg_constraint
WHERE conrelid::regclass::text ~ '^(metering|billing)_' AND contype IN ('c', 'x', 'f', 'u')
ORDER BY contype = 'u'
"""
_UNIQUE_INDEXES = """
SELECT format('DROP INDEX IF EXISTS %I', relation.relname)
FROM pg_index JOIN pg_class relation ON relation.oid = indexrelid
WHERE indrelid::regclass::text ~ '^(metering|billing)_' AND indisunique AND NOT indisprimary
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


@contextmanager
def never_committed() -> Iterator[None]:
    """A transaction around operations that are outermost ones, as Django's test cases have."""
    outermost = transaction.atomic()
    outermost._from_testcase = True  # type: ignore[attr-defined]
    with outermost:
        yield
        transaction.set_rollback(True)


@contextmanager
def filled_books() -> Iterator[Books]:
    """Books in a transaction that never commits."""
    with never_committed():
        yield fill_books()


@contextmanager
def what_if() -> Iterator[None]:
    """Whatever happens inside is undone."""
    with transaction.atomic():
        run("SET CONSTRAINTS ALL IMMEDIATE")
        yield
        transaction.set_rollback(True)


def drop_every_guard() -> None:
    """Take away every constraint, unique key and trigger of the ledger."""
    run("SET LOCAL session_replication_role = replica")
    for guards in (_GUARDS_OF_VALUES, _UNIQUE_INDEXES):
        for drop in rows(guards):
            run(drop)


def run(statement: str) -> None:
    """Run a statement, or several."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def rows(query: str) -> list[str]:
    """The first column of a query."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [row[0] for row in cursor.fetchall()]
