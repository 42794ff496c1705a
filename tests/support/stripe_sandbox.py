"""Stripe's own client talking to a sandbox in this process: no socket, no thread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import stripe

from billing.sandbox import Sandbox

KEY = "sk_test_" + "sandbox0" * 3
# Its constructor has no types.
BROKEN: Any = stripe.APIConnectionError


class SandboxHTTPClient(stripe.HTTPClient):
    """Carries the requests of ``stripe`` to a sandbox.

    ``requests`` keeps every method and target that went out, in order.
    """

    name = "sandbox"

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__()
        self.sandbox = sandbox
        self.requests: list[tuple[str, str]] = []

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Raises ``stripe.APIConnectionError`` for an answer that a fault has lost."""
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        self.requests.append((method.upper(), target))
        body = post_data or b""
        answer = self.sandbox.handle(
            method=method,
            target=target,
            headers=headers or {},
            body=body.encode() if isinstance(body, str) else body,
        )
        if answer.lost:
            raise BROKEN("The connection to the sandbox broke.", should_retry=True)
        sent = {name.lower(): value for name, value in answer.headers.items()}
        return answer.body.decode(), answer.status, sent

    def _sleep_time_seconds(self, *given: Any, **named: Any) -> float:
        """A retry does not wait: nothing recovers with time in here."""
        return 0

    def close(self) -> None:
        """There is nothing to let go of: whoever made the sandbox closes it."""


def client_of(sandbox: Sandbox, *, max_network_retries: int = 0) -> stripe.StripeClient:
    """Stripe's client as an application would make it, but for its transport."""
    return stripe.StripeClient(
        KEY,
        http_client=SandboxHTTPClient(sandbox),
        max_network_retries=max_network_retries,
    )
