"""What strangers send to the addresses of tokens leads to a clear refusal, and to nothing else."""

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from allauth.core.internal.jwkkit import load_jwk_from_pem
from allauth.idp.oidc.models import Token
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.test import Client

from accounts.models import ApiKey, OAuthSubject
from accounts.oauth.signing import public_keys, sign
from portal.oauth.token import FAILURES_PER_MINUTE, failures
from tests.api.conftest import NOW, Api, World
from tests.api.nasty import TEXTS
from tests.api.oauth import FORM, ask, basic, post_form

TOKEN = "/oauth2/token"
PLAIN = "grant_type=client_credentials"


@pytest.fixture(autouse=True)
def _nothing_refused_yet() -> None:
    failures.clear()


def key_of(world: World) -> ApiKey:
    return ApiKey.objects.get(organization=world.acme)


def good_form(world: World) -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_id": key_of(world).public_id,
        "client_secret": world.acme_key,
    }


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
@pytest.mark.parametrize("path", [TOKEN, "/oauth2/revoke"])
def test_tokens_are_asked_for_with_post(db: None, path: str, method: str) -> None:
    response = Client().generic(method, path)
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize("path", ["/oauth2/tokens", "/oauth2/token/", "/.well-known/none"])
def test_there_is_nothing_beside_the_addresses(db: None, path: str) -> None:
    assert Client(raise_request_exception=False).post(path).status_code == 404


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x"])
def test_only_forms_are_read(world: World, content_type: str) -> None:
    answer = post_form(TOKEN, json.dumps(good_form(world)), content_type=content_type)
    assert (answer.status, answer.body["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("", "invalid_request"),
        ("grant_type=", "invalid_request"),
        ("grant_type=password&username=a&password=b", "unsupported_grant_type"),
        ("grant_type=urn:ietf:params:oauth:grant-type:device_code", "unsupported_grant_type"),
        (f"{PLAIN}&{PLAIN}", "invalid_request"),
        (f"{PLAIN}&scope=a&scope=b", "invalid_request"),
        (f"{PLAIN}&client_id=%00&client_secret=x", "invalid_request"),
        (f"{PLAIN}&client_id=key_1&client_secret=%00", "invalid_request"),
        (f"{PLAIN}&scope=%0a", "invalid_request"),
        (f"{PLAIN}&client_id={'x' * 5000}", "invalid_request"),
        (f"{PLAIN}&client_id={'x' * 20_000}", "invalid_request"),
        ("&".join(f"p{number}=1" for number in range(1500)), "invalid_request"),
        ("%", "invalid_request"),
        (b"\xff\xfe\x00", "invalid_request"),
        ("grant_type=authorization_code", "invalid_request"),
        ("grant_type=authorization_code&code=x&client_id=key_1", "invalid_client"),
        ("grant_type=refresh_token&refresh_token=x&client_id=%C3%A9", "invalid_client"),
    ],
)
def test_a_body_that_makes_no_sense_is_refused(world: World, body: str | bytes, error: str) -> None:
    answer = post_form(TOKEN, body)
    assert 400 <= answer.status < 500
    assert answer.body["error"] == error
    assert not Token.objects.exists()


@pytest.mark.parametrize("name", ["client_id", "client_secret", "scope", "audience", "grant_type"])
def test_a_nasty_value_is_refused(world: World, name: str) -> None:
    for text in TEXTS:
        if not text.strip() and name in {"scope", "audience"}:
            continue
        body = urlencode({**good_form(world), name: text}, errors="surrogatepass")
        assert 400 <= post_form(TOKEN, body).status < 500, text
    assert not Token.objects.exists()


@pytest.mark.parametrize(
    "parameter", ["user=1", "client=x", "scopes=openid", "resource=https://x.example/", "jti=1"]
)
def test_nobody_slips_facts_to_the_engine(world: World, parameter: str) -> None:
    answer = post_form(TOKEN, f"{urlencode(good_form(world))}&{parameter}")
    assert answer.status == 200
    [token] = Token.objects.all()
    assert (token.user_id, token.data) == (None, None)
    told = jwt.decode(answer.token, options={"verify_signature": False})
    assert told["sub"] == key_of(world).public_id
    refused = post_form(f"{TOKEN}?{parameter}", urlencode(good_form(world)))
    assert (refused.status, refused.body["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Basic " + base64.b64encode(b"\xff:\xff").decode(),
        "Basic " + base64.b64encode(b"key_1\x00:x").decode(),
        "Basic " + base64.b64encode(b"key_1:%00").decode(),
        "Bearer x",
        "é",
    ],
)
def test_a_header_that_makes_no_sense_is_refused(db: None, header: str) -> None:
    answer = post_form(TOKEN, PLAIN, Authorization=header)
    assert (answer.status, answer.body["error"]) == (401, "invalid_client")


def test_the_client_is_shown_in_one_place(world: World) -> None:
    form = good_form(world)
    header = basic(form["client_id"], form["client_secret"])
    for body in (form, {"grant_type": "client_credentials", "client_id": "key_other"}):
        answer = post_form(TOKEN, urlencode(body), Authorization=header)
        assert (answer.status, answer.body["error"]) == (400, "invalid_request")


def test_refusals_without_end_are_slowed_down_and_stop_nobody_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.oauth.token.monotonic", lambda: 1000.0)
    client_id = key_of(world).public_id
    answers = [ask(client_id, "wrong") for _ in range(FAILURES_PER_MINUTE + 1)]
    assert [answer.status for answer in answers] == [401] * FAILURES_PER_MINUTE + [429]
    assert answers[-1].headers["Retry-After"] == "2"
    assert ask("key_other", "wrong").status == 401
    assert ask(client_id, world.acme_key).status == 200


