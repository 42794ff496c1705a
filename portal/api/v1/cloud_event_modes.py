"""The three ways in which CloudEvents come by HTTP: structured, batched and binary."""

import re
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest

from ..documents import UnsupportedMediaType, invalid, parse_document, read_bytes
from ..problems import InvalidRequest, Refusal
from .cloud_event import is_json

STRUCTURED: Final = "application/cloudevents+json"
BATCHED: Final = "application/cloudevents-batch+json"
EVENT_FORMATS: Final = "application/cloudevents"

# The attributes that are read. Extensions may come beside them.
_ATTRIBUTES: Final = ("specversion", "id", "source", "type", "subject", "time")
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ENCODED: Final = re.compile(r"(?:[^%]|%[0-9A-Fa-f]{2})*")


class UnsupportedEventFormat(Refusal):
    """The request carries no CloudEvent, or not in JSON."""

    code = UnsupportedMediaType.code
    title = "The body must be a CloudEvent in JSON"
    status = UnsupportedMediaType.status

    def __init__(self) -> None:
        super().__init__(
            f"Send Content-Type: {STRUCTURED} or {BATCHED}, or JSON data with the attributes in "
            "ce- headers."
        )


def read_event_alone(request: HttpRequest) -> Any:
    """
    Return the event of a structured or binary request, in the JSON format; None for a batch.

    Raises `UnsupportedEventFormat`, `BodyTooLarge` and `InvalidRequest`.
    """
    _check_charset(request)
    content_type = str(request.content_type)
    if content_type == BATCHED:
        return None
    if content_type == STRUCTURED:
        return parse_document(read_bytes(request))
    if content_type.startswith(EVENT_FORMATS) or not _has_attributes(request):
        raise UnsupportedEventFormat
    return _read_binary(request, content_type=content_type)


def _check_charset(request: HttpRequest) -> None:
    charset = (request.content_params or {}).get("charset", "utf-8")
    if charset.lower() not in {"utf-8", "us-ascii"}:
        raise UnsupportedEventFormat


def _has_attributes(request: HttpRequest) -> bool:
    return any(name.startswith("HTTP_CE_") for name in request.META)


def _read_binary(request: HttpRequest, *, content_type: str) -> dict[str, Any]:
    event: dict[str, Any] = {}
    for name in _ATTRIBUTES:
        value = request.META.get(f"HTTP_CE_{name.upper()}")
        if value is not None:
            event[name] = _decoded(value, name=name)
    if "HTTP_TRANSFER_ENCODING" in request.META:
        # Data without a length would pass for none, and the event for one of a single action.
        raise InvalidRequest("Send the data with a Content-Length.")
    body = read_bytes(request)
    if body:
        if not is_json(content_type):
            raise UnsupportedEventFormat
        event["data"] = parse_document(body)
    return event


def _decoded(value: str, *, name: str) -> str:
    """
    Return what a header says: unquoted, then decoded once from percent signs.

    A proxy joins a header that is sent twice with a comma, so a comma has to be encoded.
    """
    quoted = _QUOTED.fullmatch(value)
    text = value if quoted is None else re.sub(r"\\(.)", r"\1", quoted[1])
    if quoted is None and ("," in value or '"' in value):
        raise _unreadable(name, "is sent once, with commas and quotation marks encoded")
    if not text.isascii() or _ENCODED.fullmatch(text) is None:
        raise _unreadable(name, "is ASCII, and everything else is percent-encoded UTF-8")
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError as error:
        raise _unreadable(name, "is percent-encoded UTF-8") from error


def _unreadable(name: str, rule: str) -> InvalidRequest:
    return invalid(f"/{name}", "invalid_header", f"The header ce-{name} {rule}.")
