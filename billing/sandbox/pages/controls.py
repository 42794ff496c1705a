"""The knobs: health, faults, the log of deliveries and a fresh start."""

from __future__ import annotations

from typing import Any

from billing.sandbox import delivery, spec
from billing.sandbox.call import Answer, Visit
from billing.sandbox.errors import invalid
from billing.sandbox.faults import UnknownFault
from billing.sandbox.routing import page
from billing.sandbox.wire import write_json


@page("GET", "/_sandbox/health")
def health(visit: Visit) -> Answer:
    return as_json({"ok": True, "is_stripe": False, "api_version": spec.load().version})


@page("GET", "/_sandbox/faults")
def show_faults(visit: Visit) -> Answer:
    return as_json(visit.tools.faults.as_told())


@page("POST", "/_sandbox/faults")
def turn_faults(visit: Visit) -> Answer:
    """Turn the knobs that the form names."""
    try:
        visit.tools.faults.turn(**{name: int(value) for name, value in visit.form.items()})
    except (UnknownFault, ValueError) as cause:
        raise invalid(f"There is no such fault or value: {cause}") from cause
    return as_json(visit.tools.faults.as_told())


@page("GET", "/_sandbox/deliveries")
def show_deliveries(visit: Visit) -> Answer:
    return as_json({"deliveries": delivery.log(visit.tools.store, event=visit.query.get("event"))})


@page("POST", "/_sandbox/reset")
def reset(visit: Visit) -> Answer:
    """Forget everything but the knobs."""
    visit.tools.store.clear()
    return as_json({"ok": True})


def as_json(value: dict[str, Any]) -> Answer:
    return Answer(200, {"Content-Type": "application/json"}, write_json(value).encode())
