"""What the parts of this package have registered, known once all of them are loaded."""

import pkgutil
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Generic, TypeVar

Follower = TypeVar("Follower", bound=Callable[..., object])


class Registry(Generic[Follower]):
    """Functions by the name of what they follow."""

    def __init__(self) -> None:
        self._followers: dict[str, list[Follower]] = {}

    def add(self, name: str, follower: Follower) -> None:
        """Have it called for this name."""
        self._followers.setdefault(name, []).append(follower)

    @property
    def followers(self) -> dict[str, list[Follower]]:
        """All that any part of this package registers."""
        _load_every_part()
        return self._followers


@cache
def _load_every_part() -> None:
    from billing import stripe  # noqa: PLC0415 - this is a part of it

    for part in pkgutil.walk_packages(stripe.__path__, f"{stripe.__name__}."):
        if ".migrations" not in part.name:
            import_module(part.name)
