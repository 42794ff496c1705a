"""The subscription that collects for an agreement."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from config.kernel.ids import new_id

from ...models import Agreement, StripeSubscription
from ..gateway.facts import SubscriptionFacts
from ..gateway.reading import retrieve_subscription
from ..intents import Call, perform
from .errors import CollectedOutside


def is_collected_by_stripe(agreement: Agreement) -> bool:
    """Whether a subscription collects for the agreement."""
    return StripeSubscription.objects.filter(
        organization_id=agreement.organization_id, agreement=agreement
    ).exists()


def get_subscription(agreement: Agreement) -> SubscriptionFacts:
    """Return the agreement's subscription as it is now. Raises `CollectedOutside`."""
    stored = StripeSubscription.objects.filter(
        organization_id=agreement.organization_id, agreement=agreement
    ).first()
    if stored is None:
        raise CollectedOutside(_("Stripe does not collect for this agreement."))
    return retrieve_subscription(stored.stripe_id)


def update(
    agreement: Agreement,
    subscription: SubscriptionFacts,
    params: dict[str, Any],
    *,
    key: str = "",
    now: datetime,
) -> SubscriptionFacts:
    """
    Change the subscription, and return it as it then is.

    A call with a key of its own is made once, however often; any other each time that it is asked
    for, because it may be done, undone and done again.
    """
    answer = perform(
        Call(
            operation="subscriptions.update",
            target=subscription.id,
            params=params,
            key=key or f"update:{subscription.id}:{new_id('req')}",
            subject=agreement.public_id,
            organization_id=agreement.organization_id,
            replaces_earlier=True,
        ),
        now=now,
    )
    return SubscriptionFacts.read(answer)
