"""How parameters become fields."""

from __future__ import annotations

from typing import Any

from billing.sandbox.store import Row


def merged(row: Row, params: dict[str, Any]) -> Row:
    """The object with these parameters on top; an emptied one (``""``) becomes null.

    Metadata is merged key by key, an emptied key is gone ("Metadata" in the documentation).
    """
    fields = {**row}
    for name, value in params.items():
        if name == "expand":
            continue
        if name == "metadata":
            fields["metadata"] = merged_metadata(row.get("metadata") or {}, value)
        else:
            fields[name] = None if value == "" else value
    return fields


def merged_metadata(kept: dict[str, str], given: dict[str, str] | str) -> dict[str, str]:
    """Key by key; ``""`` for all of it forgets all of it, for one key that key."""
    if isinstance(given, str):
        return {}
    both = {**kept, **given}
    return {name: value for name, value in both.items() if value != ""}
