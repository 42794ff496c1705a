"""Refusals in Kinde's envelope: `{"errors": [{"code", "message"}]}`."""

from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponse

from config.kernel.errors import DomainError

from ..admission import MissingScope, Unauthenticated
from ..endpoint import json_response
from ..problems import headers_of

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


def write_kinde_errors(refusal: DomainError, *, request: HttpRequest) -> HttpResponse:
    """Answer a refusal as Kinde would."""
    errors = [
        KindeError(error.code.upper(), ": ".join(filter(None, (error.pointer[1:], error.detail))))
        for error in refusal.extra.get("errors", [])
    ]
    code = _KINDE_CODES.get(refusal.code, refusal.code.upper())
    document = KindeErrors(errors or [KindeError(code, refusal.detail)])
    response = json_response(document, status=refusal.status)
    for name, value in headers_of(refusal).items():
        response[name] = value
    return response
