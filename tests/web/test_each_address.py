"""What holds at every address that answers with a page; none is listed here by hand."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from accounts.choices import Role
from tests.api.conftest import NOW
from tests.support.every_page import list_addresses
from tests.support.statements import counted_statements
from tests.tenancy.pages import BACKEND, Page
from tests.tenancy.world import make_two_customers

FEW_QUERIES = 12
LIGHT = 100_000
# What looks like a handler or a style of its own, and what comes from another site.
NOT_OURS = (
    r"<style",
    r"<[a-z][^>]*\s(?:style|on[a-z]+)=",
    r"<script(?![^>]*\ssrc=)(?![^>]*application/json)",
    r'\s(?:src|action)="(?:https?:)?//',
    r'<link[^>]*href="(?:https?:)?//',
)


@pytest.mark.django_db
def test_every_page_is_quick_light_and_our_own(no_query_in_templates: None) -> None:
    with time_machine.travel(NOW, tick=False):
        world = make_two_customers()
        browser = Client()
        browser.force_login(world.acme.people[Role.OWNER], backend=BACKEND)
        findings = [
            f"{name}: {finding}"
            for name, address, page in list_addresses(world)
            for finding in _list_findings(browser, address, page)
        ]
    assert not findings, "\n".join(findings)


def _list_findings(browser: Client, address: str, page: Page) -> Iterator[str]:
    browser.get(address)
    with counted_statements() as statements:
        answer = browser.get(address)
    if not answer.headers.get("Content-Type", "").startswith("text/html"):
        return
    if len(statements) > FEW_QUERIES:
        yield f"{len(statements)} queries"
    if page.permission is not None and "no-store" not in answer["Cache-Control"]:
        yield "a browser may keep it"
    html = answer.content.decode()
    yield from (f"{found[:80]}" for rule in NOT_OURS for found in re.findall(rule, html))
    if (weight := _weigh(html)) >= LIGHT:
        yield f"{weight} bytes"


def _weigh(html: str) -> int:
    """The page with its styles and scripts."""
    names = re.findall(rf'(?:href|src)="{settings.STATIC_URL}([^"#]+\.(?:css|js))"', html)
    return len(html.encode()) + sum(Path(str(finders.find(name))).stat().st_size for name in names)
