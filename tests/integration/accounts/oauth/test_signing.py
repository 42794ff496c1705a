"""The keys that sign: one is made when it is needed, and another takes over without a gap."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO

import jwt
import pytest
from django.core.management import call_command
from django.db import connections
from pytest_django import Settings

from accounts.models import OAuthSigningKey
from accounts.oauth import signing
from accounts.oauth.signing import (
    SHOWN_AHEAD,
    delete_retired_keys,
    find_public_key,
    get_signing_key,
    public_keys,
    rotate_signing_key,
    sign,
)
from tests.factories.accounts import NOON

DAY = timedelta(hours=24)


@pytest.fixture(autouse=True)
def _a_process_that_has_just_started() -> Iterator[None]:
    signing._known.clear()
    signing._opened.cache_clear()
    yield
    signing._opened.cache_clear()


def shown(now: object = NOON) -> list[str]:
    return [key["kid"] for key in public_keys(now=now)["keys"]]  # type: ignore[arg-type]


def test_the_first_key_is_made_when_it_is_needed(db: None) -> None:
    token = sign(claims={"a": 1}, now=NOON)
    [key] = public_keys(now=NOON)["keys"]
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "kid": key["kid"], "typ": "JWT"}
    assert jwt.decode(token, jwt.PyJWK(key).key, algorithms=["RS256"]) == {"a": 1}
    assert sign(claims={"a": 1}, now=NOON) == token
    assert key.keys() == {"alg", "e", "key_ops", "kid", "kty", "n", "use"}


def test_the_key_is_not_readable_in_the_database(db: None) -> None:
    key = get_signing_key(now=NOON)
    stored = bytes(OAuthSigningKey.objects.get().encrypted_pem)
    assert b"PRIVATE KEY" in key.pem.encode()
    assert b"PRIVATE KEY" not in stored
    assert "PRIVATE" not in repr(key)


def test_processes_that_start_together_make_one(transactional_db: None) -> None:
    def ask(_: int) -> str:
        try:
            return get_signing_key(now=NOON).kid
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        names = set(pool.map(ask, range(4)))
    assert names == {OAuthSigningKey.objects.get().kid}


def test_a_key_is_shown_before_it_signs_and_after_it_has(db: None) -> None:
    old = get_signing_key(now=NOON).kid
    new = rotate_signing_key(overlap=DAY, now=NOON)
    assert shown() == [new, old]
    almost = NOON + SHOWN_AHEAD - timedelta(seconds=1)
    assert get_signing_key(now=almost).kid == old
    assert get_signing_key(now=NOON + SHOWN_AHEAD).kid == new
    end = NOON + SHOWN_AHEAD + DAY
    assert shown(end - timedelta(seconds=1)) == [new, old]
    assert shown(end) == [new]
    assert find_public_key(kid=old, now=end) is None
    assert delete_retired_keys(now=end) == 1
    assert OAuthSigningKey.objects.get().kid == new


def test_a_stolen_key_is_replaced_at_once(db: None) -> None:
    old = get_signing_key(now=NOON).kid
    assert find_public_key(kid=old, now=NOON) is not None
    new = rotate_signing_key(overlap=DAY, at_once=True, now=NOON)
    assert shown() == [new]
    assert get_signing_key(now=NOON).kid == new
    # Other processes look again within a minute.
    assert find_public_key(kid=old, now=NOON + timedelta(minutes=1)) is None


def test_a_second_rotation_keeps_no_key_longer(db: None) -> None:
    get_signing_key(now=NOON)
    rotate_signing_key(overlap=DAY, now=NOON)
    first = OAuthSigningKey.objects.earliest("pk").retires_at
    rotate_signing_key(overlap=DAY, now=NOON + timedelta(hours=1))
    assert OAuthSigningKey.objects.earliest("pk").retires_at == first


def test_a_key_that_cannot_be_opened_any_more_is_replaced(db: None, settings: Settings) -> None:
    old = get_signing_key(now=NOON).kid
    signing._opened.cache_clear()
    settings.SECRET_KEY = "another-" + "1" * 50
    new = get_signing_key(now=NOON).kid
    assert new != old
    assert shown() == [new]


def test_a_former_secret_key_still_opens(db: None, settings: Settings) -> None:
    old = get_signing_key(now=NOON).kid
    signing._opened.cache_clear()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-" + "1" * 50
    assert get_signing_key(now=NOON).kid == old


def test_the_command_says_which_key_signs_and_when(db: None) -> None:
    for options, when in (([], "in five minutes"), (["--at-once"], "now")):
        said = StringIO()
        call_command("rotate_signing_key", *options, stdout=said)
        newest = OAuthSigningKey.objects.latest("pk")
        assert said.getvalue() == f"{newest.kid} signs {when}.\n"
