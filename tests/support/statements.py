"""How many statements something sends to the database: all, those that Django does not see too."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from psycopg import Cursor


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """Note what is sent inside, in order."""
    sent: list[str] = []
    execute = Cursor.execute

    def noted(cursor: Any, query: Any, *rest: Any, **options: Any) -> Any:
        sent.append(str(query))
        return execute(cursor, query, *rest, **options)

    with patch.object(Cursor, "execute", noted):
        yield sent


@contextmanager
def at_most(number: int) -> Iterator[None]:
    """Fail if more is sent inside."""
    with counted_statements() as sent:
        yield
    assert len(sent) <= number, "\n".join([f"{len(sent)} statements", *sent])
