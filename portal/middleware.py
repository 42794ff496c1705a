"""What every request passes through."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from accounts.people.language import find_chosen_language

from .tenancy import tenancy_of
from .visiting import person_of


def time_zone_of_nobody(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """
    Start every request in the installation's time zone.

    A thread still holds the zone of the organization that it served last; a page of an
    organization sets its own.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        timezone.deactivate()
        return get_response(request)

    return middleware


def language_of_the_reader(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """
    Speak the language that the person or their organization chose.

    Everybody else is spoken to as Django's own middleware found out before: in the language of
    the switch (a cookie), else in the browser's. A request without a session is not made to
    depend on one.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            chosen = _chosen_by_the_reader(request)
            if chosen is not None:
                translation.activate(chosen)
        return get_response(request)

    return middleware


def _chosen_by_the_reader(request: HttpRequest) -> str | None:
    person = person_of(request)
    if person is None:
        return None
    own = find_chosen_language(user=person, organization=None)
    if own is not None:
        return own
    membership = tenancy_of(request).membership
    return find_chosen_language(
        user=None, organization=None if membership is None else membership.organization
    )
