"""
People sign in to an app with Tallybook: Alice owns Acme, Bob works there, Charlie owns Crane.

The app is played with the protocol's own parts: PKCE, a code, tokens checked with the keys that we
show.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from allauth.idp.oidc.models import Token
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Membership, OAuthSubject, Organization, User
from accounts.oauth.sign_in_apps import RegisteredApp, remove_sign_in_app
from portal.oauth.token import failures
from tests.api.oauth import TokenAnswer, post_form
from tests.factories.accounts import TESTER, make_member, make_organization, make_person
from tests.factories.oauth import RETURN_TO, make_app

VERIFIER = "a-verifier-that-is-long-enough-for-the-protocol-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")
ISSUER = "http://127.0.0.1:8000"


@pytest.fixture(autouse=True)
def _fresh(db: None) -> None:
    failures.clear()
    cache.clear()


@dataclass(frozen=True)
class People:
    """Three people and their organizations."""

    alice: User
    bob: User
    charlie: User
    acme: Organization
    crane: Organization


@pytest.fixture
def people() -> People:
    alice, bob = make_person("Alice"), make_person("Bob")
    charlie = make_person("Charlie", email="charlie@crane.example")
    acme = make_organization("Acme", owner=alice)
    make_member(acme, bob, Role.MEMBER)
    crane = make_organization("Crane", owner=charlie)
    return People(alice, bob, charlie, acme, crane)


@dataclass
class Visit:
    """A person's browser, and the app that sends it to us."""

    person: User | None
    registered: RegisteredApp
    return_to: str = RETURN_TO

    def __post_init__(self) -> None:
        self.browser = Client(raise_request_exception=False)
        if self.person is not None:
            self.browser.force_login(self.person)

    @property
    def client_id(self) -> str:
        """The app's name."""
        return self.registered.app.public_id

    def ask(self, **changes: str | None) -> Any:
        """Send the browser to us, as the app does."""
        parameters = {
            "client_id": self.client_id,
            "redirect_uri": self.return_to,
            "response_type": "code",
            "scope": "openid profile email offline",
            "state": "st4te",
            "nonce": "n0nce",
            "code_challenge": CHALLENGE.decode(),
            "code_challenge_method": "S256",
            **changes,
        }
        given = {name: value for name, value in parameters.items() if value is not None}
        return self.browser.get("/oauth2/auth", given)

    def told(self, response: Any) -> dict[str, str]:
        """What the app reads at its address, to which the browser was sent."""
        assert response.status_code == 302, response.content
        address = response.headers["Location"]
        assert address.startswith(f"{self.return_to}?")
        return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}

    def answer(self, page: Any, action: str = "grant") -> dict[str, str]:
        """Answer the page, and return what the app is told."""
        assert page.status_code == 200, page.content
        scopes = page.context["scopes"]
        form = {"request": page.context["form"]["request"].value(), "scopes": scopes}
        return self.told(self.browser.post("/oauth2/auth", {**form, "action": action}))

    def code(self, **changes: str | None) -> str:
        """Sign in, up to the code."""
        told = self.answer(self.ask(**changes))
        assert told.keys() == {"code", "state"}
        assert told["state"] == "st4te"
        return told["code"]

    def redeem(self, code: str, **changes: str) -> TokenAnswer:
        """Exchange a code for tokens."""
        return self.tokens(
            grant_type="authorization_code",
            code=code,
            redirect_uri=self.return_to,
            code_verifier=changes.pop("code_verifier", VERIFIER),
            **changes,
        )

    def refresh(self, answer: TokenAnswer, **changes: str) -> TokenAnswer:
        """Exchange a refresh token for others."""
        return self.tokens(
            grant_type="refresh_token", refresh_token=answer.body["refresh_token"], **changes
        )

    def tokens(self, **parameters: str) -> TokenAnswer:
        """Ask the token endpoint as the app."""
        form = {"client_id": self.client_id, **parameters}
        if self.registered.secret:
            form.setdefault("client_secret", self.registered.secret)
        return post_form("/oauth2/token", urlencode(form))

    def sign_in(self, **changes: str | None) -> TokenAnswer:
        """Sign in, up to the tokens."""
        answer = self.redeem(self.code(**changes))
        assert answer.status == 200, answer.body
        return answer


