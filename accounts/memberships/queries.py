"""Who belongs to an organization, and who is invited."""

from dataclasses import dataclass
from datetime import datetime

from config.kernel.errors import NotFound

from ..access.permissions import Permission, roles_with
from ..choices import Role
from ..models import Invitation, Membership, Organization, User
from .tokens import digest


@dataclass(frozen=True, slots=True)
class Member:
    """A person's place in an organization, for a page to show."""

    membership_id: str
    user_id: int
    name: str
    email: str
    role: Role
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """An invitation that can still be accepted, for a page to show."""

    invitation_id: str
    email: str
    role: Role
    invited_by: str
    expires_at: datetime
    mailed_at: datetime | None


@dataclass(frozen=True, slots=True)
class InvitationOffer:
    """What the holder of an invitation's link is offered."""

    organization_name: str
    organization_code: str
    email: str
    role: Role
    invited_by: str
    expires_at: datetime


def get_membership(*, organization_code: str, user: User) -> Membership:
    """
    Return a person's place in an organization, which is loaded with it.

    Raises `NotFound` if there is no such organization, and the same for a stranger to it.
    """
    membership = (
        Membership.objects.filter(
            organization__public_id=organization_code, organization__closed_at=None, user=user
        )
        .select_related("organization", "user")
        .first()
    )
    if membership is None:
        raise NotFound("There is no such organization.")
    return membership


def find_membership(*, organization: Organization, user: User) -> Membership | None:
    """Return a person's place in an organization, or None for a stranger."""
    return (
        Membership.objects.owned_by(organization)
        .filter(user=user)
        .select_related("organization", "user")
        .first()
    )


def list_memberships_of(*, user: User) -> list[Membership]:
    """Return a person's places in organizations that are open, loaded with them, by their name."""
    memberships = Membership.objects.filter(user=user, organization__closed_at=None)
    return list(
        memberships.select_related("organization", "user").order_by(
            "organization__name", "organization_id"
        )
    )


def list_members(*, organization: Organization) -> list[Member]:
    """Return everybody in the organization, those who have been there longest first."""
    memberships = Membership.objects.owned_by(organization).select_related("user").order_by("pk")
    return [
        Member(
            membership_id=membership.public_id,
            user_id=membership.user_id,
            name=membership.user.get_full_name(),
            email=membership.user.email,
            role=Role(membership.role),
            joined_at=membership.created_at,
        )
        for membership in memberships
    ]


def count_members(*, organization: Organization) -> int:
    """Return how many people belong to the organization."""
    return Membership.objects.owned_by(organization).count()


def list_names_with(*, organization: Organization, permission: Permission) -> list[str]:
    """Return the names of those who may do this, so that a person can be told whom to ask."""
    memberships = (
        Membership.objects.owned_by(organization)
        .filter(role__in=roles_with(permission))
        .select_related("user")
        .order_by("pk")
    )
    return [membership.user.get_full_name() for membership in memberships]


def list_open_invitations(*, organization: Organization, now: datetime) -> list[OpenInvitation]:
    """Return the invitations that can still be accepted, newest first."""
    invitations = (
        Invitation.objects.owned_by(organization)
        .filter(accepted_at=None, revoked_at=None, expires_at__gt=now)
        .select_related("invited_by")
        .order_by("-pk")
    )
    return [
        OpenInvitation(
            invitation_id=invitation.public_id,
            email=invitation.email,
            role=Role(invitation.role),
            invited_by=invitation.invited_by.get_full_name(),
            expires_at=invitation.expires_at,
            mailed_at=invitation.mailed_at,
        )
        for invitation in invitations
    ]


def find_invitation(*, token: str, now: datetime) -> InvitationOffer | None:
    """Return what the holder of this link is offered, or None if it can no longer be accepted."""
    invitation = (
        Invitation.objects.filter(
            token_sha256=digest(token),
            accepted_at=None,
            revoked_at=None,
            expires_at__gt=now,
            organization__closed_at=None,
        )
        .select_related("organization", "invited_by")
        .first()
    )
    if invitation is None:
        return None
    return InvitationOffer(
        organization_name=invitation.organization.name,
        organization_code=invitation.organization.public_id,
        email=invitation.email,
        role=Role(invitation.role),
        invited_by=invitation.invited_by.get_full_name(),
        expires_at=invitation.expires_at,
    )
