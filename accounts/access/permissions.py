"""Who may do what in an organization: one table."""

from enum import StrEnum
from typing import Final

from ..choices import Role


class Permission(StrEnum):
    """One thing that a person may or may not do in an organization."""

    VIEW_USAGE = "view_usage"
    VIEW_MEMBERS = "view_members"
    VIEW_BILLING = "view_billing"
    MANAGE_BILLING = "manage_billing"
    MANAGE_DEVELOPERS = "manage_developers"
    MANAGE_MEMBERS = "manage_members"
    MANAGE_ORGANIZATION = "manage_organization"
    MANAGE_OWNERS = "manage_owners"


_EVERYONE: Final = frozenset(Role)

_HOLDERS: Final[dict[Permission, frozenset[Role]]] = {
    Permission.VIEW_USAGE: _EVERYONE,
    Permission.VIEW_MEMBERS: _EVERYONE,
    Permission.VIEW_BILLING: frozenset({Role.OWNER, Role.ADMIN, Role.BILLING}),
    Permission.MANAGE_BILLING: frozenset({Role.OWNER, Role.ADMIN, Role.BILLING}),
    Permission.MANAGE_DEVELOPERS: frozenset({Role.OWNER, Role.ADMIN, Role.DEVELOPER}),
    Permission.MANAGE_MEMBERS: frozenset({Role.OWNER, Role.ADMIN}),
    Permission.MANAGE_ORGANIZATION: frozenset({Role.OWNER, Role.ADMIN}),
    Permission.MANAGE_OWNERS: frozenset({Role.OWNER}),
}


def has_permission(role: str, permission: Permission) -> bool:
    """Whether a person in this role may do this."""
    return Role(role) in _HOLDERS[permission]


def roles_with(permission: Permission) -> list[Role]:
    """The roles that may do this, the most powerful first."""
    return [role for role in Role if role in _HOLDERS[permission]]


def permissions_of(role: str) -> frozenset[Permission]:
    """Everything that a person in this role may do."""
    return frozenset(permission for permission in Permission if has_permission(role, permission))


def can_hand_out(role: str, *, held: str) -> bool:
    """
    Whether a person who holds one role may give, change or take away another.

    They must be allowed to manage members, and nobody decides over permissions that they do
    not have themselves.
    """
    return has_permission(held, Permission.MANAGE_MEMBERS) and permissions_of(
        role
    ) <= permissions_of(held)
