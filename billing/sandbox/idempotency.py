"""The same key, the same answer.

Stripe's documentation, "Idempotent requests": the first status and body are kept, errors
included, once the execution has begun; other parameters under the same key are an error.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from billing.sandbox.errors import StripeError, invalid
from billing.sandbox.store import Store

KEPT_SECONDS = 24 * 60 * 60
LONGEST_KEY = 255


@dataclass(frozen=True)
class Kept:
    """The answer of an earlier call."""

    status: int
    body: str


@dataclass
class KeysInUse:
    """The keys of the calls that are being answered at this moment."""

    _keys: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def using(self, key: str | None) -> Iterator[None]:
        """Raises ``StripeError`` 409 while another call uses the key."""
        with self._lock:
            if key is not None and key in self._keys:
                raise StripeError(
                    409,
                    "idempotency_error",
                    "There is currently another in-progress request using this Idempotency Key"
                    f" ({key}). Please try again later.",
                    code="idempotency_key_in_use",
                )
            if key is not None:
                self._keys.add(key)
        try:
            yield
        finally:
            with self._lock:
                if key is not None:
                    self._keys.discard(key)


def checked_key(key: str | None) -> str | None:
    if key is not None and not 0 < len(key) <= LONGEST_KEY:
        raise invalid(f"The Idempotency-Key must have 1 to {LONGEST_KEY} characters.")
    return key


def fingerprint(method: str, path: str, parameters: str) -> str:
    return hashlib.sha256("\n".join((method, path, parameters)).encode()).hexdigest()


def recall(store: Store, *, key: str, asked: str, at: int) -> Kept | None:
    """The kept answer of this key, if the same was asked before.

    Raises ``StripeError`` if something else was asked with it.
    """
    store.connection.execute("DELETE FROM answers WHERE at <= ?", (at - KEPT_SECONDS,))
    found = store.connection.execute(
        "SELECT asked, status, body FROM answers WHERE key = ?", (key,)
    ).fetchone()
    if found is None:
        return None
    if found[0] != asked:
        raise StripeError(
            400,
            "idempotency_error",
            "Keys for idempotent requests can only be used with the same parameters they were"
            f" first used with. Try using a key other than '{key}' if you meant to execute a"
            " different request.",
        )
    return Kept(status=found[1], body=found[2])


def keep(store: Store, *, key: str, asked: str, kept: Kept, at: int) -> None:
    store.connection.execute(
        "INSERT INTO answers (key, asked, status, body, at) VALUES (?, ?, ?, ?, ?)",
        (key, asked, kept.status, kept.body, at),
    )
