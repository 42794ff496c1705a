"""What customers do about money, clicked through against a sandbox in a process of its own."""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as configured
from playwright.sync_api import BrowserContext, Locator, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import Organization, User
from billing.agreements.queries import find_live_agreement
from billing.stripe.publishing import publish_waiting
from billing.stripe.setting_up import bring_endpoint_level
from config.payments import form_targets, stripe_settings
from tests.factories.accounts import make_organization, make_person
from tests.factories.catalog import make_article_catalog
from tests.factories.top_ups import make_pack
from tests.sandbox.selling import DECLINED, GOOD
from tests.sandbox.serving import served

from .conftest import Watch, sign_in

OpenBrowser = Callable[..., BrowserContext]


@pytest.fixture
def sandbox(
    transactional_db: None, settings: Settings, live_server: LiveServer, tmp_path: Path
) -> Iterator[str]:
    """The article's plans and a pack, sold through a sandbox that tells us of everything."""
    with served(tmp_path) as url:
        for name, value in stripe_settings(secret_key="", sandbox_url=url).items():
            setattr(settings, name, value)
        settings.CONTENT_SECURITY_POLICY = _leading_to(url)
        settings.PUBLIC_URL = live_server.url
        catalog = make_article_catalog()
        make_pack(catalog.credits, expires_after_months=12)
        publish_waiting(now=datetime.now(UTC))
        bring_endpoint_level()
        yield url


@pytest.fixture
def alice(sandbox: str) -> User:
    return make_person("Alice")


@pytest.fixture
def acme(alice: User) -> Organization:
    """Alice's organization, which has no plan yet."""
    return make_organization("Acme", owner=alice)


@pytest.fixture
def page(
    alice: User, acme: Organization, sandbox: str, open_browser: OpenBrowser, complaints: Watch
) -> Iterator[Page]:
    """Alice's browser, signed in; nothing that our pages say on the console is missed."""
    page = open_browser().new_page()
    heard = complaints(page)
    sign_in(page, alice)
    yield page
    assert [said for said in heard if not said.startswith(sandbox)] == []


class TestAgreeing:
    def test_from_the_pricing_page_to_the_allowance(self, page: Page, acme: Organization) -> None:
        page.goto("/pricing/")
        page.get_by_role("link", name="Start with Professional").click()
        expect(page.get_by_role("heading", name="Choose a plan for Acme")).to_be_visible()
        expect(page.get_by_role("radio", name=re.compile("Professional"))).to_be_checked()
        page.get_by_role("button", name="Continue").click()
        _pay(page)
        expect(page.get_by_role("heading", name="You are on Professional")).to_be_visible()
        assert _faults(page) == []
        page.get_by_role("link", name="Go to the overview").click()
        balance = page.get_by_role("region", name="AI credits: used and left")
        expect(balance).to_contain_text("5,000 credits left")
        page.get_by_role("link", name="Invoices", exact=True).click()
        _expect_soon(page, page.get_by_role("cell", name="Paid", exact=True))

    def test_a_failed_card_agrees_on_nothing_and_another_may_be_tried(
        self, page: Page, acme: Organization
    ) -> None:
        page.goto("/plan/start/?plan=starter&interval=month")
        page.get_by_role("button", name="Continue").click()
        _fill_card(page, DECLINED)
        expect(page.get_by_text("Your card was declined.")).to_be_visible()
        assert find_live_agreement(organization=acme) is None
        _pay(page)
        expect(page.get_by_role("heading", name="You are on Starter")).to_be_visible()

    def test_works_without_javascript(
        self, alice: User, acme: Organization, open_browser: OpenBrowser
    ) -> None:
        page = open_browser(width=390, java_script_enabled=False).new_page()
        sign_in(page, alice)
        _agree(page, "starter")
        page.goto("/plan/change/?plan=professional")
        page.get_by_role("button", name="Pay $200.00 and change").click()
        expect(page.get_by_text("You are on Professional.")).to_be_visible()


