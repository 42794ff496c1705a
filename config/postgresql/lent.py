"""A connection that the pool lends, and whether it still lives."""

from __future__ import annotations

import select
from time import monotonic
from typing import Any, Final

from psycopg import Connection, Error
from psycopg_pool import ConnectionPool

TRUSTED_FOR_SECONDS: Final = 1.0


class LentConnection(Connection[Any]):
    """Remembers when it was last given back."""

    returned_at: float | None = None

    def note_return(self) -> None:
        """Say that its work is done for now."""
        self.returned_at = monotonic()

    def is_alive(self) -> bool:
        """
        Whether the database is still at the other end.

        A database that ends a connection says so or hangs up, and the socket has something to
        read; it has nothing to say to a good one that was asked nothing. That costs no round trip,
        but a network between may drop a connection silently, so one that has lain idle is asked.
        """
        if self.closed:
            return False
        if self._is_fresh() and not self._has_something_to_say():
            return True
        try:
            ConnectionPool.check_connection(self)
        except Error:
            return False
        return True

    def _is_fresh(self) -> bool:
        return self.returned_at is not None and monotonic() < self.returned_at + TRUSTED_FOR_SECONDS

    def _has_something_to_say(self) -> bool:
        socket = select.poll()
        socket.register(self.fileno(), select.POLLIN)
        return bool(socket.poll(0))
