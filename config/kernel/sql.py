"""
Statements of the busiest paths, run without the query builder.

Building a query costs several times what the database needs to answer a small one. The few
statements that every usage report runs are therefore written out, sent with their parameters
apart, and kept prepared by each connection; those that do not wait for each other's answers
share one round trip.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, LiteralString

from django.db import connection
from psycopg import Cursor

Parameters = Sequence[Any] | Mapping[str, Any]
Row = tuple[Any, ...]
_NAMED: Final = re.compile(r"%\((\w+)\)s")


class Asked:
    """A statement that was sent; its rows are there once somebody wants them."""

    def __init__(self, cursor: Cursor[Row]) -> None:
        self._cursor = cursor

    def all(self) -> list[Row]:
        """Return the rows."""
        with connection.wrap_database_errors:
            return self._cursor.fetchall()

    def first(self) -> Row | None:
        """Return the first row, if there is one."""
        with connection.wrap_database_errors:
            return self._cursor.fetchone()


def ask(statement: LiteralString, parameters: Parameters) -> Asked:
    """Send a statement on Django's connection, in its transaction."""
    with connection.wrap_database_errors:
        return Asked(_cursor().execute(statement, parameters, prepare=True))


def execute(statement: LiteralString, parameters: Parameters) -> None:
    """Run a statement whose rows nobody wants. Raises Django's `IntegrityError` and its kin."""
    ask(statement, parameters)


def fetch(statement: LiteralString, parameters: Mapping[str, Any]) -> list[Row]:
    """
    Return the rows of a statement that is planned anew for its parameters.

    For reads over what may be three rows or millions: one plan would not fit both.
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[Row] = cursor.fetchall()
    return rows


def by_position(statement: str, parameters: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]]:
    """Return a statement and its parameters as the query builder takes them: in order, unnamed."""
    in_order = tuple(parameters[name] for name in _NAMED.findall(statement))
    return _NAMED.sub("%s", statement), in_order


@contextmanager
def one_round_trip() -> Iterator[None]:
    """
    Send what is asked inside together, and wait once for all of it.

    The statements run one after the other, each seeing what was committed before it began,
    so that a lock taken by the first holds for what the others read.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def _cursor() -> Cursor[Row]:
    connection.ensure_connection()
    return Cursor(connection.connection)
