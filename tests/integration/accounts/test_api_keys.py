import hmac
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.api_keys.operations import (
    LAST_USED_STEP,
    LONGEST_OVERLAP,
    ApiKeyNotActive,
    issue_api_key,
    revoke_api_key,
    rotate_api_key,
    touch,
)
from accounts.api_keys.queries import CallerKey, authenticate
from accounts.api_keys.secret import make_secret
from accounts.audit.actor import Actor
from accounts.models import ApiKey, AuditEntry, Organization, User
from accounts.organizations.operations import close_organization
from config.kernel.errors import Invalid
from tests.factories.accounts import NOON, TESTER, make_api_key

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def test_a_key_shows_who_calls(acme: Organization, alice: User) -> None:
    issued = issue_api_key(
        name=" Worker ",
        scopes=["balances:read", "usage:write", "usage:write"],
        organization=acme,
        actor=Actor.for_user(alice),
        created_by=alice,
        now=NOON,
    )

    key = ApiKey.objects.get()
    assert issued.api_key == key
    assert authenticate(secret=issued.secret, now=NOON) == CallerKey(
        id=key.pk,
        public_id=key.public_id,
        organization_id=acme.pk,
        scopes=frozenset({"usage:write", "balances:read"}),
        name="Worker",
        last_used_at=None,
    )
    assert key.scopes == ["usage:write", "balances:read"]
    entry = AuditEntry.objects.get()
    assert entry.action == "api_key.issued"
    assert entry.target == key.public_id
    assert entry.organization == acme
    assert entry.changes == {"prefix": key.prefix, "scopes": ["usage:write", "balances:read"]}
    assert (entry.actor, entry.user) == ("alice@acme.example", alice)


@pytest.mark.usefixtures("db")
def test_a_key_without_an_organization_is_a_platform_key() -> None:
    caller = authenticate(secret=make_api_key(None).secret, now=NOON)
    assert caller is not None
    assert caller.is_platform
    assert caller.organization_id is None


def test_the_secret_is_stored_nowhere(acme: Organization) -> None:
    secret = make_api_key(acme).secret
    hidden = secret[len("tb_live_12345678_") :]
    stored = [repr(row) for model in (ApiKey, AuditEntry) for row in model.objects.values()]
    assert len(stored) == 2
    assert not [row for row in stored if hidden in row]


