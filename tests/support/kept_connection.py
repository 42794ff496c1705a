"""A connection that posts JSON again and again, and costs next to nothing itself."""

import socket


class RefusedError(Exception):
    """The server answered with a status other than 200."""

    def __init__(self, status: int, answer: bytes) -> None:
        super().__init__(status, answer[:500])
        self.status = status


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
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {self._secret}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._socket.sendall(head.encode() + body)
        status_line = self._reader.readline()
        if not status_line:
            raise ConnectionResetError("the server hung up")
        length = 0
        while (line := self._reader.readline()).strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        answer = self._reader.read(length)
        if len(answer) < length:
            raise ConnectionResetError("the server hung up in the middle of an answer")
        status = int(status_line.split()[1])
        if status != 200:
            raise RefusedError(status, answer)
        return answer

    def close(self) -> None:
        """Hang up."""
        self._socket.close()
        self._reader.close()
