"""
The one JSON parser of the API.

It refuses what lenient parsers let through: duplicate keys, numbers that are not finite, NUL,
lone surrogates, deep nesting, large bodies, other encodings than UTF-8. What it returns is
plain Python, safe to store and to echo.
"""

import json
import math
import re
from collections.abc import Callable, Sequence
from typing import Any, Final, NoReturn, TypeVar, cast

import msgspec
from django.http import HttpRequest
from django.http.request import RawPostDataException

from .fields import InvalidField
from .problems import FieldError, InvalidRequest, Refusal

LARGEST_BODY: Final = 1024 * 1024
DEEPEST: Final = 20

# Only an escape can smuggle these in: raw ones are not JSON, or not UTF-8.
_SUSPICIOUS_ESCAPE: Final = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")

# How msgspec words what is wrong, and where.
_MISSING: Final = re.compile(r"Object missing required field `([^`]+)`")
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_STEP: Final = re.compile(r"[.\[](\w+)\]?")

T = TypeVar("T")
Written = TypeVar("Written")
Read = TypeVar("Read")


class BodyTooLarge(Refusal):
    """The body is larger than the API reads."""

    code = "body_too_large"
    title = "The body is too large"
    status = 413

    def __init__(self) -> None:
        super().__init__(f"A body may have at most {LARGEST_BODY:,} bytes.")


class UnsupportedMediaType(Refusal):
    """The body is not declared as JSON."""

    code = "unsupported_media_type"
    title = "The body must be JSON"
    status = 415

    def __init__(self) -> None:
        super().__init__("Send the body with Content-Type: application/json.")


class _Unreadable(ValueError):
    pass


def read_body(request: HttpRequest) -> bytes:
    """
    Return the body of a JSON request.

    Raises `UnsupportedMediaType` and `BodyTooLarge`; a larger body is not even read.
    """
    if request.content_type != "application/json":
        raise UnsupportedMediaType
    return read_bytes(request)


def read_bytes(request: HttpRequest) -> bytes:
    """
    Return the body of a request, whatever it is declared as.

    Raises `BodyTooLarge`; a larger body is not even read.
    """
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if not declared.isascii() or not declared.isdigit():
        raise InvalidRequest("The Content-Length header is not a number.")
    if len(declared) > len(str(LARGEST_BODY)) or int(declared) > LARGEST_BODY:
        raise BodyTooLarge
    try:
        return request.body
    except (OSError, RawPostDataException) as error:
        raise InvalidRequest("The body could not be read to its end.") from error


def parse_document_if_any(request: HttpRequest) -> Any:
    """The document of a request whose body may be left out: an empty one then."""
    return parse_document(read_body(request)) if _has_body(request) else {}


def refuse_body(request: HttpRequest) -> None:
    """Raise `InvalidRequest` for a request that has a body where none is read."""
    if _has_body(request):
        raise InvalidRequest(f"A {request.method} has no body here: say it in the address.")


def _has_body(request: HttpRequest) -> bool:
    return request.META.get("CONTENT_LENGTH") not in (None, "", "0")


def parse_document(body: bytes) -> Any:
    """
    Parse one JSON text.

    Raises `InvalidRequest` for anything that is not strict JSON within our limits.
    """
    try:
        document = _DECODER.decode(body.decode())
        _check_depth(document, depth=1)
        if _SUSPICIOUS_ESCAPE.search(body):
            _check_texts(document)
    except _Unreadable as error:
        raise InvalidRequest(f"The body is not acceptable JSON: {error}.") from error
    except RecursionError as error:
        raise InvalidRequest("The body is not acceptable JSON: it is nested too deep.") from error
    except UnicodeDecodeError as error:
        raise InvalidRequest("The body is not UTF-8.") from error
    except json.JSONDecodeError as error:
        raise InvalidRequest(
            f"The body is not JSON: {error.msg} (line {error.lineno}, column {error.colno})."
        ) from error
    return document


def shape(document: Any, into: type[T], *, at: str = "") -> T:
    """
    Return a parsed document as one of our request types; unknown fields are refused.

    `at` is the JSON pointer at which it stands. Raises `InvalidRequest`, pointing at what is wrong.
    """
    try:
        return msgspec.convert(document, into)
    except msgspec.ValidationError as error:
        raise _misshapen(error, at=at) from error


def _misshapen(error: msgspec.ValidationError, *, at: str) -> InvalidRequest:
    detail, _, path = str(error).partition(" - at `$")
    pointer = at + _STEP.sub(r"/\1", path.removesuffix("`").replace("[...]", ""))
    if missing := _MISSING.fullmatch(detail):
        return invalid(f"{pointer}/{missing[1]}", "missing", f"`{missing[1]}` is missing.")
    if unknown := _UNKNOWN.fullmatch(detail):
        name = unknown[1][:80]
        step = name.replace("~", "~0").replace("/", "~1")
        return invalid(f"{pointer}/{step}", "unknown_field", f"There is no field `{name}`.")
    return invalid(pointer, "wrong_type", f"{detail}.")


def invalid(pointer: str, code: str, detail: str) -> InvalidRequest:
    """Say that the value at a JSON pointer is not valid."""
    return InvalidRequest(detail, FieldError(pointer, code, detail))


def read(parse: Callable[[Written], Read], written: Written, *, at: str) -> Read:
    """Return a value as `portal.api.fields` reads it. Raises `InvalidRequest`, pointing at it."""
    try:
        return parse(written)
    except InvalidField as error:
        raise invalid(at, error.code, error.detail) from error


def read_given(
    parse: Callable[[Written], Read], written: Written | None, *, at: str
) -> Read | None:
    """The same for a value that may be absent."""
    return None if written is None else read(parse, written, at=at)


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Unreadable("an object names a key twice")
    return members


def _float(literal: str) -> float:
    number = float(literal)
    if not math.isfinite(number):
        raise _Unreadable("a number is too large")
    return number


def _integer(literal: str) -> int:
    if len(literal) > 40:
        raise _Unreadable("a number is too long")
    return int(literal)


def _constant(literal: str) -> NoReturn:
    raise _Unreadable(f"{literal} is not a JSON number")


def _check_depth(value: Any, *, depth: int) -> None:
    if depth > DEEPEST:
        raise _Unreadable("it is nested too deep")
    kind = type(value)
    for inner in value.values() if kind is dict else value if kind is list else ():
        if type(inner) is dict or type(inner) is list:
            _check_depth(inner, depth=depth + 1)


def _check_texts(value: Any) -> None:
    if isinstance(value, str):
        if "\0" in value:
            raise _Unreadable("a text contains NUL")
        if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
            raise _Unreadable("a text contains half of a surrogate pair")
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check_texts(name)
            _check_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_texts(inner)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=cast(Any, _object),
    parse_float=_float,
    parse_int=_integer,
    parse_constant=_constant,
)
