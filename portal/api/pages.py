"""Lists, in pages that go on after the last item of the one before."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from django.http import HttpRequest

from .parameters import find_parameter, read_page_size
from .problems import FieldError, InvalidRequest

PAGE_PARAMETERS: Final = frozenset({"page_size", "starting_after"})

Item = TypeVar("Item")


def page_of(
    items: Sequence[Item], *, request: HttpRequest, key: Callable[[Item], str]
) -> tuple[Sequence[Item], bool]:
    """
    Return the items of the page that a request asks for, and whether there are more.

    `key` is what `starting_after` names. Raises `InvalidRequest` when no item has that key.
    """
    page_size = read_page_size(request)
    after = find_parameter(request, "starting_after")
    first = 0
    if after is not None:
        keys = [key(item) for item in items]
        if after not in keys:
            raise InvalidRequest(
                "`starting_after` names nothing in this list.",
                FieldError(
                    "?starting_after", "invalid_cursor", "Send the key of the last item you saw."
                ),
            )
        first = keys.index(after) + 1
    return items[first : first + page_size], len(items) > first + page_size
