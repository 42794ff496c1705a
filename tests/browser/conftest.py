"""
A real browser for the tests that need one: Debian's Chromium, kept away from the network.

It looks at Acme, which is in its second month on Professional.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.choices import Role
from accounts.memberships.operations import invite
from accounts.memberships.tokens import token_of
from accounts.models import Membership, Organization, User
from billing.usage.operations import report_usage
from metering.models import CreditGrant
from tests.factories.accounts import PASSWORD, make_member, make_organization, make_person
from tests.factories.agreements import make_agreement
from tests.factories.catalog import make_article_catalog
from tests.factories.metering import report
from tests.factories.top_ups import make_pack, order, set_automatic

ACTIONS = ("GENERATE_REPORT", "SUMMARIZE_SHORT", "EXTRACT_TEXT")

# Playwright runs an event loop in our thread, which Django takes for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

Watch = Callable[[Page], list[str]]


@dataclass(frozen=True)
class World:
    """Who and what there is."""

    alice: User
    bob: User
    charlie: User
    acme: Organization
    invitation: str
    order: str
    grant: str


# A page that never comes to it fails as surely after half a minute, on a machine that is busy too.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    executable = shutil.which("chromium")
    if executable is None:
        pytest.fail("The browser tests need Chromium; `make test` installs it or says how.")
    return {
        "executable_path": executable,
        "args": [
            "--no-sandbox",
            "--disable-quic",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture
def world(transactional_db: None) -> World:
    """The article's plans, three people, and forty days of usage that ran into overage."""
    catalog = make_article_catalog()
    make_pack(catalog.credits, expires_after_months=12)
    alice, bob = make_person("Alice"), make_person("Bob")
    charlie = make_person("Charlie", email="charlie@stranger.example")
    acme = make_organization("Acme", owner=alice, time_zone="Europe/Berlin", external_id="acme-1")
    place = make_member(acme, bob, Role.MEMBER)
    now = datetime.now(UTC)
    make_agreement(acme, "professional", at=now - timedelta(days=40))
    for day in range(40):
        at = now - timedelta(days=40 - day, minutes=-5)
        report_usage(
            organization_id=acme.pk,
            reports=[
                report(f"day-{day}-{code}", 2 + day % 5, action=code, at=at, member=bob.email)
                for code in ACTIONS
            ]
            + ([report("a-big-one", 90, action="GENERATE_REPORT", at=at)] if day == 38 else []),
            api_key_id=None,
            received_at=at,
        )
    invitation = invite(
        organization=acme,
        email=charlie.email,
        role="member",
        invited_by=Membership.objects.get(user=alice),
        now=now,
    )
    assert place.organization == acme
    set_automatic(acme, at=now)
    return World(
        alice,
        bob,
        charlie,
        acme,
        invitation=token_of(invitation_id=invitation.public_id),
        order=order(acme, count=2, at=now).public_id,
        grant=CreditGrant.objects.earliest("effective_at").public_id,
    )


@pytest.fixture
def complaints() -> Watch:
    """Collect what a page says on the console, and every request that leaves this machine."""

    def watch(page: Page) -> list[str]:
        heard: list[str] = []
        page.on("console", lambda message: heard.append(f"{page.url}: {message.text}"))
        page.on("pageerror", lambda error: heard.append(f"{page.url}: {error}"))
        page.on("request", lambda request: heard.extend(_remote(request.url)))
        return heard

    return watch


@pytest.fixture
def quiet_page(page: Page, complaints: Watch) -> Iterator[Page]:
    """A page that must load nothing from elsewhere and write nothing to the console."""
    heard = complaints(page)
    yield page
    assert heard == []


@pytest.fixture
def open_browser(
    browser: Browser, live_server: LiveServer
) -> Iterator[Callable[..., BrowserContext]]:
    """A fresh profile, at a size, in a theme."""
    opened: list[BrowserContext] = []

    def open_browser(*, width: int = 1280, theme: str = "light", **options: Any) -> BrowserContext:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 800},
            color_scheme="dark" if theme == "dark" else "light",
            **options,
        )
        opened.append(context)
        return context

    yield open_browser
    for context in opened:
        context.close()


def sign_in(page: Page, user: User) -> None:
    """Sign in on the page that is there for it."""
    page.goto("/account/login/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/login/" not in url)


def _remote(url: str) -> list[str]:
    return [] if url.startswith(("http://127.0.0.1", "http://localhost", "data:")) else [url]
