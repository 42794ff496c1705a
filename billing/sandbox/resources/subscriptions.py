"""Subscriptions.

Stripe's documentation: "Subscriptions" in the API reference.
"""

from __future__ import annotations

from typing import Any, Final

from billing.sandbox.call import Call
from billing.sandbox.engine import renewal, scheduling
from billing.sandbox.engine.changing import change
from billing.sandbox.engine.discounts import remove
from billing.sandbox.engine.rows import refuse_others, time_of, unset
from billing.sandbox.engine.standing import ENDED, keep
from billing.sandbox.engine.subscribing import subscribe
from billing.sandbox.errors import StripeError, invalid
from billing.sandbox.listing import listed
from billing.sandbox.resources.merging import merged_metadata
from billing.sandbox.routing import operation
from billing.sandbox.store import Row

KIND: Final = "subscription"
ADDRESS: Final = "/v1/subscriptions/{subscription_exposed_id}"
CHANGEABLE: Final = frozenset(
    "add_invoice_items automatic_tax billing_cycle_anchor cancel_at cancel_at_period_end"
    " cancellation_details collection_method days_until_due default_payment_method description"
    " discounts items metadata off_session payment_behavior payment_settings proration_behavior"
    " proration_date trial_end trial_settings".split()
)
AFTER_THE_END: Final = frozenset({"metadata", "cancellation_details", "expand"})
WHILE_INCOMPLETE: Final = frozenset(
    "metadata default_payment_method description payment_settings expand".split()
)


@operation("POST", "/v1/subscriptions")
def create(call: Call) -> Row:
    return subscribe(call.tools, call.params, at=time_of(call.tools, call.params.get("customer")))


@operation("GET", "/v1/subscriptions")
def index(call: Call) -> Row:
    """Canceled ones only if they are asked for."""
    params = call.params
    names = ("customer", "collection_method", "test_clock")
    found = call.store.list(KIND, **{name: params[name] for name in names if name in params})
    wanted = [
        subscription
        for subscription in found
        if _has_status(subscription, params.get("status"))
        and _has_price(subscription, params.get("price"))
        and _has_period(subscription, params)
    ]
    return listed(call, wanted)


@operation("GET", ADDRESS)
def retrieve(call: Call) -> Row:
    return _get(call)


@operation("POST", ADDRESS)
def update(call: Call) -> Row:
    subscription, params = _get(call), call.params
    if subscription["status"] in ENDED:
        return _update_ended(call, subscription)
    refuse_others(params, known=CHANGEABLE)
    if subscription["status"] == "incomplete":
        _refuse_except(params, WHILE_INCOMPLETE, "incomplete")
    scheduling.refuse_direct_change(subscription, params)
    return change(call.tools, subscription, params, at=time_of(call.tools, subscription))


@operation("DELETE", ADDRESS)
def cancel(call: Call) -> Row:
    subscription = _get(call)
    if subscription["status"] in ENDED:
        raise StripeError(
            404,
            "invalid_request_error",
            f"No such subscription: '{subscription['id']}'",
            code="resource_missing",
            param="id",
        )
    said = call.params.get("cancellation_details") or {}
    details = {name: unset(value) for name, value in said.items()}
    subscription["cancellation_details"] = {**subscription["cancellation_details"], **details}
    return renewal.cancel_now(
        call.tools,
        subscription,
        at=time_of(call.tools, subscription),
        invoice_now=call.params.get("invoice_now", False),
        prorate=call.params.get("prorate", False),
    )


@operation("POST", "/v1/subscriptions/{subscription}/resume")
def resume(call: Call) -> Row:
    subscription = call.store.get(KIND, call.ids["subscription"])
    refuse_others(call.params, known=frozenset({"billing_cycle_anchor", "proration_behavior"}))
    if subscription["status"] != "paused":
        raise invalid("This subscription can't be resumed: only a paused one can.")
    return renewal.resume(
        call.tools,
        subscription,
        at=time_of(call.tools, subscription),
        anchor_now=call.params.get("billing_cycle_anchor", "now") == "now",
    )


@operation("DELETE", f"{ADDRESS}/discount")
def delete_discount(call: Call) -> Row:
    """Take the last discount off."""
    subscription = _get(call)
    if not subscription["discounts"]:
        raise invalid("No active discount for this subscription.", code="resource_missing")
    gone = subscription["discounts"].pop()
    remove(call.tools, [gone], at=time_of(call.tools, subscription))
    keep(call.tools, subscription)
    discount = call.store.get("discount", gone)
    del discount["end"]
    return {**discount, "deleted": True}


def _get(call: Call) -> Row:
    return call.store.get(KIND, call.ids["subscription_exposed_id"])


def _update_ended(call: Call, subscription: Row) -> Row:
    _refuse_except(call.params, AFTER_THE_END, "canceled")
    if "metadata" in call.params:
        metadata = call.params["metadata"]
        subscription["metadata"] = merged_metadata(subscription["metadata"], metadata)
    said = call.params.get("cancellation_details") or {}
    details = {name: unset(value) for name, value in said.items()}
    subscription["cancellation_details"] = {**subscription["cancellation_details"], **details}
    return keep(call.tools, subscription)


def _refuse_except(params: dict[str, Any], allowed: frozenset[str], state: str) -> None:
    for name in params.keys() - allowed:
        raise invalid(
            f"The subscription is {state}; {name} can't be updated any more or yet.", param=name
        )


def _has_status(subscription: Row, asked: str | None) -> bool:
    status = subscription["status"]
    if asked is None:
        return bool(status != "canceled")
    if asked == "ended":
        return status in ENDED
    return asked in {"all", status}


def _has_price(subscription: Row, asked: str | None) -> bool:
    items = subscription["items"]["data"]
    return asked is None or any(item["price"]["id"] == asked for item in items)


def _has_period(subscription: Row, params: dict[str, Any]) -> bool:
    for name in ("current_period_start", "current_period_end"):
        if name in params and not any(
            _is_within(item[name], params[name]) for item in subscription["items"]["data"]
        ):
            return False
    return True


def _is_within(at: int, asked: Any) -> bool:
    if isinstance(asked, int):
        return at == asked
    return bool(
        asked.get("gt", at - 1) < at < asked.get("lt", at + 1)
        and asked.get("gte", at) <= at <= asked.get("lte", at)
    )
