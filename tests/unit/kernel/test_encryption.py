from __future__ import annotations

import pytest
from pytest_django import Settings

from config.kernel.encryption import Unreadable, decrypt, encrypt


def test_a_secret_comes_back_and_is_not_to_be_seen_meanwhile() -> None:
    kept = encrypt("whsec_abc", purpose="webhooks")

    assert b"whsec_abc" not in kept
    assert decrypt(kept, purpose="webhooks") == "whsec_abc"


def test_a_secret_kept_for_one_purpose_is_not_read_for_another() -> None:
    kept = encrypt("whsec_abc", purpose="webhooks")

    with pytest.raises(Unreadable):
        decrypt(kept, purpose="something else")


def test_an_older_key_still_reads_while_it_is_named(settings: Settings) -> None:
    settings.SECRET_KEY = "old" * 20
    kept = encrypt("whsec_abc", purpose="webhooks")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, ["old" * 20]

    assert decrypt(kept, purpose="webhooks") == "whsec_abc"

    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Unreadable):
        decrypt(kept, purpose="webhooks")
