"""
What programs and browsers send, made harmless before anybody believes it.

Only the parameters of the protocol come through, each once, short and printable: the engine behind
would also take facts from parameters that are none.
"""

import base64
import binascii
from collections.abc import Collection
from typing import Final
from urllib.parse import unquote_plus

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, QueryDict
from oauthlib.oauth2.rfc6749.errors import InvalidClientError, InvalidRequestError

LARGEST_BODY: Final = 16 * 1024
LONGEST_VALUE: Final = 4_000
_FORM: Final = "application/x-www-form-urlencoded"
_BASIC: Final = "basic "


def read_form(request: HttpRequest, *, known: Collection[str]) -> QueryDict:
    """
    Return the known parameters of a form; others are left out, as the protocol wants it.

    A client that shows its name and secret in the `Authorization` header is found in the form
    like any other. Raises `InvalidRequestError` and `InvalidClientError`.
    """
    form = known_parameters(_sent(request), known=known)
    _move_credentials(request, form)
    return form


def known_parameters(sent: QueryDict, *, known: Collection[str]) -> QueryDict:
    """
    Return these parameters and no others; an empty one counts as left out.

    Raises `InvalidRequestError` for one that is given twice, too long or not printable.
    """
    kept = QueryDict(mutable=True)
    for name, values in sent.lists():
        if name in known and values != [""]:
            kept[name] = _only(name, [str(value) for value in values])
    return kept


def _sent(request: HttpRequest) -> QueryDict:
    if request.META.get("QUERY_STRING"):
        raise InvalidRequestError("Send the parameters in the body, not in the address.")
    if request.content_type != _FORM:
        raise InvalidRequestError(f"Send the parameters as {_FORM}.")
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if not declared.isascii() or not declared.isdigit() or len(declared) > len(str(LARGEST_BODY)):
        raise InvalidRequestError("The Content-Length header is not acceptable.")
    if int(declared) > LARGEST_BODY:
        raise InvalidRequestError(f"A body may have at most {LARGEST_BODY:,} bytes.")
    try:
        return request.POST
    except (SuspiciousOperation, BadRequest, OSError) as error:
        raise InvalidRequestError("The body cannot be read.") from error


def _only(name: str, values: list[str]) -> str:
    if len(values) > 1:
        raise InvalidRequestError(f"The parameter {name} is given more than once.")
    if len(values[0]) > LONGEST_VALUE or not values[0].isprintable():
        raise InvalidRequestError(f"The parameter {name} has characters that cannot be read.")
    return values[0]


def _move_credentials(request: HttpRequest, form: QueryDict) -> None:
    header = request.META.pop("HTTP_AUTHORIZATION", "")
    if not header:
        return
    if not header.lower().startswith(_BASIC):
        raise InvalidClientError("Show the client with HTTP Basic authentication or in the body.")
    if "client_secret" in form:
        raise InvalidRequestError(
            "Show the client's secret in the header or the body, not in both."
        )
    client_id, secret = _basic(header[len(_BASIC) :])
    if form.setdefault("client_id", client_id) != client_id:
        raise InvalidRequestError("The header and the body name different clients.")
    form["client_secret"] = secret


def _basic(encoded: str) -> tuple[str, str]:
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise InvalidClientError("The Authorization header cannot be read.") from error
    client_id, colon, secret = decoded.partition(":")
    named, shown = unquote_plus(client_id), unquote_plus(secret)
    if not colon or not named.isprintable() or not shown.isprintable():
        raise InvalidClientError("The Authorization header cannot be read.")
    return named, shown
