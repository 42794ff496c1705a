"""Pricing tables in a browser: from a campaign to an organization, and in a frame elsewhere."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.core import mail
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Organization
from billing.agreements.queries import find_live_agreement
from billing.models import PlanGroup
from tests.factories.pricing_tables import SPRING, make_live_table
from tests.support.page_faults import list_page_faults

from .conftest import Watch, World

OpenBrowser = Callable[..., BrowserContext]


@pytest.fixture
def spring(world: World) -> World:
    """A live table of two cards beside what is on sale."""
    make_live_table(PlanGroup.objects.get(code="current"), content=SPRING)
    return world


@pytest.fixture
def somebodys_site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder that is served from another origin, and its address."""
    serve = partial(QuietHandler, directory=str(tmp_path))
    server = ThreadingHTTPServer(("127.0.0.1", 0), serve)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield tmp_path, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def test_pages_of_tables_are_accessible_quiet_and_fit(
    spring: World, open_browser: OpenBrowser, complaints: Watch
) -> None:
    page = open_browser().new_page()
    heard = complaints(page)
    found = [
        fault
        for path in ("/pricing/spring_promo/?interval=year", "/embed/pricing/current/")
        for fault in list_page_faults(page, path)
    ]
    assert found == []
    assert heard == []


@pytest.mark.parametrize("with_javascript", [True, False])
def test_a_campaign_leads_to_an_organization_on_its_plan(
    spring: World, open_browser: OpenBrowser, *, with_javascript: bool
) -> None:
    page = open_browser(width=390, java_script_enabled=with_javascript).new_page()
    page.goto("/signup/?pricing_table_key=spring_promo")
    expect(page.get_by_role("heading", name="Spring prices")).to_be_visible()
    page.get_by_role("link", name=re.compile("Yearly")).click()
    page.get_by_role("link", name="Start growing").click()
    page.get_by_label("Your name").fill("Peter")
    page.get_by_label("Email").fill("peter@initech.example")
    page.get_by_label("Password", exact=True).fill("a long enough pass phrase")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_label("Code")).to_be_visible()
    page.get_by_label("Code").fill(_code_in_the_mail())
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("radio", name=re.compile("Starter"))).to_be_checked()
    expect(page.get_by_role("radio", name=re.compile("Enterprise"))).to_have_count(0)
    page.get_by_label("Organization name").fill("Initech")
    page.get_by_role("button", name=re.compile("Create")).click()
    page.wait_for_url("**/overview/")
    agreement = find_live_agreement(organization=Organization.objects.get(name="Initech"))
    assert agreement is not None
    assert (agreement.plan_version.plan.code, agreement.interval) == ("starter", "year")


def test_the_names_of_the_plans_stay_in_sight(spring: World, open_browser: OpenBrowser) -> None:
    for width in (1280, 390):
        page = open_browser(width=width).new_page()
        page.goto("/pricing/")
        page.locator(".matrix tbody tr").last.scroll_into_view_if_needed()
        page.evaluate("document.querySelector('.matrix tbody tr:last-child').scrollIntoView(true)")
        expect(page.locator(".matrix thead")).to_be_in_viewport(ratio=1)


def test_all_prices_are_on_the_first_screen_of_a_telephone(
    spring: World, open_browser: OpenBrowser
) -> None:
    page = open_browser(width=390).new_page()
    page.goto("/pricing/")
    glance = page.get_by_role("navigation", name="Plans at a glance")
    expect(glance).to_be_in_viewport(ratio=1)
    expect(glance).to_contain_text("Starter$99Professional$299Enterprise$1,499")
    glance.get_by_role("link", name="Enterprise").click()
    expect(page.locator("#enterprise h2")).to_be_in_viewport()


def test_a_script_puts_the_table_on_another_site_as_tall_as_it_is(
    spring: World,
    open_browser: OpenBrowser,
    live_server: LiveServer,
    somebodys_site: tuple[Path, str],
) -> None:
    folder, address = somebodys_site
    source = f"{live_server.url}/static/js/pricing_embed.js"
    (folder / "index.html").write_text(
        f'<title>Shop</title><body><script async src="{source}" data-table="spring_promo"'
        ' data-language="de" data-theme="dark"></script>'
    )
    page = open_browser().new_page()
    page.goto(f"{address}/index.html")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Frühlingspreise")).to_be_visible()
    expect(page.locator("iframe")).not_to_have_attribute("height", "900")
    _expect_no_empty_half(page)
    frame.get_by_role("link", name=re.compile("Jährlich|Yearly")).click()
    expect(frame.get_by_role("article").filter(has_text="Starter")).to_contain_text("990")
    assert page.url == f"{address}/index.html"
    frame.get_by_role("link", name="Start growing").click()
    page.wait_for_url(f"{live_server.url}/account/signup/")


def test_a_site_that_is_not_named_may_not_frame_it(
    spring: World,
    open_browser: OpenBrowser,
    live_server: LiveServer,
    somebodys_site: tuple[Path, str],
) -> None:
    folder, address = somebodys_site
    table = make_live_table(PlanGroup.objects.get(code="current"), "ours")
    table.frame_ancestors = ["https://www.example.com"]
    table.save()
    (folder / "index.html").write_text(
        f'<title>Shop</title><iframe src="{live_server.url}/embed/pricing/ours/"></iframe>'
    )
    page = open_browser().new_page()
    page.goto(f"{address}/index.html")
    page.wait_for_load_state("networkidle")
    expect(page.frame_locator("iframe").get_by_role("heading")).to_have_count(0)


def _code_in_the_mail() -> str:
    code = re.search(r"^[0-9A-Z-]{6,}$", str(mail.outbox[-1].body), re.M)
    assert code is not None, mail.outbox[-1].body
    return code[0]


def _expect_no_empty_half(page: Page) -> None:
    """The frame is as tall as what is in it, give or take a line."""
    inside = page.frames[1].evaluate("document.documentElement.scrollHeight")
    outside = int(page.locator("iframe").get_attribute("height") or 0)
    assert abs(inside - outside) < 24, (inside, outside)
