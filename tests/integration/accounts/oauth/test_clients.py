"""Every key is a client, from the moment it is made until it is revoked."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from allauth.idp.oidc.models import Client, Token
from django.apps import apps
from django.contrib.auth.hashers import check_password
from django.db import connection

from accounts.api_keys.operations import revoke_api_key, rotate_api_key
from accounts.choices import Scope
from accounts.oauth.clients import delete_expired_tokens
from accounts.oauth.hashers import stored_secret
from accounts.oauth.scopes import KINDE_SCOPES, names_of, scopes_named
from accounts.tasks import forget_expired_tokens
from tests.factories.accounts import NOON, TESTER, make_api_key, make_organization

pytestmark = pytest.mark.django_db


def test_a_key_is_made_with_its_client() -> None:
    issued = make_api_key(make_organization(), scopes=["flags:write", "usage:write"])
    client = Client.objects.get()
    assert client.pk == issued.api_key.public_id
    assert client.type == Client.Type.CONFIDENTIAL
    assert client.get_grant_types() == ["client_credentials"]
    assert client.get_redirect_uris() == []
    assert client.get_default_scopes() == ["usage:write", "flags:write"]
    assert client.get_scopes() == names_of(["usage:write", "flags:write"])
    assert client.check_secret(issued.secret)
    assert not client.check_secret(issued.secret + "x")


def test_the_client_goes_with_the_key_and_takes_its_tokens_along() -> None:
    issued = make_api_key(None)
    client = Client.objects.get()
    Token.objects.create(type=Token.Type.ACCESS_TOKEN, hash="x", client=client)
    revoke_api_key(api_key=issued.api_key, actor=TESTER, now=NOON)
    assert not Client.objects.exists()
    assert not Token.objects.exists()


def test_a_rotated_key_and_its_successor_are_clients() -> None:
    old = make_api_key(None)
    new = rotate_api_key(api_key=old.api_key, overlap=timedelta(hours=1), actor=TESTER, now=NOON)
    assert set(Client.objects.values_list("pk", flat=True)) == {
        old.api_key.public_id,
        new.api_key.public_id,
    }


@pytest.mark.parametrize("step", ["0009_oauth_clients", "0009_squashed_0014_analytics_scope"])
def test_keys_of_before_become_clients_too(step: str) -> None:
    active = make_api_key(make_organization(), scopes=["balances:read"])
    revoked = make_api_key(None)
    revoke_api_key(api_key=revoked.api_key, actor=TESTER, now=NOON)
    made_today = Client.objects.filter(pk=active.api_key.public_id).values().get()
    migration = import_module(f"accounts.migrations.{step}")
    editor = SimpleNamespace(connection=connection)
    migration.remove_clients_of_keys(apps, editor)
    assert not Client.objects.exists()
    migration.make_clients_of_keys(apps, editor)
    made_then = Client.objects.values().get()
    for fields in (made_today, made_then):
        fields.pop("created_at")
    assert made_then == made_today
    assert Client.objects.get().check_secret(active.secret)


def test_a_random_secret_opens_and_nothing_else_does() -> None:
    stored = stored_secret(bytes.fromhex("00" * 32))
    assert stored == "random_sha256$" + "00" * 32
    assert not check_password("", stored)
    assert not check_password("00" * 32, stored)


def test_each_of_kindes_names_stands_for_one_scope_of_ours() -> None:
    assert scopes_named(KINDE_SCOPES) <= frozenset(Scope.values)
    assert scopes_named(["create:meter_usage", "flags:write", "nothing", ""]) == {
        "usage:write",
        "flags:write",
    }
    assert names_of(["outcomes:read"]) == ["outcomes:read"]


def test_expired_tokens_are_forgotten() -> None:
    make_api_key(None)
    client = Client.objects.get()
    for name, expires_at in (
        ("over", NOON),
        ("good", NOON + timedelta(seconds=1)),
        ("endless", None),
    ):
        Token.objects.create(
            type=Token.Type.ACCESS_TOKEN, hash=name, client=client, expires_at=expires_at
        )
    assert delete_expired_tokens(now=NOON) == 1
    assert set(Token.objects.values_list("hash", flat=True)) == {"good", "endless"}
    forget_expired_tokens()
    assert set(Token.objects.values_list("hash", flat=True)) == {"endless"}
