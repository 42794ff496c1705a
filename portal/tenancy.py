"""In whose name somebody looks at the portal."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from accounts.memberships.queries import list_memberships_of
from accounts.models import Membership, Organization, User

from .memo import once_per_request
from .visiting import guest_of, staff_visit_of

_CHOSEN: Final = "organization"


@dataclass(frozen=True, slots=True)
class Tenancy:
    """The organizations that a person belongs to, and their place in the one they look at."""

    organizations: tuple[Organization, ...]
    membership: Membership | None


@once_per_request
def tenancy_of(request: HttpRequest) -> Tenancy:
    """
    Return the person's organizations and the one in use: the chosen one, else the first.

    Guests and staff on a visit see one organization. Staff have a place of the role with whose
    eyes they look, which is stored nowhere.
    """
    guest, visit = guest_of(request), staff_visit_of(request)
    if guest is not None:
        return Tenancy((guest.membership.organization,), guest.membership)
    if visit is not None:
        place = Membership(organization=visit.organization, user=visit.user, role=visit.role)
        return Tenancy((visit.organization,), place)
    if not isinstance(request.user, User):
        return Tenancy((), None)
    places = list_memberships_of(user=request.user)
    if not places:
        return Tenancy((), None)
    chosen = request.session.get(_CHOSEN)
    current = next((place for place in places if place.organization.code == chosen), places[0])
    return Tenancy(tuple(place.organization for place in places), current)


def choose_organization(request: HttpRequest, organization: Organization) -> None:
    """
    Look at this organization from the next page on.

    The caller knows that the person belongs to it; a page checks it again.
    """
    request.session[_CHOSEN] = organization.code
