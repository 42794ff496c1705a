"""Events: the last of what happened, to be read again."""

from __future__ import annotations

from fnmatch import fnmatchcase

from billing.sandbox import delivery
from billing.sandbox.call import Call
from billing.sandbox.errors import invalid
from billing.sandbox.listing import listed
from billing.sandbox.routing import operation
from billing.sandbox.store import Row


@operation("GET", "/v1/events/{id}")
def retrieve(call: Call) -> Row:
    return call.store.get("event", call.ids["id"])


@operation("GET", "/v1/events")
def index(call: Call) -> Row:
    """By type (``invoice.*`` and ``*`` too) and by whether all endpoints have them."""
    if "type" in call.params and "types" in call.params:
        raise invalid("You may specify either type or types, but not both.", param="types")
    events = call.store.list("event")
    types = call.params.get("types", [call.params.get("type", "*")])
    wanted = [row for row in events if any(fnmatchcase(row["type"], type) for type in types)]
    if "delivery_success" in call.params:
        success = call.params["delivery_success"]
        wanted = [row for row in wanted if delivery.all_arrived(call.store, row["id"]) == success]
    return listed(call, wanted)
