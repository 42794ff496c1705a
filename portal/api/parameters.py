"""Query parameters: known ones once each, and nothing else."""

import re
from collections.abc import Callable, Collection
from enum import Enum
from typing import Final, TypeVar

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, QueryDict

from .fields import InvalidField
from .problems import FieldError, InvalidRequest

_PAGE_SIZE: Final = re.compile(r"[1-9][0-9]{0,3}")
LARGEST_PAGE: Final = 100
# No text in the database holds it, and nothing is looked for by it.
NUL: Final = "\x00"

Read = TypeVar("Read")
Choice = TypeVar("Choice", bound=Enum)


def refuse_unknown_parameters(request: HttpRequest, *, known: Collection[str]) -> None:
    """Raise `InvalidRequest` for a parameter that is unknown here, given twice, or no text."""
    if not request.META.get("QUERY_STRING"):
        return
    for name, values in _parameters(request).lists():
        if name not in known:
            raise InvalidRequest(
                f"There is no query parameter `{name[:80]}` here.",
                FieldError(f"?{name[:80]}", "unknown_parameter", "Unknown parameters are refused."),
            )
        if len(values) > 1:
            raise InvalidRequest(
                f"The query parameter `{name}` is given more than once.",
                FieldError(f"?{name}", "repeated_parameter", "Give each parameter once."),
            )
        if NUL in values[0]:
            detail = f"`{name}` holds a character that no text has."
            raise invalid_parameter(name, "invalid_text", detail)


def find_parameter(request: HttpRequest, name: str) -> str | None:
    """Return a query parameter; an empty one counts as a value."""
    value = _parameters(request).get(name)
    return value if value is None else str(value)


def read_parameter(parse: Callable[[str], Read], request: HttpRequest, name: str) -> Read:
    """
    Return a query parameter that must be there, as `portal.api.fields` reads it.

    Raises `InvalidRequest`, pointing at it.
    """
    value = find_parameter(request, name)
    if value is None:
        raise invalid_parameter(name, "missing", f"The query parameter `{name}` is missing.")
    try:
        return parse(value)
    except InvalidField as error:
        raise invalid_parameter(name, error.code, error.detail) from error


def read_given_parameter(
    parse: Callable[[str], Read], request: HttpRequest, name: str
) -> Read | None:
    """The same for one that may be absent."""
    return None if find_parameter(request, name) is None else read_parameter(parse, request, name)


def read_choice(kind: type[Choice], request: HttpRequest, name: str) -> Choice | None:
    """Return a query parameter that names one of a few; None if it is not given."""
    value = find_parameter(request, name)
    if value is None:
        return None
    known = {choice.value: choice for choice in kind}
    if value not in known:
        names = ", ".join(map(str, known))
        raise invalid_parameter(name, "invalid_parameter", f"`{name}` is one of {names}.")
    return known[value]


def invalid_parameter(name: str, code: str, detail: str) -> InvalidRequest:
    """Say that the value of a query parameter is not valid."""
    return InvalidRequest(detail, FieldError(f"?{name}", code, detail))


def read_page_size(request: HttpRequest, *, largest: int = LARGEST_PAGE) -> int:
    """Return how many items a page may have: the most unless given. Raises `InvalidRequest`."""
    value = find_parameter(request, "page_size")
    if value is None:
        return largest
    if _PAGE_SIZE.fullmatch(value) is None or int(value) > largest:
        detail = f"`page_size` is a number from 1 to {largest}."
        raise invalid_parameter("page_size", "invalid_parameter", detail)
    return int(value)


def _parameters(request: HttpRequest) -> QueryDict:
    try:
        return request.GET
    except SuspiciousOperation as error:
        raise InvalidRequest("There are too many query parameters.") from error
