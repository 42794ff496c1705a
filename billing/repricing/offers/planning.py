"""
Plan the change that makes a move: at Stripe where Stripe collects, by ourselves otherwise.

Called outside of any transaction. What is planned already is not planned again.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.audit.actor import SYSTEM
from accounts.memberships.queries import count_members

from ...agreements.conditions import price_of, seats_of
from ...agreements.effects import effects_of
from ...agreements.errors import PaymentOverdue
from ...agreements.queries import agreed_price
from ...agreements.scheduling import schedule_change
from ...agreements.waiting import find_waiting_change
from ...catalog.queries import get_plan_version_terms
from ...choices import AgreementStatus, Collection
from ...models import RepricingOffer, ScheduledChange
from ...stripe.journeys.errors import ChangeWaiting, CheckoutNeeded
from ...stripe.journeys.proposals import Proposal
from ...stripe.journeys.schedules import release_schedule, schedule_at_stripe
from ...stripe.journeys.subscriptions import get_subscription
from .errors import MidContract


def plan_change(offer: RepricingOffer, *, now: datetime) -> None:
    """
    Plan the move for the end of the period that is paid for, which is the offer's date.

    A change of seats or interval on the plan of before gives way to it, and one of seats is made
    with it; one to another plan is in the way. Raises `PaymentOverdue`, `ChangeWaiting`,
    `CheckoutNeeded`, `NotEnoughSeats`, `PriceNotOffered`, `MidContract` while Stripe's period ends
    at another time, `NotPublished` and what `perform` raises.
    """
    agreement = offer.agreement
    waiting = find_waiting_change(agreement)
    if waiting is not None and is_move_of(offer, waiting):
        return
    if agreement.status == AgreementStatus.PAST_DUE:
        raise PaymentOverdue(_("The plan can be changed once the overdue payment is made."))
    if waiting is not None and waiting.to_version.plan_id != offer.from_version.plan_id:
        raise ChangeWaiting(_("A change is planned already. Take that back first."))
    proposal = _proposal(offer, waiting)
    if agreement.collection == Collection.FREE and proposal.collection != Collection.FREE:
        plan = proposal.version.plan.name
        raise CheckoutNeeded(_("%(plan)s has to be paid for first.") % {"plan": plan})
    if agreement.collection == Collection.STRIPE:
        _plan_at_stripe(offer, proposal, now=now)
        return
    schedule_change(
        agreement=agreement,
        to_version=proposal.version,
        interval=proposal.interval,
        seats=proposal.seats,
        effective_at=agreement.current_period_end,
        actor=SYSTEM,
        now=now,
    )


def is_move_of(offer: RepricingOffer, change: ScheduledChange) -> bool:
    """Whether a change is the one that was offered, and no earlier than was told."""
    return (
        change.to_version_id == offer.to_version_id
        and offer.effective_at is not None
        and change.effective_at >= offer.effective_at
    )


def _plan_at_stripe(offer: RepricingOffer, proposal: Proposal, *, now: datetime) -> None:
    agreement = offer.agreement
    subscription = get_subscription(agreement)
    if subscription.period.ends_at != offer.effective_at:
        raise MidContract(_("The period that is paid for ends at another time at Stripe."))
    subscription = release_schedule(agreement, subscription, now=now)
    schedule_at_stripe(agreement, subscription, proposal, now=now)


def _proposal(offer: RepricingOffer, waiting: ScheduledChange | None) -> Proposal:
    """What the agreement is going to be, in place of the change that waits."""
    agreement, version = offer.agreement, offer.to_version
    before = get_plan_version_terms(plan_version_id=agreement.plan_version_id)
    terms = get_plan_version_terms(plan_version_id=version.pk)
    price = price_of(
        terms,
        plan_name=version.plan.name,
        currency=agreement.currency,
        interval=offer.interval,
    )
    members = count_members(organization=agreement.organization)
    wanted = _seats_paid_for(offer, waiting)
    seats = seats_of(
        terms,
        price,
        wanted=None if price.per_seat is None else max(wanted, members),
        members=members,
    )
    return Proposal(
        version=version,
        terms=terms,
        interval=offer.interval,
        currency=agreement.currency,
        price=price,
        seats=seats,
        effects=effects_of(before, terms, currency=agreement.currency),
        is_at_once=False,
    )


def _seats_paid_for(offer: RepricingOffer, waiting: ScheduledChange | None) -> int:
    """As many as there would be without the move; where they are not paid for, those told."""
    if agreed_price(offer.agreement).per_seat is None:
        return offer.seats
    return offer.agreement.seats if waiting is None else waiting.seats
