"""A real browser for the tests that need one: Debian's Chromium, kept away from the network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request
from pytest_django.live_server_helper import LiveServer

# Playwright runs an event loop in our thread, which Django takes for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    executable = shutil.which("chromium")
    if executable is None:
        pytest.fail("The browser tests need Chromium; `make test` installs it or says how.")
    return {
        "executable_path": executable,
        "args": [
            "--no-sandbox",
            "--disable-quic",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture
def quiet_page(page: Page, live_server: LiveServer) -> Iterator[Page]:
    """A page that must load nothing from elsewhere and write nothing to the console."""
    messages: list[str] = []
    elsewhere: list[str] = []
    home = urlsplit(live_server.url).netloc

    def note_message(message: ConsoleMessage) -> None:
        messages.append(f"{message.type}: {message.text}")

    def note_request(request: Request) -> None:
        if urlsplit(request.url).netloc != home:
            elsewhere.append(request.url)

    page.on("console", note_message)
    page.on("pageerror", lambda error: messages.append(f"error: {error}"))
    page.on("request", note_request)
    yield page
    assert messages == []
    assert elsewhere == []
