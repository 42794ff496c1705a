"""Facts that change rarely, remembered by a process for a short while."""

import time
from collections.abc import Callable, Collection, Mapping
from typing import Final, Generic, TypeVar

REMEMBERED_FOR_SECONDS: Final = 60.0

Fact = TypeVar("Fact")


class Remembered(Generic[Fact]):
    """The facts that a query returns by their names, asked for again after a minute."""

    def __init__(self, ask: Callable[[], Mapping[str, Fact]]) -> None:
        self._ask = ask
        self._known: tuple[Mapping[str, Fact], float] | None = None

    def get(self, *, names: Collection[str]) -> Mapping[str, Fact]:
        """
        Return the facts, at most a minute old, these among them.

        A name that is not known yet is asked for at once: the caller knows that it exists.
        """
        at = time.monotonic()
        known = self._known
        if known is None or at >= known[1] or not known[0].keys() >= set(names):
            known = self._known = (self._ask(), at + REMEMBERED_FOR_SECONDS)
        return known[0]

    def clear(self) -> None:
        """Ask again next time."""
        self._known = None
