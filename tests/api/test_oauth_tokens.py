"""An app exchanges its key for tokens, and calls with them as with the key."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
import time_machine
from allauth.idp.oidc.models import Token
from django.test import Client, RequestFactory

from accounts.api_keys.operations import revoke_api_key, rotate_api_key
from accounts.choices import Scope
from accounts.models import ApiKey, AuditEntry, Organization
from metering.models import UsageEvent
from portal.api.admission import admit, recent_keys
from portal.oauth.token import failures
from tests.api.conftest import NOW, Api, World
from tests.api.oauth import ask, basic, post_form
from tests.factories.accounts import TESTER, make_api_key

AUDIENCE = "http://127.0.0.1:8000/api"


@pytest.fixture(autouse=True)
def _nothing_refused_yet() -> None:
    failures.clear()


def key_of(organization: Organization | None) -> ApiKey:
    return ApiKey.objects.get(organization=organization)


def token_of(world: World, **parameters: str) -> str:
    return ask(key_of(world.acme).public_id, world.acme_key, **parameters).token


def claims_of(token: str) -> dict[str, Any]:
    """What a token says, once its signature was checked with the keys that we show."""
    shown = json.loads(Client().get("/.well-known/jwks.json").content)
    [jwk] = [key for key in shown["keys"] if key["kid"] == jwt.get_unverified_header(token)["kid"]]
    claims: dict[str, Any] = jwt.decode(
        token,
        jwt.PyJWK(jwk).key,
        algorithms=["RS256"],
        issuer="http://127.0.0.1:8000",
        options={"verify_aud": False},
    )
    return claims


def test_a_key_is_exchanged_for_a_token(world: World) -> None:
    key = key_of(world.acme)
    answer = ask(key.public_id, world.acme_key)

    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.body == {
        "access_token": answer.token,
        "expires_in": 3600,
        "token_type": "Bearer",
        "scope": " ".join(Scope.values),
    }
    claims = claims_of(answer.token)
    assert claims.pop("jti") != ""
    assert claims == {
        "iss": "http://127.0.0.1:8000",
        "aud": [AUDIENCE],
        "sub": key.public_id,
        "client_id": key.public_id,
        "org_code": world.acme.public_id,
        "scope": " ".join(Scope.values),
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 3600,
        "token_use": "access",
    }


def test_the_token_of_a_platform_key_names_no_organization(world: World) -> None:
    answer = ask(key_of(None).public_id, world.platform_key)
    assert "org_code" not in claims_of(answer.token)


def test_a_token_acts_in_the_name_of_its_key(world: World) -> None:
    api = Api(token_of(world))
    answer = api.post("usage", {"id": "req-1", "action": "EXTRACT_TEXT"})

    assert answer.status == 200
    assert UsageEvent.objects.get().api_key_id == key_of(world.acme).pk
    assert api.get("balances").raw == world.as_acme.get("balances").raw
    assert api.get("balances?organization=customer-2").status == 404
    key = key_of(world.acme)
    assert key.last_used_at == NOW


def test_a_platform_token_acts_for_everybody(world: World) -> None:
    api = Api(ask(key_of(None).public_id, world.platform_key).token)
    for name in ("customer-1", "customer-2"):
        assert api.get(f"balances?organization={name}").status == 200


def test_a_key_and_its_token_share_one_allowance_of_requests(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.api.admission.monotonic", lambda: 1000.0)
    first = world.as_acme.get("flags").headers["RateLimit-Remaining"]
    second = Api(token_of(world)).get("flags").headers["RateLimit-Remaining"]
    assert int(second) == int(first) - 1


def test_client_and_secret_may_be_shown_in_the_header(world: World) -> None:
    header = basic(key_of(world.acme).public_id, world.acme_key)
    answer = post_form("/oauth2/token", "grant_type=client_credentials", Authorization=header)
    assert answer.status == 200


@pytest.mark.parametrize(
    "audience",
    [AUDIENCE, "https://testserver/api", "http://testserver/api"],
)
def test_the_api_may_be_named_as_the_audience(world: World, audience: str) -> None:
    token = token_of(world, audience=audience)
    assert claims_of(token)["aud"] == [audience]
    assert Api(token).get("balances").status == 200


@pytest.mark.parametrize("audience", ["https://other.example/api", "nobody", AUDIENCE + "/v1"])
def test_no_token_is_given_for_somebody_else(world: World, audience: str) -> None:
    answer = ask(key_of(world.acme).public_id, world.acme_key, audience=audience)
    assert (answer.status, answer.body["error"]) == (400, "invalid_target")


@pytest.mark.parametrize("scope", ["", " "])
def test_an_empty_scope_asks_for_everything(world: World, scope: str) -> None:
    answer = ask(key_of(world.acme).public_id, world.acme_key, scope=scope)
    assert answer.body["scope"] == " ".join(Scope.values)


def test_a_token_that_was_asked_for_with_less_may_less(world: World) -> None:
    answer = ask(key_of(world.acme).public_id, world.acme_key, scope="balances:read")
    assert answer.body["scope"] == "balances:read"
    api = Api(answer.token)
    assert api.get("balances").status == 200
    refused = api.get("flags")
    assert (refused.status, refused.body["scope"]) == (403, "entitlements:read")


def test_kindes_names_of_scopes_are_good(world: World) -> None:
    scope = "read:billing_entitlements create:meter_usage"
    answer = ask(key_of(world.acme).public_id, world.acme_key, scope=scope)
    assert answer.body["scope"] == scope
    api = Api(answer.token)
    assert api.get("entitlements").status == 200
    assert api.post("usage", {"id": "req-1", "action": "EXTRACT_TEXT"}).status == 200
    assert api.get("balances").status == 403


@pytest.mark.parametrize("scope", ["everything", "balances:read nothing", "openid", "read:users"])
def test_an_unknown_scope_is_refused(world: World, scope: str) -> None:
    answer = ask(key_of(world.acme).public_id, world.acme_key, scope=scope)
    assert (answer.status, answer.body["error"]) == (400, "invalid_scope")


def test_nobody_gets_a_scope_that_the_key_has_not(world: World) -> None:
    issued = make_api_key(world.acme, scopes=["balances:read"], now=NOW)
    for scope in ("usage:write", "balances:read usage:write", "create:meter_usage"):
        answer = ask(issued.api_key.public_id, issued.secret, scope=scope)
        assert (answer.status, answer.body["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize("place", ["body", "header"])
def test_a_wrong_secret_is_refused(world: World, place: str) -> None:
    acme, crane = key_of(world.acme).public_id, key_of(world.crane).public_id
    for client_id, secret in ((acme, world.crane_key), (crane, "x"), ("key_none", world.acme_key)):
        if place == "body":
            answer = ask(client_id, secret)
        else:
            header = basic(client_id, secret)
            answer = post_form(
                "/oauth2/token", "grant_type=client_credentials", Authorization=header
            )
        assert (answer.status, answer.body["error"]) == (401, "invalid_client")
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="Tallybook"'
    assert not Token.objects.exists()


def test_a_key_that_is_over_gets_no_token(world: World, clock: time_machine.Traveller) -> None:
    expiring = make_api_key(world.acme, expires_at=NOW + timedelta(hours=1), now=NOW)
    revoked = make_api_key(world.acme, now=NOW)
    revoke_api_key(api_key=revoked.api_key, actor=TESTER, now=NOW)
    closed = make_api_key(world.crane, now=NOW)
    Organization.objects.filter(pk=world.crane.pk).update(closed_at=NOW)
    clock.shift(timedelta(hours=1))
    for issued in (expiring, revoked, closed):
        answer = ask(issued.api_key.public_id, issued.secret)
        assert (answer.status, answer.body["error"]) == (401, "invalid_client")
    assert not Token.objects.exists()


def test_both_keys_get_tokens_while_a_rotation_lasts(
    world: World, clock: time_machine.Traveller
) -> None:
    old = key_of(world.acme)
    new = rotate_api_key(api_key=old, overlap=timedelta(hours=1), actor=TESTER, now=NOW)
    assert ask(old.public_id, world.acme_key).status == 200
    assert ask(new.api_key.public_id, new.secret).status == 200
    clock.shift(timedelta(hours=1))
    assert ask(old.public_id, world.acme_key).status == 401
    assert ask(new.api_key.public_id, new.secret).status == 200


def test_the_tokens_of_a_revoked_key_are_refused_within_a_second(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [1000.0]
    monkeypatch.setattr("portal.api.admission.monotonic", lambda: seconds[0])
    api = Api(token_of(world))
    assert api.get("balances").status == 200
    revoke_api_key(api_key=key_of(world.acme), actor=TESTER, now=NOW)
    assert api.get("balances").status == 200
    seconds[0] += 1
    assert api.get("balances").status == 401
    assert AuditEntry.objects.filter(action="api_key.revoked").count() == 1


def test_a_token_is_looked_up_once_for_many_requests(
    world: World, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr("portal.api.admission.monotonic", lambda: 1000.0)
    token = token_of(world)
    request = RequestFactory().get("/", HTTP_AUTHORIZATION=f"Bearer {token}")
    admit(request, scope=Scope.BALANCES_READ, now=NOW)
    with django_assert_num_queries(0):
        admit(request, scope=Scope.BALANCES_READ, now=NOW)


def test_a_token_expires(world: World, clock: time_machine.Traveller) -> None:
    api = Api(token_of(world))
    clock.shift(timedelta(minutes=59, seconds=59))
    assert api.get("balances").status == 200
    clock.shift(timedelta(seconds=1))
    recent_keys.clear()
    assert api.get("balances").status == 401


def test_a_token_can_be_taken_back(world: World) -> None:
    token = token_of(world)
    form = {"client_id": key_of(world.acme).public_id, "client_secret": world.acme_key}
    assert post_form("/oauth2/revoke", urlencode({**form, "token": token})).status == 200
    assert Api(token).get("balances").status == 401
