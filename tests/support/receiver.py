"""A receiver of webhooks on this machine: what it is told is kept, what it answers is chosen."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any


@dataclass(frozen=True)
class Heard:
    """A message that came in."""

    path: str
    headers: dict[str, str]
    body: bytes
    connection: tuple[str, int]
    at: float = field(default_factory=time.time)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


Reply = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Keeps each message, then answers as the receiver was told to."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.receiver.hear(Heard(self.path, headers, body, self.client_address))
        try:
            reply(self)
        except ConnectionError:
            self.close_connection = True

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        return


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    receiver: Receiver

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who hangs up midway is what some tests are about."""


@dataclass
class Receiver:
    """What was heard, and what is answered next."""

    port: int = 0
    heard: list[Heard] = field(default_factory=list)
    reply: Reply = field(default=lambda handler: handler.answer(204))
    replies: list[Reply] = field(default_factory=list)
    released: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"

    @property
    def ids(self) -> list[str]:
        return [heard.id for heard in self.heard]

    def hear(self, heard: Heard) -> Reply:
        with self.lock:
            self.heard.append(heard)
            return self.replies.pop(0) if self.replies else self.reply

    def wait_for(self, count: int, *, seconds: float = 20) -> list[Heard]:
        """What was heard, once it is so much. Raises `TimeoutError`."""
        deadline = time.monotonic() + seconds
        while len(self.heard) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"only {len(self.heard)} of {count} messages came")
            time.sleep(0.01)
        return list(self.heard)


def status(code: int, body: bytes = b"", **headers: str) -> Reply:
    """Answer with a status."""
    return lambda handler: handler.answer(code, body, **headers)


def hang(handler: Handler) -> None:
    """Answer nothing until the receiver is closed."""
    handler.server.receiver.released.wait(60)
    handler.close_connection = True


@contextmanager
def receiver(*, certificate: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver that listens until the end of the block."""
    server = Server(("127.0.0.1", 0), Handler)
    if certificate is not None:
        server.socket = certificate.wrap_socket(server.socket, server_side=True)
    told = server.receiver = Receiver(port=server.server_address[1])
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield told
    finally:
        told.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
