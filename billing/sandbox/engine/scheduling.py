"""Subscription schedules at work: phases entered in their time, and what follows the last.

Stripe's documentation: "Subscription schedules".
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from billing.sandbox.call import Tools, id_of
from billing.sandbox.engine import basket, changing, renewal, standing, subscribing
from billing.sandbox.engine.discounts import Target, grant
from billing.sandbox.engine.rows import update
from billing.sandbox.engine.terms import latest_end
from billing.sandbox.errors import StripeError, invalid
from billing.sandbox.store import Row

LIVE = frozenset({"not_started", "active"})


def due_at(schedule: Row) -> int | None:
    """When the schedule next does something by itself."""
    if schedule["status"] == "not_started":
        return int(schedule["phases"][0]["start_date"])
    if schedule["status"] == "active":
        return int(schedule["current_phase"]["end_date"])
    return None


def advance(tools: Tools, schedule: Row, *, at: int) -> Row:
    """Enter the next phase, or finish after the last one."""
    following = _following(schedule)
    if schedule["status"] == "not_started":
        return begin(tools, schedule, at=at)
    if following is None:
        return _finish(tools, schedule, at=at)
    schedule["current_phase"] = _bounds(following)
    update(tools, schedule, "subscription_schedule.updated")
    enter(tools, schedule, following, at=at)
    return schedule


def begin(tools: Tools, schedule: Row, *, at: int) -> Row:
    """Create the subscription that the first phase describes."""
    phase = schedule["phases"][0]
    params: dict[str, Any] = {
        "customer": schedule["customer"],
        "items": [_asked(item) for item in phase["items"]],
        "metadata": phase["metadata"] or {},
        "discounts": [_given(one) for one in phase["discounts"]],
    }
    for name in ("collection_method", "default_payment_method", "description"):
        if phase[name]:
            params[name] = phase[name]
    if params.get("collection_method") == "send_invoice":
        params["days_until_due"] = 30
    subscription = subscribing.subscribe(tools, params, at=at)
    subscription["schedule"] = schedule["id"]
    standing.keep(tools, subscription)
    schedule.update(status="active", subscription=subscription["id"], current_phase=_bounds(phase))
    return update(tools, schedule, "subscription_schedule.updated")


def enter(tools: Tools, schedule: Row, phase: Row, *, at: int, proration: str | None = None) -> Row:
    """Bring the subscription level with a phase.

    At the end of a billing period nothing of the old one is left to prorate: the renewal that
    follows bills the new items. Within a period the phase's own proration behavior decides, or
    the one that is given for a phase that changes while it runs.
    """
    subscription = tools.store.get("subscription", id_of(schedule["subscription"]))
    changed = deepcopy(subscription)
    changed["items"]["data"] = _items(tools, changed, phase, at=at)
    _take_terms(tools, changed, phase, at=at)
    intervals = {basket.interval_of(item) for item in changed["items"]["data"]}
    moved = intervals.isdisjoint(basket.interval_of(i) for i in subscription["items"]["data"])
    start = phase["start_date"] if proration is None else at
    if moved:
        changed["billing_cycle_anchor"] = start
    if latest_end(subscription) <= start:
        for item in changed["items"]["data"]:
            item["current_period_end"] = start
        return standing.keep(tools, changed)
    if moved:
        for item in changed["items"]["data"]:
            basket.set_period(item, start=start, anchor=start)
    behavior = proration or phase["proration_behavior"]
    manner = changing.Manner(at=at, since=start, proration=behavior)
    return changing.bill_change(tools, subscription, changed, manner, restarts=moved)


def release(tools: Tools, schedule: Row, *, at: int, keep_cancel_date: bool = False) -> Row:
    """Let go of the subscription, which goes on as it is. Raises ``StripeError``."""
    _require_live(schedule, "released")
    subscription = tools.store.find("subscription", id_of(schedule["subscription"] or ""))
    schedule.update(
        status="released",
        released_at=at,
        released_subscription=subscription["id"] if subscription else None,
        subscription=None,
        current_phase=None,
    )
    update(tools, schedule, "subscription_schedule.released")
    if subscription is not None:
        subscription["schedule"] = None
        if not keep_cancel_date and schedule["end_behavior"] == "cancel":
            subscription["cancel_at"] = None
        standing.keep(tools, subscription)
    return schedule


def cancel(
    tools: Tools, schedule: Row, *, at: int, invoice_now: bool = True, prorate: bool = True
) -> Row:
    """Cancel the schedule together with its subscription. Raises ``StripeError``."""
    _require_live(schedule, "canceled")
    name = schedule["subscription"]
    schedule.update(status="canceled", canceled_at=at, current_phase=None)
    update(tools, schedule, "subscription_schedule.canceled")
    if name is not None:
        subscription = tools.store.get("subscription", id_of(name))
        if subscription["status"] not in standing.ENDED:
            renewal.cancel_now(tools, subscription, at=at, invoice_now=invoice_now, prorate=prorate)
    return schedule


def refuse_direct_change(subscription: Row, params: dict[str, Any]) -> None:
    """Raises ``StripeError`` for a change that only the attached schedule may make."""
    name = subscription["schedule"]
    planned = {"items", "trial_end", "billing_cycle_anchor", "cancel_at", "cancel_at_period_end"}
    if name is None or planned.isdisjoint(params):
        return
    cancels = {"cancel_at", "cancel_at_period_end"} & params.keys()
    what = "any cancelation behavior" if cancels else "any plan, quantity or trial"
    raise invalid(
        f"The subscription is managed by the subscription schedule `{id_of(name)}`, and updating"
        f" {what} directly is not allowed. Please update the schedule instead."
    )


def current_of(schedule: Row) -> Row | None:
    """The phase that is in force."""
    bounds = schedule["current_phase"]
    if bounds is None:
        return None
    return next(
        (phase for phase in schedule["phases"] if phase["start_date"] == bounds["start_date"]),
        None,
    )


def _following(schedule: Row) -> Row | None:
    bounds = schedule["current_phase"]
    if bounds is None:
        return None
    return next(
        (phase for phase in schedule["phases"] if phase["start_date"] >= bounds["end_date"]), None
    )


def _finish(tools: Tools, schedule: Row, *, at: int) -> Row:
    if schedule["end_behavior"] != "cancel":
        return release(tools, schedule, at=at)
    name = id_of(schedule["subscription"])
    schedule.update(status="completed", completed_at=at, current_phase=None)
    update(tools, schedule, "subscription_schedule.completed")
    renewal.bill_and_end(tools, tools.store.get("subscription", name), at=at)
    return schedule


def _bounds(phase: Row) -> Row:
    return {"start_date": phase["start_date"], "end_date": phase["end_date"]}


def _items(tools: Tools, subscription: Row, phase: Row, *, at: int) -> list[Row]:
    """The phase's items: one that keeps its price or its place stays the same item."""
    before = list(subscription["items"]["data"])
    wanted = [(one, tools.store.get("price", id_of(one["price"]))) for one in phase["items"]]
    found = []
    for one, price in wanted:
        same = next((item for item in before if item["price"]["id"] == price["id"]), None)
        others = {id_of(other["price"]) for other, _ in wanted}
        free = next((item for item in before if item["price"]["id"] not in others), None)
        kept = same or free
        if kept is not None:
            before.remove(kept)
            found.append(_moved(kept, one, price))
        else:
            found.append(_joined(tools, subscription, one, price, at=at))
    return found


