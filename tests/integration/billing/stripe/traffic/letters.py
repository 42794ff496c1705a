"""Webhooks as somebody might post them to our door."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import time_machine
from django.test import Client

from billing.stripe.endpoint import WEBHOOK_PATH, find_endpoint, secret_of
from billing.stripe.inbox.signatures import sign
from tests.support.stripe_at_hand import NOW


def event(**changes: Any) -> dict[str, Any]:
    """An event about a customer, as Stripe would tell it."""
    return {
        "id": "evt_1",
        "object": "event",
        "api_version": "2026-05-27.dahlia",
        "created": int(NOW.timestamp()),
        "data": {"object": {"id": "cus_1", "object": "customer", "name": "Acme"}},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": "customer.updated",
        **changes,
    }


@dataclass(frozen=True)
class Letter:
    """One webhook: signed with our endpoint's secret at that time unless told otherwise."""

    content: Any = None
    body: bytes = b""
    signed_at: datetime = NOW
    secret: str = ""
    signature: str | None = None

    def post(self, *, now: datetime = NOW, headers: Mapping[str, str] | None = None) -> Any:
        """What our door answers at that time."""
        body = self.body or json.dumps(event() if self.content is None else self.content).encode()
        with time_machine.travel(now, tick=False):
            return Client().post(
                WEBHOOK_PATH,
                data=body,
                content_type="application/json",
                headers={"Stripe-Signature": self._signature(body), **(headers or {})},
            )

    def _signature(self, body: bytes) -> str:
        if self.signature is not None:
            return self.signature
        endpoint = find_endpoint()
        secret = self.secret or (secret_of(endpoint) if endpoint else "whsec_unknown")
        at = int(self.signed_at.timestamp())
        return f"t={at},v1={sign(payload=body, signed_at=at, secret=secret)}"
