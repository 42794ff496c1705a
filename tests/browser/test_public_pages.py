from __future__ import annotations

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer


@pytest.mark.parametrize("path", ["/pricing/", "/account/login/", "/account/signup/"])
def test_a_visitor_gets_a_quiet_page_of_our_own_files(
    quiet_page: Page, live_server: LiveServer, path: str
) -> None:
    response = quiet_page.goto(f"{live_server.url}{path}")
    quiet_page.wait_for_load_state("networkidle")

    assert response is not None
    assert response.status == 200
    assert quiet_page.locator("h1").count() == 1
