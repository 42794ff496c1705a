"""What a member may decide about the places of others, read afresh under the lock."""

from django.utils.translation import gettext as _

from config.kernel.errors import Forbidden, Invalid, NotFound

from ..access.permissions import Permission, can_hand_out, has_permission
from ..choices import Role
from ..models import Membership, Organization


def read_role(role: str) -> Role:
    """Return the role with this code. Raises `Invalid` if there is none."""
    if role not in Role.values:
        raise Invalid(f"The role must be one of {', '.join(Role.values)}.")
    return Role(role)


def require_open(organization: Organization) -> None:
    """Raise `NotFound` if the organization is closed."""
    if not Organization.objects.open().filter(pk=organization.pk).exists():
        raise NotFound("There is no such organization.")


def current_membership(*, organization: Organization, membership: Membership) -> Membership:
    """
    Return the membership as it is now. The caller holds the organization's lock.

    Raises `Forbidden` if the person has left meanwhile or the organization is closed.
    """
    current = (
        Membership.objects.owned_by(organization)
        .filter(pk=membership.pk, organization__closed_at=None)
        .select_related("user")
        .first()
    )
    if current is None:
        raise Forbidden(_("You do not belong to this organization."))
    return current


def check_may_hand_out(
    role: Role, *, organization: Organization, membership: Membership
) -> Membership:
    """
    Return the membership as it is now, if it may give, change or take away the role.

    The caller holds the organization's lock. Raises `Forbidden`.
    """
    current = current_membership(organization=organization, membership=membership)
    if not has_permission(current.role, Permission.MANAGE_MEMBERS):
        raise Forbidden(_("Only those who manage members may do this."))
    if not can_hand_out(role, held=current.role):
        raise Forbidden(_("Nobody decides over a role above their own."))
    return current