class TestChanging:
    def test_the_amount_that_is_shown_is_the_amount_that_is_charged(
        self, page: Page, acme: Organization
    ) -> None:
        _agree(page, "starter")
        page.goto("/plan/")
        assert _faults(page) == []
        page.get_by_role("link", name="Change to Professional").click()
        assert _faults(page) == []
        button = page.get_by_role("button", name=re.compile(r"Pay \$[\d.]+ and change"))
        shown = re.search(r"\$([\d.]+)", button.inner_text())
        assert shown is not None
        button.click()
        expect(page.get_by_text("You are on Professional.")).to_be_visible()
        page.goto("/invoices/")
        _expect_soon(page, page.get_by_role("cell", name=f"${shown[1]} USD"))

    def test_less_is_scheduled_and_taken_back(self, page: Page, acme: Organization) -> None:
        _agree(page, "professional")
        page.goto("/plan/")
        page.get_by_role("link", name="Change to Starter").click()
        expect(page.get_by_text("No Advanced AI")).to_be_visible()
        page.get_by_role("button", name="Change when the period ends").click()
        current = page.get_by_role("region", name="Professional plan")
        expect(current).to_contain_text("it changes to Starter for $99.00 a month")
        assert _faults(page) == []
        page.get_by_role("button", name="Keep it as it is").click()
        expect(page.get_by_text("Your plan stays as it is.")).to_be_visible()
        expect(current).not_to_contain_text("it changes to Starter")

    def test_the_plan_ends_and_goes_on_after_all(self, page: Page, acme: Organization) -> None:
        _agree(page, "professional")
        page.goto("/plan/")
        page.get_by_role("link", name="End the plan").click()
        assert _faults(page) == []
        page.get_by_text("Too expensive").click()
        page.get_by_role("button", name="End the plan").click()
        expect(page.get_by_text("Going to end")).to_be_visible()
        page.goto("/overview/")
        expect(page.get_by_text("Your plan ends on")).to_be_visible()
        page.get_by_role("button", name="Go on after all").click()
        expect(page.get_by_text("Your plan goes on.")).to_be_visible()


class TestPaying:
    def test_credits_are_bought_on_the_payment_page_and_with_the_card_on_file(
        self, page: Page, acme: Organization
    ) -> None:
        _agree(page, "starter")
        page.goto("/credits/order/?pack=small&packs=1")
        assert _faults(page) == []
        page.get_by_role("button", name="Pay $55.00 with Visa •••• 4242").click()
        expect(page.get_by_text("Paid. The credits are there.")).to_be_visible()
        expect(page.get_by_role("region", name="What you have")).to_contain_text(
            "1,500 credits left"
        )
        page.goto("/credits/order/?pack=small&packs=2")
        page.get_by_role("button", name="Pay another way").click()
        _pay(page)
        expect(page.get_by_role("heading", name=re.compile("Small pack is paid"))).to_be_visible()
        page.get_by_role("link", name="See your credits").click()
        expect(page.get_by_role("region", name="What you have")).to_contain_text(
            "2,500 credits left"
        )
        page.goto("/invoices/")
        _expect_soon(page, page.get_by_role("cell", name="$110.00 USD"))

    def test_the_card_is_changed_on_stripes_pages(self, page: Page, acme: Organization) -> None:
        _agree(page, "starter")
        page.goto("/payment/")
        expect(page.get_by_text("Visa •••• 4242")).to_be_visible()
        assert _faults(page) == []
        page.get_by_role("button", name="Change the card").click()
        _type_card(page, "5555555555554444")
        page.get_by_role("button", name=re.compile("Save|Add")).click()
        page.wait_for_url("**/payment/")
        expect(page.get_by_text("Mastercard •••• 4444")).to_be_visible()


def _leading_to(url: str) -> dict[str, dict[str, list[str]]]:
    """The content security policy of an installation whose payment pages are there."""
    policy = deepcopy(configured.CONTENT_SECURITY_POLICY)
    policy["DIRECTIVES"]["form-action"] += form_targets(secret_key="", sandbox_url=url)
    return policy


def _agree(page: Page, plan: str) -> None:
    page.goto(f"/plan/start/?plan={plan}&interval=month")
    page.get_by_role("button", name="Continue").click()
    _pay(page)
    expect(page.get_by_text("Your payment has arrived")).to_be_visible()


def _pay(page: Page) -> None:
    """Pay on the payment page, wherever it was left."""
    _fill_card(page, GOOD)


def _fill_card(page: Page, number: str) -> None:
    if page.get_by_label("Email").count():
        page.get_by_label("Email").fill("alice@acme.example")
    _type_card(page, number)
    page.get_by_role("button", name=re.compile("^(Pay|Subscribe)")).click()


def _type_card(page: Page, number: str) -> None:
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Expiry").fill("12 / 34")
    page.get_by_label("Security code").fill("123")
    if page.get_by_label("Name").count():
        page.get_by_label("Name").first.fill("Alice")


def _expect_soon(page: Page, wanted: Locator) -> None:
    """What Stripe tells of is there a moment later."""
    for _ in range(20):
        if wanted.count():
            break
        page.wait_for_timeout(250)
        page.reload()
    expect(wanted).to_be_visible()


def _faults(page: Page) -> list[str]:
    axe = Axe().run(page).response["violations"]
    faults = [f"{page.url}: {one['id']}: {one['nodes'][0]['html'][:120]}" for one in axe]
    root = "document.documentElement"
    if page.evaluate(f"{root}.scrollWidth > {root}.clientWidth"):
        faults.append(f"{page.url}: wider than the window")
    return faults
