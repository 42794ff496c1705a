"""The doorbell of mails: once a notice is committed, a worker is asked to look."""

from django.db import transaction

from .. import tasks


def ring_on_commit(*, notice_id: int | None) -> None:
    """
    Have a worker look at a notice, if there is one, once the transaction is committed.

    A bell that nobody hears delays a mail to the next sweep, and loses nothing.
    """
    if notice_id is not None:
        # Robust: a broker that is away must not undo what was done.
        transaction.on_commit(lambda: tasks.address_mails.delay(notice_id=notice_id), robust=True)
