"""The pages that `test_pages` does not name are clean as well: no address is forgotten."""

from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import resolve
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from accounts.choices import Role
from tests.api.conftest import NOW
from tests.support.every_page import list_addresses
from tests.support.page_faults import list_page_faults
from tests.tenancy.inventory import short_name
from tests.tenancy.pages import BACKEND
from tests.tenancy.world import TwoCustomers, make_two_customers

from .conftest import Watch
from .test_pages import OF_CUSTOMERS, OF_VISITORS, OpenBrowser

# What is there for programs, is handed over as a file, or is for staff alone.
NO_PAGES = {
    *("components", "ledger_csv", "invoices_csv", "audit_entries", "export_file"),
    "preview_pricing",
}


@pytest.fixture
def two(transactional_db: None) -> TwoCustomers:
    with time_machine.travel(NOW, tick=False):
        return make_two_customers()


def test_the_other_pages_are_accessible_quiet_and_fit(
    two: TwoCustomers, open_browser: OpenBrowser, complaints: Watch, live_server: LiveServer
) -> None:
    named = {_name_of(path) for path in (*OF_VISITORS, *OF_CUSTOMERS)}
    with time_machine.travel(NOW, tick=False):
        page = _signed_in(open_browser(), two, live_server)
        heard = complaints(page)
        found = [
            fault
            for name, address, _ in list_addresses(two)
            if name not in named | NO_PAGES
            for fault in list_page_faults(page, address)
        ]
    assert not found, "\n".join(found)
    assert heard == []


def _name_of(path: str) -> str:
    """The name of an address, whatever stands in the place of its ids."""
    plain = path.partition("?")[0].format(invitation="token", order="top_1", grant="crg_1")
    return short_name(resolve(plain).view_name)


def _signed_in(context: BrowserContext, two: TwoCustomers, live_server: LiveServer) -> Page:
    """A browser with the session of Acme's owner, whose cookie knows no time."""
    client = Client()
    client.force_login(two.acme.people[Role.OWNER], backend=BACKEND)
    name = settings.SESSION_COOKIE_NAME
    cookie: Any = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    context.add_cookies([cookie])
    return context.new_page()
