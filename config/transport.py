"""
The transport of the tasks: kombu's for PostgreSQL, safe to start in several processes at once.

Kombu's own drops the trigger that wakes workers and makes it again, whenever anybody comes to a
queue to send or to receive. Two that come together break each other: a worker that has just been
started ends, or a task is not sent.
"""

from __future__ import annotations

from kombu.transport import TRANSPORT_ALIASES, pgmq
from psycopg import Connection

TRIGGER = "trigger_notify_queue_insert_listeners"
TRIGGER_LOCK = 7_106_834


class Channel(pgmq.Channel):
    """Makes the trigger of a queue where it is missing, one at a time."""

    connection: Transport

    def _maybe_enable_notify(self, queue: str, queue_name: str | None = None) -> None:
        if not self.use_notify:
            return
        name = queue_name or self._queue_name(queue)
        connections = self.pgmq.pool
        assert connections is not None, "the client opens its connections when it is made"
        with connections.connection() as database:
            if not _has_trigger(database, name):
                database.execute("SELECT pg_advisory_xact_lock(%s)", [TRIGGER_LOCK])
                if not _has_trigger(database, name):
                    self.pgmq.enable_notify(
                        name,
                        throttle_interval_ms=self.notify_throttle_interval_ms,
                        conn=database,
                    )
        self.connection._register_notify_queue(name)


class Transport(pgmq.Transport):
    """Kombu's, with our channel."""

    Channel = Channel


def _has_trigger(database: Connection[tuple[bool]], queue_name: str) -> bool:
    row = database.execute(
        "SELECT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = to_regclass(%s) AND tgname = %s)",
        [f'pgmq."q_{queue_name}"', TRIGGER],
    ).fetchone()
    assert row is not None
    return row[0]


def use_for_pgmq() -> None:
    """Take our transport for every `pgmq://` address from now on."""
    TRANSPORT_ALIASES["pgmq"] = f"{__name__}:Transport"
