"""Usage reported in the background, in batches, and counted once whatever happens on the way."""

import atexit
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from types import TracebackType
from typing import Any, Final, Self, Unpack

from ._core.models import EventResult, Outcome
from .client import Tallybook
from .errors import InvalidRequest, TemporaryFailure
from .forks import call_in_child
from .http import pause_after
from .usage import Event

logger = logging.getLogger("tallybook")

WireEvent = Mapping[str, Any]

# What a batch may hold, by the API.
MOST_IN_A_BATCH: Final = 1_000
_REFUSED_KEPT: Final = 1_000
_LONGEST_PAUSE: Final = 60.0
_NOT_BOOKED: Final = frozenset({Outcome.CONFLICT, Outcome.REJECTED})


class BufferFull(Exception):
    """Too much waits to be sent, or the buffer is closed: report it directly, or keep it."""


@dataclass(frozen=True)
class RefusedEvent:
    """An event that Tallybook will never book as it is."""

    event: WireEvent = field(hash=False)
    reason: str


class UsageBuffer:
    """
    Takes reports at once and sends them from a thread of its own: when `max_batch` wait, when the
    oldest has waited `max_age` seconds, on `flush`, and at exit.

    An event keeps its id, and the moment when it occurred, however often it is sent; so what was
    booked although the answer was lost counts once. What cannot be delivered is tried again, at
    growing distances, and stays in `unsent`; what Tallybook refuses for good is in `refused` and
    is given to `on_refused`, which is called in the buffer's thread.

    Threads may share a buffer. A forked process begins with an empty one: its parent sends what
    was waiting. What a killed process had not sent is lost; report what must not be with
    `client.usage.report`, or from a queue of your own, with ids that follow from the work.
    """

    def __init__(
        self,
        client: Tallybook,
        *,
        max_batch: int = 500,
        max_age: float = 1.0,
        max_unsent: int = 10_000,
        on_refused: Callable[[RefusedEvent], None] | None = None,
    ) -> None:
        self._client = client
        self._max_batch = min(max_batch, MOST_IN_A_BATCH)
        self._max_age = max_age
        self._max_unsent = max_unsent
        self._on_refused = on_refused
        self._begin()
        call_in_child(self._begin)
        atexit.register(self.close)

    def _begin(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[tuple[float, WireEvent]] = deque()
        self._refused: deque[RefusedEvent] = deque(maxlen=_REFUSED_KEPT)
        self._thread: threading.Thread | None = None
        self._is_hurried = False
        self._wishes = 0
        self._closes_at: float | None = None
        self.last_failure: Exception | None = None

    # --- for the app ----------------------------------------------------------------------------

    def report(self, **event: Unpack[Event]) -> str:
        """
        Take an event, to be sent soon, and return its id.

        Raises `BufferFull`, and `TypeError` or `ValueError` for what cannot be sent.
        """
        prepared = self._client.usage.prepare({"occurred_at": datetime.now(UTC), **event})
        with self._changed:
            if self._closes_at is not None or len(self._waiting) >= self._max_unsent:
                raise BufferFull(f"{len(self._waiting)} events wait to be sent")
            self._waiting.append((time.monotonic(), prepared))
            self._have_a_thread()
            self._changed.notify_all()
        identity: str = prepared["id"]
        return identity

    @property
    def unsent(self) -> list[WireEvent]:
        """What Tallybook has not acknowledged yet, oldest first, as `report_batch` takes it."""
        with self._changed:
            return [event for _, event in self._waiting]

    @property
    def refused(self) -> list[RefusedEvent]:
        """The last thousand events that were refused for good."""
        with self._changed:
            return list(self._refused)

    def flush(self, timeout: float | None = None) -> bool:
        """Send what waits now. Whether all of it was acknowledged, or refused, in that time."""
        with self._changed:
            self._is_hurried = True
            self._hurry()
            return self._changed.wait_for(lambda: not self._waiting, timeout)

    def close(self, timeout: float = 10.0) -> list[WireEvent]:
        """Send what waits, take no more, and return what could not be sent in that time."""
        with self._changed:
            if self._closes_at is None:
                self._closes_at = time.monotonic() + timeout
            self._hurry()
            thread = self._thread
        if thread is not None:
            thread.join(timeout)
        atexit.unregister(self.close)
        left = self.unsent
        if left:
            logger.error("%d usage events were not sent: %s", len(left), self.last_failure)
        return left

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _hurry(self) -> None:
        self._wishes += 1
        self._changed.notify_all()

    def _have_a_thread(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="tallybook-usage", daemon=True)
            self._thread.start()

    # --- in its thread --------------------------------------------------------------------------

    def _run(self) -> None:
        failures = 0
        while self._wait_for_a_batch():
            try:
                self._deliver(self._next_batch())
                failures = 0
            except Exception as failure:
                # Whatever it is: events that wait outlive it.
                self._rest_after(failure, failures)
                failures += 1

    def _wait_for_a_batch(self) -> bool:
        """Whether there is something to send; otherwise the buffer is closed."""
        with self._changed:
            while not self._is_time():
                if self._closes_at is not None:
                    return False
                self._changed.wait(self._time_left_to_wait())
            return not self._is_too_late()

    def _is_time(self) -> bool:
        if not self._waiting:
            self._is_hurried = False
            return False
        return (
            self._is_hurried
            or self._closes_at is not None
            or len(self._waiting) >= self._max_batch
            or self._age_of_oldest() >= self._max_age
        )

    def _time_left_to_wait(self) -> float | None:
        return self._max_age - self._age_of_oldest() if self._waiting else None

    def _age_of_oldest(self) -> float:
        return time.monotonic() - self._waiting[0][0]

    def _is_too_late(self) -> bool:
        return self._closes_at is not None and self._closes_at <= time.monotonic()

    def _next_batch(self) -> list[WireEvent]:
        with self._changed:
            return [event for _, event in islice(self._waiting, self._max_batch)]

    def _deliver(self, events: Sequence[WireEvent]) -> None:
        """A body that is refused as a whole is halved until what is wrong with it stands alone."""
        try:
            results = self._client.usage.report_batch(events)
        except InvalidRequest as refusal:
            if len(events) == 1:
                self._drop([RefusedEvent(events[0], refusal.detail)], sent=1)
            else:
                middle = len(events) // 2
                self._deliver(events[:middle])
                self._deliver(events[middle:])
        else:
            self._drop(_refused_of(events, results), sent=len(events))

    def _drop(self, refused: Sequence[RefusedEvent], *, sent: int) -> None:
        with self._changed:
            for _ in range(sent):
                self._waiting.popleft()
            self._refused.extend(refused)
            self._changed.notify_all()
        for event in refused:
            logger.error("Usage event %s was refused: %s", event.event["id"], event.reason)
            self._tell(event)

    def _tell(self, refused: RefusedEvent) -> None:
        if self._on_refused is None:
            return
        try:
            self._on_refused(refused)
        except Exception:
            logger.exception("on_refused failed")

    def _rest_after(self, failure: Exception, failures: int) -> None:
        """Wait before the next attempt; not so long if somebody flushes or closes."""
        logger.warning("Usage could not be sent and will be again: %s", failure)
        temporary = failure if isinstance(failure, TemporaryFailure) else TemporaryFailure()
        pause = pause_after(failures, temporary, longest=_LONGEST_PAUSE)
        with self._changed:
            self.last_failure = failure
            wishes = self._wishes
            self._changed.wait_for(lambda: self._wishes != wishes, self._at_most(pause))

    def _at_most(self, pause: float | None) -> float:
        left = _LONGEST_PAUSE if self._closes_at is None else self._closes_at - time.monotonic()
        return max(min(_LONGEST_PAUSE if pause is None else pause, left), 0)


def _refused_of(events: Sequence[WireEvent], results: Sequence[EventResult]) -> list[RefusedEvent]:
    return [
        RefusedEvent(event, str(result.reason or result.outcome))
        for event, result in zip(events, results, strict=True)
        if result.outcome in _NOT_BOOKED
    ]
