"""The sandbox's pages in a real browser: for screen readers, the console and small screens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from playwright.sync_api import Page

from billing.sandbox import Sandbox
from billing.sandbox.server import Application, Ticker
from tests.browser.conftest import Watch, complaints
from tests.sandbox.asking import Client, Clock, Mailbox
from tests.sandbox.selling import ALWAYS, GOOD, sell
from tests.support.page_faults import list_page_faults

__all__ = ["complaints"]


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing about requests."""


@dataclass(frozen=True)
class Hosted:
    """A sandbox that a browser can reach, by two names."""

    client: Client
    url: str
    elsewhere: str


@pytest.fixture
def hosted() -> Iterator[Hosted]:
    with make_server("127.0.0.1", 0, lambda *_: [], handler_class=Quiet) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        clock = Clock(datetime(2026, 6, 1, 12, tzinfo=UTC))
        sandbox = Sandbox(clock=clock, send=Mailbox(), url=url)
        server.set_app(Application(sandbox, Ticker(sandbox), url))
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Hosted(Client(sandbox), url, f"http://localhost:{server.server_port}")
        finally:
            server.shutdown()
            thread.join()
            sandbox.close()


def test_every_page_is_accessible_quiet_and_fits(
    hosted: Hosted, page: Page, complaints: Watch
) -> None:
    heard = complaints(page)
    found = [fault for address in _world(hosted) for fault in list_page_faults(page, address)]

    assert found == []
    assert heard == []


@pytest.mark.parametrize("number", [GOOD, ALWAYS])
def test_somebody_buys_and_comes_back_to_the_seller(
    hosted: Hosted, page: Page, complaints: Watch, number: str
) -> None:
    """The seller lives at another origin, which the page's own rules must let the form lead to."""
    heard = complaints(page)
    session = _session(hosted)
    page.goto(session)
    page.get_by_label("Promotion code").fill("spring")
    page.get_by_role("button", name="Apply").click()
    page.get_by_label("Email").fill("alice@acme.example")
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Expiry").fill("12 / 34")
    page.get_by_label("Security code").fill("123")
    page.get_by_role("button", name="Subscribe").click()
    if number == ALWAYS:
        page.get_by_role("button", name="Complete").click()
    page.wait_for_url(f"{hosted.elsewhere}/time?**")

    name = session.rpartition("/")[2]
    assert page.url == f"{hosted.elsewhere}/time?session={name}"
    done = hosted.client.get(f"/v1/checkout/sessions/{name}")
    assert (done["payment_status"], done["amount_total"]) == ("paid", 7920)
    assert heard == []


def _session(hosted: Hosted) -> str:
    coupon = hosted.client.post("/v1/coupons", percent_off=20, duration="once")["id"]
    promotion = {"type": "coupon", "coupon": coupon}
    hosted.client.post("/v1/promotion_codes", promotion=promotion, code="SPRING")
    session = hosted.client.post(
        "/v1/checkout/sessions",
        mode="subscription",
        line_items=[{"price": sell(hosted.client)["id"], "quantity": 1}],
        success_url=hosted.elsewhere + "/time?session={CHECKOUT_SESSION_ID}",
        cancel_url=f"{hosted.elsewhere}/time",
        allow_promotion_codes=True,
    )
    return str(session["url"])


def _world(hosted: Hosted) -> list[str]:
    """Something to see on every page."""
    client = hosted.client
    clock = client.post("/v1/test_helpers/test_clocks", frozen_time=1780315200, name="Acme's time")
    customer = client.post(
        "/v1/customers",
        name="Acme",
        email="alice@acme.example",
        test_clock=clock["id"],
        payment_method="pm_card_visa",
        invoice_settings={"default_payment_method": "pm_card_visa"},
    )["id"]
    subscription = client.post(
        "/v1/subscriptions", customer=customer, items=[{"price": sell(client)["id"]}]
    )
    client.post("/v1/webhook_endpoints", url="https://portal.example/", enabled_events=["*"])
    bill = client.post("/v1/invoices", customer=customer, auto_advance=False)["id"]
    item = {"customer": customer, "invoice": bill, "amount": 4321, "currency": "usd"}
    client.post("/v1/invoiceitems", description="432 credits", **item)
    client.post(f"/v1/invoices/{bill}/finalize")
    portal = client.post("/v1/billing_portal/sessions", customer=customer)["url"]
    event = client.events()[-1]["id"]
    paths = [
        f"/i/{bill}",
        f"/i/{bill}/confirm",
        f"/i/{subscription['latest_invoice']}",
        "/time",
        "/events",
        f"/events/{event}",
        "/faults",
    ]
    inside = ("", "/cards", "/details", f"/subscriptions/{subscription['id']}/cancel")
    return [
        _session(hosted),
        *(f"{portal}{path}" for path in inside),
        *(f"{hosted.url}{path}" for path in paths),
    ]
