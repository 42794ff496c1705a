"""When to try again."""

from datetime import timedelta
from typing import Final

# Before the second attempt, the third, and so on: three days in all.
_PAUSES: Final = [
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
]
# An endpoint that answers nobody is left alone for this long, whatever waits for it.
_FIRST_REST: Final = timedelta(seconds=5)
_LONGEST_REST: Final = timedelta(minutes=15)
_REST_GROWS_BY: Final = 4
_STEPS_TO_LONGEST: Final = 5

LONGEST_RETRY_AFTER: Final = timedelta(hours=24)
# Pauses are lengthened by up to a fifth, so that what failed together does not return together.
SPREAD: Final = 20


def pause_after(attempts: int, *, spread: int) -> timedelta | None:
    """The pause after so many failed attempts; None if that was the last."""
    if attempts > len(_PAUSES):
        return None
    return _lengthened(_PAUSES[attempts - 1], spread)


def rest_after(failures: int, *, spread: int) -> timedelta:
    """How long to send nothing at all after so many failures in a row."""
    grown = _FIRST_REST * _REST_GROWS_BY ** min(failures - 1, _STEPS_TO_LONGEST)
    return _lengthened(min(grown, _LONGEST_REST), spread)


def _lengthened(pause: timedelta, spread: int) -> timedelta:
    assert 0 <= spread <= SPREAD, spread
    return pause * (100 + spread) / 100