def read(token: str, *, audience: str) -> dict[str, Any]:
    """The claims of a token, checked with the keys that we show."""
    shown = json.loads(Client().get("/.well-known/jwks.json").content)
    kid = jwt.get_unverified_header(token)["kid"]
    [jwk] = [key for key in shown["keys"] if key["kid"] == kid]
    claims: dict[str, Any] = jwt.decode(
        token, jwt.PyJWK(jwk).key, algorithms=["RS256"], audience=audience, issuer=ISSUER
    )
    return claims


def userinfo(token: str) -> Any:
    """Ask who is behind a token."""
    return Client(raise_request_exception=False).get(
        "/oauth2/userinfo", headers={"Authorization": f"Bearer {token}"}
    )


def subject_of(person: User) -> str:
    return OAuthSubject.objects.get(user=person).public_id


def test_the_app_learns_who_signed_in_and_where_they_belong(people: People) -> None:
    visit = Visit(people.bob, make_app())
    answer = visit.sign_in()
    assert answer.body["token_type"] == "Bearer"
    assert answer.body["expires_in"] == 3600
    assert answer.body["scope"] == "openid profile email offline"
    expected = {
        "sub": subject_of(people.bob),
        "name": "Bob",
        "email": "bob@acme.example",
        "email_verified": True,
        "org_code": people.acme.public_id,
        "org_name": "Acme",
        "org_codes": [people.acme.public_id],
        "roles": [{"id": "member", "key": "member", "name": "Member"}],
        "permissions": ["view_members", "view_usage"],
        "feature_flags": {},
    }
    id_token = read(answer.body["id_token"], audience=visit.client_id)
    assert id_token | expected == id_token
    assert id_token["nonce"] == "n0nce"
    access = read(answer.token, audience=visit.client_id)
    without_name = {
        name: value
        for name, value in expected.items()
        if name not in {"name", "email", "email_verified"}
    }
    assert access | without_name == access
    assert "email" not in access
    told = userinfo(answer.token)
    assert told.status_code == 200
    assert told.headers["Cache-Control"] == "no-store"
    assert json.loads(told.content) == expected


def test_the_app_learns_no_more_than_it_asks_for(people: People) -> None:
    visit = Visit(people.bob, make_app())
    claims = read(visit.sign_in(scope="openid").body["id_token"], audience=visit.client_id)
    assert not claims.keys() & {"name", "email", "email_verified"}


def test_nobody_is_known_by_a_number_that_counts(people: People) -> None:
    Visit(people.alice, make_app()).sign_in()
    assert subject_of(people.alice).startswith("usr_")


def test_a_person_has_one_name_for_all_apps(people: People) -> None:
    first = Visit(people.alice, make_app("Notes")).sign_in()
    second = Visit(people.alice, make_app("Drafts")).sign_in()
    for answer in (first, second):
        assert json.loads(userinfo(answer.token).content)["sub"] == subject_of(people.alice)


@pytest.mark.parametrize("is_public", [True, False])
def test_a_code_is_good_once(people: People, *, is_public: bool) -> None:
    visit = Visit(people.alice, make_app(is_public=is_public))
    code = visit.code()
    assert visit.redeem(code).status == 200
    again = visit.redeem(code)
    assert (again.status, again.body["error"]) == (400, "invalid_grant")


def test_a_code_belongs_to_the_app_that_asked(people: People) -> None:
    code = Visit(people.alice, make_app("Notes")).code()
    other = Visit(people.alice, make_app("Thief")).redeem(code)
    assert (other.status, other.body["error"]) == (400, "invalid_grant")


def test_a_code_without_its_verifier_is_worth_nothing(people: People) -> None:
    for is_public in (True, False):
        visit = Visit(people.alice, make_app(is_public=is_public))
        answer = visit.redeem(visit.code(), code_verifier="x" * 50)
        assert (answer.status, answer.body["error"]) == (400, "invalid_grant")


