"""What time does to a subscription: the next period, the end of a trial, the end of it all.

Stripe's documentation: "How subscriptions work", "Use trial periods on subscriptions".
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from billing.sandbox.call import Tools, id_of
from billing.sandbox.engine import basket, discounts, ending, invoicing, payment, standing
from billing.sandbox.engine.debits import credit_unused, note_lines
from billing.sandbox.engine.items import pending_for
from billing.sandbox.engine.lines import subscription_lines
from billing.sandbox.engine.metered import quantity_used
from billing.sandbox.engine.people import method_to_charge
from billing.sandbox.engine.rows import private, update
from billing.sandbox.engine.terms import earliest_end
from billing.sandbox.store import Row

RENEWED = frozenset({"active", "past_due", "unpaid", "trialing"})


def due_at(subscription: Row) -> int | None:
    """When time next does something to the subscription's course."""
    if subscription["status"] not in RENEWED:
        return None
    end, cancel_at = earliest_end(subscription), subscription["cancel_at"]
    return end if cancel_at is None else min(end, cancel_at)


def renew(tools: Tools, subscription: Row, *, at: int) -> None:
    """Begin the next period of every item whose period is over; or end what was to end."""
    cancel_at = subscription["cancel_at"]
    if cancel_at is not None and cancel_at <= at:
        bill_and_end(tools, subscription, at=at)
        return
    was_free = subscription["status"] == "trialing"
    if was_free and not _end_trial(tools, subscription, at=at):
        return
    _drop_discounts(tools, subscription, at=at)
    over = [item for item in subscription["items"]["data"] if item["current_period_end"] <= at]
    lines = [] if was_free else usage_lines(tools, subscription, over)
    began = min(item["current_period_start"] for item in over)
    for item in over:
        basket.set_period(
            item,
            start=item["current_period_end"],
            anchor=subscription["billing_cycle_anchor"],
        )
    lines += [line for item in over for line in _advance_lines(tools, subscription, item)]
    invoice = _bill(tools, subscription, lines, began=began, at=at)
    if invoice is not None:
        note_lines(subscription, invoice, [line for line in lines if _is_ahead(line, at)])
        _told_by_status(tools, subscription, invoice)
    standing.keep(tools, subscription)


def bill_and_end(tools: Tools, subscription: Row, *, at: int) -> None:
    """The subscription is over; what was used until now is still billed."""
    over = basket.metered(subscription)
    for item in over:
        item["current_period_end"] = min(item["current_period_end"], at)
    lines = [line for line in usage_lines(tools, subscription, over) if line["amount"]]
    ended = ending.end(tools, subscription, at=at)
    if lines:
        invoicing.subscription_draft(tools, ended, reason="subscription_cycle", at=at, lines=lines)
        tools.store.save(ended)


def cancel_now(
    tools: Tools, subscription: Row, *, at: int, invoice_now: bool, prorate: bool
) -> Row:
    """End a subscription at once, giving back unused time and billing usage if that is asked.

    An incomplete one expires instead, and its first invoice is voided.
    """
    if subscription["status"] == "incomplete":
        return expire(tools, subscription, at=at)
    if prorate:
        for item in basket.licensed(subscription):
            credit_unused(tools, subscription, item, since=at, at=at)
    metered = basket.metered(subscription)
    for item in metered:
        item["current_period_end"] = min(item["current_period_end"], at)
    lines = usage_lines(tools, subscription, metered) if invoice_now else []
    ended = ending.end(tools, subscription, at=at)
    waiting = invoice_now and pending_for(
        tools,
        customer=ended["customer"],
        currency=ended["currency"],
        subscription=ended["id"],
    )
    if lines or waiting:
        _final_invoice(tools, ended, lines, at=at)
    return tools.store.get("subscription", ended["id"])


def expire(tools: Tools, subscription: Row, *, at: int) -> Row:
    """An incomplete subscription is over for good once its first invoice can't be paid."""
    latest = subscription["latest_invoice"]
    invoice = tools.store.find("invoice", id_of(latest)) if latest else None
    if invoice is not None and invoice["status"] == "open":
        invoicing.void(tools, invoice, at=at)
        return tools.store.get("subscription", subscription["id"])
    subscription.update(status="incomplete_expired", ended_at=at)
    return standing.keep(tools, subscription)


