"""`GET /embed/v1/tallybook.js`: the components, for `<script type="module">` in any page."""

from functools import cache
from pathlib import Path
from typing import Final

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, set_response_etag
from django.views.decorators.http import require_http_methods

HEADERS: Final = {
    "Content-Type": "text/javascript; charset=utf-8",
    # What changes within a version changes nothing for pages that use it.
    "Cache-Control": "public, max-age=3600",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}


@require_http_methods(["GET", "HEAD"])
def components(request: HttpRequest) -> HttpResponse:
    """Return the module, or 304 to a browser that has it."""
    response = HttpResponse(_module())
    set_response_etag(response)
    etag = response["ETag"]
    answer = get_conditional_response(request, etag=etag, response=response) or response
    # A browser that has it already also wants to know who may use it.
    for name, value in HEADERS.items():
        answer[name] = value
    return answer


@cache
def _module() -> bytes:
    path = finders.find("embed/v1/tallybook.js")
    assert isinstance(path, str), "the components are part of this installation"
    return Path(path).read_bytes()
