"""What is wrong with a page in a browser: for screen readers, on small screens, in both themes."""

from __future__ import annotations

from typing import Any, Final

from axe_playwright_python.base import AXE_SCRIPT
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
    page.evaluate(AXE_SCRIPT)
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


# Only what is wrong is handed over: what is right fills megabytes.
_RUN: Final = """options => axe.run(document, options).then(({ violations }) =>
  violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 120)}`))"""


def _ask_axe(page: Page, *, rule: str = "") -> list[str]:
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rule:
        options["runOnly"] = [rule]
    faults: list[str] = page.evaluate(_RUN, options)
    return faults
