"""OAuth 2 client credentials: a token fetched when it is needed, and renewed before it ends."""

import time
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Final

import httpx

from .errors import refusal_of

# A token with less than this to live is not used any more.
_MARGIN_SECONDS: Final = 30.0


@dataclass(frozen=True)
class _Token:
    text: str = field(repr=False)
    good_until: float


class ClientCredentials(httpx.Auth):
    """Signs requests with an access token. Two threads may each fetch one: both are good."""

    requires_response_body = True

    def __init__(self, *, token_url: str, client_id: str, client_secret: str) -> None:
        self._token_url = token_url
        self._credentials = {"client_id": client_id, "client_secret": client_secret}
        self._token: _Token | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Raises `NotAuthenticated`, `TemporaryFailure`."""
        token = self._token
        if token is None or token.good_until <= time.monotonic():
            token = yield from self._fetch_token()
        response = yield _signed(request, token)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            yield _signed(request, (yield from self._fetch_token()))

    def _fetch_token(self) -> Generator[httpx.Request, httpx.Response, _Token]:
        asked_at = time.monotonic()
        response = yield httpx.Request(
            "POST", self._token_url, data={"grant_type": "client_credentials", **self._credentials}
        )
        if response.status_code != httpx.codes.OK:
            raise refusal_of(response)
        answer = response.json()
        lifetime = float(answer.get("expires_in", 0)) - _MARGIN_SECONDS
        self._token = _Token(answer["access_token"], asked_at + lifetime)
        return self._token


def _signed(request: httpx.Request, token: _Token) -> httpx.Request:
    request.headers["Authorization"] = f"Bearer {token.text}"
    return request
