"""What an app learns of a person who signed in: names and words are Kinde's."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from accounts.access.permissions import permissions_of
from accounts.choices import Role
from accounts.models import Membership, User
from accounts.oauth.people import has_verified_address
from accounts.organizations.clock import time_of
from billing.choices import ValueType
from billing.entitlements.flags import Flag
from billing.entitlements.queries import list_flags

_FLAG_TYPES: Final = {ValueType.BOOLEAN: "b", ValueType.STRING: "s"}


def claims_of_person(*, user: User, scopes: Collection[str]) -> dict[str, Any]:
    """Return who the person is, as far as the app may know."""
    claims: dict[str, Any] = {}
    if "profile" in scopes and user.name:
        claims["name"] = user.name
    if "email" in scopes:
        claims["email"] = user.email
        claims["email_verified"] = has_verified_address(user)
    return claims


def claims_of_memberships(
    memberships: Sequence[Membership], *, chosen: str | None, member: str, now: datetime
) -> dict[str, Any]:
    """
    Return where the person belongs, and their place in the organization that they signed in for.

    `member` is the person's name in what the app tells us of them.
    """
    claims: dict[str, Any] = {"org_codes": [one.organization.code for one in memberships]}
    membership = next((one for one in memberships if one.organization.code == chosen), None)
    return claims if membership is None else claims | _claims_of(membership, member=member, now=now)


def _claims_of(membership: Membership, *, member: str, now: datetime) -> dict[str, Any]:
    organization = membership.organization
    role = Role(membership.role)
    flags = list_flags(
        organization=organization,
        member=member,
        now=time_of(organization_id=organization.pk, now=now),
    )
    return {
        "org_code": organization.code,
        "org_name": organization.name,
        "roles": [{"id": role.value, "key": role.value, "name": str(role.label)}],
        "permissions": sorted(permissions_of(role)),
        "feature_flags": {flag.key: {"t": _type_of(flag), "v": flag.value} for flag in flags},
    }


def _type_of(flag: Flag) -> str:
    if flag.type == ValueType.NUMBER and isinstance(flag.value, int):
        return "i"
    # Kinde knows no other numbers.
    return _FLAG_TYPES.get(ValueType(flag.type), "j")
