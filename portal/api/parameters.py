"""Query parameters: known ones once each, and nothing else."""

import re
from collections.abc import Collection
from typing import Final

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, QueryDict

from .problems import FieldError, InvalidRequest

_PAGE_SIZE: Final = re.compile(r"[1-9][0-9]{0,2}")
LARGEST_PAGE: Final = 100


def refuse_unknown_parameters(request: HttpRequest, *, known: Collection[str]) -> None:
    """Raise `InvalidRequest` for a parameter that is unknown here or given twice."""
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


def find_parameter(request: HttpRequest, name: str) -> str | None:
    """Return a query parameter; an empty one counts as a value."""
    value = _parameters(request).get(name)
    return value if value is None else str(value)


def read_page_size(request: HttpRequest) -> int:
    """Return how many items a page may have, from 1 to 100. Raises `InvalidRequest`."""
    value = find_parameter(request, "page_size")
    if value is None:
        return LARGEST_PAGE
    if _PAGE_SIZE.fullmatch(value) is None or int(value) > LARGEST_PAGE:
        raise InvalidRequest(
            f"`page_size` is a number from 1 to {LARGEST_PAGE}.",
            FieldError("?page_size", "invalid_parameter", f"Send 1 to {LARGEST_PAGE}."),
        )
    return int(value)


def _parameters(request: HttpRequest) -> QueryDict:
    try:
        return request.GET
    except SuspiciousOperation as error:
        raise InvalidRequest("There are too many query parameters.") from error
