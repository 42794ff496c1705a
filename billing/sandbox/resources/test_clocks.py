"""Test clocks: a time of their own for some customers.

Stripe's documentation: "Test clocks".
"""

from __future__ import annotations

from typing import Final

from billing.sandbox.call import Call, Tools
from billing.sandbox.engine.calendar import DAY, boundary, moment
from billing.sandbox.engine.clocks import CLOCK
from billing.sandbox.engine.people import payer
from billing.sandbox.engine.rows import create as create_row
from billing.sandbox.engine.rows import not_implemented, private, update
from billing.sandbox.engine.standing import ENDED
from billing.sandbox.errors import invalid
from billing.sandbox.listing import listed
from billing.sandbox.routing import operation
from billing.sandbox.store import Row

ADDRESS: Final = "/v1/test_helpers/test_clocks"
KEPT_FOR: Final = 30 * DAY
MOST_INTERVALS: Final = 2


@operation("POST", ADDRESS)
def create(call: Call) -> Row:
    now = moment(call.tools.now)
    clock = call.tools.make(
        CLOCK,
        "clock",
        created=now,
        deletes_after=now + KEPT_FOR,
        frozen_time=call.params["frozen_time"],
        name=call.params.get("name"),
        status="ready",
        status_details={},
    )
    create_row(call.tools, clock, "test_helpers.test_clock.created")
    if "customer" in call.params:
        _bind(call.tools, call.params["customer"], clock)
    return clock


@operation("GET", ADDRESS)
def index(call: Call) -> Row:
    return listed(call, [_as_it_shows(call.tools, clock) for clock in call.store.list(CLOCK)])


@operation("GET", f"{ADDRESS}/{{test_clock}}")
def retrieve(call: Call) -> Row:
    return _as_it_shows(call.tools, _get(call))


@operation("POST", f"{ADDRESS}/{{test_clock}}/advance")
def advance(call: Call) -> Row:
    """Begin to move on; the clock is ready again once everything on the way has happened."""
    clock, target = _get(call), call.params["frozen_time"]
    if private(clock).pop("following", False):
        clock["frozen_time"] = moment(call.tools.now)
    if clock["status"] != "ready":
        raise invalid("The test clock is still advancing.", code="test_clock_not_ready")
    if target <= clock["frozen_time"]:
        raise invalid(
            "The new frozen time must be after the test clock's current frozen time.",
            param="frozen_time",
        )
    _check_distance(call.tools, clock, target)
    clock.update(status="advancing", status_details={"advancing": {"target_frozen_time": target}})
    return update(call.tools, clock, "test_helpers.test_clock.advancing")


@operation("DELETE", f"{ADDRESS}/{{test_clock}}")
def delete(call: Call) -> Row:
    """Its customers go with it, and their subscriptions end without another word."""
    clock, store = _get(call), call.store
    for subscription in store.list("subscription", test_clock=clock["id"]):
        if subscription["status"] not in ENDED:
            subscription.update(status="canceled", ended_at=clock["frozen_time"])
            store.save(subscription)
    for schedule in store.list("subscription_schedule", test_clock=clock["id"]):
        schedule.update(status="canceled", current_phase=None)
        store.save(schedule)
    for customer in store.list("customer", test_clock=clock["id"]):
        store.save({"id": customer["id"], "object": "customer", "deleted": True})
    store.delete(clock)
    call.tools.emit("test_helpers.test_clock.deleted", clock)
    return {"id": clock["id"], "object": CLOCK, "deleted": True}


def _get(call: Call) -> Row:
    return call.store.get(CLOCK, call.ids["test_clock"])


def _as_it_shows(tools: Tools, clock: Row) -> Row:
    """The clock with the time that it shows now: one that follows real time shows that."""
    if not private(clock).get("following"):
        return clock
    return {**clock, "frozen_time": moment(tools.now)}


def _bind(tools: Tools, customer_id: str, clock: Row) -> None:
    """Only somebody who has not been billed yet can begin to live by another time."""
    customer = payer(tools, customer_id)
    if customer["test_clock"] is not None:
        raise invalid("The customer already has a test clock.", param="customer")
    if tools.store.list("subscription", customer=customer_id):
        raise not_implemented("customer")
    customer["test_clock"] = clock["id"]
    update(tools, customer, "customer.updated")


def furthest(tools: Tools, clock: Row) -> int:
    """As far as a clock may go in one step.

    At most two intervals of its shortest subscription; two years if it has none.
    """
    at = clock["frozen_time"]
    recurrences = [
        item["price"]["recurring"]
        for subscription in tools.store.list("subscription", test_clock=clock["id"])
        if subscription["status"] not in ENDED
        for item in subscription["items"]["data"]
    ] or [{"interval": "year", "interval_count": 1}]
    return min(
        boundary(at, interval=one["interval"], count=one["interval_count"], step=MOST_INTERVALS)
        for one in recurrences
    )


def _check_distance(tools: Tools, clock: Row, target: int) -> None:
    if target > furthest(tools, clock):
        raise invalid(
            "A test clock can be advanced by at most two intervals of its shortest subscription at"
            " a time.",
            param="frozen_time",
        )
