"""One installation, and how this process reaches it."""

from collections.abc import Callable
from typing import Any, TypeVar

import httpx

from ._core.client import AuthenticatedClient
from .errors import UnexpectedAnswer
from .forks import call_in_child
from .http import Http
from .oauth import ClientCredentials

Answer = TypeVar("Answer")


class Connection:
    """Connections to one installation. Threads share them; a forked process opens its own."""

    def __init__(self, url: str, *, auth: httpx.Auth, **options: Any) -> None:
        self.url = url.rstrip("/")
        self._options = {"base_url": self.url, "auth": auth, **options}
        self.core = AuthenticatedClient(base_url=self.url, token="")
        self._open()
        call_in_child(self._open)

    def _open(self) -> None:
        self.core.set_httpx_client(Http(**self._options))

    def call(self, operation: Callable[..., object], answer: type[Answer], **given: Any) -> Answer:
        """
        The answer of one of the core's operations, which is of this type.

        Raises `TallybookError`.
        """
        parsed = operation(client=self.core, **given)
        if not isinstance(parsed, answer):
            raise UnexpectedAnswer(f"expected a {answer.__name__}, and it is {parsed!r}")
        return parsed

    def close(self) -> None:
        """Close the connections."""
        self.core.get_httpx_client().close()


class Key(httpx.Auth):
    """Signs requests with an API key."""

    def __init__(self, key: str) -> None:
        self._header = f"Bearer {key}"

    def auth_flow(self, request: httpx.Request) -> Any:
        """The request, signed."""
        request.headers["Authorization"] = self._header
        yield request


def credentials(
    url: str, *, key: str | None, client_id: str | None, client_secret: str | None
) -> httpx.Auth:
    """How requests are signed. Raises `ValueError` unless there is exactly one way."""
    if key and not (client_id or client_secret):
        return Key(key)
    if client_id and client_secret and not key:
        token_url = f"{url.rstrip('/')}/oauth2/token"
        return ClientCredentials(
            token_url=token_url, client_id=client_id, client_secret=client_secret
        )
    raise ValueError("Give either an API key, or a client's id and its secret.")
