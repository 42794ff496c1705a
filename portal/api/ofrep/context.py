"""For whom flags are evaluated."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest

from ..documents import parse_document, read_body
from ..fields import InvalidField
from ..problems import InvalidRequest
from ..v1.flags import parse_member
from .errors import InvalidContext

LONGEST_TARGETING_KEY: Final = 128


@dataclass(frozen=True, slots=True)
class Context:
    """
    The organization that is asked about (None: the key's own), and the person in it, if any.
    """

    organization: str | None
    member: str | None


def read_context(request: HttpRequest) -> Context:
    """
    Return what the body says of whom it asks. Apps put more into a context than we use.

    Raises `InvalidRequest` for what is not a context, `InvalidContext` for what cannot be meant.
    """
    document = parse_document(read_body(request))
    if not isinstance(document, dict):
        raise InvalidRequest("The body is an object with a `context`.")
    context = document.get("context", {})
    if not isinstance(context, dict):
        raise InvalidContext("The `context` is an object.")
    key, member = _text(context, "targetingKey"), _text(context, "member")
    if key is not None and len(key) > LONGEST_TARGETING_KEY:
        raise InvalidContext("The `targetingKey` is the id of an organization, or your id for it.")
    return Context(organization=key, member=None if member is None else _member(member))


def _text(context: dict[str, Any], name: str) -> str | None:
    """An attribute that is a text; OpenFeature's clients send an empty one for none."""
    value = context.get(name)
    if value is not None and not isinstance(value, str):
        raise InvalidContext(f"`{name}` is a text.")
    return value or None


def _member(name: str) -> str:
    try:
        return parse_member(name)
    except InvalidField as error:
        raise InvalidContext(f"`member`: {error.detail}") from error
