"""
Tokens for pages of other products: what a component in them may read, for a quarter of an hour.

A page in a browser cannot keep a secret, so it never holds an API key. The product's server asks
for a token with its key and hands it to the page. Nothing is stored: a token says itself what it
is good for, and whether its key and its organization still are is looked up with every use.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from ..api_keys.queries import CallerKey, active_keys, find_caller
from ..choices import Scope
from ..models import Organization
from ..organizations.queries import find_organization_of_code
from .claims import read_claims
from .signing import sign

LIVES_FOR: Final = timedelta(minutes=15)

_USE: Final = "embed"
_NEEDED: Final = frozenset({"allow", "client_id", "jti", "org", "origins"})


class Allowed(StrEnum):
    """What a page may be let to read."""

    ESTIMATES = "estimates"
    USAGE = "usage"
    # What overage costs, for people who may see the bill; besides the others.
    AMOUNTS = "amounts"


@dataclass(frozen=True, slots=True)
class EmbedPass:
    """
    What a page that shows an embed token may read, and of whom.

    `origins` are the pages on which it is good; on all of them if there is none.
    """

    id: str
    organization: Organization
    allow: frozenset[str]
    origins: tuple[str, ...]

    def is_good_on(self, origin: str | None) -> bool:
        """Whether a page of this origin may show it."""
        return not self.origins or origin in self.origins


@dataclass(frozen=True, slots=True)
class IssuedEmbedToken:
    """A token, and until when it is good."""

    token: str
    expires_at: datetime


def issue_embed_token(
    *,
    caller: CallerKey,
    organization: Organization,
    allow: Collection[Allowed],
    origins: Collection[str],
    issuer: str,
    audience: str,
    now: datetime,
) -> IssuedEmbedToken:
    """
    Return a token that lets a page read so much about an organization of the caller's.

    It dies with the caller's key, with the scope of the key that reads balances, and with the
    organization.
    """
    issued_at = now.replace(microsecond=0)
    expires_at = issued_at + LIVES_FOR
    claims = {
        "iss": issuer,
        "aud": audience,
        "iat": int(issued_at.timestamp()),
        "exp": int(expires_at.timestamp()),
        "jti": secrets.token_urlsafe(12),
        "token_use": _USE,
        "client_id": caller.public_id,
        "org": organization.public_id,
        "allow": sorted(allow),
        "origins": list(origins),
    }
    return IssuedEmbedToken(sign(claims=claims, now=now), expires_at)


def authenticate_embed_token(
    *, token: str, issuer: str, audience: str, now: datetime
) -> EmbedPass | None:
    """
    Return what a page may read that shows this token, or None.

    None is for a text that we did not sign for this, for a token that has expired, and for one
    whose key may no longer read balances or is no longer good, or whose organization is closed.
    """
    claims = read_claims(
        token, use=_USE, needed=_NEEDED, issuer=issuer, audiences=(audience,), now=now
    )
    if claims is None:
        return None
    keys = active_keys(now=now).filter(public_id=claims["client_id"])
    caller = find_caller(keys, only={Scope.BALANCES_READ})
    organization = find_organization_of_code(code=claims["org"])
    if caller is None or organization is None:
        return None
    is_theirs = caller.is_platform or caller.organization_id == organization.pk
    if not caller.scopes or not is_theirs:
        return None
    return EmbedPass(
        id=claims["jti"],
        organization=organization,
        allow=frozenset(claims["allow"]),
        origins=tuple(claims["origins"]),
    )
