"""Lists, as Stripe pages through them ("Pagination" in its documentation)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from billing.sandbox.call import Call
from billing.sandbox.errors import invalid, missing
from billing.sandbox.store import Row

DEFAULT_LIMIT = 10
HIGHEST_LIMIT = 100


def listed(call: Call, rows: Sequence[Row]) -> Row:
    """Of these rows the page that is asked for.

    ``limit``, ``starting_after``, ``ending_before`` and ``created`` do the asking; the rows come
    newest first. Raises ``StripeError`` for a limit out of range, or a cursor that is none of them.
    """
    params = call.params
    limit = params.get("limit", DEFAULT_LIMIT)
    if not 1 <= limit <= HIGHEST_LIMIT:
        raise invalid(
            f"Invalid limit: must be between 1 and {HIGHEST_LIMIT}",
            param="limit",
            code="parameter_invalid_integer",
        )
    if "starting_after" in params and "ending_before" in params:
        raise invalid("You may only specify one of starting_after and ending_before.")
    wanted = [row for row in rows if _is_within(row.get("created"), params.get("created"))]
    if "ending_before" in params:
        before = wanted[: _position(wanted, params["ending_before"], "ending_before")]
        return envelope(before[-limit:], url=call.path, has_more=len(before) > limit)
    if "starting_after" in params:
        wanted = wanted[_position(wanted, params["starting_after"], "starting_after") + 1 :]
    return envelope(wanted[:limit], url=call.path, has_more=len(wanted) > limit)


def envelope(rows: Sequence[Row], *, url: str, has_more: bool = False) -> Row:
    """Stripe's envelope around several objects."""
    return {"object": "list", "data": list(rows), "has_more": has_more, "url": url}


def _is_within(created: int | None, asked: Any) -> bool:
    if asked is None or created is None:
        return True
    if isinstance(asked, int):
        return created == asked
    return (
        ("gt" not in asked or created > asked["gt"])
        and ("gte" not in asked or created >= asked["gte"])
        and ("lt" not in asked or created < asked["lt"])
        and ("lte" not in asked or created <= asked["lte"])
    )


def _position(rows: Sequence[Row], id: str, param: str) -> int:
    for position, row in enumerate(rows):
        if row["id"] == id:
            return position
    raise missing(rows[0]["object"] if rows else "object", id, param=param, status=400)
