"""What is wrong with a page in a browser: for screen readers, on small screens, in both themes."""

from __future__ import annotations

from typing import Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS: Final = (1280, 390)
HEIGHT: Final = 800
ROOT: Final = "document.documentElement"


def list_page_faults(page: Page, address: str) -> list[str]:
    """
    Open the page once and look at it at both widths, in both themes; return what is wrong.

    Where things are depends on the width, and what can be read depends on the theme too: the
    other rules have one answer for both themes.
    """
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
    page.goto(address)
    return [
        f"{address}: {width} px: {fault}"
        for width in WIDTHS
        for fault in _faults_at(page, width=width)
    ]


def _faults_at(page: Page, *, width: int) -> list[str]:
    page.set_viewport_size({"width": width, "height": HEIGHT})
    page.emulate_media(color_scheme="light")
    faults = [f"light: {fault}" for fault in _ask_axe(page)]
    page.emulate_media(color_scheme="dark")
    faults += [f"dark: {fault}" for fault in _ask_axe(page, rule="color-contrast")]
    if page.evaluate(f"{ROOT}.scrollWidth > {ROOT}.clientWidth"):
        faults.append("wider than the window")
    return faults


def _ask_axe(page: Page, *, rule: str = "") -> list[str]:
    options = {"runOnly": [rule]} if rule else None
    violations = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in violations]
