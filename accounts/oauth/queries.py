"""Who shows this token?"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Token
from django.db.models import Exists, OuterRef

from ..api_keys.queries import CallerKey, active_keys, find_caller
from .claims import read_claims
from .clients import KEY_PREFIX
from .scopes import scopes_named

# Every JSON Web Token begins with the letters of `{"`; no API key does.
_TOKEN_START: Final = "ey"  # noqa: S105  the start of a token, not a secret
_USE: Final = "access"
_NEEDED: Final = frozenset({"client_id", "scope"})


def is_token(secret: str) -> bool:
    """Whether a text is meant as an access token, and not as an API key."""
    return secret.startswith(_TOKEN_START)


def authenticate_token(
    *, token: str, issuer: str, audiences: Collection[str], now: datetime
) -> CallerKey | None:
    """
    Return the API key in whose name an access token acts, with the scopes that both have.

    None is for a token that is not ours, meant for somebody else, expired or revoked, and for one
    of a person; also when its key is expired or revoked, or the key's organization closed. Takes
    one query, and none for a text that we did not sign (two for a signature by a key of ours that
    this process does not know yet).
    """
    claims = read_claims(
        token, use=_USE, needed=_NEEDED, issuer=issuer, audiences=audiences, now=now
    )
    if claims is None or not claims["client_id"].startswith(KEY_PREFIX):
        return None
    kept = Token.objects.filter(
        type=Token.Type.ACCESS_TOKEN,
        hash=get_adapter().hash_token(token),
        client_id=OuterRef("public_id"),
    )
    return find_caller(
        active_keys(now=now).filter(Exists(kept), public_id=claims["client_id"]),
        only=scopes_named(claims["scope"].split()),
    )
