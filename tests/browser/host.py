"""Somebody's product on an origin of its own, under the strictest policy that a page can have."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import httpx

from config.env import PROJECT_FOLDER

DOCUMENTED: Final = "https://billing.example"
STYLE: Final = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1.5rem; max-width: 42rem; }
button { font: inherit; padding: .5rem 1rem; }
"""


def documented_page() -> str:
    """The page of the documentation that one can copy."""
    text = (PROJECT_FOLDER / "docs/embedding.md").read_text()
    match = re.search(r"```html\n(<!doctype html>.*?)```", text, re.DOTALL)
    assert match is not None
    return match[1]


@dataclass
class Host:
    """The product: its page, and the tokens that it gives away. Tests change it as they like."""

    tallybook: str
    key: str
    origin: str = ""
    page: str = field(default_factory=documented_page)
    allow: list[str] = field(default_factory=lambda: ["estimates", "usage"])
    # What a token says it has to live, where that is not the truth.
    says_it_lives_for: timedelta | None = None
    # Handed out before real ones.
    dead_tokens: list[str] = field(default_factory=list)
    has_tokens: bool = True
    tokens_given: int = 0

    @property
    def policy(self) -> str:
        """What the browser may do on the page."""
        return (
            f"default-src 'none'; script-src {self.tallybook}; style-src 'self'; "
            f"connect-src 'self' {self.tallybook}; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        )

    def give_token(self) -> dict[str, Any]:
        """Ask Tallybook for one, as the product's server does."""
        self.tokens_given += 1
        answer = httpx.post(
            f"{self.tallybook}/api/v1/embed-tokens",
            headers={"Authorization": f"Bearer {self.key}"},
            json={"allow": self.allow, "origins": [self.origin]},
        )
        answer.raise_for_status()
        given: dict[str, Any] = answer.json()
        if self.dead_tokens:
            given["token"] = self.dead_tokens.pop(0)
        if self.says_it_lives_for is not None:
            issued_at = datetime.fromisoformat(given["expires_at"]) - timedelta(minutes=15)
            given["expires_at"] = (issued_at + self.says_it_lives_for).isoformat()
        return given


@contextmanager
def serve(host: Host) -> Iterator[Host]:
    """Serve the product on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/":
                self._send(200, "text/html", host.page.replace(DOCUMENTED, host.tallybook))
            elif self.path == "/app.css":
                self._send(200, "text/css", STYLE)
            elif self.path != "/tallybook-token":
                self._send(204, "text/plain", "")
            elif host.has_tokens:
                self._send(200, "application/json", json.dumps(host.give_token()))
            else:
                self._send(503, "text/plain", "")

        def _send(self, status: int, kind: str, text: str) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Security-Policy", host.policy)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        host.origin = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield host
        finally:
            server.shutdown()
            thread.join()
