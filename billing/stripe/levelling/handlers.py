"""What Stripe tells that makes us look at a subscription, or at a card, again."""

from datetime import datetime

from ...agreements.operations import bring_current
from ...models import StripeCustomer, StripeSubscription
from ..gateway.errors import ObjectMissing
from ..gateway.reading import retrieve_invoice, retrieve_schedule
from ..inbox import ReceivedEvent, handles
from .cards import bring_card_level
from .subscriptions import bring_subscription_level
from .waiting import look_at_waiting_of


@handles("customer.subscription.*")
def look_at_subscription(event: ReceivedEvent, now: datetime) -> None:
    """Bring the subscription level."""
    _bring_level(event.object_id, now=now)


@handles("subscription_schedule.*")
def look_at_schedule(event: ReceivedEvent, now: datetime) -> None:
    """Bring the subscription of a schedule level, also of one that has let it go."""
    known = StripeSubscription.objects.filter(schedule_id=event.object_id).first()
    if known is not None:
        _bring_level(known.stripe_id, now=now)
        return
    try:
        subscription_id = retrieve_schedule(event.object_id).subscription_id
    except ObjectMissing:
        return
    _bring_level(subscription_id, now=now)


@handles("invoice.paid")
@handles("invoice.payment_failed")
def look_at_what_is_paid_for(event: ReceivedEvent, now: datetime) -> None:
    """Bring the subscription of an invoice level: with its first payment it begins."""
    try:
        subscription_id = retrieve_invoice(event.object_id).subscription_id
    except ObjectMissing:
        return
    _bring_level(subscription_id, now=now)


@handles("customer.updated")
@handles("payment_method.*")
def look_at_card(event: ReceivedEvent, now: datetime) -> None:
    """Bring the card level, and what depends on whether there is one."""
    customer = bring_card_level(customer_id=event.customer_id, now=now)
    if customer is None:
        return
    subscriptions = StripeSubscription.objects.filter(
        organization_id=customer.organization_id, ended_at=None
    )
    for subscription in subscriptions.order_by("pk"):
        _bring_level(subscription.stripe_id, now=now)


@handles("test_helpers.test_clock.ready")
def come_to_the_clock(event: ReceivedEvent, now: datetime) -> None:
    """Let happen what is due by the time of a test clock."""
    customers = StripeCustomer.objects.filter(test_clock_id=event.object_id)
    for customer in customers.select_related("organization").order_by("pk"):
        bring_current(organization=customer.organization, now=now)


def _bring_level(subscription_id: str, *, now: datetime) -> None:
    """
    Bring it level, and where it is over, what waited for that. What Stripe has forgotten, as with
    a test clock's end, is left alone.
    """
    if not subscription_id:
        return
    try:
        agreement = bring_subscription_level(subscription_id=subscription_id, now=now)
    except ObjectMissing:
        return
    if agreement is not None and agreement.ended_at is not None:
        look_at_waiting_of(organization_id=agreement.organization_id, now=now)
