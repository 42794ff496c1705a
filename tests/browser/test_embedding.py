"""The elements in a page of another product, on another origin, under the strictest policy."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from billing.usage.operations import report_usage
from tests.factories.accounts import make_api_key
from tests.factories.metering import report
from tests.support.page_faults import list_page_faults

from .conftest import Watch, World
from .host import Host, serve

OpenBrowser = Callable[..., BrowserContext]
BUTTON = "50 credits • 1 % of monthly allowance • about $150 of value"
SHORTAGE = "50 credits beyond what is left"


@pytest.fixture
def host(world: World, live_server: LiveServer) -> Iterator[Host]:
    key = make_api_key(world.acme, now=datetime.now(UTC)).secret
    with serve(Host(tallybook=live_server.url, key=key)) as host:
        yield host


@pytest.fixture
def page(open_browser: OpenBrowser) -> Page:
    return open_browser().new_page()


def refresh(page: Page) -> None:
    page.evaluate("document.dispatchEvent(new Event('tallybook:refresh'))")


def test_the_documented_page_is_clean_and_says_what_it_takes(
    host: Host, page: Page, complaints: Watch
) -> None:
    heard = complaints(page)
    page.goto(host.origin)
    cost, usage = page.locator("tallybook-cost"), page.locator("tallybook-usage")
    expect(cost.locator("[part=sentence]")).to_have_text(BUTTON)
    # Acme is over its allowance by now.
    expect(cost.locator("[part=shortage]")).to_have_text(SHORTAGE)
    expect(usage.get_by_role("meter", name="AI credits")).to_be_visible()
    expect(usage).to_contain_text("credits used")
    assert host.tokens_given == 1

    assert list_page_faults(page, host.origin) == []
    assert heard == []


def test_a_button_is_read_with_its_cost(host: Host, page: Page) -> None:
    page.goto(host.origin)
    expect(page.locator("tallybook-cost")).to_contain_text(BUTTON)
    page.keyboard.press("Tab")
    button = page.get_by_role("button", name="Generate report")
    expect(button).to_be_focused()
    expect(button).to_have_accessible_description(f"{BUTTON} {SHORTAGE}")


def test_the_line_follows_its_attributes_and_tells_what_changed(host: Host, page: Page) -> None:
    page.goto(host.origin)
    cost = page.locator("tallybook-cost")
    expect(cost).to_contain_text(BUTTON)
    expect(cost.locator("[aria-live]")).to_have_count(0)

    cost.evaluate("cost => cost.setAttribute('quantity', '3')")
    expect(cost).to_contain_text("150 credits • 3 % of monthly allowance • about $450 of value")
    expect(cost.locator("[aria-live=polite]")).to_have_count(1)
    cost.evaluate("cost => cost.setAttribute('quantity', '')")
    expect(cost.locator("[part=sentence]")).to_be_hidden()
    cost.evaluate("cost => cost.setAttribute('action', 'EXTRACT_TEXT')")
    cost.evaluate("cost => cost.removeAttribute('quantity')")
    expect(cost).to_contain_text("5 credits • <1 % of monthly allowance")


def test_what_is_used_meanwhile_is_seen(
    host: Host, page: Page, world: World, complaints: Watch
) -> None:
    heard = complaints(page)
    page.goto(host.origin)
    meter = page.get_by_role("meter")
    before = float(meter.get_attribute("aria-valuenow") or "")
    world_uses(world, 7)
    refresh(page)
    expect(meter).to_have_attribute("aria-valuenow", f"{before + 7 * 50:g}")
    assert host.tokens_given == 1
    assert heard == []


def test_amounts_are_shown_to_those_who_may_see_them(host: Host, page: Page) -> None:
    page.goto(host.origin)
    shortage = page.locator("tallybook-cost [part=shortage]")
    expect(shortage).to_have_text(SHORTAGE)
    host.allow = ["estimates", "usage", "amounts"]
    page.reload()
    expect(shortage).to_have_text(f"{SHORTAGE}, for $6")
    expect(page.locator("tallybook-usage [part=over]")).to_have_attribute(
        "width", re.compile(r"[1-9]")
    )


def test_a_german_page_speaks_german(host: Host, page: Page, complaints: Watch) -> None:
    heard = complaints(page)
    host.page = host.page.replace('lang="en"', 'lang="de-AT"')
    page.goto(host.origin)
    expect(page.locator("tallybook-cost [part=sentence]")).to_contain_text("Monatskontingents")
    expect(page.locator("tallybook-usage [part=sentence]")).to_contain_text("credits verbraucht")
    expect(page.locator("tallybook-usage [lang=de]")).to_have_count(1)
    assert heard == []


def test_a_token_is_fetched_anew_before_it_ends(host: Host, page: Page, complaints: Watch) -> None:
    heard = complaints(page)
    host.says_it_lives_for = timedelta(seconds=59)
    page.goto(host.origin)
    expect(page.locator("tallybook-cost")).to_contain_text(BUTTON)
    expect(page.get_by_role("meter")).to_be_visible()
    given = host.tokens_given
    host.says_it_lives_for = None
    with page.expect_response("**/tallybook-token"):
        refresh(page)
    assert host.tokens_given == given + 1
    assert heard == []


def test_a_token_that_died_is_replaced_once(host: Host, page: Page) -> None:
    host.dead_tokens = ["eyJ.dead.token"]
    page.goto(host.origin)
    expect(page.locator("tallybook-cost")).to_contain_text(BUTTON)
    expect(page.get_by_role("meter")).to_be_visible()
    assert host.tokens_given == 2


def test_without_a_network_the_last_answer_stays_and_says_so(
    host: Host, page: Page, complaints: Watch
) -> None:
    heard = complaints(page)
    page.goto(host.origin)
    cost = page.locator("tallybook-cost")
    note = cost.locator("[part=note]")
    expect(cost).to_contain_text(BUTTON)
    page.context.set_offline(True)
    refresh(page)
    expect(note).to_contain_text("As of ")
    expect(cost).to_contain_text(BUTTON)
    page.context.set_offline(False)
    expect(note).to_be_hidden()
    assert heard == []


def test_without_tokens_the_pages_own_words_stay_and_it_asks_again(host: Host, page: Page) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    host.has_tokens = False
    page.goto(host.origin)
    cost, usage = page.locator("tallybook-cost"), page.locator("tallybook-usage")
    expect(usage.locator("[part=note]")).to_have_text("Cannot be shown at the moment.")
    expect(cost.locator("[part=note]")).to_be_hidden()
    expect(cost.get_by_text("50 credits")).to_be_visible()
    host.has_tokens = True
    # It asks again by itself, after five seconds.
    expect(cost).to_contain_text(BUTTON, timeout=30_000)
    expect(usage.locator("[part=note]")).to_be_hidden()
    assert errors == []


def test_what_is_not_there_is_admitted(host: Host, page: Page) -> None:
    host.page = host.page.replace("GENERATE_REPORT", "NOTHING").replace("ai_credits", "nothing")
    page.goto(host.origin)
    # The page's own words, and an element that has none.
    expect(page.get_by_text("50 credits")).to_be_visible()
    expect(page.locator("tallybook-cost [part=note]")).to_be_hidden()
    expect(page.locator("tallybook-usage [part=note]")).to_have_text(
        "Cannot be shown at the moment."
    )


def world_uses(world: World, reports: int) -> None:
    """Somebody at Acme generates so many reports."""
    now = datetime.now(UTC)
    report_usage(
        organization_id=world.acme.pk,
        reports=[report(f"now-{now.timestamp()}", reports, action="GENERATE_REPORT", at=now)],
        api_key_id=None,
        received_at=now,
    )
