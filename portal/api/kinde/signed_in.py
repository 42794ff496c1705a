"""Who signed in, and in whose name: a person's access token, as Kinde's Account API takes it."""

from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Final

from allauth.idp.oidc.models import Token
from django.conf import settings
from django.http import HttpRequest

from accounts.models import Membership
from accounts.oauth.people import find_sign_in_app, list_memberships_for, name_for_apps
from portal.oauth.organization import resource_of

from ..admission import TooManyRequests, Unauthenticated
from ..rate_limit import Standing, TokenBuckets

people: Final = TokenBuckets()
_POOL: Final = "account"
_SCHEME: Final = "bearer"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person's place in the organization that they signed in for, and what apps call them."""

    membership: Membership
    member: str


def admit_person(request: HttpRequest, *, now: datetime) -> tuple[SignedIn, Standing]:
    """
    Return who shows their access token. Raises `Unauthenticated` and `TooManyRequests`.

    A token of somebody who left the organization, or may no longer log in, is none.
    """
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    found = _find(token.strip(), now=now) if scheme.lower() == _SCHEME else None
    if found is None:
        raise Unauthenticated(
            "Send the access token of somebody who signed in for an organization."
        )
    standing = people.take(
        pool=_POOL,
        caller=found.membership.user_id,
        per_minute=int(settings.API_REQUESTS_PER_MINUTE["other"]),
        at=monotonic(),
    )
    if standing.is_exceeded:
        raise TooManyRequests(standing)
    return found, standing


def _find(token: str, *, now: datetime) -> SignedIn | None:
    kept = (
        Token.objects.by_value(token)
        .filter(type=Token.Type.ACCESS_TOKEN, expires_at__gt=now, user__is_active=True)
        .select_related("user")
        .first()
    )
    app = None if kept is None else find_sign_in_app(client_id=kept.client_id)
    if app is None:
        return None
    signed_in_for = kept.get_resources()
    for membership in list_memberships_for(app, user=kept.user):
        if resource_of(membership.organization.code) in signed_in_for:
            return SignedIn(membership, name_for_apps(kept.user))
    return None
