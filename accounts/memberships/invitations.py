"""Invite people, accept and take back invitations."""

from datetime import datetime
from typing import ClassVar, Final

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from config.kernel.errors import DomainError, Forbidden, NotFound
from config.kernel.ids import new_id

from ..addresses import clean_address
from ..audit.actor import Actor
from ..audit.operations import record
from ..choices import Role
from ..mails.notices import write_notice
from ..mails.ringing import ring_on_commit
from ..models import Invitation, Membership, Organization, User
from ..organizations.locking import lock_organization
from .authority import check_may_hand_out, read_role, require_open
from .mailing import INVITATION, INVITATION_LIFETIME
from .tokens import digest, token_of

MOST_OPEN_INVITATIONS: Final = 100


class AlreadyMember(DomainError):
    """The person belongs to the organization."""

    code = "already_member"
    title = "Already a member"
    status: ClassVar[int] = 409


class InvitationAlreadyOpen(DomainError):
    """The address has an invitation that can still be accepted."""

    code = "invitation_already_open"
    title = "Already invited"
    status: ClassVar[int] = 409


class TooManyInvitations(DomainError):
    """The organization has as many open invitations as it may have."""

    code = "too_many_invitations"
    title = "Too many open invitations"
    status: ClassVar[int] = 409


class FirstMemberIsOwner(DomainError):
    """An organization without an owner invites one before it invites others."""

    code = "first_member_is_owner"
    title = "An owner comes first"
    status: ClassVar[int] = 409


class InvitationExpired(DomainError):
    """The invitation was not accepted in time."""

    code = "invitation_expired"
    title = "The invitation has expired"
    status: ClassVar[int] = 410


class InvitationForAnotherAddress(Forbidden):
    """The person has not shown that the invited e-mail address is theirs."""

    code = "invitation_for_another_address"
    title = "This invitation is for another address"


@transaction.atomic(durable=True)
def invite(
    *, organization: Organization, email: str, role: str, invited_by: Membership, now: datetime
) -> Invitation:
    """
    Offer a place to whoever reads mail at an address; the mail leaves after the commit.

    The answer is the same whether or not the address has an account here. An expired invitation
    to the same address is replaced. Raises `Forbidden` if the inviter does not manage members, or
    the role is above their own, `Invalid` for an unusable address or role, `AlreadyMember`,
    `InvitationAlreadyOpen` and `TooManyInvitations`.
    """
    lock_organization(organization_id=organization.pk)
    granted = read_role(role)
    inviter = check_may_hand_out(granted, organization=organization, membership=invited_by)
    return _offer(
        organization=organization,
        email=email,
        role=granted,
        invited_by=inviter.user,
        actor=Actor.for_user(inviter.user),
        now=now,
    )


@transaction.atomic
def invite_for_customer(
    *,
    organization: Organization,
    email: str,
    role: str,
    invited_by: User,
    actor: Actor,
    reason: str = "",
    now: datetime,
) -> Invitation:
    """
    Offer a place as staff, on the customer's behalf: how an organization gets its first owner.

    Raises `NotFound` if the organization is closed, `FirstMemberIsOwner`, and else as `invite`.
    """
    lock_organization(organization_id=organization.pk)
    require_open(organization)
    granted = read_role(role)
    owners = Membership.objects.owned_by(organization).filter(role=Role.OWNER)
    if granted is not Role.OWNER and not owners.exists():
        raise FirstMemberIsOwner(_("The organization has no owner yet: invite one first."))
    return _offer(
        organization=organization,
        email=email,
        role=granted,
        invited_by=invited_by,
        actor=actor,
        reason=reason,
        now=now,
    )


