"""The organization's API keys. A key is also a client of OAuth: its id and its secret are that."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.conf import settings

from accounts.api_keys.queries import list_api_keys, list_ended_api_keys
from accounts.choices import Scope
from accounts.models import ApiKey

from ...access import Visit

_ENDED_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key whose secret can be read now and never again."""

    name: str
    client_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One key. Who may not give all of its scopes cannot replace it either."""

    id: str
    name: str
    prefix: str
    scopes: tuple[str, ...]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None
    is_replaceable: bool


@dataclass(frozen=True, slots=True)
class KeysPage:
    """Everything on the page of keys."""

    keys: tuple[KeyRow, ...]
    ended: tuple[KeyRow, ...]
    token_url: str


def present_keys(visit: Visit, *, offered: Collection[Scope]) -> KeysPage:
    """Read the organization's keys, as somebody sees them who may give these scopes."""
    organization, now = visit.organization, visit.now
    ended = list_ended_api_keys(organization=organization, now=now, limit=_ENDED_SHOWN)
    return KeysPage(
        keys=tuple(_row(key, offered) for key in list_api_keys(organization=organization, now=now)),
        ended=tuple(_row(key, offered) for key in ended),
        token_url=f"{settings.PUBLIC_URL}/oauth2/token",
    )


def _row(key: ApiKey, offered: Collection[Scope]) -> KeyRow:
    return KeyRow(
        id=key.public_id,
        name=key.name,
        prefix=key.prefix,
        scopes=tuple(key.scopes),
        created_at=key.created_at,
        last_used_at=key.last_used_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        is_replaceable=set(key.scopes) <= set(offered),
    )
