"""An owner sees to the settings: whom to mail, in which language, what was done, what to keep."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, expect

from .conftest import Watch, World, sign_in

OpenBrowser = Callable[..., BrowserContext]
PAGES = ("contacts", "properties", "audit", "export")


def test_an_owner_names_a_contact_and_takes_everything_along(
    world: World, open_browser: OpenBrowser, complaints: Watch
) -> None:
    page = open_browser().new_page()
    heard = complaints(page)
    sign_in(page, world.alice)
    page.goto("/settings/")
    page.get_by_role("link", name="Billing contacts").click()
    page.get_by_label("Email address").fill("AP@acme.example")
    page.get_by_label("Usage", exact=True).check()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("ap@acme.example is mailed from now on.")).to_be_visible()

    page.get_by_role("link", name="Audit log").click()
    page.get_by_label("What", exact=True).select_option(label="Billing contact added")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("rowheader")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    table = Path(download.value.path()).read_text()
    assert table.count("billing_contact.added") == 1

    page.get_by_role("link", name="Data export").click()
    page.get_by_role("button", name="Make an export").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download ZIP").click()
    archive = zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert "ap@acme.example" in archive.read("billing_contacts.csv").decode()
    assert heard == []


def test_a_visitor_switches_the_language(
    world: World, open_browser: OpenBrowser, complaints: Watch
) -> None:
    page = open_browser().new_page()
    heard = complaints(page)
    page.goto("/account/login/")
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    assert page.url.endswith("/account/login/")
    page.goto("/pricing/")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert heard == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_of_settings_are_accessible_and_fit_a_phone(
    world: World, open_browser: OpenBrowser, complaints: Watch, theme: str
) -> None:
    page = open_browser(width=320, theme=theme).new_page()
    heard = complaints(page)
    sign_in(page, world.alice)
    for name in PAGES:
        page.goto(f"/settings/{name}/")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert heard == []
