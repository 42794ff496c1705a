"""Without a test key nothing is run against Stripe."""

from __future__ import annotations

import pytest

from .__main__ import NEEDED, main


@pytest.mark.parametrize(
    "key", ["", "sk_" + "live_" + "a1B2" * 6, "pk_test_" + "a1B2" * 6, "sk_test_1"]
)
def test_what_is_needed_is_said(
    key: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STRIPE_SECRET_KEY", key)

    assert main() == 2
    assert capsys.readouterr().err == NEEDED
