"""The addresses of the product, and before them a yardstick that needs nothing to answer."""

from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import include, path

BARE = Engine().from_string("<!doctype html><html><h1>{{ greeting }}</h1></html>")


def constant(request: HttpRequest) -> HttpResponse:
    """Answer what a flag looks like, whoever asks."""
    return HttpResponse(
        b'{"key":"advanced_ai","type":"boolean","value":true,"source":"plan"}',
        content_type="application/json",
    )


def bare_page(request: HttpRequest) -> HttpResponse:
    """Answer a template of one line, whoever looks."""
    return HttpResponse(BARE.render(Context({"greeting": "Hello"})))


urlpatterns = [
    path("api/v1/constant", constant),
    path("bare-page", bare_page),
    path("", include("config.urls")),
]
