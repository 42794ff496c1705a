"""Subscription schedules.

Stripe's documentation: "Subscription schedules".
"""

from __future__ import annotations

from typing import Any, Final

from billing.sandbox.call import Call, id_of
from billing.sandbox.engine import phases, scheduling
from billing.sandbox.engine.people import payer
from billing.sandbox.engine.rows import create as create_row
from billing.sandbox.engine.rows import not_implemented, refuse_others, time_of, update
from billing.sandbox.engine.standing import ENDED
from billing.sandbox.engine.standing import keep as keep_subscription
from billing.sandbox.engine.terms import earliest_end
from billing.sandbox.errors import invalid
from billing.sandbox.listing import listed
from billing.sandbox.resources.merging import merged_metadata
from billing.sandbox.routing import operation
from billing.sandbox.skeleton import shape
from billing.sandbox.store import Row

KIND: Final = "subscription_schedule"
ADDRESS: Final = "/v1/subscription_schedules/{schedule}"
KNOWN: Final = frozenset("customer phases start_date end_behavior metadata billing_mode".split())
CHANGEABLE: Final = frozenset("phases end_behavior metadata proration_behavior".split())
MOMENTS: Final = ("canceled_at", "completed_at", "released_at")


@operation("POST", "/v1/subscription_schedules")
def create(call: Call) -> Row:
    if "from_subscription" in call.params:
        return _from_subscription(call)
    refuse_others(call.params, known=KNOWN)
    customer = payer(call.tools, call.params.get("customer", ""))
    at = time_of(call.tools, customer)
    asked = call.params.get("start_date", "now")
    start = at if asked == "now" else asked
    schedule = _new(
        call,
        customer=customer["id"],
        end_behavior=_end_behavior(call.params),
        phases=phases.read_phases(call.tools, call.params.get("phases") or [], start=start, at=at),
        status="not_started",
    )
    create_row(call.tools, schedule, "subscription_schedule.created")
    return scheduling.begin(call.tools, schedule, at=at) if start <= at else schedule


@operation("GET", "/v1/subscription_schedules")
def index(call: Call) -> Row:
    params = call.params
    for name in MOMENTS:
        if name in params:
            raise not_implemented(name)
    equals = {"customer": params["customer"]} if "customer" in params else {}
    found = call.store.list(KIND, **equals)
    if "scheduled" in params:
        found = [row for row in found if (row["status"] == "not_started") == params["scheduled"]]
    return listed(call, found)


@operation("GET", ADDRESS)
def retrieve(call: Call) -> Row:
    return _get(call)


@operation("POST", ADDRESS)
def change(call: Call) -> Row:
    schedule, params = _get(call), call.params
    refuse_others(params, known=CHANGEABLE)
    if schedule["status"] not in scheduling.LIVE:
        raise invalid(f"A subscription schedule that is {schedule['status']} can't be updated.")
    if "end_behavior" in params:
        schedule["end_behavior"] = _end_behavior(params)
    if "metadata" in params:
        schedule["metadata"] = merged_metadata(schedule["metadata"] or {}, params["metadata"])
    entered = _set_phases(call, schedule) if "phases" in params else None
    update(call.tools, schedule, "subscription_schedule.updated")
    if entered is not None:
        behavior = params.get("proration_behavior", "create_prorations")
        at = time_of(call.tools, schedule)
        scheduling.enter(call.tools, schedule, entered, at=at, proration=behavior)
    return schedule


@operation("POST", f"{ADDRESS}/release")
def release(call: Call) -> Row:
    schedule = _get(call)
    return scheduling.release(
        call.tools,
        schedule,
        at=time_of(call.tools, schedule),
        keep_cancel_date=call.params.get("preserve_cancel_date", False),
    )


