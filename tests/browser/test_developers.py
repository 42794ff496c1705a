"""The developers' pages in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, expect

from accounts.models import ApiKey, WebhookAttempt, WebhookDelivery
from tests.factories.accounts import make_api_key
from tests.factories.webhooks import make_endpoint, tell
from tests.support.page_faults import list_page_faults

from .conftest import Watch, World, sign_in

OpenBrowser = Callable[..., BrowserContext]


@pytest.fixture
def told(world: World) -> WebhookDelivery:
    """Acme has a key, and an endpoint that answered badly."""
    now = datetime.now(UTC)
    make_api_key(world.acme, now=now)
    endpoint = make_endpoint(world.acme, now=now).endpoint
    tell(world.acme, now=now)
    delivery = WebhookDelivery.objects.get(endpoint=endpoint)
    # The first attempt was made when the fact was told: nobody was there.
    WebhookAttempt.objects.create(
        delivery=delivery,
        number=2,
        started_at=now,
        duration_ms=31,
        status_code=500,
        response_excerpt="<h1>Server Error (500)</h1>",
    )
    return delivery


def test_every_page_is_accessible_quiet_and_fits(
    world: World, told: WebhookDelivery, open_browser: OpenBrowser, complaints: Watch
) -> None:
    page = open_browser().new_page()
    heard = complaints(page)
    sign_in(page, world.alice)
    endpoint = f"/developers/webhooks/{told.endpoint.public_id}/"
    found = [
        fault
        for path in (
            "/developers/",
            "/developers/keys/",
            "/developers/webhooks/",
            endpoint,
            f"{endpoint}deliveries/{told.public_id}/",
            "/developers/explorer/",
        )
        for fault in list_page_faults(page, path)
    ]
    assert found == []
    assert heard == []


def test_the_explorer_asks_with_its_own_key(
    world: World, open_browser: OpenBrowser, complaints: Watch
) -> None:
    page = open_browser().new_page()
    heard = complaints(page)
    sign_in(page, world.alice)
    page.goto("/developers/explorer/")
    page.get_by_role("button", name="Open the explorer").click()

    operation = page.locator("#operations-balances-list_balances")
    operation.get_by_role("button").first.click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()

    answer = operation.locator(".live-responses-table .response .response-col_status")
    expect(answer).to_contain_text("200")
    assert ApiKey.objects.get().last_used_at is not None
    assert heard == []


def test_a_key_is_made_and_its_secret_copied_by_hand(
    world: World, open_browser: OpenBrowser, complaints: Watch
) -> None:
    page = open_browser(width=390).new_page()
    heard = complaints(page)
    sign_in(page, world.alice)
    page.goto("/developers/keys/")
    page.get_by_label("Name").fill("Worker")
    page.get_by_role("button", name="Make the key").click()

    key = ApiKey.objects.get()
    expect(page.get_by_role("status").get_by_text(key.public_id)).to_be_visible()
    expect(page.get_by_role("status").get_by_text(f"{key.prefix}")).to_be_visible()
    assert heard == []