def test_who_calls_is_one_query(
    acme: Organization, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    secret = make_api_key(acme).secret
    with django_assert_num_queries(1):
        caller = authenticate(secret=secret, now=NOON)
        assert caller is not None
        assert (caller.name, caller.is_platform) == ("Worker", False)


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    "text", ["", "Bearer", "tb_live_12345678_short", "tb_live_" + "é" * 58, "\x00", "a" * 100_000]
)
def test_what_is_no_key_costs_no_query(
    text: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert authenticate(secret=text, now=NOON) is None


def test_a_wrong_checksum_costs_no_query(
    acme: Organization, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    secret = make_api_key(acme).secret
    wrong = secret[:-1] + ("0" if secret[-1] != "0" else "1")
    with django_assert_num_queries(0):
        assert authenticate(secret=wrong, now=NOON) is None


def test_another_secret_with_the_same_prefix_is_refused(acme: Organization) -> None:
    stranger = make_secret()
    key = make_api_key(acme).api_key
    ApiKey.objects.filter(pk=key.pk).update(prefix=stranger.prefix)
    assert authenticate(secret=stranger.secret, now=NOON) is None


@pytest.mark.usefixtures("db")
def test_an_unknown_key_is_compared_like_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []
    compare_digest = hmac.compare_digest

    def compare(stored: bytes, shown: bytes) -> bool:
        compared.append(len(stored))
        return compare_digest(stored, shown)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert authenticate(secret=make_secret().secret, now=NOON) is None
    assert compared == [32]


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("scopes", [[], ["usage:write", "everything:write"], [""]])
def test_a_key_needs_scopes_that_exist(scopes: list[str]) -> None:
    with pytest.raises(Invalid):
        make_api_key(None, scopes=scopes)
    assert ApiKey.objects.count() == 0


@pytest.mark.usefixtures("db")
def test_a_key_expires_in_the_future() -> None:
    with pytest.raises(Invalid):
        make_api_key(None, expires_at=NOON)
    issued = make_api_key(None, expires_at=NOON + DAY)
    assert authenticate(secret=issued.secret, now=NOON + DAY - SECOND) is not None
    assert authenticate(secret=issued.secret, now=NOON + DAY) is None


def test_a_revoked_key_is_refused_at_once(acme: Organization) -> None:
    issued = make_api_key(acme)
    revoke_api_key(api_key=issued.api_key, actor=TESTER, reason="leaked", now=NOON)
    assert authenticate(secret=issued.secret, now=NOON) is None
    entry = AuditEntry.objects.get(action="api_key.revoked")
    assert (entry.target, entry.reason) == (issued.api_key.public_id, "leaked")
    with pytest.raises(ApiKeyNotActive):
        revoke_api_key(api_key=issued.api_key, actor=TESTER, now=NOON + DAY)
    assert ApiKey.objects.get().revoked_at == NOON


def test_the_keys_of_a_closed_organization_are_refused(acme: Organization) -> None:
    secret = make_api_key(acme).secret
    platform = make_api_key(None).secret
    close_organization(organization=acme, actor=TESTER, now=NOON)
    assert authenticate(secret=secret, now=NOON) is None
    assert authenticate(secret=platform, now=NOON) is not None


def test_after_a_rotation_both_keys_work_until_the_overlap_ends(acme: Organization) -> None:
    old = make_api_key(acme, scopes=["usage:write"])
    new = rotate_api_key(api_key=old.api_key, overlap=DAY, actor=TESTER, now=NOON)

    assert new.api_key.name == "Worker"
    assert new.api_key.scopes == ["usage:write"]
    assert new.api_key.organization == acme
    assert new.api_key.expires_at is None
    for secret, lasts in ((old.secret, False), (new.secret, True)):
        assert authenticate(secret=secret, now=NOON + DAY - SECOND) is not None
        assert (authenticate(secret=secret, now=NOON + DAY) is not None) is lasts
    entry = AuditEntry.objects.get(action="api_key.rotated")
    assert entry.target == old.api_key.public_id
    assert entry.changes == {
        "replaced_by": new.api_key.public_id,
        "expires_at": "2026-03-11T12:00:00+00:00",
    }


def test_a_rotation_never_lengthens_the_old_keys_life(acme: Organization) -> None:
    old = make_api_key(acme, expires_at=NOON + SECOND)
    rotate_api_key(api_key=old.api_key, overlap=DAY, actor=TESTER, now=NOON)
    assert authenticate(secret=old.secret, now=NOON + SECOND) is None


def test_a_rotation_may_end_the_old_key_at_once(acme: Organization) -> None:
    old = make_api_key(acme)
    rotate_api_key(api_key=old.api_key, overlap=timedelta(0), actor=TESTER, now=NOON)
    assert authenticate(secret=old.secret, now=NOON) is None


@pytest.mark.parametrize("overlap", [-SECOND, LONGEST_OVERLAP + SECOND])
def test_the_overlap_has_limits(acme: Organization, overlap: timedelta) -> None:
    old = make_api_key(acme)
    with pytest.raises(Invalid):
        rotate_api_key(api_key=old.api_key, overlap=overlap, actor=TESTER, now=NOON)
    assert ApiKey.objects.count() == 1


def test_a_dead_key_is_not_rotated(acme: Organization) -> None:
    revoked = make_api_key(acme).api_key
    revoke_api_key(api_key=revoked, actor=TESTER, now=NOON)
    expired = make_api_key(acme, expires_at=NOON + SECOND).api_key
    for key in (revoked, expired):
        with pytest.raises(ApiKeyNotActive):
            rotate_api_key(api_key=key, overlap=DAY, actor=TESTER, now=NOON + SECOND)
    assert ApiKey.objects.count() == 2


def test_use_is_remembered_at_most_once_a_minute(
    acme: Organization, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    secret = make_api_key(acme).secret

    def call(at_seconds: int) -> None:
        now = NOON + at_seconds * SECOND
        caller = authenticate(secret=secret, now=now)
        assert caller is not None
        touch(caller=caller, now=now)

    with django_assert_num_queries(2):
        call(0)
    with django_assert_num_queries(1):
        call(59)
    assert ApiKey.objects.get().last_used_at == NOON
    with django_assert_num_queries(2):
        call(60)
    assert ApiKey.objects.get().last_used_at == NOON + LAST_USED_STEP


def test_of_two_calls_at_once_one_is_remembered(acme: Organization) -> None:
    secret = make_api_key(acme).secret
    caller = authenticate(secret=secret, now=NOON)
    assert caller is not None
    touch(caller=caller, now=NOON + SECOND)
    touch(caller=caller, now=NOON + 2 * SECOND)
    assert ApiKey.objects.get().last_used_at == NOON + SECOND
