"""Events: what happened to an object, told once and delivered to every endpoint that wants it."""

from __future__ import annotations

from typing import Any

from billing.sandbox import delivery, spec
from billing.sandbox.call import Tools, new_id
from billing.sandbox.errors import Violation
from billing.sandbox.store import Row
from billing.sandbox.validation import check_object, without_private


def tell(tools: Tools, type: str, obj: Row, previous: Row | None) -> Row:
    """Store the event and its deliveries. Raises ``Violation`` if Stripe could not have sent it."""
    if type not in spec.load().event_types:
        raise Violation(f"Stripe has no event of the type {type!r}.")
    shown = without_private(obj)
    check_object(shown)
    data: dict[str, Any] = {"object": shown}
    if previous is not None:
        data["previous_attributes"] = changed(without_private(previous), shown)
    event = tools.make(
        "event",
        "evt",
        id=new_id("evt"),
        created=int(tools.now_for(obj).timestamp()),
        api_version=spec.load().version,
        data=data,
        request={"id": tools.asking.id, "idempotency_key": tools.asking.idempotency_key},
        type=type,
    )
    event["pending_webhooks"] = delivery.schedule(tools, event)
    check_object(event)
    return tools.store.save(event)


def changed(before: Row, after: Row) -> Row:
    """The earlier values of what is different now, nested objects likewise."""
    earlier: Row = {}
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if isinstance(old, dict) and isinstance(new, dict) and old != new:
            earlier[name] = changed(old, new)
        elif old != new:
            earlier[name] = old
    return dict(sorted(earlier.items()))
