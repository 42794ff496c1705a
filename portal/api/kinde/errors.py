"""Refusals in Kinde's envelope: `{"errors": [{"code", "message"}]}`."""

from dataclasses import replace
from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponse

from config.kernel.errors import DomainError

from ..admission import MissingScope, Unauthenticated
from ..endpoint import json_response
from ..problems import RouteNotFound, headers_of
from ..schema import KEYED

# Where Kinde has a name of its own for a refusal.
_KINDE_CODES: Final = {
    Unauthenticated.code: "INVALID_CREDENTIALS",
    MissingScope.code: "SCOPE_MISSING",
}


class KindeError(msgspec.Struct, frozen=True):
    """One reason for a refusal."""

    code: str
    message: str


class KindeErrors(msgspec.Struct, frozen=True):
    """Why the request was refused."""

    errors: list[KindeError]


class KindeRouteNotFound(msgspec.Struct, frozen=True):
    """That there is no such address; here Kinde has one error in place of a list."""

    errors: KindeError


# With what the operations of this dialect refuse.
READING: Final = replace(
    KEYED.and_also(404),
    document=KindeErrors,
    on_payment=KindeErrors,
    content_type="application/json",
)
WRITING: Final = READING.and_also(409, 413, 415)


def write_kinde_errors(refusal: DomainError, *, request: HttpRequest) -> HttpResponse:
    """Answer a refusal as Kinde would."""
    document = _document_of(refusal)
    response = json_response(document, status=refusal.status)
    for name, value in headers_of(refusal).items():
        response[name] = value
    return response


def _document_of(refusal: DomainError) -> KindeErrors | KindeRouteNotFound:
    if isinstance(refusal, RouteNotFound):
        return KindeRouteNotFound(
            KindeError("ROUTE_NOT_FOUND", "The requested API route does not exist")
        )
    errors = [
        KindeError(error.code.upper(), ": ".join(filter(None, (error.pointer[1:], error.detail))))
        for error in refusal.extra.get("errors", [])
    ]
    code = _KINDE_CODES.get(refusal.code, refusal.code.upper())
    return KindeErrors(errors or [KindeError(code, refusal.detail)])
