"""HTTP with manners: patient where that does no harm, and every refusal an exception."""

import re
import time
from itertools import count
from random import SystemRandom
from typing import Any, Final

import httpx

from .errors import TemporaryFailure, UnexpectedAnswer, Unreachable, refusal_of

# Their ids make these the same deed, however often they are sent.
_HARMLESS_TWICE: Final = re.compile(
    r"/api/v1/(usage|embed-tokens|holds|holds/[^/]+/(settle|release))$"
)
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "PUT", "DELETE"})
_FIRST_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 5.0
# Enough for any pause, and few enough for a number.
_DOUBLINGS: Final = 16

_chance = SystemRandom()


class Http(httpx.Client):
    """Sends again what may be sent again, and raises `TallybookError` for what is no success."""

    def __init__(self, *, retries: int, **options: Any) -> None:
        super().__init__(**options)
        self._retries = retries

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Raises `TallybookError`."""
        retries = self._retries if _may_be_repeated(request) else 0
        for attempt in count():
            try:
                return self._send_once(request, **options)
            except TemporaryFailure as failure:
                pause = pause_after(attempt, failure, longest=_LONGEST_PAUSE)
                if attempt >= retries or pause is None:
                    raise
            time.sleep(pause)
        raise AssertionError("there is no last number")

    def _send_once(self, request: httpx.Request, **options: Any) -> httpx.Response:
        try:
            response = super().send(request, **options)
        except httpx.TransportError as error:
            raise Unreachable(f"{request.url.host}: {error or type(error).__name__}") from error
        if not response.is_success:
            raise refusal_of(response)
        if response.content and "json" not in response.headers.get("Content-Type", ""):
            raise UnexpectedAnswer(f"{request.url} answers with something else than JSON")
        return response


def pause_after(attempt: int, failure: TemporaryFailure, *, longest: float) -> float | None:
    """Seconds to wait before the next attempt; None if the server asks for more than `longest`."""
    if failure.retry_after is not None:
        return failure.retry_after if failure.retry_after <= longest else None
    most: float = min(longest, _FIRST_PAUSE * 2 ** min(attempt, _DOUBLINGS))
    return _chance.uniform(most / 2, most)


def _may_be_repeated(request: httpx.Request) -> bool:
    return (
        request.method in _SAFE_METHODS
        or "Idempotency-Key" in request.headers
        or _HARMLESS_TWICE.search(request.url.path) is not None
    )
