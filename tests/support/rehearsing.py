"""The sandbox in this process with nobody listening: time passes there whenever we wait for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import time_machine
from django.test import override_settings

from billing.sandbox import Sandbox
from billing.stripe.gateway.client import use_http_client
from billing.stripe.gateway.pace import Pace
from billing.stripe.gateway.transport import Patience
from config.payments import stripe_settings
from tests.support.stripe_at_hand import URL
from tests.support.stripe_sandbox import SandboxHTTPClient


@contextmanager
def rehearsing(*, now: datetime) -> Iterator[SandboxHTTPClient]:
    """Connect the gateway to a fresh sandbox, in which it is `now`."""
    sandbox = Sandbox(clock=lambda: now, url=URL)

    def let_time_pass(_milliseconds: int) -> None:
        with time_machine.travel(now, tick=False):
            sandbox.run_due()

    http = SandboxHTTPClient(sandbox)
    with (
        override_settings(**stripe_settings(secret_key="", sandbox_url=URL)),
        use_http_client(
            http, patience=Patience(wait=let_time_pass), pace=Pace(per_second=1_000_000)
        ),
    ):
        yield http
    sandbox.close()