def _final_invoice(tools: Tools, ended: Row, lines: Sequence[Row], *, at: int) -> None:
    invoice = invoicing.subscription_draft(
        tools, ended, reason="subscription_update", at=at, lines=lines
    )
    tools.store.save(ended)
    invoice = invoicing.finalize(tools, invoice, at=at)
    if invoice["status"] == "open" and invoice["collection_method"] == "charge_automatically":
        payment.collect(tools, invoice, at=at)


def usage_lines(tools: Tools, subscription: Row, items: Sequence[Row]) -> list[Row]:
    """What was used in the periods that the metered items have behind them."""
    found = []
    for item in basket.metered(subscription):
        if item not in items:
            continue
        start, end = item["current_period_start"], item["current_period_end"]
        quantity = quantity_used(
            tools, item["price"], customer=subscription["customer"], start=start, end=end
        )
        found += subscription_lines(
            tools, subscription, item, quantity=quantity, period=(start, end)
        )
    return found


def will_end_trial(tools: Tools, subscription: Row) -> None:
    """Three days before the end of a trial, or at once if it is shorter."""
    private(subscription)["warned"] = subscription["trial_end"]
    tools.store.save(subscription)
    tools.emit("customer.subscription.trial_will_end", subscription)


def resume(tools: Tools, subscription: Row, *, at: int, anchor_now: bool) -> Row:
    """Wake a paused subscription; its bill is due at once. Raises ``StripeError``."""
    before = dict(subscription)
    subscription["status"] = "active"
    if anchor_now:
        subscription["billing_cycle_anchor"] = at
    for item in subscription["items"]["data"]:
        basket.set_period(item, start=at, anchor=subscription["billing_cycle_anchor"])
    items = subscription["items"]["data"]
    lines = [line for item in items for line in _advance_lines(tools, subscription, item)]
    tools.store.save(subscription)
    if lines:
        invoice = invoicing.subscription_draft(
            tools, subscription, reason="subscription_update", at=at, lines=lines
        )
        note_lines(subscription, invoice, lines)
    tools.store.save(subscription)
    tools.emit("customer.subscription.resumed", subscription, before)
    return subscription


def _advance_lines(tools: Tools, subscription: Row, item: Row) -> list[Row]:
    """A licensed item is paid for in advance; usage only once it is known."""
    if item not in basket.licensed(subscription):
        return []
    return subscription_lines(
        tools,
        subscription,
        item,
        quantity=Decimal(item["quantity"]),
        period=(item["current_period_start"], item["current_period_end"]),
    )


def _is_ahead(line: Row, at: int) -> bool:
    return bool(line["period"]["end"] > at)


def _bill(
    tools: Tools, subscription: Row, lines: Sequence[Row], *, began: int, at: int
) -> Row | None:
    """The draft of the new period. Its own dates are those of the period that is over."""
    waiting = pending_for(
        tools,
        customer=subscription["customer"],
        currency=subscription["currency"],
        subscription=subscription["id"],
    )
    if not lines and not waiting:
        return None
    return invoicing.subscription_draft(
        tools,
        subscription,
        reason="subscription_cycle",
        at=at,
        lines=lines,
        period_start=began,
        period_end=at,
    )


def _told_by_status(tools: Tools, subscription: Row, invoice: Row) -> None:
    """An unpaid subscription goes on making drafts, which nobody collects."""
    if subscription["status"] == "unpaid":
        invoice.update(auto_advance=False, automatically_finalizes_at=None)
        tools.store.save(invoice)


def _drop_discounts(tools: Tools, subscription: Row, *, at: int) -> None:
    """Discounts whose months are over leave the subscription."""
    gone = discounts.over(tools, subscription["discounts"], at=at)
    discounts.remove(tools, gone, at=at)
    subscription["discounts"] = [id for id in subscription["discounts"] if id not in gone]


def _end_trial(tools: Tools, subscription: Row, *, at: int) -> bool:
    """The trial is over; whether the subscription goes on with a paid period."""
    customer = tools.store.get("customer", subscription["customer"])
    behavior = subscription["trial_settings"]["end_behavior"]["missing_payment_method"]
    can_pay = method_to_charge(tools, customer=customer, subscription=subscription) is not None
    sent = subscription["collection_method"] == "send_invoice"
    if can_pay or sent or behavior == "create_invoice":
        subscription["status"] = "active"
        return True
    if behavior == "cancel":
        ending.end(tools, subscription, at=at, reason=None)
    else:
        subscription["status"] = "paused"
        update(tools, subscription, "customer.subscription.paused")
    return False
