"""
The secret in an invitation's link.

It is derived from the invitation's id and the installation's secret key, so a mail can be sent
again with the same link although only the hash is stored: a copy of the database opens nothing.
"""

import hashlib
from base64 import urlsafe_b64encode

from django.conf import settings
from django.utils.crypto import salted_hmac

_SALT = "accounts.invitation"


def token_of(*, invitation_id: str) -> str:
    """Return the secret of the invitation with this public id."""
    secret = salted_hmac(_SALT, invitation_id, algorithm="sha256").digest()
    return urlsafe_b64encode(secret).decode().rstrip("=")


def digest(token: str) -> str:
    """What is stored of the secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def link(token: str) -> str:
    """The address of the page where the invitation is accepted."""
    return f"{settings.PUBLIC_URL}/invitations/{token}/"
