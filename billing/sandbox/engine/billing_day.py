"""What time brings about in billing, and when.

Stripe's documentation: "Status transitions and finalization", "Use trial periods on
subscriptions", "Automate payment retries", "Subscription schedules", "Pending updates".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from billing.sandbox import delivery
from billing.sandbox.call import Tools
from billing.sandbox.engine import (
    dunning,
    invoicing,
    payment,
    renewal,
    scheduling,
    standing,
    subscribing,
)
from billing.sandbox.engine.calendar import DAY
from billing.sandbox.engine.previews import upcoming_invoice
from billing.sandbox.engine.rows import private, update
from billing.sandbox.engine.terms import earliest_end
from billing.sandbox.store import Row

TRIAL_WARNING = 3 * DAY
UPCOMING = 7 * DAY


def _billable(*statuses: str) -> Callable[[Tools], Iterator[Row]]:
    """Invoices in these states; nobody collects from a customer who was deleted."""

    def rows(tools: Tools) -> Iterator[Row]:
        for status in statuses:
            for invoice in tools.store.list("invoice", status=status):
                customer = tools.store.find("customer", invoice["customer"])
                if customer is not None and not customer.get("deleted"):
                    yield invoice

    return rows


def _with_status(kind: str, *statuses: str) -> Callable[[Tools], Iterator[Row]]:
    def rows(tools: Tools) -> Iterator[Row]:
        for status in statuses:
            yield from tools.store.list(kind, status=status)

    return rows


def _trial_warning_at(tools: Tools, subscription: Row) -> int | None:
    end = subscription["trial_end"]
    if private(subscription).get("warned") == end:
        return None
    return int(max(end - TRIAL_WARNING, subscription["trial_start"]))


def _warn_of_trial_end(tools: Tools, subscription: Row, at: int) -> None:
    renewal.will_end_trial(tools, subscription)


def _announcement_at(tools: Tools, subscription: Row) -> int | None:
    end = earliest_end(subscription)
    ends = subscription["cancel_at"] is not None and subscription["cancel_at"] <= end
    if ends or private(subscription).get("announced") == end:
        return None
    return int(max(end - UPCOMING, subscription["start_date"]))


def _announce(tools: Tools, subscription: Row, at: int) -> None:
    private(subscription)["announced"] = earliest_end(subscription)
    tools.store.save(subscription)
    invoice = upcoming_invoice(tools, subscription["id"])
    if invoice is not None:
        tools.emit("invoice.upcoming", invoice)


def _incomplete_until(tools: Tools, subscription: Row) -> int | None:
    return int(subscription["created"]) + subscribing.INCOMPLETE_FOR


def _expire(tools: Tools, subscription: Row, at: int) -> None:
    renewal.expire(tools, subscription, at=at)


def _pending_until(tools: Tools, subscription: Row) -> int | None:
    pending = subscription["pending_update"]
    return pending["expires_at"] if pending else None


def _drop_pending(tools: Tools, subscription: Row, at: int) -> None:
    """The change that nobody paid for is off, and so is its invoice."""
    waited_for = private(subscription)["pending"]["invoice"]
    standing.drop_pending(subscription)
    standing.keep(tools, subscription)
    tools.emit("customer.subscription.pending_update_expired", subscription)
    invoice = tools.store.get("invoice", waited_for)
    if invoice["status"] == "open":
        invoicing.void(tools, invoice, at=at)


def _phase_ends_at(tools: Tools, schedule: Row) -> int | None:
    return scheduling.due_at(schedule)


def _advance_schedule(tools: Tools, schedule: Row, at: int) -> None:
    scheduling.advance(tools, schedule, at=at)


def _renewal_at(tools: Tools, subscription: Row) -> int | None:
    return renewal.due_at(subscription)


def _renew(tools: Tools, subscription: Row, at: int) -> None:
    renewal.renew(tools, subscription, at=at)


def _finalization_at(tools: Tools, invoice: Row) -> int | None:
    """An hour after the draft was told of; 72 hours after it was made if nobody listens.

    A time that somebody chose himself waits for nobody.
    """
    at, facts = invoice["automatically_finalizes_at"], private(invoice)
    if at is None or not invoice["auto_advance"]:
        return None
    if facts.get("chosen_time") or "created_event" not in facts:
        return int(at)
    if delivery.all_arrived(tools.store, facts["created_event"]):
        return int(max(at, _arrived_at(tools, invoice) + invoicing.GRACE))
    return int(invoice["created"]) + invoicing.LONGEST_GRACE


def _arrived_at(tools: Tools, invoice: Row) -> int:
    """When the last endpoint heard of the draft. On a test clock no time passes meanwhile."""
    created = int(invoice["created"])
    if invoice["test_clock"] is not None:
        return created
    log = delivery.log(tools.store, event=private(invoice)["created_event"])
    return int(max([created, *(attempt["at"] for one in log for attempt in one["log"])]))


def _finalize(tools: Tools, invoice: Row, at: int) -> None:
    invoice = invoicing.finalize(tools, invoice, at=at)
    if invoice["status"] != "open":
        return
    if invoice["collection_method"] == "send_invoice":
        tools.emit("invoice.sent", invoice)
    else:
        payment.collect(tools, invoice, at=at)


def _retry_at(tools: Tools, invoice: Row) -> int | None:
    at = invoice["next_payment_attempt"]
    return int(at) if at is not None else None


def _retry(tools: Tools, invoice: Row, at: int) -> None:
    payment.collect(tools, invoice, at=at)


def _overdue_at(tools: Tools, invoice: Row) -> int | None:
    due = invoice["due_date"]
    return None if due is None or private(invoice).get("overdue") else int(due)


def _mark_overdue(tools: Tools, invoice: Row, at: int) -> None:
    private(invoice)["overdue"] = True
    update(tools, invoice, "invoice.updated")
    tools.emit("invoice.overdue", invoice)
    standing.unpaid(tools, invoice, at=at)
    dunning.give_up_if_last(tools, invoice, at=at)


# In this order at one and the same moment: a phase is entered before the period that it changes
# is billed, and what is billed is known before it is collected.
DUTIES = (
    (_with_status("subscription", "incomplete"), _incomplete_until, _expire),
    (_with_status("subscription", "active", "past_due"), _pending_until, _drop_pending),
    (_with_status("subscription", "trialing"), _trial_warning_at, _warn_of_trial_end),
    (_with_status("subscription", "active", "trialing"), _announcement_at, _announce),
    (
        _with_status("subscription_schedule", "not_started", "active"),
        _phase_ends_at,
        _advance_schedule,
    ),
    (_with_status("subscription", *sorted(renewal.RENEWED)), _renewal_at, _renew),
    (_billable("draft"), _finalization_at, _finalize),
    (_billable("open"), _retry_at, _retry),
    (_billable("open"), _overdue_at, _mark_overdue),
)
