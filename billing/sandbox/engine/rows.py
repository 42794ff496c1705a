"""Saving what changed, and telling of it."""

from __future__ import annotations

from typing import Any

from billing.sandbox.call import Tools
from billing.sandbox.engine.calendar import moment
from billing.sandbox.errors import invalid
from billing.sandbox.store import Row
from billing.sandbox.validation import without_private


def time_of(tools: Tools, whose: Row | str | None) -> int:
    """The moment that it is for a customer (or the customer of an object)."""
    return moment(tools.now_for(whose))


def update(tools: Tools, row: Row, event: str) -> Row:
    """Save the row and tell of it together with what it was before.

    Nothing is told when nothing changed that anybody else can see.
    """
    before = tools.store.find(row["object"], row["id"])
    tools.store.save(row)
    if without_private(before) != without_private(row):
        tools.emit(event, row, before)
    return row


def create(tools: Tools, row: Row, event: str) -> Row:
    """Save a new row and tell of it."""
    tools.store.save(row)
    tools.emit(event, row)
    return row


def private(row: Row) -> Row:
    """The facts that only the sandbox keeps about a row; what is put there is saved with it."""
    facts: Row = row.setdefault("_sandbox", {})
    return facts


def unset(value: Any) -> Any:
    """What a parameter means once an emptied one ("") is taken for nothing."""
    return None if value == "" else value


def refuse_others(params: Row, *, known: frozenset[str]) -> None:
    """Raises ``StripeError`` for a parameter that Stripe takes and the sandbox does not."""
    for name in params:
        if name not in known and name != "expand":
            raise not_implemented(name)


def not_implemented(name: str) -> Exception:
    return invalid(f"{name} is not implemented in the sandbox.", param=name)
