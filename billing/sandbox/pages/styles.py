"""The one style sheet."""

from __future__ import annotations

from pathlib import Path

from billing.sandbox.call import Visit
from billing.sandbox.pages.answers import File, page
from billing.sandbox.pages.layout import STYLES

SHEET = Path(__file__).with_name("style.css")


@page("GET", STYLES)
def styles(visit: Visit) -> File:
    return File("text/css; charset=utf-8", SHEET.read_bytes())
