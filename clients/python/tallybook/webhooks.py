"""Webhooks from Tallybook: whose they are, and what they say."""

import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


class InvalidWebhook(Exception):
    """It does not come from Tallybook, or is older than five minutes: answer 400."""


@dataclass(frozen=True, kw_only=True)
class Organization:
    """Whom an event is about. `external_id` is your own id for it."""

    id: str
    external_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class WebhookEvent:
    """
    Something that happened, once: `id` stays the same however often it is delivered, so keep it
    and leave out what you have seen. `organization` is None for facts of the whole installation.
    """

    id: str
    type: str
    timestamp: datetime
    organization: Organization | None
    data: Mapping[str, Any] = field(hash=False)

    @property
    def previous_attributes(self) -> Mapping[str, Any]:
        """Of what was changed: what had been there before."""
        before = self.data.get("previous_attributes")
        return before if isinstance(before, dict) else {}


def verify_webhook(body: bytes | str, headers: Mapping[str, str], secret: str) -> WebhookEvent:
    """
    The event in a request whose body is as it came, byte by byte, and not parsed and written again.

    Raises `InvalidWebhook`.
    """
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
        return _event_of(headers, json.loads(body))
    except WebhookVerificationError as error:
        raise InvalidWebhook(str(error)) from error
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidWebhook("It cannot be read.") from error


def _event_of(headers: Mapping[str, str], document: Mapping[str, Any]) -> WebhookEvent:
    names = {name.lower(): text for name, text in headers.items()}
    whose = document["data"].get("organization")
    return WebhookEvent(
        id=names["webhook-id"],
        type=document["type"],
        timestamp=datetime.fromisoformat(document["timestamp"]),
        organization=whose and Organization(id=whose["id"], external_id=whose.get("external_id")),
        data=document["data"],
    )
