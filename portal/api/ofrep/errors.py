"""Refusals as OFREP writes them."""

from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final

import msgspec
from django.http import HttpRequest, HttpResponse

from billing.entitlements.flags import FlagNotFound
from config.kernel.errors import DomainError

from ..organizations import OrganizationNotFound, OrganizationRequired
from ..problems import Refusal, headers_of

OFREP_PREFIX: Final = "/ofrep/"


class ErrorCode(StrEnum):
    """Why a flag was not evaluated, in the words of the protocol."""

    PARSE_ERROR = "PARSE_ERROR"
    TARGETING_KEY_MISSING = "TARGETING_KEY_MISSING"
    INVALID_CONTEXT = "INVALID_CONTEXT"
    FLAG_NOT_FOUND = "FLAG_NOT_FOUND"
    GENERAL = "GENERAL"


class InvalidContext(Refusal):
    """The context can be read, but says something that cannot be."""

    code = "invalid_context"
    title = "The context is not valid"
    status = 400


# Statuses that say all by themselves; the others come with the flag and a code.
_BARE: Final = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)


def write_ofrep_error(refusal: DomainError, *, request: HttpRequest) -> HttpResponse:
    """Answer a refusal as the protocol wants it. An organization of others is one of nobody."""
    status = _status_of(refusal)
    document: dict[str, Any] = {"errorDetails": refusal.detail}
    if status not in _BARE and status < HTTPStatus.INTERNAL_SERVER_ERROR:
        document |= _named(request) | {"errorCode": _code_of(refusal)}
    response = HttpResponse(
        msgspec.json.encode(document), status=status, content_type="application/json"
    )
    response["Cache-Control"] = "no-store"
    for name, value in headers_of(refusal).items():
        response[name] = value
    return response


def _status_of(refusal: DomainError) -> HTTPStatus:
    if isinstance(refusal, OrganizationNotFound):
        return HTTPStatus.FORBIDDEN
    status = HTTPStatus(refusal.status)
    is_of_the_protocol = status in _BARE or status == HTTPStatus.NOT_FOUND
    if is_of_the_protocol or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return status
    return HTTPStatus.BAD_REQUEST


def _code_of(refusal: DomainError) -> ErrorCode:
    match refusal:
        case FlagNotFound():
            return ErrorCode.FLAG_NOT_FOUND
        case OrganizationRequired():
            return ErrorCode.TARGETING_KEY_MISSING
        case InvalidContext():
            return ErrorCode.INVALID_CONTEXT
    is_unreadable = _status_of(refusal) == HTTPStatus.BAD_REQUEST
    return ErrorCode.PARSE_ERROR if is_unreadable else ErrorCode.GENERAL


def _named(request: HttpRequest) -> dict[str, str]:
    """The flag that was asked for, where it was one."""
    match = request.resolver_match
    key = None if match is None else match.kwargs.get("key")
    return {} if key is None else {"key": str(key)}
