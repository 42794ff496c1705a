"""Codes and refresh tokens are good once, also when two ask at the same moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection, transaction

_LOCKS: Final = 720_193


@contextmanager
def one_at_a_time(value: str) -> Iterator[None]:
    """Redeem a code or a refresh token in one transaction, while nobody else does."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCKS, value])
        yield
