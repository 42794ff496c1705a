"""
The one HTTP client for everything that is said to Stripe, by us and by dj-stripe alike.

It knows the key and the address, keeps the pace, and asks again where that is safe. So neither
the key nor the address has to be told to anybody else.
"""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import stripe
import structlog
from django.conf import settings

from .configuration import is_live, is_sandbox, require_connection
from .pace import CALLS_PER_SECOND, LIVE_CALLS_PER_SECOND, SANDBOX_CALLS_PER_SECOND, Pace, pause

logger = structlog.get_logger(__name__)

Reply = tuple[Any, int, Mapping[str, str]]

ATTEMPTS = 4
FIRST_PAUSE_MS = 500
# A person may be waiting: what is not answered by then is left to the sweep.
DEADLINE_MS = 20_000
# The same key is in use by another call, or Stripe is asked too often, or locks an object.
RETRIED = (HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS)
CONNECT_SECONDS, READ_SECONDS = 5, 30
# Where a page can do without the answer, nobody shall look at an empty one for long.
BRIEF_CONNECT_SECONDS, BRIEF_READ_SECONDS = 2, 5

_is_brief: ContextVar[bool] = ContextVar("is_brief", default=False)


@dataclass
class Patience:
    """How long is waited between two attempts, and by which clock."""

    wait: Callable[[int], None] = pause
    nanoseconds: Callable[[], int] = time.monotonic_ns
    chance: Callable[[int], int] = secrets.randbelow
    attempts: int = ATTEMPTS
    deadline_ms: int = DEADLINE_MS

    def before_attempt(self, number: int, *, asked_for_ms: int) -> int:
        """Milliseconds to wait: longer each time, a bit by chance, at least what was asked for."""
        longest = FIRST_PAUSE_MS << (number - 1)
        return max(asked_for_ms, longest // 2 + self.chance(longest // 2))


@dataclass
class _Wire:
    """What carries the bytes. A test puts the sandbox in its place."""

    client: stripe.HTTPClient = field(
        default_factory=lambda: stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS))
    )
    patience: Patience = field(default_factory=Patience)
    pace: Pace | None = None
    brief_client: stripe.HTTPClient = field(
        default_factory=lambda: stripe.RequestsClient(
            timeout=(BRIEF_CONNECT_SECONDS, BRIEF_READ_SECONDS)
        )
    )

    def keep_pace(self) -> None:
        if self.pace is None:
            self.pace = Pace(per_second=_calls_per_second())
        self.pace.keep()


class Transport(stripe.HTTPClient):
    """Stripe's client library speaks through this."""

    name = "requests"

    def __init__(self) -> None:
        super().__init__()
        self.wire = _Wire()

    def request_with_retries(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        post_data: Any = None,
        max_network_retries: int | None = None,
        *,
        _usage: list[str] | None = None,
    ) -> Reply:
        """The answer, be it an error. Raises ``stripe.APIConnectionError`` if there is none."""
        require_connection()
        path = "/" + url.split("/", 3)[3]
        signed = {**headers, "Authorization": f"Bearer {settings.STRIPE_KEY}"}
        patience = self.wire.patience
        attempts = 1 if _is_brief.get() else patience.attempts
        ends_at = patience.nanoseconds() + patience.deadline_ms * 1_000_000
        for number in range(1, attempts + 1):
            self.wire.keep_pace()
            outcome = self._attempt(method, settings.STRIPE_URL + path, signed, post_data)
            if not may_be_asked_again(outcome):
                break
            rest_ms = patience.before_attempt(number, asked_for_ms=_asked_for_ms(outcome))
            is_too_late = patience.nanoseconds() + rest_ms * 1_000_000 > ends_at
            if number == attempts or is_too_late:
                break
            logger.info("stripe_asked_again", method=method, path=path.split("?")[0], pause=rest_ms)
            patience.wait(rest_ms)
        if isinstance(outcome, stripe.APIConnectionError):
            raise outcome
        return outcome

    def _attempt(
        self, method: str, url: str, headers: Mapping[str, str], body: Any
    ) -> Reply | stripe.APIConnectionError:
        client = self.wire.brief_client if _is_brief.get() else self.wire.client
        try:
            return client.request(method, url, headers, body)
        except stripe.APIConnectionError as error:
            return error


TRANSPORT = Transport()


@contextmanager
def briefly() -> Iterator[None]:
    """Ask once meanwhile, and wait seconds for the answer: for what can be done without it."""
    before = _is_brief.set(True)
    try:
        yield
    finally:
        _is_brief.reset(before)


@contextmanager
def use_http_client(
    client: stripe.HTTPClient, *, patience: Patience | None = None, pace: Pace | None = None
) -> Iterator[None]:
    """Speak through this client meanwhile: for tests, in the whole process."""
    pace = pace or Pace(per_second=LIVE_CALLS_PER_SECOND)
    wire = _Wire(client, patience or Patience(), pace, brief_client=client)
    before, TRANSPORT.wire = TRANSPORT.wire, wire
    try:
        yield
    finally:
        TRANSPORT.wire = before


def rest(milliseconds: int) -> None:
    """Wait, as is waited between two attempts."""
    TRANSPORT.wire.patience.wait(milliseconds)


def _calls_per_second() -> int:
    if is_sandbox():
        return SANDBOX_CALLS_PER_SECOND
    return LIVE_CALLS_PER_SECOND if is_live() else CALLS_PER_SECOND


def may_be_asked_again(outcome: Reply | stripe.APIConnectionError) -> bool:
    """
    Whether the same call may do better in a moment.

    Every write carries an idempotency key, so asking again never does a thing twice.
    """
    if isinstance(outcome, stripe.APIConnectionError):
        return bool(outcome.should_retry)
    _, status, headers = outcome
    if status < HTTPStatus.BAD_REQUEST:
        return False
    advice = _header(headers, "stripe-should-retry")
    if advice:
        return advice == "true"
    return status in RETRIED or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _asked_for_ms(outcome: Reply | stripe.APIConnectionError) -> int:
    if isinstance(outcome, stripe.APIConnectionError):
        return 0
    seconds = _header(outcome[2], "retry-after")
    return int(seconds) * 1000 if seconds.isdecimal() else 0


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name), "")
