"""A sandbox of its own for every test, a clock that stands still, and a way to ask."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from billing.sandbox import Sandbox
from tests.sandbox.asking import Client, Clock, Mailbox


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 6, 1, 12, 0, tzinfo=UTC))


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def sandbox(clock: Clock, mailbox: Mailbox) -> Iterator[Sandbox]:
    sandbox = Sandbox(clock=clock, send=mailbox)
    yield sandbox
    sandbox.close()


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    return Client(sandbox)
