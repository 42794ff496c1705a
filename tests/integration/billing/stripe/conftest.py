"""Stripe's stand-in for the tests that need one."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from billing.sandbox import Sandbox
from billing.stripe.gateway.client import use_http_client
from config.payments import stripe_settings
from tests.factories.agreements import SUBSCRIBED
from tests.support.stripe_sandbox import SandboxHTTPClient

from .collecting import Collecting, MovableTime


@pytest.fixture
def stripe(settings: Settings) -> Iterator[SandboxHTTPClient]:
    """Stripe's stand-in, in this process."""
    address = "http://127.0.0.1:12111"
    for name, value in stripe_settings(secret_key="", sandbox_url=address).items():
        setattr(settings, name, value)
    sandbox = Sandbox(clock=lambda: SUBSCRIBED, send=lambda *sent: 200)
    client = SandboxHTTPClient(sandbox)
    with use_http_client(client):
        yield client
    sandbox.close()


@pytest.fixture
def collecting(settings: Settings) -> Iterator[Collecting]:
    """Stripe's stand-in with a clock of its own, for what takes months."""
    address = "http://127.0.0.1:12111"
    for name, value in stripe_settings(secret_key="", sandbox_url=address).items():
        setattr(settings, name, value)
    time = MovableTime()
    sandbox = Sandbox(clock=time, send=lambda *sent: 200)
    client = SandboxHTTPClient(sandbox)
    with use_http_client(client):
        yield Collecting(sandbox, client, time)
    sandbox.close()
