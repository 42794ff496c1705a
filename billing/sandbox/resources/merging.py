"""How parameters become fields."""

from __future__ import annotations

from typing import Any

from billing.sandbox.errors import StripeError, invalid
from billing.sandbox.store import Row


def merged(row: Row, params: dict[str, Any]) -> Row:
    """The object with these parameters on top; an emptied one (``""``) becomes null.

    Metadata is merged key by key.
    """
    fields = {**row}
    for name, value in params.items():
        if name == "metadata":
            fields["metadata"] = merged_metadata(row.get("metadata") or {}, value)
        elif name != "expand":
            fields[name] = None if value == "" else value
    return fields


def merged_metadata(kept: dict[str, str], given: dict[str, str] | str) -> dict[str, str]:
    """Stripe's documentation, "Metadata": ``""`` forgets all of it, for one key that key."""
    if isinstance(given, str):
        return {}
    both = {**kept, **given}
    return {name: value for name, value in both.items() if value != ""}


def merged_part(part: Row, params: dict[str, Any]) -> Row:
    """A nested object with these parameters on top, key by key, emptied ones null."""
    return {**part, **{name: None if value == "" else value for name, value in params.items()}}


def refuse(params: dict[str, Any], *names: str) -> None:
    """Raises ``StripeError`` for what Stripe takes and the sandbox does not: never a fake."""
    for name in names:
        if name in params:
            raise invalid(f"{name} is not implemented in the sandbox", param=name)


def one_of(params: dict[str, Any], *names: str) -> str:
    """The one of these parameters that is given. Raises ``StripeError`` for none or several."""
    given = [name for name in names if name in params]
    if len(given) == 1:
        return given[0]
    listed = ", ".join(names)
    if given:
        raise invalid(f"You may only specify one of these parameters: {listed}.", param=given[1])
    raise missing_one(listed)


def missing_one(listed: str) -> StripeError:
    return invalid(
        f"You must pass one of these parameters: {listed}.",
        param=listed.partition(",")[0],
        code="parameter_missing",
    )


def deleted(row: Row) -> Row:
    """What Stripe answers once an object is gone."""
    return {"id": row["id"], "object": row["object"], "deleted": True}
