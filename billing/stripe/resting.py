"""How long what has failed is left alone before it is tried again."""

from datetime import timedelta
from typing import Final

# Beyond that even a rest of days is exceeded, and a span of time could not hold it.
_MOST_DOUBLINGS: Final = 16


def rest_after(attempts: int, *, longest: timedelta) -> timedelta:
    """A minute after none, then twice as long each time, but never longer than `longest`."""
    return min(timedelta(minutes=2 ** min(attempts, _MOST_DOUBLINGS)), longest)
