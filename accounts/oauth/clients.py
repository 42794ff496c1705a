"""
What allauth's engine knows of those who ask for tokens: its own rows, kept like ours.

Every API key is a client, with its name, its secret and its scopes, and so is every sign-in app.
"""

import hashlib
from datetime import datetime
from typing import Final

from allauth.idp.oidc.models import Client, Token
from django.db.models import QuerySet

from ..models import ApiKey, SignInApp
from .hashers import stored_secret
from .redirects import origin_of
from .scopes import SIGN_IN_SCOPES, names_of

KEY_PREFIX: Final = f"{ApiKey.id_prefix}_"
_SIGN_IN_GRANTS: Final = (Client.GrantType.AUTHORIZATION_CODE, Client.GrantType.REFRESH_TOKEN)


def make_client_of(api_key: ApiKey) -> None:
    """Let the key ask for tokens, in the transaction that makes the key."""
    Client.objects.create(
        id=api_key.public_id,
        name=api_key.name,
        secret=stored_secret(bytes(api_key.secret_sha256)),
        type=Client.Type.CONFIDENTIAL,
        grant_types=Client.GrantType.CLIENT_CREDENTIALS,
        response_types="",
        scopes="\n".join(names_of(api_key.scopes)),
        default_scopes="\n".join(api_key.scopes),
    )


def remove_client_of(api_key: ApiKey) -> None:
    """Let the key ask for no more tokens; those that it has end with it."""
    Client.objects.filter(pk=api_key.public_id).delete()


def keep_client_of_app(app: SignInApp) -> None:
    """Let people sign in to the app as it is now. A new one still needs a secret."""
    web = [uri for uri in app.redirect_uris if uri.startswith("http")]
    Client.objects.update_or_create(
        id=app.public_id,
        defaults={
            "name": app.name,
            "type": Client.Type.PUBLIC if app.is_public else Client.Type.CONFIDENTIAL,
            "grant_types": "\n".join(_SIGN_IN_GRANTS),
            "response_types": Client.ResponseType.CODE,
            "redirect_uris": "\n".join(app.redirect_uris),
            # An app in the browser asks for its token from the page that people came back to.
            "cors_origins": "\n".join({origin_of(uri): None for uri in web if app.is_public}),
            "scopes": "\n".join(SIGN_IN_SCOPES),
            "default_scopes": "openid",
        },
    )


def store_secret(clients: QuerySet[Client], secret: str) -> None:
    """Let the client show this secret from now on, and no other."""
    clients.update(secret=stored_secret(hashlib.sha256(secret.encode()).digest()))


def remove_client_of_app(app: SignInApp) -> None:
    """Let nobody sign in to the app; its tokens end now."""
    Client.objects.filter(pk=app.public_id).delete()


def delete_expired_tokens(*, now: datetime) -> int:
    """Forget the tokens that are good for nothing any more; returns how many."""
    count: int
    count, _ = Token.objects.filter(expires_at__lte=now).delete()
    return count


def forget_token(value: str) -> None:
    """Take back a token that nobody is to have."""
    Token.objects.by_value(value).delete()
