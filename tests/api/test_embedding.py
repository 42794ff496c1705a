"""What pages of other products may read with a token, and that they may nothing else."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import translation

from accounts.api_keys.operations import revoke_api_key
from accounts.choices import Scope
from accounts.models import ApiKey, Organization
from accounts.oauth.signing import rotate_signing_key, sign
from metering.models import LedgerTransfer, UsageEvent
from portal.api.embed.admission import pages
from tests.api.conftest import NOW, Answer, Api, World, make_customer
from tests.api.nasty import NASTY, TEXTS
from tests.api.oauth import ask
from tests.factories.accounts import TESTER, make_api_key

PAGE = "https://app.example"
BOTH = ["estimates", "usage"]
ESTIMATE = "embed/estimate?action=GENERATE_REPORT"
USAGE = "embed/usage?feature=ai_credits"
# What a page of another origin is told that asks for both.
FOR_BROWSERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Retry-After, X-Request-ID",
}


@pytest.fixture(autouse=True)
def _no_page_has_asked() -> None:
    pages.clear()


def token_of(api: Api, **order: Any) -> str:
    answer = api.post("embed-tokens", {"allow": BOTH} | order)
    assert answer.status == 201, answer.body
    return str(answer.body["token"])


def page_of(api: Api, **order: Any) -> Api:
    """A page that was given a token."""
    return Api(token_of(api, **order))


def refusal(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body["code"]


def test_a_token_says_what_it_is_good_for_and_for_how_long(world: World) -> None:
    answer = world.as_acme.post("embed-tokens", {"allow": BOTH, "origins": [PAGE]})

    assert answer.status == 201
    assert set(answer.body) == {"token", "expires_at"}
    assert answer.body["expires_at"] == "2026-09-20T12:15:00Z"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers
    claims = jwt.decode(answer.body["token"], options={"verify_signature": False})
    assert len(claims.pop("jti")) == 16
    assert claims == {
        "iss": "http://127.0.0.1:8000",
        "aud": "http://127.0.0.1:8000/embed",
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 15 * 60,
        "token_use": "embed",
        "client_id": ApiKey.objects.get(organization=world.acme).public_id,
        "org": world.acme.public_id,
        "allow": ["estimates", "usage"],
        "origins": [PAGE],
    }


def test_a_page_reads_what_a_key_reads(world: World) -> None:
    world.as_acme.post("usage", {"id": "a", "feature": "ai_credits", "value": "4980"})
    page = page_of(world.as_acme, allow=[*BOTH, "amounts"])
    entries = LedgerTransfer.objects.count()

    estimate = page.get(f"{ESTIMATE}&quantity=2")
    of_key = world.as_acme.get("estimates?action=GENERATE_REPORT&quantity=2").body
    assert estimate.status == 200
    assert estimate.body == {
        "action": "GENERATE_REPORT",
        "name": "Generate report",
        "quantity": "2",
        "feature": "ai_credits",
        "credits": "100",
        "percent_of_allowance": "2",
        "customer_value": {"amount": "300", "currency": "USD", "note": ""},
        "remaining": "20",
        "overage": "80",
        "overage_amount": {"amount_minor": 960, "currency": "USD"},
        "sentence": "100 credits • 2 % of monthly allowance • about $300 of value",
        "shortage": "80 credits beyond what is left, for $9.60",
        "resets_at": "2026-10-10T08:00:00Z",
    }
    assert estimate.body.items() <= of_key.items()

    usage = page.get(USAGE)
    assert usage.status == 200
    assert usage.body == {
        "feature": "ai_credits",
        "name": "AI credits",
        "unit": "credit",
        "unit_plural": "credits",
        "unlimited": False,
        "granted": "5000",
        "used": "4980",
        "remaining": "20",
        "overage": "0",
        "overage_amount": {"amount_minor": 0, "currency": "USD"},
        "sentence": "4,980 of 5,000 credits used • 20 left • resets on 10 Oct 2026",
        "resets_at": "2026-10-10T08:00:00Z",
    }
    [balance] = world.as_acme.get("balances").body["data"]
    assert usage.body.items() <= balance.items()
    entitlement = world.as_acme.get("entitlements/ai_credits").body
    for number in ("used", "remaining", "overage", "unlimited", "resets_at"):
        assert usage.body[number] == entitlement[number]
    assert LedgerTransfer.objects.count() == entries


def test_what_is_over_is_said_with_what_it_comes_to(world: World) -> None:
    world.as_acme.post("usage", {"id": "a", "feature": "ai_credits", "value": "5120"})
    usage = page_of(world.as_acme, allow=["usage", "amounts"]).get(USAGE).body
    assert usage["sentence"] == (
        "5,120 of 5,000 credits used • 120 over, for $14.40 so far • resets on 10 Oct 2026"
    )
    assert usage["overage_amount"] == {"amount_minor": 1440, "currency": "USD"}


def test_amounts_are_for_pages_that_may_know_them(world: World) -> None:
    world.as_acme.post("usage", {"id": "a", "feature": "ai_credits", "value": "5120"})
    page = page_of(world.as_acme)
    estimate, usage = page.get(ESTIMATE).body, page.get(USAGE).body

    assert estimate["shortage"] == "50 credits beyond what is left"
    assert usage["sentence"] == ("5,120 of 5,000 credits used • 120 over • resets on 10 Oct 2026")
    for answer in (estimate, usage):
        assert "overage_amount" not in answer


def test_where_overage_is_not_sold_a_shortage_has_no_price(world: World) -> None:
    page = page_of(make_customer(world), allow=["estimates", "amounts"])
    body = page.get(f"{ESTIMATE}&quantity=3").body
    assert (body["shortage"], body["overage_amount"]) == ("50 credits beyond what is left", None)
    assert page.get(f"{ESTIMATE}&quantity=2").body["shortage"] == ""


def test_unlimited_use_has_no_limit(world: World) -> None:
    body = page_of(make_customer(world, allowance=None)).get(USAGE).body
    assert (body["unlimited"], body["remaining"]) == (True, None)
    assert body["sentence"] == "0 credits used • no limit • resets on 10 Oct 2026"


@pytest.mark.parametrize(("allowance", "share"), [(2_500, "2 %"), (5_000, "1 %"), (1_000, "5 %")])
def test_the_article_says_it_so(world: World, allowance: int, share: str) -> None:
    """2 % of 2,500, 1 % on Professional, 5 % on Starter."""
    answer = page_of(make_customer(world, allowance=allowance)).get(ESTIMATE)
    assert answer.body["sentence"] == (
        f"50 credits • {share} of monthly allowance • about $150 of value"
    )


@pytest.mark.parametrize("language", ["de", "DE", "de-AT"])
def test_sentences_speak_the_language_of_the_reader(world: World, language: str) -> None:
    page = page_of(world.as_acme, allow=[*BOTH, "amounts"])
    world.as_acme.post("usage", {"id": "a", "feature": "ai_credits", "value": "5120"})
    asked = f"&language={language}"
    estimates = [
        page.get(ESTIMATE + asked),
        world.as_acme.get("estimates?action=GENERATE_REPORT" + asked),
    ]
    for estimate in estimates:
        assert estimate.body["sentence"].startswith("50 credits • 1 % des Monatskontingents")
        assert estimate.body["sentence"].endswith("150\xa0$ Gegenwert")
        assert "6\xa0$" in estimate.body["shortage"]
    [balance] = world.as_acme.get("balances?page_size=10" + asked).body["data"]
    assert page.get(USAGE + asked).body["sentence"] == balance["sentence"]
    assert balance["sentence"].startswith("5.120 von 5.000 credits verbraucht")
    assert "14,40\xa0$" in balance["sentence"]
    assert translation.get_language() == "en"


@pytest.mark.parametrize("language", ["fr", "tlh", "zh-Hant-TW", "en-GB"])
def test_other_languages_are_answered_in_english(world: World, language: str) -> None:
    answer = page_of(world.as_acme).get(f"{ESTIMATE}&language={language}")
    assert answer.body["sentence"] == "50 credits • 1 % of monthly allowance • about $150 of value"


def test_any_page_may_ask_and_none_with_cookies(world: World) -> None:
    page = page_of(world.as_acme)
    for path in (ESTIMATE, USAGE):
        preflight = Api().send(
            "OPTIONS",
            path,
            None,
            Origin=PAGE,
            Access_Control_Request_Method="GET",
            Access_Control_Request_Headers="authorization",
        )
        assert (preflight.status, preflight.raw) == (204, b"")
        asked = dict(preflight.headers)
        assert asked["Access-Control-Allow-Methods"] == "GET"
        assert asked["Access-Control-Allow-Headers"] == "Authorization"
        assert asked["Access-Control-Max-Age"] == "86400"
        for answer in (
            preflight,
            page.get(path, Origin=PAGE),
            page.send("HEAD", path, None),
            page.get(f"{path}&what=1"),
            Api().get(path),
        ):
            assert FOR_BROWSERS.items() <= dict(answer.headers).items()
            assert "Access-Control-Allow-Credentials" not in answer.headers
            assert "Set-Cookie" not in answer.headers


def test_only_what_pages_read_can_be_read_from_other_origins(world: World) -> None:
    for path in ("balances", "estimates?action=EXTRACT_TEXT", "embed-tokens", "nothing"):
        for method in ("GET", "OPTIONS", "POST"):
            answer = world.as_acme.send(method, path, None, Origin=PAGE)
            assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_token_may_be_good_on_some_pages_only(world: World) -> None:
    page = page_of(world.as_acme, origins=[PAGE, "http://127.0.0.1:9099"])
    for origin in (PAGE, "http://127.0.0.1:9099"):
        assert page.get(ESTIMATE, Origin=origin).status == 200
    for origin in ("https://app.example.evil", "http://app.example", "null", ""):
        assert refusal(page.get(ESTIMATE, Origin=origin)) == (403, "origin_not_allowed")
    assert refusal(page.get(ESTIMATE)) == (403, "origin_not_allowed")


def test_a_token_reads_what_it_allows(world: World) -> None:
    of_estimates, of_usage = (page_of(world.as_acme, allow=[one]) for one in BOTH)
    assert of_estimates.get(ESTIMATE).status == of_usage.get(USAGE).status == 200
    assert refusal(of_estimates.get(USAGE)) == refusal(of_usage.get(ESTIMATE))
    assert refusal(of_estimates.get(USAGE)) == (403, "not_allowed")


def test_a_token_lives_for_a_quarter_of_an_hour(
    world: World, clock: time_machine.Traveller
) -> None:
    page = page_of(world.as_acme)
    clock.move_to(NOW + timedelta(minutes=15, microseconds=-1))
    assert page.get(ESTIMATE).status == 200
    clock.move_to(NOW + timedelta(minutes=15))
    answer = page.get(ESTIMATE)
    assert refusal(answer) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Tallybook"'


def test_a_token_dies_with_its_key(world: World) -> None:
    page, other = page_of(world.as_acme), page_of(world.as_platform, organization="customer-1")
    key = ApiKey.objects.get(organization=world.acme)
    revoke_api_key(api_key=key, actor=TESTER, now=NOW)
    assert page.get(ESTIMATE).status == 401
    assert other.get(ESTIMATE).status == 200


def test_a_token_dies_with_the_scope_of_its_key(world: World) -> None:
    page = page_of(world.as_acme)
    ApiKey.objects.filter(organization=world.acme).update(scopes=[Scope.USAGE_WRITE])
    assert page.get(ESTIMATE).status == 401


def test_a_token_dies_with_its_organization(world: World) -> None:
    page, other = page_of(world.as_platform, organization="customer-1"), page_of(world.as_acme)
    Organization.objects.filter(pk=world.acme.pk).update(closed_at=NOW)
    assert page.get(ESTIMATE).status == other.get(ESTIMATE).status == 401


def test_a_token_dies_with_a_stolen_signing_key(world: World) -> None:
    page = page_of(world.as_acme)
    rotate_signing_key(overlap=timedelta(hours=1), at_once=True, now=NOW)
    later = NOW + timedelta(minutes=2)
    with time_machine.travel(later, tick=False):
        assert page.get(ESTIMATE).status == 401


def test_a_token_is_good_for_nothing_else(world: World) -> None:
    token = token_of(world.as_acme, allow=[*BOTH, "amounts"])
    for path in ("balances", "estimates?action=EXTRACT_TEXT", "entitlements", "flags", "invoices"):
        assert Api(token).get(path).status == 401
    for path in ("embed-tokens", "usage", "holds"):
        assert Api(token).post(path, {"id": "a", "action": "EXTRACT_TEXT"}).status == 401
    bearer = {"Authorization": f"Bearer {token}"}
    for address in ("/oauth2/userinfo", "/account_api/v1/entitlements"):
        assert Client().get(address, headers=bearer).status_code == 401
    assert not UsageEvent.objects.exists()


def test_nothing_but_a_token_lets_a_page_in(world: World) -> None:
    key = ApiKey.objects.get(organization=world.acme)
    access = ask(key.public_id, world.acme_key).token
    for shown in (world.acme_key, world.platform_key, access, "ey", "eyJ.e30.x", "x" * 5000):
        assert refusal(Api(shown).get(ESTIMATE)) == (401, "unauthenticated")
    token = token_of(world.as_acme)
    header, claims, signature = token.split(".")
    for broken in (token[:-4], f"{header}.{claims}.", f"{header}..{signature}", token + "."):
        assert Api(broken).get(ESTIMATE).status == 401
    assert Api().get(ESTIMATE, X_API_Key=token).status == 401
    assert Api().get(ESTIMATE, Authorization=f"Basic {token}").status == 401
    assert Api().get(ESTIMATE, Authorization=f"bearer {token}").status == 200


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "http://127.0.0.1:8000/api"},
        {"iss": "https://elsewhere.example"},
        {"token_use": "access"},
        {"exp": int(NOW.timestamp())},
        {"org": "org_" + "0" * 26},
        {"client_id": "key_" + "0" * 26},
    ],
)
def test_each_claim_counts(world: World, change: dict[str, Any]) -> None:
    good = jwt.decode(token_of(world.as_acme), options={"verify_signature": False})
    assert Api(sign(claims=good, now=NOW)).get(ESTIMATE).status == 200
    assert Api(sign(claims=good | change, now=NOW)).get(ESTIMATE).status == 401
    lacking = {name: claim for name, claim in good.items() if name not in change}
    assert Api(sign(claims=lacking, now=NOW)).get(ESTIMATE).status == 401


def test_a_key_of_one_customer_signs_for_no_other(world: World) -> None:
    good = jwt.decode(token_of(world.as_acme), options={"verify_signature": False})
    forged = sign(claims=good | {"org": world.crane.public_id}, now=NOW)
    assert Api(forged).get(ESTIMATE).status == 401
    for name in (world.crane.public_id, "customer-2", "nobody"):
        answer = world.as_acme.post("embed-tokens", {"allow": BOTH, "organization": name})
        assert refusal(answer) == (404, "organization_not_found")


def test_a_key_needs_the_scope(world: World) -> None:
    others = [scope for scope in Scope if scope != Scope.BALANCES_READ]
    lacking = Api(make_api_key(world.acme, scopes=others, now=NOW).secret)
    only = Api(make_api_key(world.acme, scopes=[Scope.BALANCES_READ], now=NOW).secret)
    assert refusal(lacking.post("embed-tokens", {"allow": BOTH})) == (403, "missing_scope")
    assert page_of(only).get(USAGE).status == 200


@pytest.mark.parametrize(
    ("order", "pointer"),
    [
        ({}, "/allow"),
        ({"allow": []}, "/allow"),
        ({"allow": ["amounts"]}, "/allow"),
        ({"allow": ["usage", "usage"]}, "/allow"),
        ({"allow": ["usage", "everything"]}, "/allow/1"),
        ({"allow": "usage"}, "/allow"),
        ({"allow": BOTH, "origins": []}, "/origins"),
        ({"allow": BOTH, "origins": [PAGE] * 11}, "/origins"),
        ({"allow": BOTH, "origins": [PAGE, "*"]}, "/origins/1"),
        ({"allow": BOTH, "origins": [f"{PAGE}/"]}, "/origins/0"),
        ({"allow": BOTH, "origins": [f"{PAGE}:443"]}, "/origins/0"),
        ({"allow": BOTH, "origins": ["http://app.example:80"]}, "/origins/0"),
        ({"allow": BOTH, "origins": ["https://App.example"]}, "/origins/0"),
        ({"allow": BOTH, "origins": ["https://a@app.example"]}, "/origins/0"),
        ({"allow": BOTH, "origins": ["javascript:alert(1)"]}, "/origins/0"),
        ({"allow": BOTH, "origins": ["https://" + "a." * 100 + "example"]}, "/origins/0"),
        ({"allow": BOTH, "member": "bob"}, "/member"),
    ],
)
def test_what_cannot_be_allowed(world: World, order: dict[str, Any], pointer: str) -> None:
    answer = world.as_acme.post("embed-tokens", order)
    assert refusal(answer) == (400, "invalid_request")
    assert answer.body["errors"][0]["pointer"] == pointer


def test_the_longest_token_is_taken(world: World) -> None:
    label = "a" * 59
    origins = [f"https://{number}.{label}.{label}.{label}.ab:65535" for number in range(10)]
    page = page_of(world.as_acme, allow=[*BOTH, "amounts"], origins=origins)
    assert page.get(ESTIMATE, Origin=origins[9]).status == 200


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("embed/estimate", 400, "invalid_request"),
        ("embed/estimate?action=NOTHING", 404, "action_not_found"),
        ("embed/estimate?action=EXTRACT_TEXT&quantity=0", 400, "invalid_request"),
        ("embed/estimate?action=EXTRACT_TEXT&organization=customer-1", 400, "invalid_request"),
        ("embed/estimate?action=EXTRACT_TEXT&language=", 400, "invalid_request"),
        ("embed/estimate?action=EXTRACT_TEXT&language=de_AT", 400, "invalid_request"),
        ("embed/usage", 400, "invalid_request"),
        ("embed/usage?feature=nothing", 404, "feature_not_found"),
        ("embed/usage?feature=advanced_ai", 404, "feature_not_found"),
    ],
)
def test_what_cannot_be_answered(world: World, path: str, status: int, code: str) -> None:
    assert refusal(page_of(world.as_acme).get(path)) == (status, code)


def test_the_pages_of_one_visit_may_not_ask_without_end(world: World, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = {**settings.API_REQUESTS_PER_MINUTE, "embed": 2}
    page, other = page_of(world.as_acme), page_of(world.as_acme)
    assert [page.get(ESTIMATE).status for _ in range(2)] == [200, 200]
    answer = page.get(ESTIMATE)
    assert refusal(answer) == (429, "too_many_requests")
    assert answer.body["detail"].startswith("This embed token may send 2 requests a minute.")
    assert int(answer.headers["Retry-After"]) == 30
    assert other.get(ESTIMATE).status == world.as_acme.get("balances").status == 200


def test_nasty_values_break_nothing(world: World, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = {**settings.API_REQUESTS_PER_MINUTE, "embed": 10_000}
    page = page_of(world.as_acme)
    names = {"estimate": ("action", "quantity", "language"), "usage": ("feature", "language")}
    for text in TEXTS:
        sent = text.encode("utf-8", "surrogatepass")
        for path, parameters in names.items():
            for name in parameters:
                query = {"action": "EXTRACT_TEXT"} if path == "estimate" else {"feature": "x"}
                answer = page.get(f"embed/{path}?{urlencode(query | {name: sent})}")
                assert answer.status in {200, 400, 404}
    for value in NASTY:
        body = '{"allow": ["usage"], "origins": [' + value + "]}"
        sent = body.encode("utf-8", "surrogatepass")
        answer = world.as_acme.send("POST", "embed-tokens", sent)
        assert answer.status in {400, 413}, value


def test_the_module_is_for_pages_of_every_origin(client: Client) -> None:
    answer = client.get("/embed/v1/tallybook.js", headers={"Origin": PAGE})
    kept = (settings.PROJECT_FOLDER / "static/embed/v1/tallybook.js").read_bytes()
    assert answer.content == kept
    assert {
        "Content-Type": "text/javascript; charset=utf-8",
        "Cache-Control": "public, max-age=3600",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "X-Content-Type-Options": "nosniff",
    }.items() <= dict(answer.headers).items()
    assert "Set-Cookie" not in answer.headers
    again = client.get("/embed/v1/tallybook.js", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert client.post("/embed/v1/tallybook.js").status_code == 405
    assert client.get("/embed/v1/other.js").status_code == 404


def test_the_module_is_small_and_needs_nothing() -> None:
    text = (settings.PROJECT_FOLDER / "static/embed/v1/tallybook.js").read_text()
    assert len(text.encode()) < 10_000
    for word in (
        "import ",
        "require(",
        "innerHTML",
        "eval(",
        ".style.",
        "console.log",
        "console.error",
    ):
        assert word not in text
