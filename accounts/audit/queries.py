"""Reads of the audit log on behalf of an organization."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT

from ..models import AuditEntry, Membership, Organization, PropertyDefinition

PROPERTIES_CHANGED: Final = "organization.properties_changed"
STAFF_VISIT: Final = "staff_visit."
# What staff ask for and decide among themselves; what was given is noted apart.
_AMONG_STAFF: Final = "manual_credit."
_KEY: Final = "API key "
_AT_ONCE: Final = 500


class By(StrEnum):
    """What kind of actor did something."""

    PERSON = "person"
    STAFF = "staff"
    KEY = "key"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """
    Which entries to return: of one actor, of one action, from an instant on, before another.

    `by` is a kind of actor, `membership_id` the public id of a member's place.
    """

    by: By | None = None
    membership_id: str = ""
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditView:
    """
    An entry as the organization may read it.

    Who works for the company that runs Tallybook has no name here, and gives reasons only for
    looking at the organization's pages. What is kept about the organization and not shared with
    it is left out, as is what staff decide among themselves.
    """

    id: int
    by: By
    actor: str
    action: str
    target: str
    changes: Mapping[str, Any]
    reason: str
    request_id: str
    occurred_at: datetime


def list_entries(
    *,
    organization: Organization,
    matching: AuditFilter,
    before: int | None = None,
    limit: int,
) -> list[AuditView]:
    """Return entries, newest first, in pages; `before` is the id of the last one that was seen."""
    found = _entries(organization, matching)
    if before is not None:
        found = found.filter(pk__lt=before)
    public = _public_keys()
    return [_view(entry, public) for entry in found[:limit]]


def iterate_entries(*, organization: Organization, matching: AuditFilter) -> Iterator[AuditView]:
    """Return all of them, newest first, however many there are."""
    public = _public_keys()
    for entry in _entries(organization, matching).iterator(chunk_size=_AT_ONCE):
        yield _view(entry, public)


def _entries(organization: Organization, matching: AuditFilter) -> QuerySet[AuditEntry]:
    entries = AuditEntry.objects.owned_by(organization)
    places = Membership.objects.owned_by(organization).filter(user=OuterRef("user"))
    # Who left the company is no staff any more, and did what they did as staff all the same.
    is_theirs = Exists(places) | Q(user__is_staff=False) & _belonged_to(entries)
    hidden = Q(action=PROPERTIES_CHANGED) & ~Q(changes__has_any_keys=_public_keys())
    found = (
        entries.annotate(is_by_staff=Q(user__isnull=False) & ~is_theirs)
        .exclude(hidden | Q(action__startswith=_AMONG_STAFF))
        .order_by("-pk")
    )
    if matching.action:
        found = found.filter(action=matching.action)
    if matching.since is not None:
        found = found.filter(occurred_at__gte=matching.since)
    if matching.until is not None:
        found = found.filter(occurred_at__lt=matching.until)
    if matching.membership_id:
        member = Membership.objects.owned_by(organization).filter(public_id=matching.membership_id)
        found = found.filter(user__in=member.values("user"))
    return found if matching.by is None else found.filter(_done_by(matching.by))


def _belonged_to(entries: QuerySet[AuditEntry]) -> Q:
    """Whether somebody came to the organization, or was removed from it, by what is noted down."""
    joined = entries.filter(action="invitation.accepted", user__isnull=False)
    began = entries.filter(action="organization.created").values(name=KT("changes__owner"))
    removed = entries.filter(action="membership.removed").values(name=KT("changes__person"))
    return Q(user__in=joined.values("user")) | Q(actor__in=began) | Q(actor__in=removed)


def _done_by(by: By) -> Q:
    match by:
        case By.STAFF:
            return Q(is_by_staff=True)
        case By.PERSON:
            return Q(is_by_staff=False, user__isnull=False)
        case By.KEY:
            return Q(user=None, actor__startswith=_KEY)
        case By.SYSTEM:
            return Q(user=None) & ~Q(actor__startswith=_KEY)


def _public_keys() -> list[str]:
    return list(PropertyDefinition.objects.filter(is_public=True).values_list("key", flat=True))


def _view(entry: Any, public: list[str]) -> AuditView:
    by = _kind_of(entry)
    is_open = by is not By.STAFF or entry.action.startswith(STAFF_VISIT)
    changes = entry.changes
    if entry.action == PROPERTIES_CHANGED:
        changes = {key: change for key, change in changes.items() if key in public}
    return AuditView(
        id=entry.pk,
        by=by,
        actor="" if by is By.STAFF else entry.actor,
        action=entry.action,
        target=entry.target,
        changes=changes,
        reason=entry.reason if is_open else "",
        request_id=entry.request_id,
        occurred_at=entry.occurred_at,
    )


def _kind_of(entry: Any) -> By:
    if entry.is_by_staff:
        return By.STAFF
    if entry.user_id is not None:
        return By.PERSON
    return By.KEY if entry.actor.startswith(_KEY) else By.SYSTEM
