"""The addresses of the product, and before them a yardstick that needs nothing to answer."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def constant(request: HttpRequest) -> HttpResponse:
    """Answer what a flag looks like, whoever asks."""
    return HttpResponse(
        b'{"key":"advanced_ai","type":"boolean","value":true,"source":"plan"}',
        content_type="application/json",
    )


urlpatterns = [path("api/v1/constant", constant), path("", include("config.urls"))]
