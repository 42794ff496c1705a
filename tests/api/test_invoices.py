"""Invoices: what was billed, how it is paid, what comes next."""

from typing import Any

import pytest

from billing.models import Invoice
from tests.api.conftest import World
from tests.api.shop import Shop, clock, money, shop, stripe
from tests.factories.agreements import use

__all__ = ["clock", "shop", "stripe"]


@pytest.fixture
def billed(shop: Shop) -> Shop:
    """Acme has paid for Starter."""
    shop.subscribe()
    shop.stripe.deliver()
    return shop


def test_invoices_are_listed_as_stripe_has_them(billed: Shop) -> None:
    stored = Invoice.objects.get()
    answer = billed.as_acme.get("invoices")
    assert (answer.status, answer.body["has_more"]) == (200, False)
    [invoice] = answer.body["data"]
    assert invoice.pop("number") == stored.number != ""
    assert invoice.pop("hosted_url").startswith("http://stripe.sandbox/i/")
    assert invoice.pop("pdf_url").startswith("http://stripe.sandbox/i/")
    assert invoice == {
        "id": stored.public_id,
        "status": "paid",
        "agreement": billed.agreement()["id"],
        "billing_reason": "subscription_create",
        "subtotal": money(9900),
        "discount": money(0),
        "tax": money(0),
        "total": money(9900),
        "credit": money(0),
        "amount_due": money(9900),
        "amount_paid": money(9900),
        "amount_remaining": money(0),
        "issued_at": "2026-09-20T12:00:00Z",
        "paid_at": "2026-09-20T12:00:00Z",
        "failed_attempts": None,
    }


def test_an_invoice_has_its_lines(billed: Shop) -> None:
    listed = billed.as_acme.get("invoices").body["data"][0]
    invoice = billed.as_acme.get(f"invoices/{listed['id']}").body
    [line] = invoice.pop("lines")
    assert invoice == listed
    assert line.pop("description") != ""
    assert line == {
        "quantity": "1",
        "unit_price": "99",
        "amount": money(9900),
        "is_proration": False,
        "starts_at": "2026-09-20T12:00:00Z",
        "ends_at": "2026-10-20T12:00:00Z",
        "settlement": None,
    }


def test_what_could_not_be_collected_says_why_and_when_it_is_tried_again(billed: Shop) -> None:
    billed.use_card("pm_card_chargeCustomerFail")
    billed.renew()
    newest = billed.as_acme.get("invoices").body["data"][0]
    assert (newest["status"], newest["amount_remaining"]) == ("open", money(9900))
    attempts = newest["failed_attempts"]
    assert attempts["count"] == 1
    assert "declined" in attempts["last_error"]
    assert attempts["next_at"] > "2026-10-20"
    assert billed.agreement()["status"] == "past_due"


def test_pages_go_on_after_the_last_invoice(billed: Shop) -> None:
    billed.renew()
    everything = billed.as_acme.get("invoices").body["data"]
    first = billed.as_acme.get("invoices?page_size=1").body
    assert (first["data"], first["has_more"]) == (everything[:1], True)
    last_seen = first["data"][0]["id"]
    rest = billed.as_acme.get(f"invoices?page_size=1&starting_after={last_seen}").body
    assert (rest["data"], rest["has_more"]) == (everything[1:], False)


@pytest.mark.parametrize(
    ("after", "code"),
    [
        ("", "invalid_cursor"),
        ("inv_1", "invalid_cursor"),
        ("agr_00000000000000000000000000", "invalid_cursor"),
        ("%00", "invalid_text"),
    ],
)
def test_a_page_begins_after_an_invoice(world: World, after: str, code: str) -> None:
    answer = world.as_acme.get(f"invoices?starting_after={after}")
    assert (answer.status, answer.body["code"]) == (400, "invalid_request")
    assert answer.body["errors"][0]["code"] == code


def test_what_comes_next_has_the_overage_so_far(billed: Shop) -> None:
    use(billed.acme, "evt_1", 1_100, at=billed.stripe.now)
    answer = billed.as_acme.get("invoices/upcoming")
    assert answer.status == 200
    assert {
        name: answer.body[name] for name in ("due_at", "collection", "total", "credit", "to_pay")
    } == {
        "due_at": "2026-10-20T12:00:00Z",
        "collection": "stripe",
        "total": money(11400),
        "credit": money(0),
        "to_pay": money(11400),
    }
    base, overage = answer.body["lines"]
    assert base["amount"] == money(9900)
    assert (overage["quantity"], overage["unit_price"], overage["amount"]) == (
        "100",
        "0.15",
        money(1500),
    )


def test_what_comes_next_is_estimated_where_stripe_does_not_collect(world: World) -> None:
    body = world.as_acme.get("invoices/upcoming").body
    assert (body["collection"], body["total"]) == ("not_connected", money(29900))


def test_without_an_agreement_nothing_comes(shop: Shop) -> None:
    answer = shop.as_acme.get("invoices/upcoming")
    assert (answer.status, answer.body["code"]) == (404, "nothing_upcoming")


def test_an_invoice_of_somebody_else_looks_like_a_missing_one(billed: Shop) -> None:
    stored = Invoice.objects.get().public_id
    for invoice in (stored, "inv_00000000000000000000000000"):
        answer = billed.as_crane.get(f"invoices/{invoice}")
        assert (answer.status, answer.body["code"]) == (404, "invoice_not_found")
    assert billed.as_crane.get("invoices").body == {"data": [], "has_more": False}
    cursor: Any = billed.as_crane.get(f"invoices?starting_after={stored}").body
    assert cursor["errors"][0]["code"] == "invalid_cursor"