# --- tokens ---------------------------------------------------------------------------------------


def claims_for(world: World) -> dict[str, Any]:
    """What a good token says."""
    token = ask(key_of(world).public_id, world.acme_key).token
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def issued(world: World, claims: dict[str, Any]) -> str:
    """A token with our signature, which the engine knows."""
    token = sign(claims=claims, now=NOW)
    Token.objects.create(
        type=Token.Type.ACCESS_TOKEN,
        hash=hashlib.sha256(token.encode()).hexdigest(),
        client_id=key_of(world).public_id,
    )
    return token


def foreign_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def our_kid() -> str:
    return str(public_keys(now=NOW)["keys"][0]["kid"])


def tampered(claims: dict[str, Any]) -> str:
    header, _, signature = sign(claims=claims, now=NOW).split(".")
    changed = json.dumps(claims | {"client_id": "key_other"}).encode()
    return f"{header}.{base64.urlsafe_b64encode(changed).decode().rstrip('=')}.{signature}"


def without_signature(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, "", algorithm="none", headers={"kid": our_kid()})


def signed_with_our_public_key(claims: dict[str, Any]) -> str:
    """The old trick: the public key taken for the secret of a symmetric signature."""
    public = json.dumps(public_keys(now=NOW)["keys"][0])
    header = {"alg": "HS256", "kid": our_kid(), "typ": "JWT"}
    parts = [json.dumps(header).encode(), json.dumps(claims).encode()]
    text = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    key = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    signature = key.sign(text.encode(), public.encode())
    return f"{text}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def signed_by_another(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, foreign_key(), algorithm="RS256", headers={"kid": our_kid()})


def with_a_key_of_its_own(claims: dict[str, Any]) -> str:
    key = foreign_key()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    jwk, _ = load_jwk_from_pem(pem)
    headers = {"kid": jwk["kid"], "jwk": jwk, "jku": "https://thief.example/jwks.json"}
    return jwt.encode(claims, key, algorithm="RS256", headers=headers)


def nested(claims: dict[str, Any]) -> str:
    header = '{"a":' + "[" * 2_900
    return base64.urlsafe_b64encode(header.encode()).decode().rstrip("=")[:3_900] + ".e30.x"


FORGERIES: list[Callable[[dict[str, Any]], str]] = [
    tampered,
    without_signature,
    signed_with_our_public_key,
    signed_by_another,
    with_a_key_of_its_own,
    nested,
]


@pytest.mark.parametrize("forge", FORGERIES)
def test_a_forged_token_is_refused(world: World, forge: Callable[[dict[str, Any]], str]) -> None:
    answer = Api(forge(claims_for(world))).get("balances")
    assert (answer.status, answer.body["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://other.example/api"},
        {"aud": None},
        {"aud": []},
        {"iss": "https://other.example"},
        {"exp": int(NOW.timestamp())},
        {"exp": 0},
        {"token_use": "id"},
        {"token_use": None},
        {"client_id": "key_other"},
        {"client_id": "app_1"},
        {"scope": None},
    ],
)
def test_our_own_signature_is_not_enough(world: World, changes: dict[str, Any]) -> None:
    claims = claims_for(world) | {"jti": "another"}
    assert Api(issued(world, claims)).get("balances").status == 200
    changed = {name: value for name, value in (claims | changes).items() if value is not None}
    answer = Api(issued(world, changed)).get("balances")
    assert (answer.status, answer.body["code"]) == (401, "unauthenticated")


def test_a_token_that_the_engine_does_not_know_is_refused(world: World) -> None:
    claims = claims_for(world) | {"jti": "another"}
    assert Api(sign(claims=claims, now=NOW)).get("balances").status == 401


@pytest.mark.parametrize(
    "token", ["ey", "ey.", "ey..", "eyJ.e30.x", "eyJhbGciOiJub25lIn0.e30.", "ey" + "x" * 3_000]
)
def test_what_only_looks_like_a_token_is_refused(world: World, token: str) -> None:
    assert Api(token).get("balances").status == 401
    answer = Client(raise_request_exception=False).get(
        "/oauth2/userinfo", headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 401


def test_a_nested_token_does_no_harm_elsewhere(world: World) -> None:
    client = Client(raise_request_exception=False)
    token = nested({})
    userinfo = client.get("/oauth2/userinfo", headers={"Authorization": f"Bearer {token}"})
    assert userinfo.status_code == 401
    assert client.get("/logout", {"id_token_hint": token}).status_code == 302
    revoked = post_form("/oauth2/revoke", urlencode({**good_form(world), "token": token}))
    assert revoked.status == 200


@pytest.mark.parametrize("query", ["access_token=x", "user=1", "%00", "a=%ff"])
def test_no_token_is_taken_from_an_address(world: World, query: str) -> None:
    assert Client(raise_request_exception=False).get(f"/oauth2/userinfo?{query}").status_code == 401


@pytest.mark.parametrize(
    "path", ["/oauth2/auth", "/logout", "/.well-known/jwks.json", "/oauth2/userinfo"]
)
def test_nasty_parameters_break_nothing(db: None, path: str) -> None:
    names = ["client_id", "redirect_uri", "state", "id_token_hint", "prompt", "request"]
    client = Client(raise_request_exception=False)
    for text in TEXTS:
        query = urlencode(dict.fromkeys(names, text), errors="surrogatepass")
        assert client.get(f"{path}?{query}").status_code < 500, text
        assert client.generic("POST", path, query, content_type=FORM).status_code < 500, text
    assert not OAuthSubject.objects.exists()
