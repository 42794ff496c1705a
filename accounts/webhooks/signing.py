"""The secret that an endpoint knows its messages by, and the signatures made with it."""

import base64
import secrets
from datetime import UTC, datetime
from typing import Final

from standardwebhooks import Webhook

from config.kernel.encryption import decrypt, encrypt

from ..models import WebhookEndpoint

_PURPOSE: Final = "webhook endpoint secret"
_SECRET_BYTES: Final = 32


def make_secret() -> str:
    """Return a new secret, `whsec_` and 32 random bytes in base 64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def seal(secret: str) -> bytes:
    """Return the secret as it is stored."""
    return encrypt(secret, purpose=_PURPOSE)


def list_secrets(endpoint: WebhookEndpoint, *, now: datetime) -> list[str]:
    """
    Return the secrets that sign for an endpoint now: its own, then a former one that still counts.

    Raises `config.kernel.encryption.Unreadable`.
    """
    sealed = [endpoint.encrypted_secret]
    former, until = endpoint.former_encrypted_secret, endpoint.former_secret_until
    if former is not None and until is not None and until > now:
        sealed.append(former)
    return [decrypt(bytes(each), purpose=_PURPOSE) for each in sealed]


def sign(*, secrets: list[str], message_id: str, body: str, at: datetime) -> str:
    """Return the value of `webhook-signature`: one signature for each secret."""
    # The library takes the hands of the clock for UTC, whatever the zone.
    moment = at.astimezone(UTC)
    return " ".join(Webhook(secret).sign(message_id, moment, body) for secret in secrets)