@transaction.atomic(durable=True)
def accept_invitation(*, token: str, user: User, now: datetime) -> Membership:
    """
    Take the offered place. Accepting again returns the place taken before.

    The link alone is not enough, for mail gets forwarded: the person must have verified the
    invited address as their own. Raises `InvitationForAnotherAddress`, `InvitationExpired`,
    `AlreadyMember`, and `NotFound` for a link that is unknown or was taken back.
    """
    found = Invitation.objects.filter(token_sha256=digest(token)).first()
    if found is None:
        raise NotFound("There is no such invitation.")
    lock_organization(organization_id=found.organization_id)
    invitation = Invitation.objects.select_related("organization").get(pk=found.pk)
    organization = invitation.organization
    if not EmailAddress.objects.filter(user=user, email=invitation.email, verified=True).exists():
        raise InvitationForAnotherAddress(
            _("This invitation is for %(email)s. Log in with that address, and verify it.")
            % {"email": invitation.email}
        )
    place = Membership.objects.owned_by(organization).filter(user=user).first()
    if invitation.accepted_at and place:
        return place
    if invitation.accepted_at or invitation.revoked_at or organization.closed_at:
        raise NotFound("There is no such invitation.")
    if invitation.expires_at <= now:
        raise InvitationExpired(_("This invitation has expired. Ask for a new one."))
    if place:
        raise AlreadyMember(
            _("You already belong to %(organization)s.") % {"organization": organization.name}
        )
    membership = Membership.objects.create(
        organization=organization, user=user, role=invitation.role
    )
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    record(
        actor=Actor.for_user(user),
        action="invitation.accepted",
        target=invitation.public_id,
        organization=organization,
        changes={"membership": membership.public_id, "role": membership.role},
        now=now,
    )
    return membership


@transaction.atomic(durable=True)
def revoke_invitation(
    *, organization: Organization, invitation_id: str, revoked_by: Membership, now: datetime
) -> None:
    """
    Take an open invitation back: its link no longer works.

    Raises `NotFound` if the organization has no open invitation with this id, `Forbidden` for one
    who could not have made it.
    """
    lock_organization(organization_id=organization.pk)
    invitation = _open_invitations(organization).filter(public_id=invitation_id).first()
    if invitation is None:
        raise NotFound("There is no such open invitation.")
    revoker = check_may_hand_out(
        Role(invitation.role), organization=organization, membership=revoked_by
    )
    _revoke(invitation, actor=Actor.for_user(revoker.user), now=now)


@transaction.atomic(durable=True)
def revoke_invitation_for_customer(
    *, invitation: Invitation, actor: Actor, reason: str = "", now: datetime
) -> None:
    """Take an open invitation back as staff. Raises `NotFound` if it is not open any more."""
    lock_organization(organization_id=invitation.organization_id)
    current = _open_invitations(invitation.organization).filter(pk=invitation.pk).first()
    if current is None:
        raise NotFound("There is no such open invitation.")
    _revoke(current, actor=actor, reason=reason, now=now)


def _offer(
    *,
    organization: Organization,
    email: str,
    role: Role,
    invited_by: User,
    actor: Actor,
    reason: str = "",
    now: datetime,
) -> Invitation:
    address = clean_address(email)
    if Membership.objects.owned_by(organization).filter(user__email=address).exists():
        raise AlreadyMember(
            _("%(address)s already belongs to the organization.") % {"address": address}
        )
    opened = list(_open_invitations(organization))
    for earlier in opened:
        if earlier.expires_at <= now:
            _revoke(earlier, actor=actor, reason="expired", now=now)
        elif earlier.email == address:
            raise InvitationAlreadyOpen(
                _("%(address)s has been invited before.") % {"address": address}
            )
    if sum(earlier.expires_at > now for earlier in opened) >= MOST_OPEN_INVITATIONS:
        raise TooManyInvitations(
            _("There are %(most)s open invitations. Take some back first.")
            % {"most": MOST_OPEN_INVITATIONS}
        )
    public_id = new_id(Invitation.id_prefix)
    invitation = Invitation.objects.create(
        public_id=public_id,
        organization=organization,
        email=address,
        role=role,
        token_sha256=digest(token_of(invitation_id=public_id)),
        invited_by=invited_by,
        expires_at=now + INVITATION_LIFETIME,
    )
    record(
        actor=actor,
        action="invitation.sent",
        target=invitation.public_id,
        organization=organization,
        changes={"email": address, "role": role},
        reason=reason,
        now=now,
    )
    notice_id = write_notice(
        organization_id=organization.pk, kind=INVITATION, fact=public_id, data={}, now=now
    )
    ring_on_commit(notice_id=notice_id)
    return invitation


def _open_invitations(organization: Organization) -> QuerySet[Invitation]:
    """Neither accepted nor taken back; expired ones are among them."""
    return Invitation.objects.owned_by(organization).filter(accepted_at=None, revoked_at=None)


def _revoke(invitation: Invitation, *, actor: Actor, reason: str = "", now: datetime) -> None:
    invitation.revoked_at = now
    invitation.save(update_fields=["revoked_at"])
    record(
        actor=actor,
        action="invitation.revoked",
        target=invitation.public_id,
        organization=invitation.organization,
        reason=reason,
        now=now,
    )
