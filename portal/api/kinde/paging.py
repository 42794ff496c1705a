"""Lists in pages, as Kinde's clients ask for them: forwards and backwards, ten at a time."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from django.http import HttpRequest
from drf_spectacular.utils import OpenApiParameter

from ..parameters import find_parameter, invalid_parameter, read_page_size

DEFAULT_PAGE: Final = 10
LARGEST_PAGE: Final = 500
PAGE_PARAMETERS: Final = frozenset({"page_size", "starting_after", "ending_before"})

PAGING: Final = (
    OpenApiParameter(
        "page_size",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": DEFAULT_PAGE},
        description="How many items at most.",
    ),
    OpenApiParameter(
        "starting_after", str, description="The id of the last item of the page before."
    ),
    OpenApiParameter(
        "ending_before", str, description="The id of the first item of the page after."
    ),
)
assert {parameter.name for parameter in PAGING} == PAGE_PARAMETERS

Item = TypeVar("Item")


def page_of(
    items: Sequence[Item], *, request: HttpRequest, key: Callable[[Item], str]
) -> tuple[Sequence[Item], bool]:
    """
    Return the items of the page that a request asks for, and whether there are more beyond it.

    `key` is what the cursors name. Raises `InvalidRequest` for one that names nothing, and for
    both at once.
    """
    size = read_page_size_or_ten(request)
    after = find_parameter(request, "starting_after")
    before = find_parameter(request, "ending_before")
    if before is None:
        first = 0 if after is None else _place(items, after, name="starting_after", key=key) + 1
        return items[first : first + size], len(items) > first + size
    if after is not None:
        detail = "Send `starting_after` or `ending_before`, not both."
        raise invalid_parameter("ending_before", "invalid_cursor", detail)
    end = _place(items, before, name="ending_before", key=key)
    first = max(0, end - size)
    return items[first:end], first > 0


def read_page_size_or_ten(request: HttpRequest) -> int:
    """Return how many items a page may have. Raises `InvalidRequest`."""
    if find_parameter(request, "page_size") is None:
        return DEFAULT_PAGE
    return read_page_size(request, largest=LARGEST_PAGE)


def _place(items: Sequence[Item], cursor: str, *, name: str, key: Callable[[Item], str]) -> int:
    keys = [key(item) for item in items]
    if cursor not in keys:
        raise invalid_parameter(name, "invalid_cursor", f"`{name}` names nothing in this list.")
    return keys.index(cursor)
