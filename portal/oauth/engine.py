"""How allauth's engine is asked by those who come past the layers of pages."""

from collections.abc import Callable

from allauth.core import context
from django.http import HttpRequest, HttpResponse, QueryDict

Engine = Callable[[HttpRequest], HttpResponse]


def ask(engine: Engine, request: HttpRequest, *, form: QueryDict) -> HttpResponse:
    """Return the engine's answer to a request that says no more than this form."""
    put(request, query=QueryDict(), form=form)
    # The engine looks for the request there.
    with context.request_context(request):
        return engine(request)


def put(request: HttpRequest, *, query: QueryDict, form: QueryDict | None = None) -> None:
    """Let the request say this in its address, and in its body if one is given, and no more."""
    request.META["QUERY_STRING"] = query.urlencode()
    request.GET = query  # type: ignore[assignment]  # it is ours to change
    if form is not None:
        request.POST = form  # type: ignore[assignment]
