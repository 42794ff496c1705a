"""The doorbell: once what was written is committed, a worker is asked to look."""

from dataclasses import dataclass

from django.db import connection, transaction

from .. import tasks


@dataclass(frozen=True, slots=True)
class Doorbell:
    """Rings for one endpoint."""

    endpoint_id: int

    def __call__(self) -> None:
        tasks.deliver_webhooks.delay(endpoint_id=self.endpoint_id)


def ring_on_commit(*, endpoint_id: int) -> None:
    """
    Have a worker look at what is due for an endpoint, once the transaction is committed.

    However often this is asked for in a transaction, it rings once. A bell that nobody hears
    delays a delivery to the next sweep, and loses nothing.
    """
    bell = Doorbell(endpoint_id)
    if all(waiting[1] != bell for waiting in connection.run_on_commit):
        # Robust: a broker that is away must not undo what was done.
        transaction.on_commit(bell, robust=True)
