"""
Whether what is known of Stripe here is of the account and mode that the key opens.

Customers and prices made with a test key do not exist for a live one, nor the sandbox's at Stripe.
"""

from typing import Final

from django.conf import settings

from config.kernel.errors import DomainError

from ..choices import IntentStatus
from ..models import StripeCustomer, StripeIntent, StripeProduct
from .gateway.client import ask
from .gateway.errors import ObjectMissing

WHAT_TO_DO: Final = "Use the key of before, or another database: one for each account and mode."
# One of them may have been deleted at Stripe, but hardly all.
_ASKED_FOR: Final = 3


class AnotherAccount(DomainError):
    """The database has objects of another account or mode than the key's."""

    code = "another_stripe_account"
    title = "Another account or mode of Stripe's"


def is_of_other_mode() -> bool:
    """Whether the first answer kept here was given to a live key, and ours is none, or reversed."""
    answered = StripeIntent.objects.filter(
        status=IntentStatus.DONE, answer__has_key="livemode"
    ).order_by("pk")
    first = answered.values_list("answer__livemode", flat=True).first()
    return first is not None and first != settings.STRIPE_LIVE_MODE


def check_home() -> None:
    """
    Raises `AnotherAccount` if none of the products and customers that were made first is known to
    Stripe, and what asking raises. Where there are none yet, any account will do.
    """
    products = StripeProduct.objects.order_by("pk").values_list("stripe_id", flat=True)
    customers = StripeCustomer.objects.order_by("pk").values_list("stripe_id", flat=True)
    known = [
        *(("products.retrieve", each) for each in products[:_ASKED_FOR]),
        *(("customers.retrieve", each) for each in customers[:_ASKED_FOR]),
    ]
    if known and not any(_is_there(*each) for each in known):
        missing = ", ".join(stripe_id for _operation, stripe_id in known)
        raise AnotherAccount(
            f"This database is of another account or mode of Stripe's: the key finds none of "
            f"{missing}. {WHAT_TO_DO}"
        )


def _is_there(operation: str, stripe_id: str) -> bool:
    try:
        ask(operation, target=stripe_id)
    except ObjectMissing:
        return False
    return True
