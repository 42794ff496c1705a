"""The sandbox in a hurry: for tests of very many calls."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from billing.sandbox import validation
from billing.sandbox.wire import write_json
from billing.stripe.inbox import handling


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What the sandbox has said before, word for word, is not held against Stripe's description
    again, and dj-stripe copies nothing: its copies are apart from what is billed.
    """
    seen: set[tuple[int, bytes]] = set()
    check = validation._check

    def check_once(validator: Any, value: Any) -> None:
        said = id(validator), hashlib.sha256(write_json(value).encode()).digest()
        if said not in seen:
            check(validator, value)
            seen.add(said)

    monkeypatch.setattr(validation, "_check", check_once)
    monkeypatch.setattr(handling, "copy_object", lambda payload: True)
