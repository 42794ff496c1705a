"""Every API key is an OAuth client too: the same name, the same secret, the same scopes."""

from typing import Final

from allauth.idp.oidc.models import Client

from ..models import ApiKey
from .hashers import stored_secret
from .scopes import names_of

KEY_PREFIX: Final = f"{ApiKey.id_prefix}_"


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
