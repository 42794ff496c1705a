"""How running subscriptions change.

Stripe's documentation: "Change subscriptions", "Prorations", "Pending updates".
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from billing.sandbox.call import Tools
from billing.sandbox.engine import basket, invoicing, payment, standing
from billing.sandbox.engine.calendar import HOUR
from billing.sandbox.engine.debits import cost_of_period, credit_unused, debit_rest, note_lines
from billing.sandbox.engine.discounts import Target, grant
from billing.sandbox.engine.discounts import remove as remove_discounts
from billing.sandbox.engine.extras import add_invoice_items
from billing.sandbox.engine.items import pending_for
from billing.sandbox.engine.rows import private
from billing.sandbox.engine.subscribing import first_lines
from billing.sandbox.engine.terms import cancel_terms, earliest_end, latest_end, plain_terms
from billing.sandbox.errors import StripeError, invalid
from billing.sandbox.resources.merging import merged_metadata
from billing.sandbox.store import Row

PENDING_FOR = 23 * HOUR
COURSE = frozenset({"items", "billing_cycle_anchor", "trial_end"})
WITH_PENDING = frozenset(
    "expand payment_behavior proration_behavior proration_date billing_cycle_anchor items"
    " trial_end add_invoice_items metadata off_session".split()
)


@dataclass(frozen=True)
class Manner:
    """How a change is billed: when it counts from, whether the rest is prorated, who waits."""

    at: int
    since: int
    proration: str = "create_prorations"
    payment: str = "allow_incomplete"

    @property
    def prorates(self) -> bool:
        return self.proration != "none"


def change(tools: Tools, subscription: Row, params: dict[str, Any], *, at: int) -> Row:
    """Change a subscription by the parameters of "Update a subscription".

    Raises ``StripeError``; with ``error_if_incomplete`` also for a declined payment.
    """
    manner = _manner(subscription, params, at=at)
    _check_pending(subscription, params)
    subscription = _without_earlier_change(tools, subscription, params, at=at)
    changed = deepcopy(subscription)
    if manner.payment != "pending_if_incomplete":
        _change_terms(tools, changed, params, at=at)
    elif "metadata" in params:
        changed["metadata"] = merged_metadata(changed["metadata"], params["metadata"])
    restarts = _change_course(tools, changed, params, at=at)
    add_invoice_items(tools, subscription, params.get("add_invoice_items") or [], at=at)
    return bill_change(tools, subscription, changed, manner, restarts=restarts)


def bill_change(
    tools: Tools, subscription: Row, changed: Row, manner: Manner, *, restarts: bool
) -> Row:
    """Bring what is charged level with the change, and keep it as its payment allows."""
    lines = _restart(tools, subscription, changed, manner) if restarts else []
    if not restarts:
        _prorate(tools, subscription, changed, manner)
    if not restarts and manner.proration != "always_invoice":
        standing.keep(tools, changed)
        return _reload(tools, changed)
    if not lines and not _has_waiting(tools, changed):
        standing.keep(tools, changed)
        return _reload(tools, changed)
    return _invoice_now(tools, subscription, changed, lines, manner)


def _manner(subscription: Row, params: dict[str, Any], *, at: int) -> Manner:
    since = params.get("proration_date", at)
    start = min(item["current_period_start"] for item in subscription["items"]["data"])
    if "proration_date" in params and not start <= since <= earliest_end(subscription):
        raise invalid(
            "proration_date must lie within the current billing period.", param="proration_date"
        )
    return Manner(
        at=at,
        since=since,
        proration=params.get("proration_behavior", "create_prorations"),
        payment=params.get("payment_behavior", "allow_incomplete"),
    )


def _check_pending(subscription: Row, params: dict[str, Any]) -> None:
    """Stripe's documentation, "Pending updates reference": only these can wait for a payment."""
    if params.get("payment_behavior") != "pending_if_incomplete":
        return
    others = sorted(params.keys() - WITH_PENDING)
    if others:
        raise invalid(
            "When payment_behavior is set to pending_if_incomplete, you cannot pass"
            f" {', '.join(others)}.",
            param=others[0],
        )
    if subscription["collection_method"] != "charge_automatically":
        raise invalid(
            "payment_behavior pending_if_incomplete needs collection_method charge_automatically.",
            param="payment_behavior",
        )


def _without_earlier_change(
    tools: Tools, subscription: Row, params: dict[str, Any], *, at: int
) -> Row:
    """A change that still waits for its payment gives way to a new one."""
    pending = private(subscription).get("pending")
    if pending is None or COURSE.isdisjoint(params):
        return subscription
    invoicing.void(tools, tools.store.get("invoice", pending["invoice"]), at=at)
    return _reload(tools, subscription)


def _change_terms(tools: Tools, changed: Row, params: dict[str, Any], *, at: int) -> None:
    plain_terms(tools, changed, params)
    cancel_terms(changed, params, at=at)
    if "discounts" in params:
        target = Target(customer=changed["customer"], at=at, subscription=changed["id"])
        kept = grant(tools, params["discounts"], target=target)
        gone = [id for id in changed["discounts"] if id not in kept]
        remove_discounts(tools, gone, at=at)
        changed["discounts"] = kept


