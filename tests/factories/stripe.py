"""Stripe's side of what tests sell: customers, prices, and subscriptions as Stripe tells them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.models import Organization
from billing.models import PlanVersion, Price, StripeCustomer, StripePrice
from billing.stripe.gateway.facts import ItemFacts, SubscriptionFacts

from .agreements import SUBSCRIBED


def make_customer(organization: Organization, **facts: Any) -> StripeCustomer:
    """The customer that an organization is at Stripe."""
    return StripeCustomer.objects.create(
        organization=organization,
        stripe_id=f"cus_{organization.pk}",
        synced_at=SUBSCRIBED,
        **facts,
    )


def make_prices(*versions: PlanVersion) -> None:
    """A price at Stripe for each base price, named by `price_id`."""
    for version in versions:
        for price in Price.objects.filter(plan_version=version):
            StripePrice.objects.create(
                plan_version=version,
                price=price,
                currency=price.currency,
                interval=price.interval,
                stripe_id=price_id(version, interval=price.interval),
            )


def price_id(version: PlanVersion, *, interval: str = "month") -> str:
    """The id of the only base price of a version in an interval."""
    return f"price_{version.pk}_{interval}"


def subscription_facts(
    customer: StripeCustomer,
    *prices: str,
    starts_at: datetime,
    ends_at: datetime,
    quantity: int = 1,
    **facts: Any,
) -> SubscriptionFacts:
    """A subscription for its period; active, and sold by us, unless something else is said."""
    return SubscriptionFacts(
        **{
            "id": "sub_1",
            "customer_id": customer.stripe_id,
            "status": "active",
            "items": tuple(_items(prices, starts_at, ends_at, quantity)),
            "anchor_at": starts_at,
            "started_at": starts_at,
            "trial_ends_at": None,
            "cancel_at": None,
            "ended_at": None,
            "latest_invoice_id": "in_1",
            "schedule_id": "",
            "has_pending_update": False,
            "has_payment_method": True,
            "feedback": "",
            "metadata": {"organization": customer.organization.public_id},
            "test_clock_id": "",
            "currency": "USD",
            "collection_method": "charge_automatically",
            "discount_ids": (),
            **facts,
        }
    )


def _items(
    prices: Iterable[str], starts_at: datetime, ends_at: datetime, quantity: int
) -> Iterable[ItemFacts]:
    for number, price in enumerate(prices):
        yield ItemFacts(f"si_{number}", price, quantity, starts_at, ends_at)
