"""A change that waits at Stripe for the end of the paid period, and its undoing."""

from datetime import datetime
from typing import Any

from config.kernel.ids import new_id

from ...models import Agreement
from ..gateway.facts import ScheduleFacts, SubscriptionFacts
from ..gateway.reading import retrieve_subscription
from ..intents import Call, perform
from ..levelling import bring_subscription_level
from ..publishing import price_ids_of
from .items import new_items
from .proposals import Proposal


def schedule_at_stripe(
    agreement: Agreement, subscription: SubscriptionFacts, proposal: Proposal, *, now: datetime
) -> None:
    """
    Let the subscription go on as it is until its period ends, and then be what is wanted.

    The schedule then lets go of it, so that it goes on by itself.
    """
    request = new_id("req")
    created = ScheduleFacts.read(
        perform(
            Call(
                operation="subscription_schedules.create",
                params={"from_subscription": subscription.id},
                key=f"schedule:{request}",
                subject=agreement.public_id,
                organization_id=agreement.organization_id,
            ),
            now=now,
        )
    )
    perform(
        Call(
            operation="subscription_schedules.update",
            target=created.id,
            params={
                "end_behavior": "release",
                "phases": _phases(created, subscription, proposal),
            },
            key=f"phases:{request}",
            subject=agreement.public_id,
            organization_id=agreement.organization_id,
        ),
        now=now,
    )
    bring_subscription_level(subscription_id=subscription.id, now=now)


def release_schedule(
    agreement: Agreement,
    subscription: SubscriptionFacts,
    *,
    now: datetime,
    is_replaced: bool = False,
) -> SubscriptionFacts:
    """
    Let the subscription go on without the change that waits, and return it as it then is.

    While a schedule is attached, nothing else of a subscription can be changed. Where another is
    planned next and the change `is_replaced`, the books follow only then: it was not undone.
    """
    if not subscription.schedule_id:
        return subscription
    perform(
        Call(
            operation="subscription_schedules.release",
            target=subscription.schedule_id,
            params={},
            key=f"release:{subscription.schedule_id}",
            subject=agreement.public_id,
            organization_id=agreement.organization_id,
        ),
        now=now,
    )
    if not is_replaced:
        bring_subscription_level(subscription_id=subscription.id, now=now)
    return retrieve_subscription(subscription.id)


def _phases(
    created: ScheduleFacts, subscription: SubscriptionFacts, proposal: Proposal
) -> list[dict[str, Any]]:
    """The time that is paid for, as Stripe has begun it, and what follows."""
    prices = price_ids_of(
        version_id=proposal.version.pk, currency=proposal.currency, interval=proposal.interval
    )
    period = subscription.period
    begun_at = created.phase_starts_at or period.starts_at
    # A phase that names no discount takes it away.
    discounts = [{"discount": discount_id} for discount_id in subscription.discount_ids]
    reduced = {"discounts": discounts} if discounts else {}
    present = {
        "items": [
            {"price": item.price_id} | ({} if item.is_metered else {"quantity": item.quantity})
            for item in subscription.items
        ],
        "start_date": int(begun_at.timestamp()),
        "end_date": int(period.ends_at.timestamp()),
        **reduced,
    }
    coming = {
        "items": new_items(prices, seats=proposal.seats),
        "start_date": int(period.ends_at.timestamp()),
        "proration_behavior": "none",
        "duration": {"interval": proposal.interval, "interval_count": 1},
        **reduced,
    }
    return [present, coming]
