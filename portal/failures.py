"""What is answered when no view could: a page for people, a problem document for programs."""

from django.http import HttpRequest, HttpResponseBase
from django.views import defaults

from .api.fallbacks import broken_request, is_api_request, server_failure


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """The request was broken before it reached a view."""
    if is_api_request(request):
        return broken_request(request)
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """A view failed. What happened stands in the logs."""
    if is_api_request(request):
        return server_failure(request)
    return defaults.server_error(request)
