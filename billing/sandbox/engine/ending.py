"""How subscriptions end.

Stripe's documentation: "Cancel subscriptions".
"""

from __future__ import annotations

from billing.sandbox.call import Tools, id_of
from billing.sandbox.engine import standing
from billing.sandbox.engine.rows import private, update
from billing.sandbox.store import Row


def end(
    tools: Tools, subscription: Row, *, at: int, reason: str | None = "cancellation_requested"
) -> Row:
    """The subscription is over, as of now: nothing of it is ever billed again.

    Its unpaid invoices stay, but nobody collects them any more.
    """
    standing.drop_pending(subscription)
    was_asked_before = subscription["canceled_at"]
    subscription.update(
        status="canceled",
        canceled_at=was_asked_before or at,
        ended_at=at,
        cancel_at_period_end=subscription["cancel_at_period_end"],
    )
    details = subscription["cancellation_details"] or {}
    subscription["cancellation_details"] = {
        "comment": details.get("comment"),
        "feedback": details.get("feedback"),
        "reason": details.get("reason") or reason,
    }
    private(subscription)["debits"] = {}
    _stop_collecting(tools, subscription)
    _finish_schedule(tools, subscription, at=at)
    return update(tools, subscription, "customer.subscription.deleted")


def _stop_collecting(tools: Tools, subscription: Row) -> None:
    """A canceled subscription's open invoices and drafts stop advancing by themselves."""
    of_subscription = {"parent__subscription_details__subscription": subscription["id"]}
    for status in ("draft", "open"):
        for invoice in tools.store.list("invoice", status=status, **of_subscription):
            invoice.update(auto_advance=False, next_payment_attempt=None)
            update(tools, invoice, "invoice.updated")


def _finish_schedule(tools: Tools, subscription: Row, *, at: int) -> None:
    if subscription["schedule"] is None:
        return
    schedule = tools.store.get("subscription_schedule", id_of(subscription["schedule"]))
    if schedule["status"] in {"active", "not_started"}:
        schedule.update(status="canceled", canceled_at=at, current_phase=None)
        update(tools, schedule, "subscription_schedule.canceled")
