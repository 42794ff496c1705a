"""A connection that posts JSON again and again, and costs next to nothing itself."""

import socket
from typing import NamedTuple


class RefusedError(Exception):
    """The server answered with a status other than 200."""

    def __init__(self, status: int, answer: bytes) -> None:
        super().__init__(status, answer[:500])
        self.status = status


class Answer(NamedTuple):
    """What the server said."""

    status: int
    body: bytes


class KeptConnection:
    """One kept-alive HTTP/1.1 connection to a server on this machine."""

    def __init__(self, port: int, *, secret: str) -> None:
        self._secret = secret
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._reader = self._socket.makefile("rb")

    def post(self, path: str, body: bytes) -> bytes:
        """
        Return the body of the answer.

        Raises `RefusedError` unless the status is 200, and `OSError` if the connection breaks.
        """
        answer = self.send("POST", path, body)
        if answer.status != 200:
            raise RefusedError(answer.status, answer.body)
        return answer.body

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Return the answer, whatever it is. Raises `OSError` if the connection breaks."""
        self.write(method, path, body, **headers)
        return self.read()

    def write(self, method: str, path: str, body: bytes = b"", **headers: str) -> None:
        """Send a request without waiting for the answer. Raises `OSError`."""
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {self._secret}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n{more}\r\n"
        )
        self._socket.sendall(head.encode() + body)

    def read(self) -> Answer:
        """Return the answer to what was written. Raises `OSError` if the connection breaks."""
        status_line = self._read_line()
        length = 0
        while line := self._read_line().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        body = self._reader.read(length)
        if len(body) < length:
            raise ConnectionResetError("the server hung up in the middle of an answer")
        return Answer(int(status_line.split()[1]), body)

    def _read_line(self) -> bytes:
        line = self._reader.readline()
        if not line.endswith(b"\n"):
            raise ConnectionResetError("the server hung up")
        return line

    def close(self) -> None:
        """Hang up."""
        self._socket.close()
        self._reader.close()
