"""Who signed in, and in whose name: a person's access token, as Kinde's Account API takes it."""

from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from accounts.models import Membership
from accounts.oauth.visits import find_visit
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
    visit = find_visit(token=token, now=now)
    if visit is None:
        return None
    for membership in visit.memberships:
        if resource_of(membership.organization.code) in visit.resources:
            return SignedIn(membership, visit.member)
    return None
