"""
The line to an endpoint: one connection, kept while there is something to say.

It leads to the address that was checked, whatever the host's name says by then; it follows no
redirect, knows no proxy, reads a little of each answer, and is cut when an exchange takes too
long, however busy the other side seems. The sockets are therefore our own.
"""

import select
import socket
import ssl
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Timer
from typing import Final

from .addresses import Target
from .answers import Answer, read_excerpt, read_retry_after
from .messages import Message

CONNECT_SECONDS: Final = 5
TOTAL_SECONDS: Final = 15
MOST_READ: Final = 64 * 1024


class Line:
    """A connection to an endpoint at an address that was checked, opened when it is needed."""

    def __init__(self, target: Target, *, address: str) -> None:
        self._target = target
        self._address = address
        self._http: HTTPConnection | None = None
        self._socket: socket.socket | None = None
        self._is_cut = False

    def post(self, message: Message, *, at: datetime) -> Answer:
        """Send a message and return what was answered; whatever the network does is an answer."""
        self._is_cut = False
        watchdog = Timer(TOTAL_SECONDS, self._cut)
        watchdog.daemon = True
        watchdog.start()
        try:
            return self._exchange(message, at=at)
        except (OSError, HTTPException) as failure:
            reason = self._reason(failure)
            self.close()
            return Answer.failed(reason)
        finally:
            watchdog.cancel()

    def close(self) -> None:
        """Hang up."""
        if self._http is not None:
            self._http.close()
        if self._socket is not None:
            self._socket.close()
        self._http = self._socket = None

    def _exchange(self, message: Message, *, at: datetime) -> Answer:
        http = self._open()
        headers = {"host": self._target.authority, **message.headers}
        http.request("POST", self._target.path, body=message.body, headers=headers)
        with http.getresponse() as response:
            # Into a space of our own: to `read`, a chunk of less than nothing is one without end.
            body = bytearray(MOST_READ)
            size = response.readinto(body)
            if self._is_cut:
                raise TimeoutError
            if response.will_close or not response.isclosed():
                self.close()
            return Answer(
                status_code=response.status,
                excerpt=read_excerpt(bytes(body[:size])),
                retry_after=_retry_after(response, at=at),
            )

    def _open(self) -> HTTPConnection:
        """The connection that is there, or a new one if the other side has hung up."""
        if self._http is not None and self._socket is not None and not _has_ended(self._socket):
            return self._http
        self.close()
        self._socket = socket.create_connection(
            (self._address, self._target.port), timeout=CONNECT_SECONDS
        )
        if self._target.is_secure:
            secure = trust().wrap_socket(
                self._socket, server_hostname=self._target.host, do_handshake_on_connect=False
            )
            self._socket = secure
            secure.do_handshake()
        self._socket.settimeout(TOTAL_SECONDS)
        self._http = HTTPConnection(self._target.host, self._target.port)
        self._http.auto_open = 0
        self._http.sock = self._socket
        return self._http

    def _cut(self) -> None:
        self._is_cut = True
        if self._socket is not None:
            # It may have ended by itself a moment ago.
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _reason(self, failure: Exception) -> str:
        match failure:
            case _ if self._is_cut:
                return f"There was no complete answer within {TOTAL_SECONDS} seconds."
            case ssl.SSLCertVerificationError():
                reason = failure.verify_message.rstrip(".")
                return f"The certificate cannot be trusted: {reason}."
            case ssl.SSLError():
                return f"No encrypted connection: {failure.reason or 'the handshake failed'}."
            case TimeoutError() if self._http is None:
                return f"There was no connection within {CONNECT_SECONDS} seconds."
            case TimeoutError():
                return f"There was no complete answer within {TOTAL_SECONDS} seconds."
            case ConnectionRefusedError():
                return "The connection was refused."
            case HTTPException() | ConnectionError():
                return "The connection ended before there was a complete answer."
            case _:
                return f"The host cannot be reached: {getattr(failure, 'strerror', '') or 'lost'}."


@cache
def trust() -> ssl.SSLContext:
    """The authorities whose word on certificates counts: those of the machine."""
    return ssl.create_default_context()


def _has_ended(connection: socket.socket) -> bool:
    """Whether the other side has hung up: it has nothing to say before it is asked."""
    poller = select.poll()
    poller.register(connection, select.POLLIN)
    return bool(poller.poll(0))


def _retry_after(response: HTTPResponse, *, at: datetime) -> timedelta | None:
    return read_retry_after(response.headers.get("retry-after"), status=response.status, at=at)
