"""Acme pays for a plan at Stripe's stand-in."""

import pytest

from billing.stripe.publishing import publish_waiting
from tests.factories.catalog import ArticleCatalog
from tests.support.shopping import Shopper, make_shopper
from tests.support.stripe_at_hand import StripeAtHand, stripe

__all__ = ["stripe"]


@pytest.fixture
def shopper(catalog: ArticleCatalog, stripe: StripeAtHand) -> Shopper:
    """Acme, subscribed to Professional for $299 a month."""
    publish_waiting(now=stripe.now)
    made = make_shopper(stripe)
    made.subscribe("professional")
    stripe.deliver()
    return made
