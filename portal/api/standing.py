"""Where an organization stands now, for what apps ask on every request of theirs."""

from datetime import datetime

from django.http import HttpRequest

from accounts.api_keys.queries import CallerKey
from accounts.organizations.clock import time_of
from billing.agreements.operations import bring_current
from billing.entitlements.standing import Standing, read_standing

from .organizations import OrganizationNotFound, find_tenant, get_named_organization
from .parameters import find_parameter


def current_standing(
    *, caller: CallerKey, reference: str | None, now: datetime, member: str | None = None
) -> tuple[Standing, datetime]:
    """
    Return where the organization stands that a request names, up to date with the clock, and what
    time it is there. One statement, unless its agreement has come to something.

    Raises `OrganizationRequired` and `OrganizationNotFound`.
    """
    organization_id = find_tenant(caller=caller, reference=reference)
    now = time_of(organization_id=organization_id, now=now)
    standing = read_standing(organization_id=organization_id, now=now, member=member)
    if standing.is_due:
        organization = get_named_organization(caller=caller, reference=reference)
        bring_current(organization=organization, now=now)
        standing = read_standing(organization_id=organization_id, now=now, member=member)
    if not standing.is_open:
        raise OrganizationNotFound
    return standing, now


def standing_asked_for(
    request: HttpRequest, caller: CallerKey, now: datetime, *, member: str | None = None
) -> tuple[Standing, datetime]:
    """The same for the organization that the query names, or the caller's own."""
    reference = find_parameter(request, "organization")
    return current_standing(caller=caller, reference=reference, now=now, member=member)
