import re
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from accounts.api_keys.secret import digest, make_secret, prefix_of


def test_a_secret_has_the_published_form() -> None:
    new = make_secret()
    assert re.fullmatch(r"tb_live_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}", new.secret)
    assert new.secret.startswith(f"{new.prefix}_")
    assert len(new.prefix) == 16


def test_a_secret_leads_back_to_its_prefix() -> None:
    new = make_secret()
    assert prefix_of(new.secret) == new.prefix


def test_no_two_secrets_are_alike() -> None:
    assert len({make_secret().secret for _ in range(100)}) == 100


def test_a_secret_does_not_show_in_a_log() -> None:
    new = make_secret()
    assert repr(new) == f"NewSecret(prefix='{new.prefix}')"


def test_a_known_checksum_keeps_its_value() -> None:
    # Keys that are in use must stay valid: the checksum may never change.
    body = "tb_live_00000000_" + "0" * 43
    assert prefix_of(body + "1Nw1wj") == "tb_live_00000000"


@given(position=st.integers(8, 65), character=st.sampled_from("0aZ9"))
def test_a_typing_error_is_noticed(position: int, character: str) -> None:
    secret = make_secret().secret
    mistyped = secret[:position] + character + secret[position + 1 :]
    if mistyped != secret:
        assert prefix_of(mistyped) is None


@given(st.text())
def test_any_other_text_is_no_key(text: str) -> None:
    assert prefix_of(text) is None


def test_a_key_with_something_after_it_is_no_key() -> None:
    secret = make_secret().secret
    assert prefix_of(secret + "\n") is None
    assert prefix_of(" " + secret) is None


def test_the_stored_digest_is_sha256() -> None:
    assert digest("abc") == sha256(b"abc").digest()
