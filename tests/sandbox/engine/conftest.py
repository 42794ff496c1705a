from __future__ import annotations

import pytest

from billing.sandbox import Sandbox
from tests.sandbox.asking import Client
from tests.sandbox.engine.shop import Shop


@pytest.fixture
def shop(client: Client, sandbox: Sandbox) -> Shop:
    return Shop(client, sandbox).open()
