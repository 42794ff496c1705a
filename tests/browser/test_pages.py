"""Every page is clean: for screen readers, the console, small screens and the keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.support.page_faults import list_page_faults

from .conftest import Watch, World, sign_in

OpenBrowser = Callable[..., BrowserContext]

OF_VISITORS = (
    "/pricing/",
    "/pricing/?interval=year&credits=7200",
    "/account/login/",
    "/account/signup/",
    "/account/password/reset/",
    "/invitations/{invitation}/",
)
OF_CUSTOMERS = (
    "/overview/",
    "/usage/",
    "/usage/?period=previous",
    "/usage/?by=member&sort=name&member=bob@acme.example",
    "/usage/grants/{grant}/",
    "/credits/",
    "/credits/order/?pack=small&packs=2",
    "/credits/orders/{order}/cancel/",
    "/limits/",
    "/plan/",
    "/plan/change/?plan=starter",
    "/plan/change/?interval=year",
    "/plan/cancel/",
    "/invoices/",
    "/members/",
    "/settings/",
    "/settings/contacts/",
    "/settings/properties/",
    "/settings/audit/",
    "/settings/export/",
    "/settings/personal/",
    "/settings/notifications/",
    "/account/email/",
    "/account/password/change/",
    "/account/2fa/",
    "/account/sessions/",
    "/organizations/",
    "/start/",
)


def test_every_page_is_accessible_quiet_and_fits(
    world: World, open_browser: OpenBrowser, complaints: Watch
) -> None:
    page = open_browser().new_page()
    heard = complaints(page)
    found = [fault for path in OF_VISITORS for fault in _faults(page, path, world)]
    sign_in(page, world.alice)
    found += [fault for path in OF_CUSTOMERS for fault in _faults(page, path, world)]
    assert found == []
    assert heard == []


def test_the_theme_is_chosen_once_and_kept(world: World, open_browser: OpenBrowser) -> None:
    page = open_browser().new_page()
    page.goto("/pricing/")
    light = _background(page)
    page.get_by_role("button", name="Dark").click()
    dark = _background(page)
    assert dark != light
    page.goto("/account/login/")
    assert _background(page) == dark
    page.get_by_role("button", name="Same as the system").click()
    assert _background(page) == light


@pytest.mark.parametrize("path", ["/pricing/", "/overview/", "/credits/", "/members/", "/start/"])
def test_the_keyboard_reaches_everything_and_the_focus_is_seen(
    world: World, open_browser: OpenBrowser, path: str
) -> None:
    page = open_browser().new_page()
    sign_in(page, world.alice)
    page.goto(path)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    unseen, stops = [], 0
    while page.evaluate("document.activeElement !== document.body") and stops < 80:
        stops += 1
        if not page.evaluate(_HAS_VISIBLE_FOCUS):
            unseen.append(page.evaluate("document.activeElement.outerHTML.slice(0, 160)"))
        page.keyboard.press("Tab")
    assert unseen == []
    assert stops > 5


def test_the_four_questions_are_answered_without_scrolling(
    world: World, open_browser: OpenBrowser
) -> None:
    page = open_browser().new_page()
    sign_in(page, world.alice)
    page.goto("/overview/")
    for question in ("used-title", "overage-title", "pace-title", "invoice-title"):
        box = page.locator(f"section[aria-labelledby={question}]").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 800, (question, box)


def _faults(page: Page, path: str, world: World) -> list[str]:
    names = {"invitation": world.invitation, "order": world.order, "grant": world.grant}
    return list_page_faults(page, path.format(**names))


def _background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


# An outline on the element itself, or on the label that stands for a hidden radio button.
_HAS_VISIBLE_FOCUS = """(() => {
  const element = document.activeElement;
  const shown = [element, element.closest("label")].filter(Boolean);
  return shown.some((one) => {
    const style = getComputedStyle(one);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
})()"""
