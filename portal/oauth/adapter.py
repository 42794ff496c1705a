"""What allauth's engine asks us about tokens."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.models import Client, PrivateKey
from django.utils import timezone
from oauthlib.oauth2.rfc6749.errors import InvalidClientError

from accounts.api_keys.queries import active_keys
from accounts.models import User
from accounts.oauth.signing import SigningKey, get_signing_key, list_signing_keys

from .addresses import issuer, own_audience


class OAuthAdapter(DefaultOIDCAdapter):  # type: ignore[misc]  # allauth ships no types
    """Who signs, in whose name, and what a token says."""

    def get_issuer(self) -> str:
        return issuer()

    def list_private_keys(self, **filters: bool | None) -> list[PrivateKey]:
        return [_private_key(key) for key in list_signing_keys(now=timezone.now())]

    def get_signing_key(self) -> PrivateKey:
        return _private_key(get_signing_key(now=timezone.now()))

    def populate_access_token(
        self,
        access_token: dict[str, Any],
        *,
        client: Client,
        scopes: Iterable[str],
        user: User | None,
        **kwargs: Any,
    ) -> None:
        access_token |= _claims_of_key(client.pk, now=timezone.now())
        access_token["aud"] = [self.request.POST.get("audience", own_audience())]


def _claims_of_key(public_id: str, *, now: datetime) -> dict[str, Any]:
    """What the token of a key says of the key. Raises `InvalidClientError` for one that is over."""
    keys = active_keys(now=now).filter(public_id=public_id)
    key = keys.select_related("organization").first()
    if key is None:
        raise InvalidClientError
    claims = {"sub": public_id}
    return claims if key.organization is None else claims | {"org_code": key.organization.code}


def _private_key(key: SigningKey) -> PrivateKey:
    return PrivateKey(
        pem=key.pem,
        issued_at=key.signs_from,
        not_before=key.signs_from,
        expires_at=key.retires_at,
    )