def _change_course(tools: Tools, changed: Row, params: dict[str, Any], *, at: int) -> bool:
    """Change items, anchor and trial; whether the billing period begins anew with it."""
    before = {basket.interval_of(item) for item in changed["items"]["data"]}
    known = {item["id"] for item in changed["items"]["data"]}
    if "items" in params:
        changed["items"]["data"] = basket.changed_items(tools, changed, params["items"], at=at)
    intervals = {basket.interval_of(item) for item in changed["items"]["data"]}
    restarts = _change_trial(changed, params, at=at)
    restarts |= params.get("billing_cycle_anchor") == "now"
    if changed["status"] != "trialing" and intervals.isdisjoint(before):
        restarts = True
    if restarts and changed["status"] != "trialing":
        changed["billing_cycle_anchor"] = at
    for item in changed["items"]["data"]:
        if restarts or item["id"] not in known:
            _join(changed, item, start=at)
    if changed["cancel_at_period_end"]:
        changed["cancel_at"] = latest_end(changed)
    return restarts


def _join(changed: Row, item: Row, *, start: int) -> None:
    until = changed["trial_end"] if changed["status"] == "trialing" else None
    basket.set_period(item, start=start, anchor=changed["billing_cycle_anchor"], until=until)


def _change_trial(changed: Row, params: dict[str, Any], *, at: int) -> bool:
    end = params.get("trial_end")
    if end is None:
        return False
    if end == "now":
        was_trialing = changed["status"] == "trialing"
        if was_trialing:
            changed.update(status="active", trial_end=at)
        return bool(was_trialing)
    if end <= at:
        raise invalid("Invalid timestamp: must be in the future.", param="trial_end")
    changed.update(
        billing_cycle_anchor=end,
        status="trialing",
        trial_end=end,
        trial_start=changed["trial_start"] or at,
    )
    return True


def _restart(tools: Tools, subscription: Row, changed: Row, manner: Manner) -> list[Row]:
    """Credit what was paid for of the old periods; the lines of the new ones."""
    for item in subscription["items"]["data"]:
        if manner.prorates:
            credit_unused(tools, changed, item, since=manner.since, at=manner.at)
        private(changed).setdefault("debits", {}).pop(item["id"], None)
    anchored = {**changed, "start_date": changed["billing_cycle_anchor"]}
    return first_lines(tools, anchored)


def _prorate(tools: Tools, subscription: Row, changed: Row, manner: Manner) -> None:
    """A credit for the rest of what is no more, a charge for the rest of what is new."""
    if not manner.prorates or changed["status"] == "trialing":
        return
    costs = cost_of_period(tools, changed, at=manner.at)
    before = {item["id"]: item for item in basket.licensed(subscription)}
    after = {item["id"]: item for item in basket.licensed(changed)}
    for id, item in before.items():
        if id not in after or _differs(item, after[id]):
            credit_unused(tools, changed, item, since=manner.since, at=manner.at)
    for id, item in after.items():
        if id not in before or _differs(before[id], item):
            debit_rest(tools, changed, item, whole=costs[id], since=manner.since, at=manner.at)


def _differs(before: Row, after: Row) -> bool:
    return bool(
        before["price"]["id"] != after["price"]["id"]
        or before.get("quantity") != after.get("quantity")
    )


def _has_waiting(tools: Tools, subscription: Row) -> bool:
    return bool(
        pending_for(
            tools,
            customer=subscription["customer"],
            currency=subscription["currency"],
            subscription=subscription["id"],
        )
    )


def _invoice_now(
    tools: Tools, subscription: Row, changed: Row, lines: list[Row], manner: Manner
) -> Row:
    """Bill at once; with ``pending_if_incomplete`` the change waits until that is paid."""
    pends = manner.payment == "pending_if_incomplete"
    holder = deepcopy(subscription) if pends else changed
    invoice = invoicing.subscription_draft(
        tools, holder, reason="subscription_update", at=manner.at, lines=lines
    )
    note_lines(changed, invoice, lines)
    if pends:
        private(holder)["pending"] = _waiting(changed, invoice)
        tools.store.save(holder)
    else:
        standing.keep(tools, changed)
    invoice = invoicing.finalize(tools, invoice, at=manner.at)
    if invoice["status"] == "open" and changed["collection_method"] == "charge_automatically":
        _collect(tools, invoice, manner)
    if pends:
        _show_pending(tools, changed["id"], manner)
    return _reload(tools, changed)


def _collect(tools: Tools, invoice: Row, manner: Manner) -> None:
    if manner.payment == "default_incomplete":
        standing.unpaid(tools, invoice, at=manner.at)
        return
    invoice = payment.collect(tools, invoice, at=manner.at)
    error = payment.refusal(tools, invoice) or _unpayable(invoice)
    if error is not None and manner.payment == "error_if_incomplete":
        error.effect_kept = False
        raise error


def _unpayable(invoice: Row) -> StripeError | None:
    return None if invoice["status"] == "paid" else payment.no_method()


def _waiting(changed: Row, invoice: Row) -> Row:
    names = ("items", "billing_cycle_anchor", "trial_end", "trial_start", "status", "metadata")
    return {
        "invoice": invoice["id"],
        "changed": {name: changed[name] for name in names},
        "debits": private(changed).get("debits", {}),
    }


def _show_pending(tools: Tools, subscription_id: str, manner: Manner) -> None:
    """What waits for its payment is told with the day on which it is dropped."""
    subscription = tools.store.get("subscription", subscription_id)
    pending = private(subscription).get("pending")
    if pending is None:
        return
    changed = pending["changed"]
    subscription["pending_update"] = {
        "billing_cycle_anchor": changed["billing_cycle_anchor"],
        "expires_at": min(manner.at + PENDING_FOR, earliest_end(subscription)),
        "metadata": changed["metadata"],
        "subscription_items": changed["items"]["data"],
        "trial_end": changed["trial_end"],
        "trial_from_plan": None,
    }
    standing.keep(tools, subscription)


def _reload(tools: Tools, subscription: Row) -> Row:
    return tools.store.get("subscription", subscription["id"])
