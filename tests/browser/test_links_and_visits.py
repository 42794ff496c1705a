"""A link into the portal, and staff on a visit to a customer, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import Membership, Organization, StaffVisit, User
from accounts.visits.links import make_portal_link
from tests.factories.accounts import TESTER, make_person
from tests.support.page_faults import list_page_faults

from .conftest import Watch, World, sign_in

OpenBrowser = Callable[..., BrowserContext]
APP = "https://app.example"


@pytest.fixture
def link(world: World, live_server: LiveServer, settings: Settings) -> str:
    """Where Bob is sent from the app."""
    settings.PORTAL_RETURN_URLS = [APP]
    settings.PUBLIC_URL = live_server.url
    made = make_portal_link(
        membership=Membership.objects.get(user=world.bob),
        page="usage",
        return_url=f"{APP}/settings",
        actor=TESTER,
        now=datetime.now(UTC),
    )
    return made.url


@pytest.fixture
def stella(world: World) -> User:
    """Of the staff."""
    return make_person("Stella", is_staff=True, is_superuser=True)


@pytest.mark.parametrize("width", [1280, 390])
def test_bob_goes_in_by_a_link_and_out_again(
    world: World, link: str, open_browser: OpenBrowser, complaints: Watch, width: int
) -> None:
    page = open_browser(width=width).new_page()
    heard = complaints(page)
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Go to the portal of Acme")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Continue").press("Enter")
    page.wait_for_url("**/usage/")
    if width < 1000:
        page.get_by_text("Menu", exact=True).click()
    back = page.get_by_role("link", name="Back to app.example").locator("visible=true")
    expect(back).to_have_attribute("href", f"{APP}/settings")
    if width >= 1000:
        page.locator(".portal__person summary").click()
    page.get_by_role("button", name="Leave the portal").locator("visible=true").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have left the portal")
    page.goto("/usage/")
    assert "/account/login/" in page.url
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("This link can no longer be used")
    assert [line for line in heard if "410" not in line] == []


def test_stella_looks_and_touches_nothing(
    world: World, stella: User, open_browser: OpenBrowser, complaints: Watch
) -> None:
    page = open_browser().new_page()
    heard = complaints(page)
    sign_in(page, stella)
    page.goto(f"/admin/accounts/organization/{world.acme.pk}/change/")
    page.get_by_role("link", name="View as customer").click()
    page.get_by_label("Reason").fill("Ticket 17: the invoice looks wrong")
    page.get_by_role("button", name="View as customer").click()
    page.wait_for_url("**/overview/")
    banner = page.get_by_role("region", name="Visit")
    expect(banner).to_contain_text("Stella looks at Acme.")
    page.get_by_role("link", name="Settings").locator("visible=true").first.click()
    page.get_by_label("Name").first.fill("Mallory")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Not during a visit")
    assert Organization.objects.get(pk=world.acme.pk).name == "Acme"
    page.get_by_role("button", name="End visit").click()
    page.wait_for_url("**/admin/")
    assert StaffVisit.objects.get().ended_at is not None
    assert [line for line in heard if "403" not in line] == []


def test_the_pages_are_accessible_quiet_and_fit(
    world: World, link: str, stella: User, open_browser: OpenBrowser, complaints: Watch
) -> None:
    guest = open_browser().new_page()
    heard = complaints(guest)
    path = "/portal-links/" + link.split("/portal-links/")[1]
    found = list_page_faults(guest, path)
    guest.goto(link)
    guest.get_by_role("button", name="Continue").click()
    guest.wait_for_url("**/usage/")
    found += list_page_faults(guest, "/usage/")
    staff = open_browser().new_page()
    heard += complaints(staff)
    sign_in(staff, stella)
    staff.goto(f"/admin/accounts/organization/{world.acme.pk}/view-as-customer/")
    staff.get_by_label("Reason").fill("Ticket 17")
    staff.get_by_role("button", name="View as customer").click()
    staff.wait_for_url("**/overview/")
    found += [fault for page in ("/overview/", "/plan/") for fault in list_page_faults(staff, page)]
    assert found == []
    assert heard == []
