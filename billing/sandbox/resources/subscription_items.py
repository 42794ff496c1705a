"""The items of a subscription, one by one. A change of one is a change of the subscription."""

from __future__ import annotations

from typing import Any

from billing.sandbox.call import Call
from billing.sandbox.engine import scheduling
from billing.sandbox.engine.changing import change
from billing.sandbox.engine.rows import time_of
from billing.sandbox.errors import missing
from billing.sandbox.listing import listed
from billing.sandbox.routing import operation
from billing.sandbox.store import Row

OF_SUBSCRIPTION = ("payment_behavior", "proration_behavior", "proration_date", "off_session")
OF_ITEM = ("price", "price_data", "quantity", "metadata", "discounts", "deleted")


@operation("POST", "/v1/subscription_items")
def create(call: Call) -> Row:
    subscription = _subscription(call, call.params["subscription"])
    known = {item["id"] for item in subscription["items"]["data"]}
    changed = _change(call, subscription, {})
    return next(item for item in changed["items"]["data"] if item["id"] not in known)


@operation("GET", "/v1/subscription_items")
def index(call: Call) -> Row:
    return listed(call, _subscription(call, call.params["subscription"])["items"]["data"])


@operation("GET", "/v1/subscription_items/{item}")
def retrieve(call: Call) -> Row:
    return _item(call)[1]


@operation("POST", "/v1/subscription_items/{item}")
def update(call: Call) -> Row:
    subscription, item = _item(call)
    changed = _change(call, subscription, {"id": item["id"]})
    return next(one for one in changed["items"]["data"] if one["id"] == item["id"])


@operation("DELETE", "/v1/subscription_items/{item}")
def delete(call: Call) -> Row:
    subscription, item = _item(call)
    _change(call, subscription, {"id": item["id"], "deleted": True})
    return {"id": item["id"], "object": "subscription_item", "deleted": True}


def _change(call: Call, subscription: Row, item: Row) -> Row:
    given = {name: call.params[name] for name in OF_ITEM if name in call.params}
    params: dict[str, Any] = {
        name: call.params[name] for name in OF_SUBSCRIPTION if name in call.params
    }
    params["items"] = [{**item, **given}]
    scheduling.refuse_direct_change(subscription, params)
    return change(call.tools, subscription, params, at=time_of(call.tools, subscription))


def _subscription(call: Call, id: str) -> Row:
    return call.store.get("subscription", id, param="subscription", status=400)


def _item(call: Call) -> tuple[Row, Row]:
    """The item as its subscription has it now, which the saved copy may no longer be."""
    kept = call.store.get("subscription_item", call.ids["item"])
    subscription = call.store.get("subscription", kept["subscription"])
    for item in subscription["items"]["data"]:
        if item["id"] == kept["id"]:
            return subscription, item
    raise missing("subscription item", kept["id"])
