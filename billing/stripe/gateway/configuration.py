"""Whether there is a Stripe to speak to, and which."""

from django.conf import settings

from .errors import StripeNotConnected

SANDBOX = "sandbox"
OFF = "off"


def is_connected() -> bool:
    """Whether money is collected at all: through Stripe, or its sandbox."""
    return bool(settings.STRIPE_MODE != OFF)


def is_sandbox() -> bool:
    """Whether the sandbox stands in for Stripe."""
    return bool(settings.STRIPE_MODE == SANDBOX)


def is_live() -> bool:
    """Whether real money moves."""
    return bool(settings.STRIPE_LIVE_MODE)


def require_connection() -> None:
    """Raises `StripeNotConnected` if there is nobody to speak to."""
    if not is_connected():
        raise StripeNotConnected
