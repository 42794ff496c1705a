"""Invoices as they would be: the change is made, looked at, and taken back.

Stripe's documentation: "Create a preview invoice". Because the real change is rehearsed, the
preview and the change come to the same amounts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from billing.sandbox.call import Tools, id_of, new_id
from billing.sandbox.engine import changing, renewal, scheduling, subscribing
from billing.sandbox.engine.adhoc import item_by_params
from billing.sandbox.engine.rows import not_implemented, refuse_others
from billing.sandbox.engine.terms import earliest_end
from billing.sandbox.errors import StripeError, invalid
from billing.sandbox.store import Row

KNOWN = frozenset(
    "automatic_tax currency customer discounts invoice_items preview_mode subscription"
    " subscription_details".split()
)
CHANGES = frozenset(
    "items proration_behavior proration_date billing_cycle_anchor cancel_at cancel_at_period_end"
    " trial_end".split()
)
STARTS = CHANGES | {"billing_mode"}


def preview(tools: Tools, params: dict[str, Any], *, at: int) -> Row:
    """The invoice that a change or a new subscription would lead to, or the next renewal.

    Raises ``StripeError``, also where there will be no invoice.
    """
    refuse_others(params, known=KNOWN)
    if params.get("preview_mode", "next") != "next":
        raise not_implemented("preview_mode")
    with rehearsal(tools):
        if "subscription" in params:
            invoice = _of_subscription(tools, params, at=at)
        else:
            invoice = _of_new(tools, params, at=at)
    if invoice is None:
        raise StripeError(
            404,
            "invalid_request_error",
            f"No upcoming invoices for {params.get('subscription', params.get('customer'))!r}",
            code="invoice_upcoming_none",
        )
    return _as_preview(invoice)


def upcoming_invoice(tools: Tools, subscription_id: str) -> Row | None:
    """The subscription's next renewal as things stand now."""
    with rehearsal(tools):
        invoice = _next_renewal(tools, subscription_id)
    return None if invoice is None else _as_preview(invoice)


@contextmanager
def rehearsal(tools: Tools) -> Iterator[None]:
    """Whatever is done within is undone: nothing is kept and nobody is told."""
    connection = tools.store.connection
    connection.execute("SAVEPOINT rehearsal")
    try:
        yield
    finally:
        connection.execute("ROLLBACK TO rehearsal")
        connection.execute("RELEASE rehearsal")


def _of_subscription(tools: Tools, params: dict[str, Any], *, at: int) -> Row | None:
    subscription = tools.store.get(
        "subscription", params["subscription"], param="subscription", status=400
    )
    if params.get("customer", subscription["customer"]) != subscription["customer"]:
        raise invalid("The subscription belongs to another customer.", param="customer")
    details = dict(params.get("subscription_details") or {})
    _add_items(tools, subscription, params, at=at)
    if details.pop("cancel_now", False):
        return _of_cancellation(tools, subscription, details, at=at)
    refuse_others(details, known=CHANGES)
    changes = {**details, "payment_behavior": "default_incomplete"}
    if "discounts" in params:
        changes["discounts"] = params["discounts"]
    if details or "discounts" in params:
        scheduling.refuse_direct_change(subscription, changes)
        changing.change(tools, dict(subscription), changes, at=at)
    return _new_invoice(tools, subscription) or _next_renewal(tools, subscription["id"])


def _of_cancellation(
    tools: Tools, subscription: Row, details: dict[str, Any], *, at: int
) -> Row | None:
    prorate = details.get("proration_behavior", "create_prorations") != "none"
    before = dict(subscription)
    renewal.cancel_now(
        tools, subscription, at=details.get("proration_date", at), invoice_now=True, prorate=prorate
    )
    return _new_invoice(tools, before)


def _of_new(tools: Tools, params: dict[str, Any], *, at: int) -> Row | None:
    details = dict(params.get("subscription_details") or {})
    if not details:
        raise not_implemented("A preview without a subscription")
    refuse_others(details, known=STARTS)
    named = ("customer", "currency", "discounts", "automatic_tax")
    given = {name: params[name] for name in named if name in params}
    asked = {name: value for name, value in details.items() if name != "proration_date"}
    subscription = subscribing.subscribe(
        tools, {**asked, **given, "payment_behavior": "default_incomplete"}, at=at
    )
    return _latest(tools, subscription["id"])


def _add_items(tools: Tools, subscription: Row, params: dict[str, Any], *, at: int) -> None:
    for number, one in enumerate(params.get("invoice_items") or []):
        asked = {**one, "subscription": subscription["id"], "customer": subscription["customer"]}
        item_by_params(tools, asked, at=at, param=f"invoice_items[{number}]")


def _new_invoice(tools: Tools, before: Row) -> Row | None:
    """The invoice that the change has led to at once, if it has."""
    latest = _latest(tools, before["id"])
    if latest is None or before["latest_invoice"] == latest["id"]:
        return None
    return latest


def _latest(tools: Tools, subscription_id: str) -> Row | None:
    subscription = tools.store.get("subscription", subscription_id)
    name = subscription["latest_invoice"]
    return tools.store.get("invoice", id_of(name)) if name else None


def _next_renewal(tools: Tools, subscription_id: str) -> Row | None:
    before = tools.store.get("subscription", subscription_id)
    if before["status"] not in renewal.RENEWED:
        return None
    end = earliest_end(before)
    if before["schedule"] is not None:
        schedule = tools.store.get("subscription_schedule", id_of(before["schedule"]))
        due = scheduling.due_at(schedule)
        if due is not None and due <= end:
            scheduling.advance(tools, schedule, at=end)
    current = tools.store.get("subscription", subscription_id)
    renewal.renew(tools, current, at=end)
    return _new_invoice(tools, before)


def _as_preview(invoice: Row) -> Row:
    """The same invoice as a draft that exists only in the answer."""
    name = new_id("upcoming_in")
    lines = invoice["_sandbox"]["lines"]
    shown = {
        **invoice,
        "amount_paid": 0,
        "amount_remaining": invoice["amount_due"],
        "attempted": False,
        "auto_advance": False,
        "automatically_finalizes_at": None,
        "billing_reason": "upcoming",
        "effective_at": None,
        "hosted_invoice_url": None,
        "id": name,
        "invoice_pdf": None,
        "number": None,
        "status": "draft",
        "status_transitions": dict.fromkeys(invoice["status_transitions"]),
    }
    shown["lines"] = {
        "object": "list",
        "data": [{**line, "invoice": name} for line in lines],
        "has_more": False,
        "url": "/v1/invoices/upcoming/lines",
    }
    return shown
