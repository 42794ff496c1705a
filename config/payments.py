"""Which Stripe we speak to: the real one, the sandbox that stands in for it, or none."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Any

from environ import ImproperlyConfigured

API_VERSION = "2026-05-27.dahlia"
STRIPE_URL = "https://api.stripe.com"
# The sandbox takes any key of this shape, so there is no secret in it.
SANDBOX_KEY = "sk_test_" + "sandbox0" * 3
KEY = re.compile(r"((?:sk|rk)_(?:test|live)_)[A-Za-z0-9]{24,}")


def stripe_settings(*, secret_key: str, sandbox_url: str) -> dict[str, Any]:
    """Every setting that follows from the key and from the sandbox's address.

    With a key Stripe is meant, with an address only the sandbox, with neither nothing is
    connected. Raises ``ImproperlyConfigured`` for what is no secret key of Stripe's.
    """
    mode = "stripe" if secret_key else "sandbox" if sandbox_url else "off"
    key = secret_key or (SANDBOX_KEY if sandbox_url else "")
    alias = _alias(key) if key else ""
    return {
        "STRIPE_MODE": mode,
        "STRIPE_KEY": key,
        "STRIPE_URL": sandbox_url.rstrip("/") if mode == "sandbox" else STRIPE_URL,
        "STRIPE_API_VERSION": API_VERSION,
        # Whether organizations may live by a test clock of Stripe's; never where money is real.
        "TEST_CLOCKS": "_test_" in key,
        # What follows is dj-stripe's. It writes the keys that it is told into the database, so it
        # is told another one, and our HTTP client puts the real one in its place.
        "STRIPE_LIVE_MODE": "_live_" in key,
        "STRIPE_SECRET_KEY": alias,
        "STRIPE_TEST_SECRET_KEY": alias,
        "STRIPE_LIVE_SECRET_KEY": alias,
        "DJSTRIPE_FOREIGN_KEY_TO_FIELD": "id",
    }


def form_targets(*, secret_key: str, sandbox_url: str) -> list[str]:
    """Where a form of ours may lead besides ourselves: the pages on which customers pay."""
    if secret_key:
        return ["https://checkout.stripe.com", "https://billing.stripe.com"]
    return [sandbox_url.rstrip("/")] if sandbox_url else []


def _alias(key: str) -> str:
    """A key of the same shape that opens nothing, and tells nothing of the one it stands for."""
    match = KEY.fullmatch(key)
    if match is None:
        raise ImproperlyConfigured(
            "STRIPE_SECRET_KEY is no secret key of Stripe's: those begin with sk_ or rk_, then "
            "test_ or live_."
        )
    return match[1] + hmac.new(key.encode(), b"dj-stripe", hashlib.sha256).hexdigest()[:40]