def _moved(item: Row, one: Row, price: Row) -> Row:
    moved = {**item, "price": price, "metadata": one["metadata"] or item["metadata"]}
    moved.pop("quantity", None)
    return {**moved, "quantity": one["quantity"]} if "quantity" in one else moved


def _joined(tools: Tools, subscription: Row, one: Row, price: Row, *, at: int) -> Row:
    item = tools.make(
        "subscription_item",
        "si",
        created=at,
        discounts=[],
        metadata=one["metadata"] or {},
        price=price,
        subscription=subscription["id"],
        tax_rates=[],
    )
    if "quantity" in one:
        item["quantity"] = one["quantity"]
    basket.set_period(item, start=at, anchor=subscription["billing_cycle_anchor"])
    return item


def _take_terms(tools: Tools, changed: Row, phase: Row, *, at: int) -> None:
    for name in ("collection_method", "default_payment_method", "description"):
        if phase[name]:
            changed[name] = phase[name]
    changed["metadata"] = {**changed["metadata"], **(phase["metadata"] or {})}
    # What a phase does not name is left behind: a discount that goes on is named again.
    target = Target(customer=changed["customer"], at=at, subscription=changed["id"])
    given = [_given(one) for one in phase["discounts"]]
    changed["discounts"] = grant(tools, given, target=target)


def _asked(item: Row) -> Row:
    asked = {"price": id_of(item["price"]), "metadata": item["metadata"] or {}}
    return {**asked, "quantity": item["quantity"]} if "quantity" in item else asked


def _given(discount: Row) -> Row:
    return {name: id_of(value) for name, value in discount.items() if value}


def _require_live(schedule: Row, what: str) -> None:
    if schedule["status"] not in LIVE:
        raise _not_live(schedule, what)


def _not_live(schedule: Row, what: str) -> StripeError:
    return invalid(
        f"You cannot have a subscription schedule {what} that is in the `{schedule['status']}`"
        " status: only one that is `not_started` or `active` can be."
    )
