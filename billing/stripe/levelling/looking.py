"""Ask Stripe for a subscription and what goes with it, and say it in our words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ...catalog.queries import get_plan_version_terms
from ...choices import EndReason
from ..gateway.facts import InvoiceFacts, ScheduleFacts, SubscriptionFacts
from ..gateway.reading import retrieve_invoice, retrieve_schedule, retrieve_subscription
from ..publishing import find_prices, find_version_of_prices
from .standing import Notice, Planned, Sold, Told

_FIRST_INVOICE: Final = "subscription_create"
_PLANNED: Final = frozenset({"active", "not_started"})


@dataclass(frozen=True, slots=True)
class Sight:
    """A subscription as Stripe has it now, with its latest invoice and its schedule, if asked."""

    subscription: SubscriptionFacts
    schedule: ScheduleFacts | None
    invoice: InvoiceFacts | None


def look_at(*, subscription_id: str, has_begun: bool) -> Sight:
    """
    Ask for a subscription, for its schedule, and for its latest invoice where nothing else says
    whether it has begun.

    Raises what the gateway raises.
    """
    subscription = retrieve_subscription(subscription_id)
    is_sure = has_begun or subscription.trial_ends_at is not None
    invoice_id = "" if is_sure else subscription.latest_invoice_id
    return Sight(
        subscription,
        schedule=retrieve_schedule(subscription.schedule_id) if subscription.schedule_id else None,
        invoice=retrieve_invoice(invoice_id) if invoice_id else None,
    )


def in_our_words(sight: Sight, *, has_begun: bool) -> Told:
    """Say what was seen in the words that an agreement is compared in."""
    facts = sight.subscription
    sold = sold_as(tuple((item.price_id, item.quantity) for item in facts.items))
    return Told(
        status=facts.status,
        sold=sold,
        started_at=facts.started_at,
        anchor_at=facts.anchor_at,
        period=facts.period,
        trial_ends_at=facts.trial_ends_at,
        planned=None if sight.schedule is None else _planned(sight.schedule),
        notice=_notice(facts, sold),
        ended_at=facts.ended_at,
        feedback=facts.feedback,
        is_paid_for=has_begun or _is_paid_for(sight),
    )


def sold_as(items: tuple[tuple[str, int], ...]) -> Sold | None:
    """Return what items sell, each a price and a quantity; None where we do not know all prices."""
    quantities = dict(items)
    sold = find_version_of_prices(price_ids=quantities)
    if sold is None:
        return None
    prices = find_prices(price_ids=quantities).values()
    seats = [quantities[price.stripe_id] for price in prices if price.is_per_seat]
    return Sold(sold.version_id, sold.interval, seats[0] if seats else None)


def _is_paid_for(sight: Sight) -> bool:
    """A trial need not be paid for; a later invoice only comes once the first one is paid."""
    if sight.subscription.trial_ends_at is not None:
        return True
    invoice = sight.invoice
    return invoice is not None and (
        invoice.status == "paid" or invoice.billing_reason != _FIRST_INVOICE
    )


def _planned(schedule: ScheduleFacts) -> Planned | None:
    """What follows the phase that a schedule is in."""
    if schedule.status not in _PLANNED or schedule.phase_ends_at is None:
        return None
    for phase in sorted(schedule.phases, key=lambda phase: phase.starts_at):
        if phase.starts_at >= schedule.phase_ends_at:
            sold = sold_as(phase.items)
            return None if sold is None else Planned(sold, phase.starts_at)
    return None


def _notice(facts: SubscriptionFacts, sold: Sold | None) -> Notice | None:
    """When it ends: as was asked for, or with a trial that nobody can pay after."""
    if facts.cancel_at is not None:
        return Notice(facts.cancel_at, EndReason.REQUESTED, facts.feedback)
    is_trial: datetime | None = facts.trial_ends_at if facts.status == "trialing" else None
    if is_trial is None or facts.has_payment_method or sold is None:
        return None
    if get_plan_version_terms(plan_version_id=sold.version_id).trial_needs_card:
        return None
    return Notice(is_trial, EndReason.TRIAL_WITHOUT_CARD, "")
