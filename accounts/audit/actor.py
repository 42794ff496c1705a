"""Who acts."""

from dataclasses import dataclass
from typing import Final, Self

from ..api_keys.queries import CallerKey
from ..models import User


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, in words that stay true when the person or the key is gone."""

    label: str
    user_id: int | None = None
    request_id: str = ""

    @classmethod
    def for_user(cls, user: User, request_id: str = "") -> Self:
        """A person who is logged in."""
        return cls(label=user.email, user_id=user.pk, request_id=request_id)

    @classmethod
    def for_key(cls, caller: CallerKey, request_id: str = "") -> Self:
        """An app that showed an API key."""
        return cls(label=f"API key {caller.public_id}", request_id=request_id)


SYSTEM: Final = Actor("system")
