"""Everything the sandbox remembers, in one SQLite file."""

from __future__ import annotations

import sqlite3
from typing import Any

from billing.sandbox.errors import missing
from billing.sandbox.wire import read_json, write_json

Row = dict[str, Any]

TABLES = """
CREATE TABLE IF NOT EXISTS objects (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, id)
);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY,
    asked TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due_at);
CREATE INDEX IF NOT EXISTS deliveries_event ON deliveries (event);
CREATE TABLE IF NOT EXISTS attempts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery INTEGER NOT NULL REFERENCES deliveries (id),
    at INTEGER NOT NULL,
    outcome TEXT NOT NULL
);
"""

LISTED = """
SELECT body FROM objects
WHERE kind = ? AND json_extract(body, '$.deleted') IS NOT 1 AND NOT EXISTS (
    SELECT 1 FROM json_each(?) AS wanted
    WHERE json_extract(objects.body, wanted.key) IS NOT wanted.value
)
ORDER BY number DESC
"""


class Store:
    """Stripe objects by kind and id, a kind being what the object's ``object`` says.

    An object may carry facts of the sandbox alone under ``_sandbox``; they never leave it. What is
    handed out is a copy: a change counts once it is saved.
    """

    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = NORMAL")
        self.connection.executescript(TABLES)

    def get(self, kind: str, id: str, *, param: str = "id", status: int = 404) -> Row:
        """Raises ``StripeError`` "No such customer: 'cus_1'" (``resource_missing``).

        Say ``status=400`` and the parameter's name where a parameter, not the address, names it.
        """
        row = self.find(kind, id)
        if row is None:
            raise missing(kind, id, param=param, status=status)
        return row

    def find(self, kind: str, id: str) -> Row | None:
        found = self.connection.execute(
            "SELECT body FROM objects WHERE kind = ? AND id = ?", (kind, id)
        ).fetchone()
        return read_json(found[0]) if found else None

    def save(self, row: Row) -> Row:
        """Insert or replace; an object keeps its place in lists. Returns the same object."""
        self.connection.execute(
            "INSERT INTO objects (kind, id, body) VALUES (?, ?, ?)"
            " ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
            (row["object"], row["id"], write_json(row)),
        )
        return row

    def delete(self, row: Row) -> None:
        self.connection.execute(
            "DELETE FROM objects WHERE kind = ? AND id = ?", (row["object"], row["id"])
        )

    def list(self, kind: str, **equals: Any) -> list[Row]:
        """Newest first, those whose fields equal the values; what is marked deleted is left out.

        A name with two underscores leads inside: ``recurring__meter="mtr_1"``.
        """
        wanted = {f"$.{name.replace('__', '.')}": value for name, value in equals.items()}
        found = self.connection.execute(LISTED, (kind, write_json(wanted)))
        return [read_json(body) for (body,) in found.fetchall()]

    def fact(self, name: str) -> str | None:
        """A fact about the sandbox as a whole that ``remember`` kept."""
        found = self.connection.execute(
            "SELECT value FROM facts WHERE name = ?", (name,)
        ).fetchone()
        return found[0] if found else None

    def remember(self, name: str, value: str) -> None:
        self.connection.execute(
            "INSERT INTO facts (name, value) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, value),
        )

    def count_up(self, name: str) -> int:
        """The next number of a series, beginning with 1."""
        number = int(self.fact(name) or 0) + 1
        self.remember(name, str(number))
        return number

    def clear(self) -> None:
        """Forget everything."""
        self.connection.execute("DELETE FROM attempts")
        self.connection.execute("DELETE FROM deliveries")
        self.connection.execute("DELETE FROM answers")
        self.connection.execute("DELETE FROM facts")
        self.connection.execute("DELETE FROM objects")

    def close(self) -> None:
        self.connection.close()