@operation("POST", f"{ADDRESS}/cancel")
def cancel(call: Call) -> Row:
    schedule = _get(call)
    return scheduling.cancel(
        call.tools,
        schedule,
        at=time_of(call.tools, schedule),
        invoice_now=call.params.get("invoice_now", True),
        prorate=call.params.get("prorate", True),
    )


def _get(call: Call) -> Row:
    return call.store.get(KIND, call.ids["schedule"])


def _from_subscription(call: Call) -> Row:
    """One phase: what the subscription is in now. No other parameter may be given."""
    for name in call.params.keys() - {"from_subscription", "expand", "metadata", "billing_mode"}:
        raise invalid(f"You cannot set `{name}` if `from_subscription` is set.", param=name)
    subscription = call.store.get(
        "subscription", call.params["from_subscription"], param="from_subscription", status=400
    )
    if subscription["status"] in ENDED or subscription["schedule"] is not None:
        raise invalid(
            "You cannot migrate a subscription that is already attached to a schedule or over:"
            f" {subscription['schedule'] or subscription['status']}.",
            param="from_subscription",
        )
    start = min(item["current_period_start"] for item in subscription["items"]["data"])
    cancel_at = subscription["cancel_at"]
    phase = phases.phase_of_subscription(
        subscription, start=start, end=cancel_at or earliest_end(subscription)
    )
    schedule = _new(
        call,
        current_phase={"start_date": phase["start_date"], "end_date": phase["end_date"]},
        customer=id_of(subscription["customer"]),
        end_behavior="cancel" if cancel_at else "release",
        phases=[phase],
        status="active",
        subscription=subscription["id"],
    )
    create_row(call.tools, schedule, "subscription_schedule.created")
    subscription["schedule"] = schedule["id"]
    keep_subscription(call.tools, subscription)
    return schedule


def _new(call: Call, *, customer: str, **values: Any) -> Row:
    defaults = {
        **shape("subscription_schedules_resource_default_settings"),
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": "automatic",
        "collection_method": "charge_automatically",
        "invoice_settings": {
            "account_tax_ids": None,
            "days_until_due": None,
            "issuer": {"type": "self"},
        },
    }
    return call.tools.make(
        KIND,
        "sub_sched",
        billing_mode={"type": "flexible", "flexible": {"proration_discounts": "included"}},
        customer=customer,
        default_settings=defaults,
        metadata=merged_metadata({}, call.params.get("metadata") or {}),
        test_clock=call.tools.clock_of(customer),
        **values,
    )


def _end_behavior(params: dict[str, Any]) -> str:
    behavior = params.get("end_behavior", "release")
    if behavior not in {"release", "cancel"}:
        raise not_implemented("end_behavior")
    return str(behavior)


def _set_phases(call: Call, schedule: Row) -> Row | None:
    """Take over the phases; the current one if it is to change while it runs."""
    at = time_of(call.tools, schedule)
    old = scheduling.current_of(schedule)
    given = list(call.params["phases"])
    start = _first_start(schedule, given, old, at=at)
    new = phases.read_phases(call.tools, given, start=start, at=at)
    schedule["phases"] = new
    if old is None:
        return None
    current = next((one for one in new if one["start_date"] <= at < one["end_date"]), None)
    if current is None:
        raise invalid("One of the phases must contain the present.", param="phases")
    schedule["current_phase"] = {
        "start_date": current["start_date"],
        "end_date": current["end_date"],
    }
    return None if _sold(current) == _sold(old) else current


def _first_start(schedule: Row, given: list[Row], current: Row | None, *, at: int) -> int:
    """Phases that are over may be given again or left out; one to come may be moved."""
    asked = given[0].get("start_date") if given else None
    if asked == "now":
        return at
    known = [phase["start_date"] for phase in schedule["phases"]]
    if asked is not None and (current is None or asked in known):
        return int(asked)
    return int(current["start_date"] if current else known[0])


def _sold(phase: Row) -> list[tuple[str, int | None]]:
    return [(id_of(item["price"]), item.get("quantity")) for item in phase["items"]]
