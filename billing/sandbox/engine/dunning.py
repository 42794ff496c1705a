"""What follows an invoice that could not be collected.

Stripe's documentation: "Automate payment retries", "Subscription statuses".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from billing.sandbox.call import Tools, id_of
from billing.sandbox.engine import ending, standing
from billing.sandbox.engine.calendar import DAY
from billing.sandbox.store import Row

POLICY: Final = "dunning"
PAUSES: Final = (3, 5, 7)
OUTCOMES: Final = ("cancel", "unpaid", "past_due")


@dataclass(frozen=True)
class Policy:
    """The account's settings: days between attempts, and what happens after the last."""

    pauses: tuple[int, ...] = PAUSES
    outcome: str = "cancel"


def policy(tools: Tools) -> Policy:
    kept = tools.store.fact(POLICY)
    if kept is None:
        return Policy()
    outcome, _, pauses = kept.partition(" ")
    return Policy(tuple(int(days) for days in pauses.split()), outcome)


def set_policy(tools: Tools, new: Policy) -> None:
    """Change what follows failures from now on. Raises ``ValueError`` for an unknown outcome."""
    if new.outcome not in OUTCOMES or any(days < 1 for days in new.pauses):
        raise ValueError(f"{new} is no policy: the outcomes are {', '.join(OUTCOMES)}.")
    tools.store.remember(POLICY, " ".join([new.outcome, *map(str, new.pauses)]))


def plan_retry(tools: Tools, invoice: Row, *, at: int) -> None:
    """Set when the invoice is tried again, if it is."""
    invoice["next_payment_attempt"] = None
    if not _is_retried(tools, invoice):
        return
    pauses = policy(tools).pauses
    if invoice["attempt_count"] <= len(pauses):
        invoice["next_payment_attempt"] = at + pauses[invoice["attempt_count"] - 1] * DAY


def give_up_if_last(tools: Tools, invoice: Row, *, at: int) -> None:
    """After the last attempt the subscription ends, or stays unpaid, as the account has it."""
    if invoice["next_payment_attempt"] is not None or not _is_retried(tools, invoice):
        return
    subscription = _subscription(tools, invoice)
    if subscription is None or subscription["status"] in standing.ENDED:
        return
    outcome = policy(tools).outcome
    if outcome == "cancel":
        ending.end(tools, subscription, at=at, reason="payment_failed")
    elif outcome == "unpaid":
        subscription["status"] = "unpaid"
        standing.keep(tools, subscription)


def _is_retried(tools: Tools, invoice: Row) -> bool:
    """Invoices of running subscriptions are; the first one and pending updates wait for people."""
    if not invoice["auto_advance"] or invoice["collection_method"] != "charge_automatically":
        return False
    subscription = _subscription(tools, invoice)
    if subscription is None:
        return True
    first = invoice["billing_reason"] == "subscription_create"
    ended = subscription["status"] in {*standing.ENDED, "incomplete"}
    return not first and not ended and not standing.waits_for(subscription, invoice)


def _subscription(tools: Tools, invoice: Row) -> Row | None:
    details = (invoice["parent"] or {}).get("subscription_details")
    return tools.store.find("subscription", id_of(details["subscription"])) if details else None
