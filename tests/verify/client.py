"""An app's side of the API: it repeats a request until it knows what became of it."""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from tests.support.kept_connection import Answer, KeptConnection
from tests.verify.journal import AGAIN, Deed, Journal, Result, Verdict

SECONDS_TO_KNOW: Final = 90
PAUSE_SECONDS: Final = 0.05

Reader = Callable[[int, Any], Sequence[Verdict]]


class Client:
    """
    Sends requests on one kept connection, and keeps the acknowledgement log.

    The log gets a line before and a line after every request; a request is sent again,
    unchanged, for as long as its outcome is unknown.
    """

    def __init__(self, *, port: int, secret: str, journal: Journal) -> None:
        self._port = port
        self._secret = secret
        self._journal = journal
        self._connection: KeptConnection | None = None

    def perform(
        self, path: str, document: dict[str, Any], *, deeds: Sequence[Deed], read: Reader
    ) -> Sequence[Verdict]:
        """Return what became of each deed; `read` tells that from a status and a document."""
        body = json.dumps(document).encode()
        deadline = time.monotonic() + SECONDS_TO_KNOW
        while True:
            attempt = self._journal.sending(deeds)
            verdicts = self._try(path, body, count=len(deeds), read=read)
            is_known = not any(verdict.result in AGAIN for verdict in verdicts)
            if not is_known and time.monotonic() > deadline:
                told = f"unknown after {SECONDS_TO_KNOW} s: {verdicts[0].told}"
                verdicts = [Verdict(Result.UNCLASSIFIED, told=told)] * len(deeds)
                is_known = True
            self._journal.answered(attempt, verdicts)
            if is_known:
                return verdicts
            time.sleep(PAUSE_SECONDS)

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _try(self, path: str, body: bytes, *, count: int, read: Reader) -> Sequence[Verdict]:
        try:
            if self._connection is None:
                self._connection = KeptConnection(self._port, secret=self._secret)
        except OSError as refused:
            return [Verdict(Result.TRANSIENT, told=f"no connection: {refused}")] * count
        try:
            answer = self._connection.send("POST", path, body)
        except OSError as broken:
            self.close()
            return [Verdict(Result.AMBIGUOUS, told=f"no answer: {broken}")] * count
        return _judge(answer, count=count, read=read)


def _judge(answer: Answer, *, count: int, read: Reader) -> Sequence[Verdict]:
    try:
        document = json.loads(answer.body)
        if answer.status == 429 or document.get("code") == "temporarily_unavailable":
            return [Verdict(Result.TRANSIENT, told=str(answer.status))] * count
        verdicts = read(answer.status, document)
    except (ValueError, KeyError, TypeError) as unreadable:
        return [_unclassified(answer, why=repr(unreadable))] * count
    return verdicts if len(verdicts) == count else [_unclassified(answer, why="count")] * count


def _unclassified(answer: Answer, *, why: str) -> Verdict:
    return Verdict(Result.UNCLASSIFIED, told=f"{why}: {answer.status} {answer.body[:300]!r}")
