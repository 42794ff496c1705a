"""
Who calls, and may they? Every route of the API that is not public passes through `admit`.

A caller shows an API key, or an access token that was given for one and acts in its name.

A key that was looked up is trusted for one second in the process that did so: the hot path
asks the database once a second per key, and a revoked key is refused at most a second later.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from accounts.api_keys.operations import touch
from accounts.api_keys.queries import CallerKey, authenticate
from accounts.choices import Scope
from accounts.oauth.queries import authenticate_token, is_token

from ..oauth.addresses import issuer, own_audiences
from .problems import InvalidRequest, Refusal
from .rate_limit import Standing, TokenBuckets

TRUSTED_FOR_SECONDS: Final = 1.0
TOUCHED_EVERY: Final = timedelta(minutes=1)
MOST_RECENT_KEYS: Final = 10_000
LONGEST_SECRET: Final = 200
LONGEST_TOKEN: Final = 4_000
NOT_GOOD: Final = "The API key or token is wrong, expired or revoked."


class Unauthenticated(Refusal):
    """No key, or not a good one; which, is not said."""

    code = "unauthenticated"
    title = "A valid API key is needed"
    status = 401

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Bearer realm="Tallybook"'})


class MissingScope(Refusal):
    """The key is good, but not for this."""

    code = "missing_scope"
    title = "The API key lacks a scope"
    status = 403

    def __init__(self, scope: Scope) -> None:
        super().__init__(f"This needs an API key with the scope {scope.value}.", scope=scope.value)


class OnlyPlatformKeys(Refusal):
    """Only the company that runs the installation may do this by its API."""

    code = "platform_key_required"
    title = "Only a platform key may do this"
    status = 403


class TooManyRequests(Refusal):
    """The key calls more often than it may."""

    code = "too_many_requests"
    title = "Too many requests"
    status = 429
    # What the caller shows.
    subject = "key"

    def __init__(self, standing: Standing) -> None:
        super().__init__(
            f"This {self.subject} may send {standing.limit:,} requests a minute. "
            f"Try again in {standing.retry_after_seconds} s.",
            headers=standing.headers() | {"Retry-After": str(standing.retry_after_seconds)},
        )


@dataclass(slots=True)
class _RecentKey:
    caller: CallerKey
    trusted_until: float
    touched_at: datetime


class RecentKeys:
    """The keys, and tokens of keys, that this process looked up within the last second."""

    def __init__(self) -> None:
        self._keys: dict[str, _RecentKey] = {}

    def authenticate(
        self, request: HttpRequest, *, secret: str, now: datetime, at: float
    ) -> CallerKey | None:
        """Return who shows this, at most a second out of date."""
        recent = self._keys.get(secret)
        if recent is not None and at < recent.trusted_until:
            return recent.caller
        caller = _look_up(request, secret=secret, now=now)
        if caller is None:
            self._keys.pop(secret, None)
            return None
        touched_at = recent.touched_at if recent is not None else None
        if touched_at is None or now - touched_at >= TOUCHED_EVERY:
            touch(caller=caller, now=now)
            touched_at = now
        if len(self._keys) >= MOST_RECENT_KEYS:
            self._keys.clear()
        self._keys[secret] = _RecentKey(caller, at + TRUSTED_FOR_SECONDS, touched_at)
        return caller

    def clear(self) -> None:
        """Trust nobody without asking."""
        self._keys.clear()


recent_keys: Final = RecentKeys()
buckets: Final = TokenBuckets()


def admit(request: HttpRequest, *, scope: Scope, now: datetime) -> tuple[CallerKey, Standing]:
    """
    Return who calls, after every check that does not depend on what they ask for.

    Raises `Unauthenticated`, `MissingScope` and `TooManyRequests`.
    """
    at = monotonic()
    caller = recent_keys.authenticate(request, secret=_secret_of(request), now=now, at=at)
    if caller is None:
        raise Unauthenticated(NOT_GOOD)
    standing = buckets.take(
        pool=_pool(scope),
        caller=caller.id,
        per_minute=_requests_per_minute(scope, caller),
        at=at,
    )
    if standing.is_exceeded:
        raise TooManyRequests(standing)
    if scope not in caller.scopes:
        raise MissingScope(scope)
    return caller, standing


def _look_up(request: HttpRequest, *, secret: str, now: datetime) -> CallerKey | None:
    if not is_token(secret):
        return authenticate(secret=secret, now=now)
    return authenticate_token(
        token=secret, issuer=issuer(), audiences=own_audiences(request), now=now
    )


def _secret_of(request: HttpRequest) -> str:
    bearer = request.META.get("HTTP_AUTHORIZATION", "")
    plain = request.META.get("HTTP_X_API_KEY", "")
    if bearer and plain:
        raise InvalidRequest("Send the API key in Authorization or in X-API-Key, not in both.")
    if bearer:
        scheme, _, plain = bearer.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated("Send the API key as Authorization: Bearer KEY.")
    secret = str(plain.strip())
    if not secret:
        raise Unauthenticated("Send an API key as Authorization: Bearer KEY.")
    longest = LONGEST_TOKEN if is_token(secret) else LONGEST_SECRET
    if len(secret) > longest or not secret.isascii():
        raise Unauthenticated(NOT_GOOD)
    return secret


def _pool(scope: Scope) -> str:
    return "usage" if scope is Scope.USAGE_WRITE else "other"


def _requests_per_minute(scope: Scope, caller: CallerKey) -> int:
    limits = settings.API_REQUESTS_PER_MINUTE
    if scope is not Scope.USAGE_WRITE:
        return int(limits["other"])
    return int(limits["platform_usage" if caller.is_platform else "usage"])
