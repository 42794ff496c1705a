"""Which page asks, and may it?"""

from datetime import datetime
from hashlib import sha256
from time import monotonic
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from accounts.oauth.embed_tokens import Allowed, EmbedPass, authenticate_embed_token

from ...oauth.addresses import embed_audience, issuer
from ..admission import LONGEST_TOKEN, TooManyRequests, Unauthenticated
from ..problems import Refusal
from ..rate_limit import Standing, TokenBuckets

# Of their own: visitors never use up what the keys of a product may ask.
pages: Final = TokenBuckets()

_POOL: Final = "embed"
_SCHEME: Final = "bearer"


class EmbedTokenNeeded(Unauthenticated):
    """No embed token, or not a good one; which, is not said."""

    title = "A valid embed token is needed"

    def __init__(self) -> None:
        super().__init__("Send an embed token that is good now as Authorization: Bearer TOKEN.")


class OriginNotAllowed(Refusal):
    """The token is good, but not on this page."""

    code = "origin_not_allowed"
    title = "The embed token is for other pages"
    status = 403

    def __init__(self) -> None:
        super().__init__("This embed token is good on pages of other origins only.")


class NotAllowed(Refusal):
    """The token is good, but not for this."""

    code = "not_allowed"
    title = "The embed token does not allow this"
    status = 403

    def __init__(self, needed: Allowed) -> None:
        super().__init__(f"This needs an embed token that allows {needed.value}.")


class TooManyQuestions(TooManyRequests):
    """The page asks more often than it may."""

    subject = "embed token"


def admit_page(
    request: HttpRequest, *, needed: Allowed, now: datetime
) -> tuple[EmbedPass, Standing]:
    """
    Return what the page may read that asks.

    Raises `EmbedTokenNeeded`, `TooManyQuestions`, `OriginNotAllowed` and `NotAllowed`.
    """
    token = _token_of(request)
    found = authenticate_embed_token(
        token=token, issuer=issuer(), audience=embed_audience(), now=now
    )
    if found is None:
        raise EmbedTokenNeeded
    standing = pages.take(
        pool=_POOL,
        caller=_number_of(found),
        per_minute=int(settings.API_REQUESTS_PER_MINUTE[_POOL]),
        at=monotonic(),
    )
    if standing.is_exceeded:
        raise TooManyQuestions(standing)
    if not found.is_good_on(request.META.get("HTTP_ORIGIN")):
        raise OriginNotAllowed
    if needed not in found.allow:
        raise NotAllowed(needed)
    return found, standing


def _token_of(request: HttpRequest) -> str:
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    token = token.strip()
    if scheme.lower() != _SCHEME or not token.isascii() or len(token) > LONGEST_TOKEN:
        raise EmbedTokenNeeded
    return str(token)


def _number_of(found: EmbedPass) -> int:
    return int.from_bytes(sha256(found.id.encode()).digest()[:8])
