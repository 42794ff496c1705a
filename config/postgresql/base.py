"""The database engine: what Django loads for ``config.postgresql``."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base

from config.postgresql.lent import LentConnection


class DatabaseWrapper(base.DatabaseWrapper):
    """
    Takes a connection from the pool only if it lives.

    Django lets the pool ask the database before every request. That is a third of what a short
    one costs, and says nothing that was not known a moment ago.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a connection; from the pool, one that was looked at."""
        connection = super().get_new_connection(conn_params)
        while isinstance(connection, LentConnection) and not connection.is_alive():
            # The pool drops what is closed, and connects anew.
            connection.close()
            self.pool.putconn(connection)
            connection = super().get_new_connection(conn_params)
        return connection

    def close(self) -> None:
        """Give the connection back."""
        if isinstance(self.connection, LentConnection):
            self.connection.note_return()
        super().close()
