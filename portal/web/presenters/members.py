"""Members, their roles, the seats they take, and who is invited."""

from dataclasses import dataclass
from datetime import datetime

from accounts.access.permissions import Permission, can_hand_out
from accounts.choices import Role
from accounts.memberships.queries import (
    Member,
    OpenInvitation,
    list_members,
    list_names_with,
    list_open_invitations,
)
from billing.agreements.queries import find_live_agreement

from ...forms import role_choices
from ..access import Visit
from .people import initials
from .plan import find_seat_limit


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One person. `roles` are those that the visitor may give them, if it is theirs to decide."""

    id: str
    name: str
    email: str
    initials: str
    role: str
    role_label: str
    joined_at: datetime
    is_visitor: bool
    roles: tuple[tuple[str, str], ...]
    is_removable: bool


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """One open invitation."""

    id: str
    email: str
    role_label: str
    invited_by: str
    expires_at: datetime
    is_revocable: bool


@dataclass(frozen=True, slots=True)
class MembersPage:
    """Everything on the members page. `seats` is None where they are not limited."""

    members: tuple[MemberRow, ...]
    invitations: tuple[InvitationRow, ...]
    seats_used: int
    seats: int | None
    may_manage: bool
    who_may: tuple[str, ...]


def present_members(visit: Visit) -> MembersPage:
    """Read the members of the organization as the visitor may see and change them."""
    organization = visit.organization
    members = list_members(organization=organization)
    agreement = find_live_agreement(organization=organization)
    may_manage = visit.may(Permission.MANAGE_MEMBERS)
    permission = Permission.MANAGE_MEMBERS
    return MembersPage(
        members=tuple(_row(member, visit, members) for member in members),
        invitations=tuple(
            _invitation(invitation, visit)
            for invitation in list_open_invitations(organization=organization, now=visit.now)
        ),
        seats_used=len(members),
        seats=find_seat_limit(agreement) if agreement else None,
        may_manage=may_manage,
        who_may=()
        if may_manage
        else tuple(list_names_with(organization=organization, permission=permission)),
    )


def find_member(visit: Visit, *, membership_id: str) -> MemberRow | None:
    """Return one member as the visitor may see and change them; None for an unknown id."""
    members = list_members(organization=visit.organization)
    return next(
        (
            _row(member, visit, members)
            for member in members
            if member.membership_id == membership_id
        ),
        None,
    )


def _row(member: Member, visit: Visit, members: list[Member]) -> MemberRow:
    held = visit.membership.role
    is_visitor = member.user_id == visit.user.pk
    is_last_owner = (
        member.role == Role.OWNER and sum(one.role == Role.OWNER for one in members) == 1
    )
    is_in_hand = can_hand_out(member.role, held=held) and not is_last_owner
    return MemberRow(
        id=member.membership_id,
        name=member.name,
        email=member.email,
        initials=initials(member.name),
        role=member.role,
        role_label=str(member.role.label),
        joined_at=member.joined_at,
        is_visitor=is_visitor,
        roles=tuple(role_choices(held=held)) if is_in_hand else (),
        is_removable=(is_in_hand or is_visitor) and not is_last_owner,
    )


def _invitation(invitation: OpenInvitation, visit: Visit) -> InvitationRow:
    return InvitationRow(
        id=invitation.invitation_id,
        email=invitation.email,
        role_label=str(invitation.role.label),
        invited_by=invitation.invited_by,
        expires_at=invitation.expires_at,
        is_revocable=can_hand_out(invitation.role, held=visit.membership.role),
    )
