from __future__ import annotations

import re

import pytest
from environ import ImproperlyConfigured

from config.payments import SANDBOX_KEY, stripe_settings

# In two parts, so that nobody takes them for real ones.
TEST_KEY = "sk_test_" + "a1B2" * 8
LIVE_KEY = "rk_live_" + "z9Y8" * 8


def test_without_key_and_sandbox_nothing_is_connected() -> None:
    given = stripe_settings(secret_key="", sandbox_url="")

    assert given["STRIPE_MODE"] == "off"
    assert given["STRIPE_KEY"] == given["STRIPE_SECRET_KEY"] == ""


def test_an_address_of_the_sandbox_means_the_sandbox() -> None:
    given = stripe_settings(secret_key="", sandbox_url="http://127.0.0.1:12111/")

    assert given["STRIPE_MODE"] == "sandbox"
    assert given["STRIPE_KEY"] == SANDBOX_KEY
    assert given["STRIPE_URL"] == "http://127.0.0.1:12111"
    assert given["STRIPE_LIVE_MODE"] is False


def test_a_key_means_stripe_even_beside_a_sandbox() -> None:
    given = stripe_settings(secret_key=TEST_KEY, sandbox_url="http://127.0.0.1:12111")

    assert given["STRIPE_MODE"] == "stripe"
    assert given["STRIPE_KEY"] == TEST_KEY
    assert given["STRIPE_URL"] == "https://api.stripe.com"
    assert given["STRIPE_LIVE_MODE"] is False


def test_a_live_key_moves_real_money() -> None:
    assert stripe_settings(secret_key=LIVE_KEY, sandbox_url="")["STRIPE_LIVE_MODE"] is True


@pytest.mark.parametrize("key", [TEST_KEY, LIVE_KEY])
def test_djstripe_is_told_another_key_of_the_same_shape(key: str) -> None:
    given = stripe_settings(secret_key=key, sandbox_url="")
    alias = given["STRIPE_SECRET_KEY"]

    assert alias == given["STRIPE_TEST_SECRET_KEY"] == given["STRIPE_LIVE_SECRET_KEY"]
    assert alias != key
    assert re.fullmatch(re.escape(key[:8]) + "[0-9a-f]{40}", alias)
    assert alias == stripe_settings(secret_key=key, sandbox_url="")["STRIPE_SECRET_KEY"]


@pytest.mark.parametrize("key", ["pk_test_" + "a" * 24, "sk_test_short", "whsec_" + "a" * 24])
def test_what_is_no_secret_key_stops_the_start_and_is_not_repeated(key: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        stripe_settings(secret_key=key, sandbox_url="")

    assert key not in str(refusal.value)
