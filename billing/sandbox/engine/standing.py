"""How a subscription stands by what becomes of its invoices.

Stripe's documentation: "How subscriptions work", "Subscription statuses", "Pending updates".
"""

from __future__ import annotations

from billing.sandbox.call import Tools, id_of
from billing.sandbox.engine.people import mark_delinquent
from billing.sandbox.engine.rows import private, update
from billing.sandbox.store import Row

ENDED = frozenset({"canceled", "incomplete_expired"})
WAITING = frozenset({"past_due", "unpaid"})
SETTLED = frozenset({"paid", "void", "uncollectible"})


def keep(tools: Tools, subscription: Row) -> Row:
    """Save a subscription and, once the world knows of it, tell what changed."""
    for item in subscription["items"]["data"]:
        tools.store.save(item)
    if private(subscription).get("untold"):
        return tools.store.save(subscription)
    return update(tools, subscription, "customer.subscription.updated")


def paid(tools: Tools, invoice: Row, *, at: int) -> None:
    """An invoice was paid: the subscription becomes active, and what waited for it applies."""
    if invoice["amount_paid"]:
        mark_delinquent(tools, invoice["customer"], delinquent=False)
    subscription = _subscription(tools, invoice)
    if subscription is None or subscription["status"] in ENDED:
        return
    apply_pending(tools, subscription, invoice)
    if subscription["status"] == "incomplete":
        subscription["status"] = "active"
    _recover(tools, subscription, invoice)
    keep(tools, subscription)


def unpaid(tools: Tools, invoice: Row, *, at: int) -> None:
    """An attempt failed. The first invoice leaves the subscription incomplete, a later one past
    due; one that stands for a pending update leaves it as it is.
    """
    mark_delinquent(tools, invoice["customer"], delinquent=True)
    subscription = _subscription(tools, invoice)
    if subscription is None or waits_for(subscription, invoice):
        return
    if subscription["status"] in {"active", "trialing"}:
        subscription["status"] = "past_due"
        keep(tools, subscription)


def voided(tools: Tools, invoice: Row, *, at: int) -> None:
    """A voided first invoice ends an incomplete subscription; a pending update is dropped."""
    subscription = _subscription(tools, invoice)
    if subscription is None or subscription["status"] in ENDED:
        return
    if subscription["status"] == "incomplete":
        subscription.update(status="incomplete_expired", ended_at=at)
    if waits_for(subscription, invoice):
        drop_pending(subscription)
    _recover(tools, subscription, invoice)
    keep(tools, subscription)


def written_off(tools: Tools, invoice: Row, *, at: int) -> None:
    """An uncollectible latest invoice no longer holds the subscription back."""
    subscription = _subscription(tools, invoice)
    if subscription is not None and subscription["status"] not in ENDED:
        _recover(tools, subscription, invoice)
        keep(tools, subscription)


def waits_for(subscription: Row, invoice: Row) -> bool:
    """Whether a pending update of the subscription applies once this invoice is paid."""
    pending = private(subscription).get("pending")
    return pending is not None and pending["invoice"] == invoice["id"]


def apply_pending(tools: Tools, subscription: Row, invoice: Row) -> None:
    """The change that waited for this invoice becomes the subscription's own.

    One that was paid at once was never seen to wait, so nobody is told that it waits no more.
    """
    if not waits_for(subscription, invoice):
        return
    facts, was_seen = private(subscription), subscription["pending_update"] is not None
    subscription.update(facts["pending"]["changed"])
    facts["debits"] = facts["pending"]["debits"]
    drop_pending(subscription)
    keep(tools, subscription)
    if was_seen:
        tools.emit("customer.subscription.pending_update_applied", subscription)


def drop_pending(subscription: Row) -> None:
    private(subscription).pop("pending", None)
    subscription["pending_update"] = None


def _recover(tools: Tools, subscription: Row, invoice: Row) -> None:
    """Past due or unpaid lasts as long as the latest invoice is neither paid nor given up."""
    if subscription["status"] not in WAITING or not subscription["latest_invoice"]:
        return
    latest = tools.store.find("invoice", id_of(subscription["latest_invoice"]))
    is_latest = latest is not None and latest["id"] == invoice["id"]
    if is_latest or (latest is not None and latest["status"] in SETTLED):
        subscription["status"] = "active"


def _subscription(tools: Tools, invoice: Row) -> Row | None:
    details = (invoice["parent"] or {}).get("subscription_details")
    return tools.store.find("subscription", id_of(details["subscription"])) if details else None
