"""Asks for tokens, as programs do."""

import base64
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.test import Client

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class TokenAnswer:
    """What the token endpoint answered."""

    status: int
    body: Any
    headers: Any

    @property
    def token(self) -> str:
        """The token; the test fails if there is none."""
        return str(self.body["access_token"])


def post_form(
    path: str, body: str | bytes, *, content_type: str = FORM, **headers: str
) -> TokenAnswer:
    """Send exactly this."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    response = Client(raise_request_exception=False).generic(
        "POST", path, body, content_type=content_type, headers=names
    )
    assert response.headers["Content-Type"].startswith("application/json"), response.content
    document = json.loads(response.content) if response.content else None
    return TokenAnswer(response.status_code, document, response.headers)


def ask(client_id: str, secret: str, **parameters: str) -> TokenAnswer:
    """Ask for a token of a key, with name and secret in the body."""
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": secret,
        **parameters,
    }
    return post_form("/oauth2/token", urlencode(form))


def basic(client_id: str, secret: str) -> str:
    """The header of HTTP Basic authentication."""
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()
