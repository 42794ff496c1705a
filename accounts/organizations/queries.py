"""Find organizations. Closed ones are not found."""

from collections.abc import Collection

from django.db.models import Q

from config.kernel.errors import NotFound

from ..api_keys.queries import CallerKey
from ..choices import Role
from ..models import Membership, Organization, User


def get_organization(*, code: str) -> Organization:
    """Return the organization with this code (`org_...`). Raises `NotFound`."""
    organization = find_organization_of_code(code=code)
    if organization is None:
        raise NotFound("There is no such organization.")
    return organization


def find_organization_of_code(*, code: str) -> Organization | None:
    """Return the organization with this code (`org_...`); None if there is none."""
    return Organization.objects.open().filter(public_id=code).first()


def find_organization(*, reference: str) -> Organization | None:
    """
    Return the organization that an app calls by this name, its code or its external id.

    A code wins over an equal external id, so nobody can hide another organization behind one.
    """
    named = list(
        Organization.objects.open().filter(Q(public_id=reference) | Q(external_id=reference))[:2]
    )
    named.sort(key=lambda organization: organization.public_id != reference)
    return named[0] if named else None


def find_by_external_id(*, external_id: str) -> Organization | None:
    """Return the organization that the company knows by this id; None if there is none."""
    return Organization.objects.open().filter(external_id=external_id).first()


def list_organizations(
    *,
    only: int | None,
    external_id: str | None = None,
    after: Organization | None = None,
    limit: int,
) -> list[Organization]:
    """
    Return organizations, newest first, in pages.

    `only` is the key of the one that may be seen; None is for those who may see all.
    """
    found = Organization.objects.open().order_by("-pk")
    if only is not None:
        found = found.filter(pk=only)
    if external_id is not None:
        found = found.filter(external_id=external_id)
    if after is not None:
        found = found.filter(pk__lt=after.pk)
    return list(found[:limit])


def get_organization_of_key(*, caller: CallerKey) -> Organization:
    """Return the organization that an API key belongs to. Raises `NotFound` for a platform key."""
    named = [] if caller.organization_id is None else [caller.organization_id]
    organization = Organization.objects.open().filter(pk__in=named).first()
    if organization is None:
        raise NotFound("There is no such organization.")
    return organization


def find_organization_ids(*, references: Collection[str]) -> dict[str, int]:
    """
    Return the database ids of the organizations that an app calls by these names.

    The same rule as in `find_organization`, for many at once; names without an organization
    are left out.
    """
    named: dict[str, int] = {}
    rows = Organization.objects.open().filter(
        Q(public_id__in=references) | Q(external_id__in=references)
    )
    for pk, public_id, external_id in rows.values_list("pk", "public_id", "external_id"):
        named[public_id] = pk
        if external_id is not None:
            named.setdefault(external_id, pk)
    return {reference: named[reference] for reference in references if reference in named}


def list_organizations_of(*, user: User) -> list[Organization]:
    """Return the organizations that a person belongs to, by name."""
    memberships = (
        Membership.objects.filter(user=user, organization__closed_at=None)
        .select_related("organization")
        .order_by("organization__name", "organization_id")
    )
    return [membership.organization for membership in memberships]


def list_owner_names(*, organization: Organization) -> list[str]:
    """Return the names of the owners, so that a person can be told whom to ask."""
    owners = (
        Membership.objects.owned_by(organization)
        .filter(role=Role.OWNER)
        .select_related("user")
        .order_by("pk")
    )
    return [membership.user.get_full_name() for membership in owners]
