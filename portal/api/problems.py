"""
Every refusal of the API as a problem document (RFC 9457).

`status`, `title` and `code` come from the `DomainError`; its extra facts become members of the
document. The id of the request is in each, so that a person can quote it and we can find it.
"""

from http import HTTPStatus
from typing import Any, Final

import msgspec
from django.http import HttpRequest, HttpResponse

from config.kernel.errors import DomainError

PROBLEM_TYPE_PREFIX: Final = "urn:tallybook:problem:"
CONTENT_TYPE: Final = "application/problem+json"


class FieldError(msgspec.Struct, frozen=True):
    """What is wrong with one value, and where it stands (a JSON pointer into the body)."""

    pointer: str
    code: str
    detail: str


class Refusal(DomainError):
    """A refusal by the API itself. It may carry headers of the answer."""

    def __init__(self, detail: str, *, headers: dict[str, str] | None = None, **extra: Any) -> None:
        super().__init__(detail, **extra)
        self.headers = headers or {}


class InvalidRequest(Refusal):
    """The request cannot be read as what it should be; `errors` says where."""

    code = "invalid_request"
    title = "The request is not valid"
    status = 400

    def __init__(self, detail: str, *errors: FieldError) -> None:
        self.errors = list(errors)
        super().__init__(detail, errors=self.errors)


class RouteNotFound(Refusal):
    """No such address."""

    code = "route_not_found"
    title = "There is nothing at this address"
    status = 404


class MethodNotAllowed(Refusal):
    """The address exists, but not for this method."""

    code = "method_not_allowed"
    title = "The method is not allowed here"
    status = 405

    def __init__(self, *, allowed: list[str]) -> None:
        names = ", ".join(allowed)
        super().__init__(f"This address answers {names}.", headers={"Allow": names})


class TemporarilyUnavailable(Refusal):
    """The database did not answer in time; nothing was kept that was not acknowledged."""

    code = "temporarily_unavailable"
    title = "Try again in a moment"
    status = 503

    def __init__(self) -> None:
        super().__init__(
            "The request could not be finished in time. Send it again with the same ids.",
            headers={"Retry-After": "1"},
        )


class ServerFailure(Refusal):
    """Something broke on our side."""

    code = "server_error"
    title = "Something went wrong on our side"
    status = 500


def request_id(request: HttpRequest) -> str:
    """The id under which this request stands in the logs."""
    return str(request.META.get("HTTP_X_REQUEST_ID", ""))


def problem_document(refusal: DomainError, *, request: HttpRequest) -> dict[str, Any]:
    """The members of the problem document for a refusal."""
    return refusal.extra | {
        "type": PROBLEM_TYPE_PREFIX + refusal.code,
        "title": refusal.title,
        "status": int(refusal.status),
        "detail": refusal.detail,
        "code": refusal.code,
        "request_id": request_id(request),
    }


def problem_response(refusal: DomainError, *, request: HttpRequest) -> HttpResponse:
    """Answer a refusal with its problem document."""
    response = HttpResponse(
        msgspec.json.encode(problem_document(refusal, request=request)),
        status=HTTPStatus(refusal.status),
        content_type=CONTENT_TYPE,
    )
    response["Cache-Control"] = "no-store"
    for name, value in headers_of(refusal).items():
        response[name] = value
    return response


def headers_of(refusal: DomainError) -> dict[str, str]:
    """The headers that a refusal asks for."""
    return refusal.headers if isinstance(refusal, Refusal) else {}
