"""
Plain views with the manners of the API.

The routes that apps call all day do without the layers of a framework: a key, a body, one
domain call, an answer.
"""

from collections.abc import Callable
from typing import Any, Protocol

import msgspec
import structlog
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from rest_framework.views import APIView

from accounts.choices import Scope
from config.kernel.errors import DomainError

from .admission import admit
from .parameters import refuse_unknown_parameters
from .problems import MethodNotAllowed, TemporarilyUnavailable, problem_response
from .wire import StrictJSONParser

logger = structlog.get_logger(__name__)

# A view also gets what its address names, by keyword.
View = Callable[..., HttpResponse]


class RefusalWriter(Protocol):
    """How a dialect writes a refusal."""

    def __call__(self, refusal: DomainError, *, request: HttpRequest) -> HttpResponse: ...


def json_response(document: Any, *, status: int = 200) -> HttpResponse:
    """Answer with a JSON document that nobody may keep."""
    response = HttpResponse(
        msgspec.json.encode(document), status=status, content_type="application/json"
    )
    response["Cache-Control"] = "no-store"
    return response


def _as_class(view: View) -> type[APIView]:
    """The view as the framework would have it, for the schema to read. It is never served."""

    class Endpoint(APIView):
        http_method_names = ["post"]
        parser_classes = [StrictJSONParser]
        post = view

    return Endpoint


def post_endpoint(
    *, scope: Scope, write_refusal: RefusalWriter = problem_response
) -> Callable[[View], Callable[[HttpRequest], HttpResponse]]:
    """
    Make a plain POST endpoint for callers with a scope.

    The view is called with the request, the caller, the moment of receipt, and what its address
    names. What `described` says of it stands in the schema.
    """

    def decorate(view: View) -> View:
        def endpoint(request: HttpRequest, **named: str) -> HttpResponse:
            headers: dict[str, str] = {}
            try:
                if request.method != "POST":
                    raise MethodNotAllowed(allowed=["POST"])
                now = timezone.now()
                caller, standing = admit(request, scope=scope, now=now)
                headers = standing.headers()
                refuse_unknown_parameters(request, known=())
                response = view(request, caller, now, **named)
            except DomainError as refusal:
                response = write_refusal(refusal, request=request)
            except OperationalError:
                logger.exception("database_did_not_answer")
                response = write_refusal(TemporarilyUnavailable(), request=request)
            for name, value in headers.items():
                response[name] = value
            return response

        # What the schema reads of a view that is a class.
        endpoint.cls = _as_class(view)  # type: ignore[attr-defined]
        endpoint.initkwargs = {}  # type: ignore[attr-defined]
        return csrf_exempt(endpoint)

    return decorate
