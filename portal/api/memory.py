"""Facts that change rarely, remembered by a process for a short while."""

import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

REMEMBERED_FOR_SECONDS: Final = 60.0

Fact = TypeVar("Fact")


class Remembered(Generic[Fact]):
    """The answer of a query without arguments, asked again after a minute."""

    def __init__(self, ask: Callable[[], Fact]) -> None:
        self._ask = ask
        self._known: tuple[Fact, float] | None = None

    def get(self) -> Fact:
        """Return the fact, at most a minute old."""
        at = time.monotonic()
        known = self._known
        if known is None or at >= known[1]:
            known = self._known = (self._ask(), at + REMEMBERED_FOR_SECONDS)
        return known[0]

    def clear(self) -> None:
        """Ask again next time."""
        self._known = None
