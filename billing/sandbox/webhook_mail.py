"""A webhook on its way over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

PATIENCE_SECONDS = 20


def send(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """Returns the receiver's status. Raises ``OSError`` when there is no receiver to be reached."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=PATIENCE_SECONDS)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target or "/", body=body, headers=dict(headers))
        return connection.getresponse().status
    except HTTPException as cause:
        raise OSError(f"no HTTP answer: {cause!r}") from cause
    finally:
        connection.close()
