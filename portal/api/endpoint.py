"""
Plain views with the manners of the API.

The routes that apps call all day do without the layers of a framework: a key, a body, one
domain call, an answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol

import msgspec
import structlog
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from rest_framework.views import APIView

from accounts.api_keys.queries import CallerKey
from accounts.choices import Scope
from config.kernel.errors import DomainError

from .admission import admit
from .documents import refuse_body
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


@dataclass(frozen=True, slots=True)
class Operation:
    """What one method does: who may, which query parameters it knows, how it refuses."""

    view: View
    scope: Scope
    parameters: frozenset[str]
    write_refusal: RefusalWriter

    def answer(
        self, request: HttpRequest, caller: CallerKey, now: datetime, named: Mapping[str, str]
    ) -> HttpResponse:
        """Check what does not depend on what is asked for, and ask the view."""
        refuse_unknown_parameters(request, known=self.parameters)
        if request.method == "DELETE":
            refuse_body(request)
        return self.view(request, caller, now, **named)


class Endpoint:
    """The operations at one address, by method."""

    csrf_exempt: ClassVar = True
    initkwargs: ClassVar[dict[str, Any]] = {}

    def __init__(self, operations: Mapping[str, Operation]) -> None:
        self.operations = operations
        self.methods = {*operations} | ({"HEAD"} if "GET" in operations else set())
        # What the schema reads of a view that is a class.
        self.cls = _as_class(operations)

    def __call__(self, request: HttpRequest, **named: str) -> HttpResponse:
        method = "GET" if request.method == "HEAD" else str(request.method)
        operation = self.operations.get(method)
        write_refusal = (operation or next(iter(self.operations.values()))).write_refusal
        headers: dict[str, str] = {}
        try:
            if operation is None:
                raise MethodNotAllowed(allowed=sorted(self.methods))
            now = timezone.now()
            caller, standing = admit(request, scope=operation.scope, now=now)
            headers = standing.headers()
            response = operation.answer(request, caller, now, named)
        except DomainError as refusal:
            response = write_refusal(refusal, request=request)
        except OperationalError:
            logger.exception("database_did_not_answer")
            response = write_refusal(TemporarilyUnavailable(), request=request)
        for name, value in headers.items():
            response[name] = value
        return response


def _as_class(operations: Mapping[str, Operation]) -> type[APIView]:
    """The endpoint as the framework would have it, for the schema to read. It is never served."""
    methods = {method.lower(): operation.view for method, operation in operations.items()}
    return type(
        "EndpointOfSchema",
        (APIView,),
        {"http_method_names": list(methods), "parser_classes": [StrictJSONParser], **methods},
    )


def get_endpoint(
    *,
    scope: Scope,
    parameters: frozenset[str] = frozenset(),
    write_refusal: RefusalWriter = problem_response,
) -> Callable[[View], Endpoint]:
    """
    Make a plain GET endpoint for callers with a scope, with the query parameters that it knows.

    The view is called with the request, the caller, the moment of receipt, and what its address
    names. What `described` says of it stands in the schema.
    """
    return _endpoint("GET", scope, parameters, write_refusal)


def post_endpoint(
    *,
    scope: Scope,
    parameters: frozenset[str] = frozenset(),
    write_refusal: RefusalWriter = problem_response,
) -> Callable[[View], Endpoint]:
    """The same for POST, which is asked in its body; `parameters` are those of other dialects."""
    return _endpoint("POST", scope, parameters, write_refusal)


def put_endpoint(
    *, scope: Scope, write_refusal: RefusalWriter = problem_response
) -> Callable[[View], Endpoint]:
    """The same for PUT, which is asked in its body."""
    return _endpoint("PUT", scope, frozenset(), write_refusal)


def delete_endpoint(
    *,
    scope: Scope,
    parameters: frozenset[str] = frozenset(),
    write_refusal: RefusalWriter = problem_response,
) -> Callable[[View], Endpoint]:
    """The same for DELETE, which has no body."""
    return _endpoint("DELETE", scope, parameters, write_refusal)


def at_one_address(*endpoints: Endpoint) -> Endpoint:
    """Serve endpoints of different methods at one address."""
    operations: dict[str, Operation] = {}
    for endpoint in endpoints:
        assert not operations.keys() & endpoint.operations.keys(), "two answer the same method"
        operations |= endpoint.operations
    return Endpoint(operations)


def _endpoint(
    method: str, scope: Scope, parameters: frozenset[str], write_refusal: RefusalWriter
) -> Callable[[View], Endpoint]:
    def decorate(view: View) -> Endpoint:
        return Endpoint({method: Operation(view, scope, parameters, write_refusal)})

    return decorate
