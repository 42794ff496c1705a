"""What a customer does on the payment page of the sandbox."""

from __future__ import annotations

from tests.sandbox.selling import typed
from tests.sandbox.visiting import Visitor
from tests.support.stripe_at_hand import URL, StripeAtHand

VISA = "4242424242424242"
DECLINED_LATER = "4000000000000341"


def pay(stripe: StripeAtHand, url: str, *, card: str = VISA, **fields: str) -> int:
    """Fill in a payment page and send it; return the status of the answer."""
    visitor = Visitor(stripe.sandbox)
    return visitor.submit(url.removeprefix(URL), {**typed(number=card), **fields}).status
