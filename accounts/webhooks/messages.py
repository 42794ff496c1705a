"""What an endpoint is told: the message of one delivery, as its format has it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ..choices import WebhookFormat
from ..models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from ..oauth.signing import sign as sign_token
from . import kinde
from .signing import list_secrets, sign
from .values import instant

USER_AGENT: Final = "Tallybook-Webhooks/1"


@dataclass(frozen=True, slots=True)
class Message:
    """Headers and body."""

    headers: dict[str, str]
    body: bytes


def write_message(
    *, delivery: WebhookDelivery, endpoint: WebhookEndpoint, now: datetime
) -> Message:
    """
    Return the message of a delivery whose event and organization are loaded.

    Only the signature and the time of the attempt differ from one attempt to the next. Raises
    `config.kernel.encryption.Unreadable` if the endpoint's secret cannot be read any more.
    """
    if endpoint.format == WebhookFormat.KINDE:
        return _kinde_message(delivery, now=now)
    return _standard_message(delivery, secrets=list_secrets(endpoint, now=now), now=now)


def data_of(delivery: WebhookDelivery) -> dict[str, Any]:
    """What the event says, and of which organization."""
    return data_of_event(delivery.event)


def data_of_event(event: WebhookEvent) -> dict[str, Any]:
    """The same of an event whose organization is loaded."""
    organization = event.organization
    if organization is None:
        return dict(event.data)
    named = {"id": organization.public_id, "external_id": organization.external_id}
    return {**event.data, "organization": named}


def _standard_message(delivery: WebhookDelivery, *, secrets: list[str], now: datetime) -> Message:
    event = delivery.event
    told = {
        "type": event.type,
        "timestamp": instant(event.occurred_at),
        "data": data_of(delivery),
    }
    body = json.dumps(told, separators=(",", ":"))
    headers = {
        "content-type": "application/json",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": sign(secrets=secrets, message_id=event.public_id, body=body, at=now),
    }
    return Message(headers=_with_common(headers, event.public_id), body=body.encode())


def _kinde_message(delivery: WebhookDelivery, *, now: datetime) -> Message:
    message_id = kinde.message_id(event_id=delivery.event.public_id, name=delivery.type)
    claims = kinde.describe(
        name=delivery.type,
        message_id=message_id,
        data=data_of(delivery),
        occurred_at=delivery.event.occurred_at,
    )
    token = sign_token(claims=claims, now=now)
    headers = {"content-type": "application/jwt"}
    return Message(headers=_with_common(headers, message_id), body=token.encode())


def _with_common(headers: dict[str, str], message_id: str) -> dict[str, str]:
    return {
        **headers,
        "webhook-id": message_id,
        "user-agent": USER_AGENT,
        "accept-encoding": "identity",
    }
