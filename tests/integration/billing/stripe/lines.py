"""Lines to the sandbox on which something comes in between."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import stripe

from tests.support.stripe_sandbox import BROKEN, SandboxHTTPClient


class Lossy(stripe.HTTPClient):
    """The first answers to these methods are lost: what was asked for is done, and not told."""

    name = "lossy"

    def __init__(
        self, client: SandboxHTTPClient, *, lost: int, methods: Collection[str] = ("POST",)
    ) -> None:
        super().__init__()
        self._client, self._left, self._methods = client, lost, methods

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        answer = self._client.request(method, url, headers, post_data)
        if method.upper() in self._methods and self._left:
            self._left -= 1
            raise BROKEN("The line is cut.", should_retry=False)
        return answer


class Overtaken(stripe.HTTPClient):
    """Before the first request to an address goes out, somebody else does something."""

    name = "overtaken"

    def __init__(
        self, client: SandboxHTTPClient, *, path: str, overtake: Callable[[], object]
    ) -> None:
        super().__init__()
        self._client, self._path, self._overtake = client, path, overtake
        self.is_overtaken = False

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        if method.upper() == "POST" and url.endswith(self._path) and not self.is_overtaken:
            self.is_overtaken = True
            self._overtake()
        return self._client.request(method, url, headers, post_data)
