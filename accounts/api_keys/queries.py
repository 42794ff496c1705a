"""Who shows this key?"""

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from config.kernel.errors import NotFound

from ..choices import Scope
from ..models import ApiKey, Organization
from .secret import digest, prefix_of

_NO_DIGEST: Final = bytes(32)


class ApiKeyNotFound(NotFound):
    """There is no such API key, or it is somebody else's."""

    code = "api_key_not_found"


@dataclass(frozen=True, slots=True)
class CallerKey:
    """An API key that was shown and is good: all that a request needs to know of it."""

    id: int
    public_id: str
    organization_id: int | None
    scopes: frozenset[str]
    name: str
    last_used_at: datetime | None = None

    @property
    def is_platform(self) -> bool:
        """Whether the key may act for every organization."""
        return self.organization_id is None

    @property
    def may_take_usage_back(self) -> bool:
        """Whether what it reports may lower what an organization owes: the company's to allow."""
        return self.is_platform or Scope.CREDITS_WRITE in self.scopes


def authenticate(*, secret: str, now: datetime) -> CallerKey | None:
    """
    Return the key that this secret belongs to, or None.

    None is for a secret that is wrong, expired or revoked, or whose organization is closed; the
    caller cannot learn which. Takes one query, and none for a text that is no key at all.
    """
    prefix = prefix_of(secret)
    if prefix is None:
        return None
    key = (
        active_keys(now=now)
        .filter(prefix=prefix)
        .values_list(
            "id",
            "public_id",
            "organization_id",
            "scopes",
            "name",
            "last_used_at",
            "secret_sha256",
            named=True,
        )
        .order_by("id")
        .first()
    )
    # An unknown key is compared as well, so that it takes as long as a known one.
    stored = bytes(key.secret_sha256) if key else _NO_DIGEST
    is_genuine = hmac.compare_digest(stored, digest(secret))
    if key is None or not is_genuine:
        return None
    return CallerKey(
        id=key.id,
        public_id=key.public_id,
        organization_id=key.organization_id,
        scopes=frozenset(key.scopes),
        name=key.name,
        last_used_at=key.last_used_at,
    )


def active_keys(*, now: datetime) -> QuerySet[ApiKey]:
    """Return the keys that are good at this moment."""
    return ApiKey.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None, organization__closed_at=None
    )


def find_caller(keys: QuerySet[ApiKey], *, only: Collection[str]) -> CallerKey | None:
    """Return the first of these keys as a caller with at most these scopes, if there is one."""
    key = keys.order_by("id").first()
    if key is None:
        return None
    return CallerKey(
        id=key.pk,
        public_id=key.public_id,
        organization_id=key.organization_id,
        scopes=frozenset(key.scopes).intersection(only),
        name=key.name,
        last_used_at=key.last_used_at,
    )


def list_api_keys(*, organization: Organization, now: datetime) -> list[ApiKey]:
    """Return the organization's keys that are good at this moment, newest first."""
    return list(active_keys(now=now).filter(organization=organization).order_by("-pk"))


def list_ended_api_keys(*, organization: Organization, now: datetime, limit: int) -> list[ApiKey]:
    """Return the organization's newest keys that were revoked or have expired."""
    is_over = Q(revoked_at__isnull=False) | Q(expires_at__lte=now)
    return list(ApiKey.objects.owned_by(organization).filter(is_over).order_by("-pk")[:limit])


def get_api_key(*, organization: Organization, public_id: str) -> ApiKey:
    """Return a key of the organization. Raises `ApiKeyNotFound`, also for anybody else's."""
    found = ApiKey.objects.owned_by(organization).filter(public_id=public_id).first()
    if found is None:
        raise ApiKeyNotFound("There is no such API key.")
    return found


def has_used_a_key(*, organization: Organization) -> bool:
    """Whether any key of the organization has ever been used."""
    return ApiKey.objects.owned_by(organization).exclude(last_used_at=None).exists()
