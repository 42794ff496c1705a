"""What a handler gets: the call, and the tools to answer it with."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from billing.sandbox.faults import Faults
from billing.sandbox.skeleton import skeleton
from billing.sandbox.store import Row, Store

LETTERS = string.ascii_letters + string.digits
Emit = Callable[["Tools", str, Row, Row | None], Row]


def new_id(prefix: str) -> str:
    return prefix + "_" + "".join(secrets.choice(LETTERS) for _ in range(24))


@dataclass(frozen=True)
class Asking:
    """Who asked for what happens now; nobody when time did it."""

    id: str | None = None
    idempotency_key: str | None = None


@dataclass
class Tools:
    """The store, the time and the ways to make and announce objects; the engine uses them too."""

    store: Store
    clock: Callable[[], datetime]
    url: str
    faults: Faults
    tell: Emit
    asking: Asking = field(default_factory=Asking)

    @property
    def now(self) -> datetime:
        """Real time, as the sandbox's own clock tells it."""
        return self.clock().astimezone(UTC)

    def now_for(self, whose: Row | str | None) -> datetime:
        """The time of the test clock of this customer (or of the customer of this object).

        Real time for whoever has no test clock, or whose clock follows real time again.
        """
        name = self.clock_of(whose)
        clock = self.store.find("test_helpers.test_clock", name) if name else None
        if clock is None or clock.get("_sandbox", {}).get("following"):
            return self.now
        return datetime.fromtimestamp(clock["frozen_time"], UTC)

    def clock_of(self, whose: Row | str | None) -> str | None:
        """The id of that test clock, if there is one."""
        if whose is None:
            return None
        if isinstance(whose, str):
            customer = self.store.find("customer", whose)
            return customer.get("test_clock") if customer else None
        if whose.get("test_clock"):
            return id_of(whose["test_clock"])
        return self.clock_of(id_of(whose["customer"])) if whose.get("customer") else None

    def emit(self, type: str, obj: Row, previous: Row | None = None) -> Row:
        """Announce what has become of an object; ``previous`` is the object as it was before."""
        return self.tell(self, type, obj, previous)

    def emit_created(self, row: Row, type: str) -> Row:
        """Save a new object and announce it."""
        self.store.save(row)
        self.emit(type, row)
        return row

    def emit_changed(self, before: Row, after: Row, type: str) -> Row:
        """Save an object and announce it, unless nothing about it has changed."""
        if before != after:
            self.store.save(after)
            self.emit(type, after, before)
        return after

    def make(self, kind: str, prefix: str, /, **values: Any) -> Row:
        """A new object by Stripe's description of its kind, not yet saved.

        Everything it must have is there and empty, everything it may have is there and null, the
        values on top. ``id`` and ``created`` are made unless given. A nested dictionary replaces
        what was there; an object of another kind may be given as it is.
        """
        row = skeleton(kind)
        if "id" in row:
            row["id"] = new_id(prefix)
        if "created" in row:
            row["created"] = int(self.now_for(values).timestamp())
        return {**row, **values}


@dataclass(frozen=True)
class Call:
    """One request to the API, already known to be what Stripe takes.

    ``path`` is the address as asked, ``ids`` are the names in it, ``params`` the query
    and the body together, in their types. A parameter that the caller emptied is ``""``: it unsets.
    """

    path: str
    ids: Mapping[str, str]
    params: dict[str, Any]
    tools: Tools

    @property
    def store(self) -> Store:
        return self.tools.store


@dataclass(frozen=True)
class Visit:
    """One request to a page or to a knob below /_sandbox/. ``form`` is as sent, unchecked.

    The names of the headers are in lower case.
    """

    ids: Mapping[str, str]
    query: dict[str, str]
    form: dict[str, str]
    body: bytes
    headers: Mapping[str, str]
    tools: Tools


@dataclass(frozen=True)
class Answer:
    """What leaves the sandbox. A lost one is never to be handed to the caller."""

    status: int
    headers: dict[str, str]
    body: bytes
    lost: bool = False


def id_of(reference: Row | str) -> str:
    """The id of an object that may be given whole or by its id."""
    return reference if isinstance(reference, str) else str(reference["id"])
