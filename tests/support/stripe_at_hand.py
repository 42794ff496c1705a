"""
The sandbox in this process, connected to the gateway, for every test that needs Stripe.

A conftest makes the fixture its own by importing it:

    from tests.support.stripe_at_hand import stripe
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from billing.sandbox import Sandbox
from billing.stripe.endpoint import WEBHOOK_PATH
from billing.stripe.gateway.client import ask, use_http_client
from billing.stripe.gateway.pace import Pace
from billing.stripe.gateway.transport import Patience
from billing.stripe.setting_up import bring_endpoint_level
from config.payments import stripe_settings
from tests.support.stripe_sandbox import SandboxHTTPClient

NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)
URL = "http://stripe.sandbox"


@dataclass
class StripeAtHand:
    """
    The sandbox and what a test may do with it.

    `now` is its clock and that of the webhooks' receiver: set it, and call `run_due` to have
    done what time has made due there.
    """

    now: datetime
    sandbox: Sandbox
    http: SandboxHTTPClient

    @property
    def requests(self) -> list[tuple[str, str]]:
        """Method and target of everything that was asked of it, in order."""
        return self.http.requests

    def deliver(self) -> int:
        """Post every webhook that is due to our door, signed; return how many were posted."""
        with time_machine.travel(self.now, tick=False):
            return self.sandbox.deliver()

    def run_due(self) -> int:
        """Do all that time has made due there, with deliveries after every step."""
        with time_machine.travel(self.now, tick=False):
            return self.sandbox.run_due()

    def ask(self, operation: str, *, target: str = "", **params: Any) -> dict[str, Any]:
        """What Stripe's client library says to a call such as `customers.retrieve`."""
        return ask(operation, params, target=target)

    def break_with(self, **knobs: int) -> None:
        """Turn knobs of the sandbox's faults; each is a percentage."""
        self.sandbox.faults.turn(**knobs)


def post_webhook(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """A webhook to our door, without a network."""
    assert urlsplit(url).path == WEBHOOK_PATH
    answer = Client().post(
        WEBHOOK_PATH,
        data=body,
        content_type="application/json",
        headers={name: value for name, value in headers.items() if name != "Content-Type"},
    )
    return answer.status_code


@pytest.fixture
def stripe(db: None, settings: Settings) -> Iterator[StripeAtHand]:
    """Stripe is connected: its sandbox, with our webhook endpoint in it."""
    for name, value in stripe_settings(secret_key="", sandbox_url=URL).items():
        setattr(settings, name, value)
    at_hand: StripeAtHand
    sandbox = Sandbox(clock=lambda: at_hand.now, url=URL, send=post_webhook)
    http = SandboxHTTPClient(sandbox)
    at_hand = StripeAtHand(now=NOW, sandbox=sandbox, http=http)
    patience = Patience(wait=lambda _milliseconds: None)
    with use_http_client(http, patience=patience, pace=Pace(per_second=1_000_000)):
        bring_endpoint_level()
        http.requests.clear()
        yield at_hand
    sandbox.close()
