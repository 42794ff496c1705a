"""Not to ask faster than Stripe allows. Each process keeps its own count."""

import time
from collections.abc import Callable
from threading import Lock

# Stripe's documented limits on calls a second.
CALLS_PER_SECOND = 25
LIVE_CALLS_PER_SECOND = 100
# The sandbox has no such limit, and is on the same machine.
SANDBOX_CALLS_PER_SECOND = 1_000


def pause(milliseconds: int) -> None:
    """Wait."""
    time.sleep(milliseconds / 1000)


class Pace:
    """So many calls a second on average; those of one second may come at once."""

    def __init__(
        self,
        *,
        per_second: int,
        nanoseconds: Callable[[], int] = time.monotonic_ns,
        wait: Callable[[int], None] = pause,
    ) -> None:
        self._step = 1_000_000_000 // per_second
        self._burst = self._step * (per_second - 1)
        self._nanoseconds, self._wait = nanoseconds, wait
        self._due = 0
        self._turn = Lock()

    def keep(self) -> None:
        """Return when one more call is within the limit."""
        with self._turn:
            now = self._nanoseconds()
            due = max(self._due, now)
            self._due = due + self._step
        early = due - self._burst - now
        if early > 0:
            # Rounded up, so that the call is not a moment too early.
            self._wait(-(-early // 1_000_000))