def test_a_confidential_app_shows_its_secret(people: People) -> None:
    visit = Visit(people.alice, make_app())
    for secret in ("wrong", ""):
        answer = visit.redeem(visit.code(), client_secret=secret)
        assert (answer.status, answer.body["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"code_challenge": "short"},
        {"code_challenge": CHALLENGE.decode() + "="},
    ],
)
@pytest.mark.parametrize("is_public", [True, False])
def test_every_app_must_use_pkce(
    people: People, changes: dict[str, str | None], *, is_public: bool
) -> None:
    visit = Visit(people.alice, make_app(is_public=is_public))
    told = visit.told(visit.ask(**changes))
    assert (told["error"], told["state"]) == ("invalid_request", "st4te")


@pytest.mark.parametrize(
    "address",
    [
        "https://app.example/signed-in/",
        "https://app.example/signed-in?next=1",
        "https://app.example/",
        "https://thief.example/signed-in",
        "http://app.example/signed-in",
        "https://app.example:444/signed-in",
        "javascript:alert(1)",
        "\x00",
        "x" * 5000,
        None,
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_the_apps(
    people: People, address: str | None
) -> None:
    response = Visit(people.alice, make_app()).ask(redirect_uri=address)
    assert response.status_code == 400
    assert "Location" not in response.headers


def test_an_address_on_the_same_machine_counts_to_the_letter_too(people: People) -> None:
    visit = Visit(people.alice, make_app(redirect_uris=("http://127.0.0.1:9099/signed-in",)))
    assert visit.ask(redirect_uri="http://127.0.0.1:9098/signed-in").status_code == 400


@pytest.mark.parametrize("client_id", ["app_nobody", "", "\x00", "key_1", None])
def test_an_unknown_app_gets_a_page_and_no_answer(people: People, client_id: str | None) -> None:
    response = Visit(people.alice, make_app()).ask(client_id=client_id)
    assert response.status_code == 400
    assert "Location" not in response.headers


def test_a_removed_app_signs_nobody_in(people: People) -> None:
    visit = Visit(people.alice, make_app())
    answer = visit.sign_in()
    remove_sign_in_app(app=visit.registered.app, actor=TESTER, reason="gone", now=timezone.now())
    assert visit.ask().status_code == 400
    assert visit.refresh(answer).status == 401
    assert userinfo(answer.token).status_code == 401


@pytest.mark.parametrize("response_type", ["token", "id_token", "code token", "none", "x"])
def test_tokens_never_stand_in_an_address(people: People, response_type: str) -> None:
    visit = Visit(people.alice, make_app())
    told = visit.told(visit.ask(response_type=response_type))
    assert told["error"] in {"unsupported_response_type", "unauthorized_client"}


def test_who_says_no_is_sent_back_without_a_code(people: People) -> None:
    visit = Visit(people.alice, make_app())
    assert visit.answer(visit.ask(), action="cancel") == {
        "error": "access_denied",
        "state": "st4te",
    }
    assert not Token.objects.exists()


def test_nobody_signs_in_without_being_asked(people: People) -> None:
    visit = Visit(people.alice, make_app())
    visit.sign_in()
    assert visit.told(visit.ask(prompt="none"))["error"] == "consent_required"
    stranger = Visit(None, visit.registered)
    assert stranger.told(stranger.ask(prompt="none"))["error"] == "login_required"


def test_who_is_not_signed_in_signs_in_first(people: People) -> None:
    visit = Visit(None, make_app())
    response = visit.ask(org_code=people.acme.public_id)
    assert response.status_code == 302
    login = urlsplit(response.headers["Location"])
    assert login.path == "/account/login/"
    back = urlsplit(parse_qs(login.query)["next"][0])
    assert back.path == "/oauth2/auth"
    assert parse_qs(back.query)["org_code"] == [people.acme.public_id]


def test_another_page_cannot_say_yes_for_a_person(people: People) -> None:
    visit = Visit(people.alice, make_app())
    page = visit.ask()
    form = {
        "request": page.context["form"]["request"].value(),
        "scopes": page.context["scopes"],
        "action": "grant",
    }
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people.alice)
    assert strict.post("/oauth2/auth", form).status_code == 403


def test_the_page_may_lead_to_the_app_and_nowhere_else(people: People) -> None:
    page = Visit(people.alice, make_app()).ask()
    policy = page.headers["Content-Security-Policy"]
    [allowed] = [part for part in policy.split(";") if part.strip().startswith("form-action")]
    assert allowed.split()[-1] == "https://app.example"
    assert "no-store" in page.headers["Cache-Control"]


# --- organizations --------------------------------------------------------------------------------


@pytest.fixture
def both(people: People) -> People:
    """Bob also works for Crane."""
    make_member(people.crane, people.bob, Role.BILLING)
    return people


def organization_of(answer: TokenAnswer) -> tuple[str, str]:
    claims = json.loads(userinfo(answer.token).content)
    return claims["org_name"], claims["roles"][0]["key"]


def test_the_first_organization_is_taken_unless_one_is_named(both: People) -> None:
    visit = Visit(both.bob, make_app())
    assert organization_of(visit.sign_in()) == ("Acme", "member")
    chosen = visit.sign_in(org_code=both.crane.public_id)
    assert organization_of(chosen) == ("Crane", "billing")
    claims = json.loads(userinfo(chosen.token).content)
    assert claims["org_codes"] == [both.acme.public_id, both.crane.public_id]


def test_the_organization_that_the_person_looks_at_is_taken(both: People) -> None:
    visit = Visit(both.bob, make_app())
    visit.browser.post("/organizations/switch/", {"organization": both.crane.public_id})
    assert organization_of(visit.sign_in()) == ("Crane", "billing")


def test_the_page_offers_the_other_organizations(both: People) -> None:
    visit = Visit(both.bob, make_app())
    page = visit.ask()
    assert page.context["organization"] == both.acme
    [(other, address)] = page.context["others"]
    assert other == both.crane
    told = visit.answer(visit.browser.get(address))
    assert organization_of(visit.redeem(told["code"])) == ("Crane", "billing")


def test_the_choice_outlives_a_refresh(both: People) -> None:
    visit = Visit(both.bob, make_app())
    answer = visit.sign_in(org_code=both.crane.public_id)
    for _ in range(2):
        answer = visit.refresh(answer)
        assert answer.status == 200
        assert organization_of(answer) == ("Crane", "billing")
        access = read(answer.token, audience=visit.client_id)
        assert access["org_code"] == both.crane.public_id


@pytest.mark.parametrize("code", ["foreign", "missing", "closed"])
def test_nobody_signs_in_for_an_organization_of_others(people: People, code: str) -> None:
    people.crane.closed_at = timezone.now()
    dune = make_organization("Dune", owner=people.charlie)
    make_member(people.crane, people.bob)
    people.crane.save(update_fields=["closed_at"])
    codes = {"foreign": dune.public_id, "missing": "org_none", "closed": people.crane.public_id}
    visit = Visit(people.bob, make_app())
    assert visit.told(visit.ask(org_code=codes[code]))["error"] == "access_denied"


def test_an_app_of_an_organization_is_for_its_members_and_knows_no_other(both: People) -> None:
    registered = make_app(organization=both.crane)
    claims = json.loads(userinfo(Visit(both.bob, registered).sign_in().token).content)
    assert claims["org_codes"] == [both.crane.public_id]
    for changes in ({}, {"org_code": both.acme.public_id}, {"org_code": both.crane.public_id}):
        stranger = Visit(both.alice, registered)
        assert stranger.told(stranger.ask(**changes))["error"] == "access_denied"


def test_a_person_without_an_organization_signs_in_as_nobodys(people: People) -> None:
    dana = make_person("Dana")
    claims = json.loads(userinfo(Visit(dana, make_app()).sign_in().token).content)
    assert claims["org_codes"] == []
    assert "org_code" not in claims


def test_who_was_removed_is_not_refreshed(both: People) -> None:
    visit = Visit(both.bob, make_app())
    crane = visit.sign_in(org_code=both.crane.public_id)
    Membership.objects.filter(user=both.bob, organization=both.crane).delete()
    refused = visit.refresh(crane)
    assert (refused.status, refused.body["error"]) == (400, "invalid_grant")
    claims = json.loads(userinfo(crane.token).content)
    assert claims["org_codes"] == [both.acme.public_id]
    assert not claims.keys() & {"org_code", "org_name", "roles", "permissions", "feature_flags"}


def test_a_closed_organization_ends_its_sign_ins(people: People) -> None:
    visit = Visit(people.bob, make_app())
    answer = visit.sign_in()
    Organization.objects.filter(pk=people.acme.pk).update(closed_at=timezone.now())
    assert visit.refresh(answer).body["error"] == "invalid_grant"
    assert json.loads(userinfo(answer.token).content)["org_codes"] == []


def test_who_may_no_longer_log_in_is_not_known_any_more(people: People) -> None:
    visit = Visit(people.bob, make_app())
    answer = visit.sign_in()
    code = visit.code()
    User.objects.filter(pk=people.bob.pk).update(is_active=False)
    assert visit.refresh(answer).status == 400
    assert visit.redeem(code).status == 400
    assert userinfo(answer.token).status_code == 401


def test_somebody_who_left_between_page_and_code_gets_no_token(people: People) -> None:
    visit = Visit(people.bob, make_app())
    code = visit.code()
    Membership.objects.filter(user=people.bob).delete()
    assert visit.redeem(code).body["error"] == "invalid_grant"


# --- refresh --------------------------------------------------------------------------------------


def test_a_refresh_token_is_good_once(people: People) -> None:
    visit = Visit(people.alice, make_app(is_public=True))
    first = visit.sign_in()
    assert visit.refresh(first).status == 200
    assert visit.refresh(first).body["error"] == "invalid_grant"


@pytest.mark.parametrize("scope", ["openid", "openid profile email"])
def test_only_who_agreed_to_it_stays_signed_in(people: People, scope: str) -> None:
    answer = Visit(people.alice, make_app()).sign_in(scope=scope)
    assert not answer.body.keys() & {"refresh_token", "refresh_expires_in"}
    assert set(Token.objects.values_list("type", flat=True)) == {Token.Type.ACCESS_TOKEN}


def test_the_other_name_of_offline_is_good_too(people: People) -> None:
    visit = Visit(people.alice, make_app())
    assert visit.refresh(visit.sign_in(scope="openid offline_access")).status == 200


def test_a_refresh_token_belongs_to_its_app(people: People) -> None:
    answer = Visit(people.alice, make_app("Notes")).sign_in()
    assert Visit(people.alice, make_app("Thief")).refresh(answer).status == 400


# --- what these tokens are not for ----------------------------------------------------------------


def test_a_persons_token_opens_no_api(people: People) -> None:
    answer = Visit(people.alice, make_app()).sign_in()
    for token in (answer.token, answer.body["id_token"], answer.body["refresh_token"]):
        response = Client().get("/api/v1/balances", headers={"Authorization": f"Bearer {token}"})
        assert response.status_code == 401


def test_an_app_gets_no_token_of_its_own(people: People) -> None:
    visit = Visit(people.alice, make_app())
    answer = visit.tokens(grant_type="client_credentials")
    assert (answer.status, answer.body["error"]) == (400, "unauthorized_client")


# --- signing out ----------------------------------------------------------------------------------


ENGINE_WARNS = pytest.mark.filterwarnings(
    # allauth's form of the page; the scheme is always given.
    "ignore:The default scheme will be changed:django.utils.deprecation.RemovedInDjango60Warning"
)


@ENGINE_WARNS
def test_signing_out_ends_the_tokens_and_leads_back_to_the_app(people: People) -> None:
    visit = Visit(people.alice, make_app())
    answer = visit.sign_in()
    leave = {
        "id_token_hint": answer.body["id_token"],
        "post_logout_redirect_uri": "https://app.example/bye",
        "state": "s",
    }
    page = visit.browser.get("/logout", leave)
    assert page.status_code == 200
    assert "https://app.example" in page.headers["Content-Security-Policy"]
    agreed = {**leave, "action": "logout", "csrfmiddlewaretoken": "x"}
    response = visit.browser.post("/logout", agreed)
    assert response.status_code == 302
    assert response.headers["Location"] == "https://app.example/bye?state=s"
    assert visit.browser.get("/overview/").status_code == 302
    assert visit.refresh(answer).status == 400
    assert userinfo(answer.token).status_code == 401


@ENGINE_WARNS
def test_signing_out_leads_nowhere_else(people: People) -> None:
    visit = Visit(people.alice, make_app())
    leave = {"client_id": visit.client_id, "post_logout_redirect_uri": "https://thief.example/"}
    assert visit.browser.get("/logout", leave).status_code == 400
    assert visit.browser.get("/logout").status_code == 200
