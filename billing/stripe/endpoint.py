"""The webhook endpoint: the address that Stripe sends events to, and the secret that signs them."""

from datetime import datetime
from typing import Final

from django.db import transaction

from config.kernel.encryption import decrypt, encrypt

from ..models import StripeEndpoint

WEBHOOK_PATH: Final = "/stripe/webhook"
PURPOSE: Final = "stripe webhook secret"


def find_endpoint() -> StripeEndpoint | None:
    """The endpoint in use."""
    return StripeEndpoint.objects.filter(is_active=True).first()


def secret_of(endpoint: StripeEndpoint) -> str:
    """
    The secret that its events are signed with.

    Raises `config.kernel.encryption.Unreadable` if it was encrypted with a SECRET_KEY that is no
    longer known.
    """
    return decrypt(bytes(endpoint.encrypted_secret), purpose=PURPOSE)


def use_endpoint(*, stripe_id: str, url: str, api_version: str, secret: str) -> StripeEndpoint:
    """Take the events of this endpoint from now on, and of no other."""
    with transaction.atomic(durable=True):
        StripeEndpoint.objects.filter(is_active=True).exclude(stripe_id=stripe_id).update(
            is_active=False
        )
        endpoint, _ = StripeEndpoint.objects.update_or_create(
            stripe_id=stripe_id,
            defaults={
                "url": url,
                "api_version": api_version,
                "encrypted_secret": encrypt(secret, purpose=PURPOSE),
                "is_active": True,
            },
        )
    return endpoint


def last_event_at() -> datetime | None:
    """When an event last arrived, to the minute."""
    endpoint = find_endpoint()
    return endpoint.last_event_at if endpoint else None
