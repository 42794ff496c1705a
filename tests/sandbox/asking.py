"""Asking the sandbox as any HTTP client would, without a socket."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from billing.sandbox import Answer, Sandbox

KEY = "sk_test_" + "sandbox0" * 3


@dataclass
class Clock:
    """The sandbox's real time, which moves when the test says so."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **span: int) -> None:
        self.at += timedelta(**span)


@dataclass
class Mailbox:
    """Where webhooks arrive. ``status`` is what the receiver says; None is nobody there."""

    status: int | None = 200
    letters: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        self.letters.append((url, dict(headers), body))
        if self.status is None:
            raise ConnectionRefusedError("nobody there")
        return self.status

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, _, body in self.letters]


class Client:
    """``get``, ``post`` and ``delete`` answer the object, or fail the test with Stripe's error."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        return self._granted("GET", path, params)

    def post(self, path: str, **params: Any) -> dict[str, Any]:
        return self._granted("POST", path, params)

    def delete(self, path: str, **params: Any) -> dict[str, Any]:
        return self._granted("DELETE", path, params)

    def refused(self, method: str, path: str, **params: Any) -> tuple[int, dict[str, Any]]:
        """The status and the error of a call that must not be granted."""
        answer = self.ask(method, path, params)
        assert answer.status >= 400, answer.body.decode()
        return answer.status, json.loads(answer.body)["error"]

    def ask(self, method: str, path: str, params: Mapping[str, Any], **headers: str) -> Answer:
        encoded = urlencode(list(_flat(params)))
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.sandbox.handle(
            method=method,
            target=path if method == "POST" else f"{path}?{encoded}",
            headers={"Authorization": f"Bearer {KEY}", **given},
            body=encoded.encode() if method == "POST" else b"",
        )

    def events(self, *types: str) -> list[dict[str, Any]]:
        """The events of these types (all by default), oldest first."""
        found = self.get("/v1/events", limit=100)["data"]
        return [event for event in reversed(found) if not types or event["type"] in types]

    def _granted(self, method: str, path: str, params: Mapping[str, Any]) -> dict[str, Any]:
        answer = self.ask(method, path, params)
        assert answer.status == 200, answer.body.decode()
        return dict(json.loads(answer.body))


def _flat(value: Any, name: str = "") -> Any:
    """Nested values as Stripe's form pairs."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _flat(part, f"{name}[{key}]" if name else str(key))
    elif isinstance(value, list):
        for position, part in enumerate(value):
            yield from _flat(part, f"{name}[{position}]")
    elif value is not None:
        yield name, str(value).lower() if isinstance(value, bool) else str(value)
