"""Lists, in pages that go on after the last item of the one before."""

import re
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from django.http import HttpRequest

from .parameters import LARGEST_PAGE, find_parameter, invalid_parameter, read_page_size

PAGE_PARAMETERS: Final = frozenset({"page_size", "starting_after"})
_ENTRY_ID: Final = re.compile(r"[1-9][0-9]{0,17}")

Item = TypeVar("Item")


def page_of(
    items: Sequence[Item],
    *,
    request: HttpRequest,
    key: Callable[[Item], str],
    largest: int = LARGEST_PAGE,
    cursor: str = "starting_after",
) -> tuple[Sequence[Item], bool]:
    """
    Return the items of the page that a request asks for, and whether there are more.

    `key` is what the `cursor` names. Raises `InvalidRequest` when no item has that key.
    """
    page_size = read_page_size(request, largest=largest)
    after = find_parameter(request, cursor)
    first = 0
    if after is not None:
        keys = [key(item) for item in items]
        if after not in keys:
            detail = f"`{cursor}` names nothing in this list: send the key of the last item seen."
            raise invalid_parameter(cursor, "invalid_cursor", detail)
        first = keys.index(after) + 1
    return items[first : first + page_size], len(items) > first + page_size


def find_entry_before(request: HttpRequest) -> int | None:
    """Return the number of the ledger entry after which a page begins, if the request names one."""
    after = find_parameter(request, "starting_after")
    if after is None:
        return None
    if _ENTRY_ID.fullmatch(after) is None:
        detail = "`starting_after` names no entry: send the id of the last one seen."
        raise invalid_parameter("starting_after", "invalid_cursor", detail)
    return int(after)
