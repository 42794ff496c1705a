"""Looking at the sandbox's pages as a browser would, without one."""

from __future__ import annotations

from collections.abc import Mapping
from html import unescape
from re import sub
from urllib.parse import urlencode

from billing.sandbox import Answer, Sandbox

HOST = "127.0.0.1:12111"
HERE = {"Origin": f"http://{HOST}", "Sec-Fetch-Site": "same-origin"}


class Visitor:
    """Somebody with a browser."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def open(self, address: str) -> Answer:
        return self._ask("GET", address, b"", {})

    def submit(
        self, address: str, fields: Mapping[str, str], *, headers: Mapping[str, str] = HERE
    ) -> Answer:
        """Post a form, by default from a page of the sandbox itself."""
        return self._ask("POST", address, urlencode(fields).encode(), headers)

    def read(self, address: str) -> str:
        """The text of a page that must be there."""
        answer = self.open(address)
        assert answer.status == 200, answer.body.decode()
        return text_of(answer)

    def _ask(self, method: str, address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        target = address.removeprefix(f"http://{HOST}")
        return self.sandbox.handle(
            method=method, target=target, headers={"Host": HOST, **headers}, body=body
        )


def text_of(answer: Answer) -> str:
    """What a page says, its markup and surplus space left out."""
    return " ".join(unescape(sub(r"<[^>]+>", " ", answer.body.decode())).split())
