"""
People sign in to an app of somebody else's, with its own OpenID Connect client, in a browser.

The app listens at an address of its own and knows of us only where the discovery document is.
"""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.request import urlopen

import jwt
import pytest
from authlib.integrations.requests_client import OAuth2Session
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.choices import Role
from accounts.oauth.sign_in_apps import RegisteredApp
from tests.factories.accounts import PASSWORD, make_member, make_organization
from tests.factories.oauth import make_app
from tests.support.page_faults import list_page_faults

from .conftest import Watch, World, sign_in

OpenBrowser = Callable[..., BrowserContext]
VERIFIER = "a-verifier-that-is-long-enough-for-the-protocol-0123456789"
SCOPE = "openid profile email offline"


@dataclass
class App:
    """Somebody else's app: a page to come back to, and a client that knows the protocol."""

    server: HTTPServer
    us: str
    registered: RegisteredApp | None = None
    visits: list[str] = field(default_factory=list)

    @property
    def return_to(self) -> str:
        """Where people come back to."""
        return f"http://127.0.0.1:{self.server.server_port}/signed-in"

    @property
    def client_id(self) -> str:
        """The name that staff gave it."""
        assert self.registered is not None
        return self.registered.app.public_id

    def discover(self) -> dict[str, Any]:
        """What we say of ourselves."""
        with urlopen(f"{self.us}/.well-known/openid-configuration") as answer:
            document: dict[str, Any] = json.load(answer)
        return document

    def session(self) -> OAuth2Session:
        """The protocol's other side."""
        assert self.registered is not None
        return OAuth2Session(
            self.client_id,
            self.registered.secret,
            scope=SCOPE,
            redirect_uri=self.return_to,
            code_challenge_method="S256",
        )

    def door(self, session: OAuth2Session, **parameters: str) -> str:
        """Where the app sends people."""
        address, _ = session.create_authorization_url(
            self.discover()["authorization_endpoint"],
            code_verifier=VERIFIER,
            nonce="n0nce",
            **parameters,
        )
        return str(address)

    def redeem(self, session: OAuth2Session) -> dict[str, Any]:
        """Exchange the code that the last visitor brought."""
        token: dict[str, Any] = session.fetch_token(
            self.discover()["token_endpoint"],
            authorization_response=self.visits[-1],
            code_verifier=VERIFIER,
        )
        return token

    def read(self, token: str) -> dict[str, Any]:
        """Check a token as any app does: with the keys that we show."""
        found = self.discover()
        key = jwt.PyJWKClient(found["jwks_uri"]).get_signing_key_from_jwt(token)
        claims: dict[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=found["id_token_signing_alg_values_supported"],
            audience=self.client_id,
            issuer=found["issuer"],
        )
        return claims


@pytest.fixture
def app(world: World, live_server: LiveServer, settings: Settings) -> Iterator[App]:
    settings.PUBLIC_URL = live_server.url
    visits: list[str] = []

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            visits.append(f"http://{self.headers['Host']}{self.path}")
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(
                b"<title>Notes</title><link rel=icon href=data:,><h1>Welcome back</h1>"
            )

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        made = App(server, live_server.url, visits=visits)
        made.registered = make_app(redirect_uris=(made.return_to,))
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield made
        server.shutdown()
        thread.join()


# allauth's form of the page; the scheme is always given.
@pytest.mark.filterwarnings(
    "ignore:The default scheme will be changed:django.utils.deprecation.RemovedInDjango60Warning"
)
def test_a_person_signs_in_to_an_app_and_out_again(
    world: World, app: App, open_browser: OpenBrowser, complaints: Watch
) -> None:
    page = open_browser().new_page()
    heard = complaints(page)
    with app.session() as session:
        page.goto(app.door(session))
        page.get_by_label("Email").fill(world.alice.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("heading", name="Sign in to Notes")).to_be_visible()
        expect(page.get_by_text("Acme", exact=True)).to_be_visible()
        expect(
            page.get_by_text(app.return_to.removesuffix("/signed-in"), exact=True)
        ).to_be_visible()
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url(f"{app.return_to}?**")
        token = app.redeem(session)
        claims = app.read(token["id_token"])
        assert (claims["name"], claims["org_name"], claims["nonce"]) == ("Alice", "Acme", "n0nce")
        assert claims["roles"][0]["key"] == "owner"
        assert claims["feature_flags"]["advanced_ai"] == {"t": "b", "v": True}
        assert app.read(token["access_token"])["org_code"] == world.acme.public_id
        told = session.get(app.discover()["userinfo_endpoint"]).json()
        assert (told["sub"], told["email"]) == (claims["sub"], "alice@acme.example")
        renewed = session.refresh_token(app.discover()["token_endpoint"])
        assert app.read(renewed["id_token"])["sub"] == claims["sub"]
    page.goto(
        f"{app.discover()['end_session_endpoint']}?id_token_hint={token['id_token']}"
        f"&post_logout_redirect_uri={app.return_to}"
    )
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(app.return_to)
    page.goto(f"{app.us}/overview/")
    assert "/account/login/" in page.url
    assert heard == []


def test_a_person_cancels(world: World, app: App, open_browser: OpenBrowser) -> None:
    page = open_browser().new_page()
    sign_in(page, world.bob)
    with app.session() as session:
        page.goto(app.door(session))
        page.get_by_role("button", name="Cancel").click()
        page.wait_for_url(f"{app.return_to}?**")
    assert "error=access_denied" in app.visits[-1]


def test_a_person_of_two_organizations_chooses_one(
    world: World, app: App, open_browser: OpenBrowser
) -> None:
    crane = make_organization("Crane", owner=world.charlie)
    make_member(crane, world.bob, Role.BILLING)
    page = open_browser().new_page()
    sign_in(page, world.bob)
    with app.session() as session:
        page.goto(app.door(session))
        page.get_by_role("link", name="Crane").click()
        expect(page.get_by_text("your role at Crane")).to_be_visible()
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url(f"{app.return_to}?**")
        claims = app.read(app.redeem(session)["id_token"])
    assert (claims["org_name"], claims["roles"][0]["key"]) == ("Crane", "billing")
    assert claims["org_codes"] == [world.acme.public_id, crane.public_id]


def test_the_pages_of_signing_in_are_accessible_and_fit(
    world: World, app: App, open_browser: OpenBrowser, complaints: Watch
) -> None:
    make_organization("Crane", owner=world.alice)
    page = open_browser().new_page()
    heard = complaints(page)
    sign_in(page, world.alice)
    with app.session() as session:
        pages = [app.door(session), f"/logout?client_id={app.client_id}"]
        found = [fault for address in pages for fault in list_page_faults(page, address)]
        assert found == []
        assert heard == []
        assert list_page_faults(page, "/oauth2/auth?client_id=nobody") == []


def test_the_keyboard_reaches_the_answer(world: World, app: App, open_browser: OpenBrowser) -> None:
    page = open_browser().new_page()
    sign_in(page, world.alice)
    with app.session() as session:
        page.goto(app.door(session))
        focused = _tab_to(page, "Continue")
        assert focused == "Continue"
        page.keyboard.press("Enter")
        page.wait_for_url(f"{app.return_to}?**")
    assert "code=" in app.visits[-1]


def _tab_to(page: Page, name: str) -> str:
    text = ""
    for _ in range(12):
        page.keyboard.press("Tab")
        text = str(page.evaluate("document.activeElement.textContent.trim()"))
        if text == name:
            break
    return text
