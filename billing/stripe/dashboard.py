"""Where staff look at a customer with Stripe's own eyes."""

from django.conf import settings

from ..models import StripeCustomer
from .gateway.configuration import is_connected, is_live, is_sandbox

_DASHBOARD = "https://dashboard.stripe.com"


def customer_address(customer: StripeCustomer) -> str:
    """
    Return the address of the customer's page in Stripe's dashboard.

    The sandbox has no such pages, only a list of what happened; without a connection there is
    nothing at all, and the address is empty.
    """
    if not is_connected():
        return ""
    if is_sandbox():
        return f"{settings.STRIPE_URL}/events"
    mode = "" if is_live() else "/test"
    return f"{_DASHBOARD}{mode}/customers/{customer.stripe_id}"
