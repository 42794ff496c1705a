"""Whether agreements and Stripe's subscriptions say the same."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from ...choices import AgreementStatus, Collection, PriceKind
from ...models import Agreement, StripeCustomer, StripePrice, StripeSubscription
from ..gateway.facts import SubscriptionFacts
from ..gateway.reading import list_subscriptions
from .findings import Finding, Kind
from .news import is_news

KINDS: Final = frozenset(
    {
        Kind.SUBSCRIPTION_MISSING_HERE,
        Kind.SUBSCRIPTION_MISSING_THERE,
        Kind.SUBSCRIPTION_STATUS_DIFFERS,
        Kind.SUBSCRIPTION_PERIOD_DIFFERS,
        Kind.SUBSCRIPTION_PRICE_DIFFERS,
        Kind.SUBSCRIPTION_QUANTITY_DIFFERS,
    }
)

# What a status at Stripe means for an agreement.
_MEANS: Final = {
    "trialing": AgreementStatus.TRIALING,
    "active": AgreementStatus.ACTIVE,
    "past_due": AgreementStatus.PAST_DUE,
    "unpaid": AgreementStatus.PAST_DUE,
    "paused": AgreementStatus.PAST_DUE,
    "canceled": AgreementStatus.CANCELED,
}
# Nothing was paid yet, so there is no agreement.
_NEVER_BEGAN: Final = frozenset({"incomplete", "incomplete_expired"})


def differences_of_subscriptions(*, now: datetime) -> Iterator[Finding]:
    """What does not agree about who has which plan, until when, at what price."""
    customers = dict(StripeCustomer.objects.values_list("stripe_id", "organization_id"))
    seen = set()
    for subscription in list_subscriptions():
        seen.add(subscription.id)
        organization_id = customers.get(subscription.customer_id)
        if organization_id is not None and not is_news(subscription.id):
            yield from _compare(subscription, organization_id=organization_id, now=now)
    yield from _agreements_without_subscription()
    known = StripeSubscription.objects.exclude(stripe_id__in=seen)
    for missing in known.filter(agreement__ended_at=None, agreement__isnull=False):
        yield Finding(
            Kind.SUBSCRIPTION_MISSING_THERE,
            subject=missing.stripe_id,
            organization_id=missing.organization_id,
            ours=missing.status,
            theirs="no such subscription",
        )


def _compare(
    subscription: SubscriptionFacts, *, organization_id: int, now: datetime
) -> Iterator[Finding]:
    agreement = Agreement.objects.filter(
        pk__in=StripeSubscription.objects.filter(stripe_id=subscription.id).values("agreement")
    ).first()
    if agreement is None:
        if subscription.status not in _NEVER_BEGAN:
            yield Finding(
                Kind.SUBSCRIPTION_MISSING_HERE,
                subject=subscription.id,
                organization_id=organization_id,
                ours="no agreement",
                theirs=subscription.status,
            )
        return
    for kind, ours, theirs in _differing(agreement, subscription, now=now):
        yield Finding(kind, agreement.public_id, organization_id, ours=ours, theirs=theirs)


def _differing(
    agreement: Agreement, subscription: SubscriptionFacts, *, now: datetime
) -> Iterator[tuple[Kind, str, str]]:
    """Each thing that differs: its kind, ours, Stripe's."""
    if agreement.status != _MEANS.get(subscription.status):
        yield Kind.SUBSCRIPTION_STATUS_DIFFERS, agreement.status, subscription.status
    if AgreementStatus.CANCELED in (agreement.status, _MEANS.get(subscription.status)):
        return
    ends_at = subscription.period.ends_at
    # At the turn of a period either side may be first.
    if agreement.current_period_end != ends_at and min(agreement.current_period_end, ends_at) > now:
        yield (
            Kind.SUBSCRIPTION_PERIOD_DIFFERS,
            agreement.current_period_end.isoformat(),
            ends_at.isoformat(),
        )
    yield from _differing_items(agreement, subscription)


def _differing_items(
    agreement: Agreement, subscription: SubscriptionFacts
) -> Iterator[tuple[Kind, str, str]]:
    known = StripePrice.objects.filter(
        plan_version_id=agreement.plan_version_id,
        interval=agreement.interval,
        currency=agreement.currency,
        price__isnull=False,
    ).select_related("price")
    prices = {price.stripe_id: price for price in known}
    quantities = {
        item.price_id: item.quantity for item in subscription.items if not item.is_metered
    }
    if quantities.keys() != prices.keys():
        yield (
            Kind.SUBSCRIPTION_PRICE_DIFFERS,
            ", ".join(sorted(prices)) or "no price",
            ", ".join(sorted(quantities)),
        )
        return
    for price_id, price in prices.items():
        agreed = _quantity(price, agreement)
        if quantities[price_id] != agreed:
            yield Kind.SUBSCRIPTION_QUANTITY_DIFFERS, str(agreed), str(quantities[price_id])


def _quantity(price: StripePrice, agreement: Agreement) -> int:
    """Seats where every seat is charged, else one."""
    assert price.price is not None, price
    return agreement.seats if price.price.kind == PriceKind.PER_SEAT else 1


def _agreements_without_subscription() -> Iterator[Finding]:
    """Live agreements that Stripe is to collect for, and has no subscription for."""
    linked = StripeSubscription.objects.exclude(agreement=None).values("agreement_id")
    live = Agreement.objects.live().filter(collection=Collection.STRIPE)
    for agreement in live.exclude(pk__in=linked):
        yield Finding(
            Kind.SUBSCRIPTION_MISSING_THERE,
            subject=agreement.public_id,
            organization_id=agreement.organization_id,
            ours=agreement.status,
            theirs="no subscription",
        )
