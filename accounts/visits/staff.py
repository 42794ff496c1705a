"""Somebody of the staff looks at the portal of a customer: who may, for how long, and why."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from config.kernel.errors import Forbidden, Invalid, NotFound

from ..audit.actor import Actor
from ..audit.operations import record
from ..choices import Role
from ..models import Organization, StaffVisit, User
from ..models.staff_visit import LONGEST_STAFF_VISIT, LONGEST_VISIT_REASON

PERMISSION: Final = "accounts.add_staffvisit"


def may_visit(user: User) -> bool:
    """Whether somebody may look at customers' portals, as far as this moment goes."""
    return user.is_active and user.is_staff and user.has_perm(PERMISSION)


@transaction.atomic(durable=True)
def start_staff_visit(
    *, organization: Organization, user: User, role: str, reason: str, actor: Actor, now: datetime
) -> StaffVisit:
    """
    Begin to look at an organization's portal as somebody in this role would see it.

    Raises `Forbidden` without the permission, `NotFound` for a closed organization, and `Invalid`
    for an unknown role or without a reason.
    """
    if not may_visit(user):
        raise Forbidden(_("You may not look at customers' portals."))
    if organization.closed_at is not None:
        raise NotFound("There is no such organization.")
    if role not in Role.values:
        raise Invalid(f"The role must be one of {', '.join(Role.values)}.")
    why = reason.strip()
    if not 1 <= len(why) <= LONGEST_VISIT_REASON:
        raise Invalid(
            _("Say why, in at most %(longest)s characters.") % {"longest": LONGEST_VISIT_REASON}
        )
    visit = StaffVisit.objects.create(
        organization=organization,
        user=user,
        role=role,
        reason=why,
        started_at=now,
        ends_at=now + LONGEST_STAFF_VISIT,
    )
    record(
        actor=actor,
        action="staff_visit.started",
        target=visit.public_id,
        organization=organization,
        changes={"role": role, "until": visit.ends_at.isoformat()},
        reason=why,
        now=now,
    )
    return visit


def find_staff_visit(*, visit_id: str, user: User, now: datetime) -> StaffVisit | None:
    """
    Return the visit that somebody of the staff is on.

    None is for one that is over or somebody else's, for a closed organization, and for staff who
    may no longer look: the permission counts at this moment.
    """
    visit = (
        StaffVisit.objects.filter(
            public_id=visit_id,
            user=user,
            ended_at=None,
            ends_at__gt=now,
            organization__closed_at=None,
        )
        .select_related("organization", "user")
        .first()
    )
    return visit if visit is not None and may_visit(user) else None


@transaction.atomic(durable=True)
def end_staff_visit(*, visit_id: str, user: User, actor: Actor, now: datetime) -> None:
    """End a visit before its time. One that is over, or somebody else's, stays as it is."""
    visit = (
        StaffVisit.objects.select_for_update(of=("self",))
        .select_related("organization")
        .filter(public_id=visit_id, user=user, ended_at=None, ends_at__gt=now)
        .first()
    )
    if visit is None:
        return
    visit.ended_at = now
    visit.save(update_fields=["ended_at"])
    record(
        actor=actor,
        action="staff_visit.ended",
        target=visit.public_id,
        organization=visit.organization,
        now=now,
    )
