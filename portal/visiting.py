"""
Who looks at the portal with this browser.

Somebody who signed in; or a guest, whom a one-time link let in and who is not signed in as far as
the rest of the house knows; or somebody of the staff on a visit, who stays who they are.
"""

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import StaffVisit, User
from accounts.visits.guests import Guest, find_guest
from accounts.visits.sessions import link_of, visit_of
from accounts.visits.staff import find_staff_visit

from .memo import once_per_request


@once_per_request
def person_of(request: HttpRequest) -> User | None:
    """Return who looks: whoever is signed in, else the guest."""
    user = getattr(request, "user", None)
    if isinstance(user, User):
        return user
    guest = guest_of(request)
    return None if guest is None else guest.membership.user


@once_per_request
def guest_of(request: HttpRequest) -> Guest | None:
    """Return whom a link let in. Whoever signs in is no guest any more."""
    link_id = _without_signing_in(request)
    return None if link_id is None else find_guest(link_id=link_id, now=timezone.now())


def was_a_guest(request: HttpRequest) -> bool:
    """Whether a link let the browser in whose session is over."""
    return _without_signing_in(request) is not None and guest_of(request) is None


@once_per_request
def staff_visit_of(request: HttpRequest) -> StaffVisit | None:
    """Return the visit to a customer that somebody of the staff is on."""
    user = getattr(request, "user", None)
    visit_id = visit_of(request.session) if isinstance(user, User) else None
    if visit_id is None:
        return None
    assert isinstance(user, User)
    return find_staff_visit(visit_id=visit_id, user=user, now=timezone.now())


def _without_signing_in(request: HttpRequest) -> str | None:
    """The link of the browser's session, unless somebody is signed in."""
    if not hasattr(request, "session") or isinstance(getattr(request, "user", None), User):
        return None
    return link_of(request.session)
