"""Who is behind the access token that an app got when a person signed in."""

from dataclasses import dataclass
from datetime import datetime

from allauth.idp.oidc.models import Token

from ..models import Membership
from .people import find_sign_in_app, list_memberships_for, name_for_apps


@dataclass(frozen=True, slots=True)
class Visit:
    """
    A person who signed in to an app: what apps call them, their places that the app may know of,
    and the names of what the token is for.
    """

    member: str
    memberships: tuple[Membership, ...]
    resources: frozenset[str]


def find_visit(*, token: str, now: datetime) -> Visit | None:
    """
    Return who shows an access token.

    None is for a token that is not ours, is over or was revoked, for one of an API key, and where
    the person may no longer log in or the app is gone.
    """
    kept = (
        Token.objects.by_value(token)
        .filter(type=Token.Type.ACCESS_TOKEN, expires_at__gt=now, user__is_active=True)
        .select_related("user")
        .first()
    )
    app = None if kept is None else find_sign_in_app(client_id=kept.client_id)
    if app is None:
        return None
    return Visit(
        member=name_for_apps(kept.user),
        memberships=tuple(list_memberships_for(app, user=kept.user)),
        resources=frozenset(kept.get_resources()),
    )
