"""What allauth's engine asks us about tokens."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.models import Client, PrivateKey
from django.utils import timezone
from oauthlib.oauth2.rfc6749.errors import InvalidClientError, InvalidGrantError

from accounts.api_keys.queries import active_keys
from accounts.models import User
from accounts.oauth.people import (
    find_person,
    find_sign_in_app,
    list_memberships_for,
    name_for_apps,
)
from accounts.oauth.signing import SigningKey, get_signing_key, list_signing_keys

from .addresses import issuer, own_audience
from .claims import claims_of_memberships, claims_of_person
from .organization import find_organization_signed_in_for


class OAuthAdapter(DefaultOIDCAdapter):  # type: ignore[misc]  # allauth ships no types
    """Who signs, in whose name, and what a token says."""

    def get_issuer(self) -> str:
        return issuer()

    def list_private_keys(self, **filters: bool | None) -> list[PrivateKey]:
        return [_private_key(key) for key in list_signing_keys(now=timezone.now())]

    def get_signing_key(self) -> PrivateKey:
        return _private_key(get_signing_key(now=timezone.now()))

    def get_user_sub(self, client: Client, user: User) -> str:
        return name_for_apps(user)

    def get_user_by_sub(self, client: Client, sub: str) -> User | None:
        return find_person(subject=sub)

    def populate_access_token(
        self,
        access_token: dict[str, Any],
        *,
        client: Client,
        scopes: Collection[str],
        user: User | None,
        **kwargs: Any,
    ) -> None:
        now = timezone.now()
        if user is None:
            access_token |= _claims_of_key(client.pk, now=now)
            access_token["aud"] = [self.request.POST.get("audience", own_audience())]
        else:
            access_token |= _claims_of_sign_in(client, user, now=now)
            access_token["aud"] = [client.pk]
            _check_still_a_member(access_token)

    def get_claims(
        self,
        purpose: str,
        user: User,
        client: Client,
        scopes: Collection[str],
        email: str | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        return {
            "sub": self.get_user_sub(client, user),
            **claims_of_person(user=user, scopes=scopes),
            **_claims_of_sign_in(client, user, now=timezone.now()),
        }


def _claims_of_key(public_id: str, *, now: datetime) -> dict[str, Any]:
    """What the token of a key says of the key. Raises `InvalidClientError` for one that is over."""
    keys = active_keys(now=now).filter(public_id=public_id)
    key = keys.select_related("organization").first()
    if key is None:
        raise InvalidClientError
    claims = {"sub": public_id}
    return claims if key.organization is None else claims | {"org_code": key.organization.code}


def _claims_of_sign_in(client: Client, user: User, *, now: datetime) -> dict[str, Any]:
    app = find_sign_in_app(client_id=client.pk)
    if app is None:
        return {}
    return claims_of_memberships(
        list_memberships_for(app, user=user),
        chosen=find_organization_signed_in_for(),
        member=name_for_apps(user),
        now=now,
    )


def _check_still_a_member(claims: dict[str, Any]) -> None:
    """Raise `InvalidGrantError` if the person left, or the organization or the app was closed."""
    if find_organization_signed_in_for() not in (None, claims.get("org_code")):
        raise InvalidGrantError("The person does not belong to the organization any more.")


def _private_key(key: SigningKey) -> PrivateKey:
    return PrivateKey(
        pem=key.pem,
        issued_at=key.signs_from,
        not_before=key.signs_from,
        expires_at=key.retires_at,
    )
