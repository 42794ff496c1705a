"""Which kinds of events there are: each app declares its own when it starts."""

import re
from collections.abc import Collection, Mapping
from typing import Final

from django.utils.translation import gettext_noop

TEST_TYPE: Final = "webhook.test"
_TYPE: Final = re.compile(r"[a-z_]+(\.[a-z_]+)+")

_declared: Final[dict[str, str]] = {TEST_TYPE: gettext_noop("Sent when somebody asks for a test.")}
_on_request: Final[set[str]] = set()


def declare(types: Mapping[str, str], *, on_request: Collection[str] = ()) -> None:
    """
    Name kinds of events, each with a sentence for people. Apps call this in `ready()`.

    Those `on_request` happen so often that only an endpoint that names them is told.
    """
    for type_ in types:
        assert _TYPE.fullmatch(type_), type_
    assert set(on_request) <= set(types), on_request
    _declared.update({str(type_): when for type_, when in types.items()})
    _on_request.update(str(type_) for type_ in on_request)


def declared() -> dict[str, str]:
    """Return every kind of event with its description, by name."""
    return dict(sorted(_declared.items()))


def list_on_request() -> list[str]:
    """Return the types of which only those are told who name them."""
    return sorted(_on_request)


def is_on_request(type_: str) -> bool:
    """Whether only those are told who name the type."""
    return type_ in _on_request
