"""What every request passes through."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone


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
