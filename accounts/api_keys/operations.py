"""Issue, rotate and revoke API keys."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from config.kernel.errors import DomainError, Invalid

from ..audit.actor import Actor
from ..audit.operations import record
from ..choices import Scope
from ..models import ApiKey, Organization, User
from ..names import clean_name
from ..oauth.clients import make_client_of, remove_client_of
from .queries import CallerKey
from .secret import digest, make_secret

LONGEST_OVERLAP: Final = timedelta(days=30)
LAST_USED_STEP: Final = timedelta(minutes=1)


class ApiKeyNotActive(DomainError):
    """The key was revoked or has expired, so nothing can be done with it."""

    code = "api_key_not_active"
    title = "The API key is not active"
    status: ClassVar[int] = 409


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key with its secret: the only moment at which the secret can be read."""

    api_key: ApiKey
    secret: str = field(repr=False)


@transaction.atomic(durable=True)
def issue_api_key(
    *,
    name: str,
    scopes: Collection[str],
    organization: Organization | None,
    actor: Actor,
    created_by: User | None = None,
    expires_at: datetime | None = None,
    now: datetime,
) -> IssuedKey:
    """
    Make a key for one organization, or without one a platform key, which may act for all.

    Raises `Invalid` for an unusable name, no or unknown scopes, or an expiry in the past.
    """
    issued = _store(
        name=name,
        scopes=scopes,
        organization=organization,
        created_by=created_by,
        expires_at=expires_at,
        now=now,
    )
    record(
        actor=actor,
        action="api_key.issued",
        target=issued.api_key.public_id,
        organization=organization,
        changes={"prefix": issued.api_key.prefix, "scopes": issued.api_key.scopes},
        now=now,
    )
    return issued


@transaction.atomic(durable=True)
def rotate_api_key(
    *,
    api_key: ApiKey,
    overlap: timedelta,
    actor: Actor,
    expires_at: datetime | None = None,
    reason: str = "",
    now: datetime,
) -> IssuedKey:
    """
    Make a key that replaces this one, with the same name and scopes.

    The old key works on for the length of the overlap (never longer than it would have
    anyway), so that an app can change over without a gap. The new one expires when the caller
    says. Raises `ApiKeyNotActive`, and `Invalid` for an overlap below nothing or above thirty
    days.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise Invalid(
            _("The overlap must be between nothing and %(days)s days.")
            % {"days": LONGEST_OVERLAP.days}
        )
    old = ApiKey.objects.select_for_update(of=("self",)).get(pk=api_key.pk)
    if old.revoked_at or (old.expires_at and old.expires_at <= now):
        raise ApiKeyNotActive(
            _("%(prefix)s is not active, so it cannot be rotated.") % {"prefix": old.prefix}
        )
    ends_at = now + overlap
    old.expires_at = min(old.expires_at, ends_at) if old.expires_at else ends_at
    old.save(update_fields=["expires_at"])
    issued = _store(
        name=old.name,
        scopes=old.scopes,
        organization=old.organization,
        created_by=old.created_by,
        expires_at=expires_at,
        now=now,
    )
    record(
        actor=actor,
        action="api_key.rotated",
        target=old.public_id,
        organization=old.organization,
        changes={
            "replaced_by": issued.api_key.public_id,
            "expires_at": old.expires_at.isoformat(),
        },
        reason=reason,
        now=now,
    )
    return issued


@transaction.atomic(durable=True)
def revoke_api_key(*, api_key: ApiKey, actor: Actor, reason: str = "", now: datetime) -> None:
    """End a key at once and for ever. Raises `ApiKeyNotActive` if that was done before."""
    ended = ApiKey.objects.filter(pk=api_key.pk, revoked_at=None).update(revoked_at=now)
    if not ended:
        raise ApiKeyNotActive(_("%(prefix)s was revoked before.") % {"prefix": api_key.prefix})
    remove_client_of(api_key)
    record(
        actor=actor,
        action="api_key.revoked",
        target=api_key.public_id,
        organization=api_key.organization,
        reason=reason,
        now=now,
    )


def touch(*, caller: CallerKey, now: datetime) -> None:
    """Remember that the key was used, at most once a minute: enough to see if it is needed."""
    due_before = now - LAST_USED_STEP
    if caller.last_used_at and caller.last_used_at > due_before:
        return
    ApiKey.objects.filter(
        Q(last_used_at=None) | Q(last_used_at__lte=due_before), pk=caller.id
    ).update(last_used_at=now)


def _store(
    *,
    name: str,
    scopes: Collection[str],
    organization: Organization | None,
    created_by: User | None,
    expires_at: datetime | None,
    now: datetime,
) -> IssuedKey:
    unknown = sorted(set(scopes) - set(Scope.values))
    if unknown:
        raise Invalid(f"There is no scope {', '.join(unknown)}.")
    if not scopes:
        raise Invalid(_("A key needs at least one scope."))
    if expires_at and expires_at <= now:
        raise Invalid(_("A key must expire in the future."))
    new = make_secret()
    api_key = ApiKey.objects.create(
        organization=organization,
        name=clean_name(name, what=_("The name"), longest=80),
        prefix=new.prefix,
        secret_sha256=digest(new.secret),
        scopes=[scope for scope in Scope.values if scope in scopes],
        created_by=created_by,
        expires_at=expires_at,
    )
    make_client_of(api_key)
    return IssuedKey(api_key=api_key, secret=new.secret)
