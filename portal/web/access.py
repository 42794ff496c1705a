"""What a view may rely on: who asks, for which organization, when, and that they may."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accounts.access.permissions import Permission, has_permission
from accounts.audit.actor import Actor
from accounts.memberships.queries import list_names_with
from accounts.models import Membership, Organization, User
from accounts.organizations.clock import time_of

from ..looking import look_only
from ..standing import see_to_what_is_due
from ..tenancy import tenancy_of
from ..visiting import person_of, staff_visit_of, was_a_guest

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in, or a guest, and the moment of the request, read here, once."""

    user: User
    actor: Actor
    now: datetime


@dataclass(frozen=True, slots=True)
class Visit(Person):
    """Somebody who looks at one of their organizations."""

    membership: Membership

    @property
    def organization(self) -> Organization:
        """The organization in use."""
        return self.membership.organization

    def may(self, permission: Permission) -> bool:
        """Whether the person may do this here."""
        return has_permission(self.membership.role, permission)


PersonView = Callable[Concatenate[HttpRequest, Person, P], HttpResponseBase]
OrganizationView = Callable[Concatenate[HttpRequest, Visit, P], HttpResponseBase]
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def person_page(view: PersonView[P]) -> View[P]:
    """
    Ask visitors to sign in; hand the view the person who did. No browser keeps the page.

    Guests are asked as well: a link does not open what is a person's own.
    """

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        assert isinstance(request.user, User), request.user
        return view(request, Person(**_facts(request, request.user)), *args, **kwargs)

    return guarded


def organization_page(
    permission: Permission, *, in_real_time: bool = False
) -> Callable[[OrganizationView[P]], View[P]]:
    """
    Hand the view the organization in use, with its periods open and its time zone set.

    Visitors are asked to sign in, people without an organization to start one, and people
    without the permission are told who has it. Staff on a visit look, and change nothing.
    `in_real_time` is for what keeps to no test clock: keys and webhooks.
    """

    def decorate(view: OrganizationView[P]) -> View[P]:
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            person, membership = person_of(request), tenancy_of(request).membership
            if person is None:
                return _ask_to_sign_in(request)
            if membership is None:
                return redirect("portal:start")
            visit = Visit(**_facts(request, person), membership=membership)
            at = visit.now
            visit = replace(visit, now=time_of(organization_id=membership.organization_id, now=at))
            timezone.activate(ZoneInfo(visit.organization.time_zone))
            if not visit.may(permission):
                return _not_allowed(request, visit, permission)
            see_to_what_is_due(request, organization=visit.organization, now=visit.now)
            seen = replace(visit, now=at) if in_real_time else visit
            if staff_visit_of(request) is None:
                return view(request, seen, *args, **kwargs)
            return look_only(request, lambda: view(request, seen, *args, **kwargs))

        return guarded

    return decorate


def _facts(request: HttpRequest, user: User) -> dict[str, Any]:
    return {
        "user": user,
        "actor": Actor.for_user(user, request.META.get("HTTP_X_REQUEST_ID", "")),
        "now": timezone.now(),
    }


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Guests whose time is up are told so once; they may not have an idea how to sign in."""
    if was_a_guest(request):
        request.session.flush()
        return render(request, "portal/portal_link_over.html", status=403)
    return redirect_to_login(request.get_full_path())


def _not_allowed(request: HttpRequest, visit: Visit, permission: Permission) -> HttpResponse:
    names = list_names_with(organization=visit.organization, permission=permission)
    return render(request, "portal/not_allowed.html", {"who_may": names}, status=403)
