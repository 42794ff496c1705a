"""
Statements of the busiest paths, run without the query builder.

Building a query costs several times what the database needs to answer a small one. The few
statements that every usage report runs are therefore written out, sent with their parameters
apart, and kept prepared by each connection.
"""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

from django.db import connection
from psycopg import Cursor

Parameters = Sequence[Any] | Mapping[str, Any]


def fetch_all(statement: LiteralString, parameters: Parameters) -> list[tuple[Any, ...]]:
    """Run a statement on Django's connection, in its transaction, and return the rows."""
    with _cursor() as cursor, connection.wrap_database_errors:
        return cursor.execute(statement, parameters, prepare=True).fetchall()


def fetch_one(statement: LiteralString, parameters: Parameters) -> tuple[Any, ...] | None:
    """Run a statement on Django's connection, in its transaction, and return its first row."""
    with _cursor() as cursor, connection.wrap_database_errors:
        return cursor.execute(statement, parameters, prepare=True).fetchone()


def execute(statement: LiteralString, parameters: Parameters) -> None:
    """Run a statement that returns nothing. Raises Django's `IntegrityError` and its kin."""
    with _cursor() as cursor, connection.wrap_database_errors:
        cursor.execute(statement, parameters, prepare=True)


def _cursor() -> Cursor[tuple[Any, ...]]:
    connection.ensure_connection()
    return Cursor(connection.connection)
