"""The lines to one endpoint: a few messages at once, each on a line of its own."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Final, Self

from .addresses import UnsuitableUrl, find_address, read_url
from .answers import Answer
from .lines import Line
from .messages import Message

MOST_LINES: Final = 4


@dataclass(frozen=True, slots=True)
class Exchange:
    """A message that was sent: when, how long that took, and what came of it."""

    started_at: datetime
    duration_ms: int
    answer: Answer


class Switchboard:
    """
    Connects to the host of a URL, which is looked up once, with the first message.

    The threads are for waiting alone: they never touch the database.
    """

    def __init__(self, url: str, *, clock: Callable[[], datetime]) -> None:
        self._url = url
        self._clock = clock
        self._lines: list[Line] = []
        self._threads = ThreadPoolExecutor(MOST_LINES, thread_name_prefix="webhook-line")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._threads.shutdown()
        for line in self._lines:
            line.close()

    def post(self, messages: Sequence[Message]) -> list[Exchange]:
        """Send these messages, as many as there are lines at most, and return what came of each."""
        assert len(messages) <= MOST_LINES, len(messages)
        try:
            lines = self._connect()
        except UnsuitableUrl as refusal:
            return [Exchange(self._clock(), 0, Answer.failed(refusal.detail)) for _ in messages]
        if len(messages) == 1:
            return [self._post(lines[0], messages[0])]
        return list(self._threads.map(self._post, lines[: len(messages)], messages))

    def _connect(self) -> list[Line]:
        if not self._lines:
            target = read_url(self._url)
            address = find_address(target)
            self._lines = [Line(target, address=address) for _ in range(MOST_LINES)]
        return self._lines

    def _post(self, line: Line, message: Message) -> Exchange:
        started_at = self._clock()
        began = time.monotonic_ns()
        answer = line.post(message, at=started_at)
        milliseconds = (time.monotonic_ns() - began) // 1_000_000
        return Exchange(started_at, milliseconds, answer)
