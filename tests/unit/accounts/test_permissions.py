"""The matrix, written out once more by hand: a change of it must be meant."""

import pytest

from accounts.access.permissions import (
    Permission,
    can_hand_out,
    has_permission,
    permissions_of,
    roles_with,
)
from accounts.choices import Role

EXPECTED = {
    #                       owner  admin  billing developer member
    "view_usage":          (True,  True,  True,   True,     True),
    "view_members":        (True,  True,  True,   True,     True),
    "view_billing":        (True,  True,  True,   False,    False),
    "manage_billing":      (True,  True,  True,   False,    False),
    "manage_developers":   (True,  True,  False,  True,     False),
    "manage_members":      (True,  True,  False,  False,    False),
    "manage_organization": (True,  True,  False,  False,    False),
    "manage_owners":       (True,  False, False,  False,    False),
}  # fmt: skip


def test_every_permission_is_in_the_table() -> None:
    assert set(EXPECTED) == set(Permission)


@pytest.mark.parametrize("permission", list(Permission))
def test_each_role_may_do_what_the_table_says(permission: Permission) -> None:
    assert tuple(has_permission(role, permission) for role in Role) == EXPECTED[permission]


def test_the_roles_with_a_permission_start_with_the_most_powerful() -> None:
    assert roles_with(Permission.MANAGE_DEVELOPERS) == [Role.OWNER, Role.ADMIN, Role.DEVELOPER]


def test_an_owner_may_do_everything() -> None:
    assert permissions_of(Role.OWNER) == frozenset(Permission)


def test_an_unknown_role_may_do_nothing_silently() -> None:
    with pytest.raises(ValueError, match="janitor"):
        has_permission("janitor", Permission.VIEW_USAGE)


@pytest.mark.parametrize(
    ("held", "handed_out"),
    [
        (Role.OWNER, set(Role)),
        (Role.ADMIN, {Role.ADMIN, Role.BILLING, Role.DEVELOPER, Role.MEMBER}),
        (Role.BILLING, set()),
        (Role.DEVELOPER, set()),
        (Role.MEMBER, set()),
    ],
)
def test_nobody_hands_out_a_role_above_their_own(held: Role, handed_out: set[Role]) -> None:
    assert {role for role in Role if can_hand_out(role, held=held)} == handed_out
