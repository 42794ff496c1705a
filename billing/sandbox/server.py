"""The sandbox as a server: a WSGI application, and a thread in which time passes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import quote

from granian import Granian
from granian.constants import Interfaces

from billing.sandbox.call import Answer
from billing.sandbox.origins import is_meant
from billing.sandbox.sandbox import Sandbox

THREADS = 4
LARGEST_BODY = 1024 * 1024
# A real hour passes at Stripe where a test clock jumps: whoever was sent webhooks gets this long.
PAUSE_SECONDS = 1

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]

logger = logging.getLogger(__name__)


class ConnectionBroken(Exception):
    """Raised into the server so that it lets the connection break: a fault lost the answer."""


@dataclass
class Ticker:
    """Lets time pass in the background: what is due is done, what is to be delivered is sent."""

    sandbox: Sandbox
    _bell: Event = field(default_factory=Event)
    _over: Event = field(default_factory=Event)

    def start(self) -> None:
        Thread(target=self._run, name="ticker", daemon=True).start()

    def ring(self) -> None:
        """Something may have become due: look now."""
        self._bell.set()

    def stop(self) -> None:
        self._over.set()
        self._bell.set()

    def _run(self) -> None:
        while not self._over.is_set():
            self._bell.wait(timeout=PAUSE_SECONDS)
            self._bell.clear()
            try:
                self._catch_up()
            except Exception:
                # One thing that fails must not stop the time for everything else.
                logger.exception("What was due could not be done")
                self._over.wait(timeout=PAUSE_SECONDS)

    def _catch_up(self) -> None:
        self.sandbox.deliver()
        while not self._over.is_set() and self.sandbox.step():
            if self.sandbox.deliver():
                self._over.wait(timeout=PAUSE_SECONDS)


@dataclass
class Application:
    """The sandbox for a WSGI server."""

    sandbox: Sandbox
    ticker: Ticker
    url: str

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if not is_meant(environ.get("HTTP_HOST", ""), url=self.url):
            answer = misdirected()
        elif length > LARGEST_BODY:
            answer = too_large()
        else:
            answer = self._answer(environ, length)
        self.ticker.ring()
        status = HTTPStatus(answer.status)
        size = LARGEST_BODY if answer.lost else len(answer.body)
        start_response(
            f"{status.value} {status.phrase}",
            [*answer.headers.items(), ("Content-Length", str(size))],
        )
        return broken() if answer.lost else [answer.body]

    def _answer(self, environ: Environ, length: int) -> Answer:
        target = quote(environ.get("PATH_INFO", "/").encode("latin-1"))
        if environ.get("QUERY_STRING"):
            target += f"?{environ['QUERY_STRING']}"
        headers = {
            name.removeprefix("HTTP_").replace("_", "-"): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        return self.sandbox.handle(
            method=environ["REQUEST_METHOD"],
            target=target,
            headers=headers,
            body=environ["wsgi.input"].read(length),
        )


def too_large() -> Answer:
    return Answer(413, {"Content-Type": "text/plain"}, b"The request is too large.\n")


def misdirected() -> Answer:
    return Answer(421, {"Content-Type": "text/plain"}, b"No such host is served here.\n")


def broken() -> Iterator[bytes]:
    """A body that ends in the middle: fewer bytes than were promised."""
    yield b"{"
    raise ConnectionBroken


def build(*, file: Path, url: str) -> Application:
    """The application in its own process, with time already passing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    sandbox = Sandbox(path=str(file), clock=partial(datetime.now, UTC), url=url)
    ticker = Ticker(sandbox)
    ticker.start()
    return Application(sandbox, ticker, url)


def serve(*, file: Path, host: str, port: int, url: str) -> None:
    """Serve until the process is told to end."""
    server = Granian(
        "billing.sandbox",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        websockets=False,
        workers_kill_timeout=5,
    )
    server.serve(target_loader=partial(build, file=file, url=url), wrap_loader=False)
