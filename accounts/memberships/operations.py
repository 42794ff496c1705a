"""Change and end memberships. Invitations, which begin them, are offered here as well."""

from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from config.kernel.errors import DomainError, NotFound

from ..audit.actor import Actor
from ..audit.operations import differences, record
from ..choices import Role
from ..models import Membership, Organization
from ..organizations.locking import lock_organization
from .authority import check_may_hand_out, current_membership, read_role
from .invitations import (
    accept_invitation,
    invite,
    invite_for_customer,
    revoke_invitation,
    revoke_invitation_for_customer,
)

__all__ = [
    "LastOwner",
    "accept_invitation",
    "change_role",
    "invite",
    "invite_for_customer",
    "remove_member",
    "remove_member_for_customer",
    "revoke_invitation",
    "revoke_invitation_for_customer",
]


class LastOwner(DomainError):
    """An organization keeps at least one owner."""

    code = "last_owner"
    title = "The last owner stays"
    status: ClassVar[int] = 409


@transaction.atomic(durable=True)
def change_role(
    *,
    organization: Organization,
    membership_id: str,
    role: str,
    changed_by: Membership,
    now: datetime,
) -> Membership:
    """
    Give a member another role, and return the membership as it now is.

    Writes nothing if they have it already. Raises `Forbidden` if the old or the new role is not the
    changer's to hand out, `LastOwner`, `Invalid` for an unknown role, and `NotFound` if nobody
    in the organization has this membership id.
    """
    granted = read_role(role)
    lock_organization(organization_id=organization.pk)
    target = _get(organization, membership_id)
    check_may_hand_out(Role(target.role), organization=organization, membership=changed_by)
    changer = check_may_hand_out(granted, organization=organization, membership=changed_by)
    changes = differences({"role": target.role}, {"role": granted.value})
    if not changes:
        return target
    _keep_an_owner(target)
    target.role = granted.value
    target.save(update_fields=["role"])
    record(
        actor=Actor.for_user(changer.user),
        action="membership.role_changed",
        target=target.public_id,
        organization=organization,
        changes=changes,
        now=now,
    )
    return target


@transaction.atomic(durable=True)
def remove_member(
    *, organization: Organization, membership_id: str, removed_by: Membership, now: datetime
) -> None:
    """
    End a membership. Everybody may end their own; ending another's takes the power to hand it out.

    Raises `Forbidden`, `LastOwner`, and `NotFound` if nobody in the organization has this
    membership id.
    """
    lock_organization(organization_id=organization.pk)
    target = _get(organization, membership_id)
    if target.pk == removed_by.pk:
        remover = current_membership(organization=organization, membership=removed_by)
    else:
        remover = check_may_hand_out(
            Role(target.role), organization=organization, membership=removed_by
        )
    _keep_an_owner(target)
    _end(target, organization=organization, actor=Actor.for_user(remover.user), now=now)


@transaction.atomic
def remove_member_for_customer(
    *, organization: Organization, membership_id: str, actor: Actor, now: datetime
) -> None:
    """
    End a membership for the company, on the customer's behalf.

    Raises `LastOwner`, and `NotFound` if nobody in the organization has this membership id.
    """
    lock_organization(organization_id=organization.pk)
    target = _get(organization, membership_id)
    _keep_an_owner(target)
    _end(target, organization=organization, actor=actor, now=now)


def _end(target: Membership, *, organization: Organization, actor: Actor, now: datetime) -> None:
    public_id, person, role = target.public_id, target.user, target.role
    target.delete()
    record(
        actor=actor,
        action="membership.removed",
        target=public_id,
        organization=organization,
        changes={"person": person.email, "role": role},
        now=now,
    )


def _get(organization: Organization, membership_id: str) -> Membership:
    membership = (
        Membership.objects.owned_by(organization)
        .filter(public_id=membership_id)
        .select_related("user")
        .first()
    )
    if membership is None:
        raise NotFound("There is no such member.")
    return membership


def _keep_an_owner(leaving: Membership) -> None:
    owners = Membership.objects.filter(
        organization_id=leaving.organization_id, role=Role.OWNER
    ).exclude(pk=leaving.pk)
    if leaving.role == Role.OWNER and not owners.exists():
        raise LastOwner(_("An organization keeps an owner. Make somebody else owner first."))
