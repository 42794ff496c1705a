"""Whatever is changed, and whenever: the preview is what the change then costs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.asking import Client
from tests.sandbox.engine.shop import DAY, START, Shop, amounts, item

SECONDS = (1, 86_399, 777_777, 1_296_000, 2_160_001, 2_591_999)
CHANGES: dict[str, dict[str, Any]] = {
    "dearer": {"amount": 29_999},
    "cheaper": {"amount": 1_001},
    "yearly": {"amount": 99_000, "recurring": {"interval": "year"}},
    "weekly": {"amount": 2_500, "recurring": {"interval": "week"}},
}


@pytest.mark.parametrize("after", SECONDS)
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("percent_off", [None, 15])
def test_the_preview_of_a_change_is_its_price(
    shop: Shop, client: Client, after: int, change: str, percent_off: int | None
) -> None:
    """Preview a proration: pass the same proration_date to the change."""
    discounts = []
    if percent_off is not None:
        coupon = client.post("/v1/coupons", percent_off=percent_off, duration="forever")
        discounts = [{"coupon": coupon["id"]}]
    price = shop.price(amount=9_999)
    subscription = shop.subscribe(
        shop.customer(), "", items=[{"price": price, "quantity": 3}], discounts=discounts
    )
    shop.advance(START + after)
    details = {
        "items": [
            {"id": item(subscription)["id"], "price": shop.price(**CHANGES[change]), "quantity": 7}
        ],
        "proration_behavior": "always_invoice",
        "proration_date": START + after - 1,
    }

    preview = client.post(
        "/v1/invoices/create_preview",
        subscription=subscription["id"],
        subscription_details=details,
    )
    shop.change(subscription, **details, payment_behavior="pending_if_incomplete")
    invoice = shop.latest(subscription)

    assert amounts(preview) == amounts(invoice)
    assert preview["total"] == invoice["total"]
    assert preview["amount_due"] == invoice["amount_due"]
    assert invoice["id"] != subscription["latest_invoice"]


@pytest.mark.parametrize("day", [1, 10, 29])
def test_the_preview_of_an_end_is_its_last_invoice(shop: Shop, client: Client, day: int) -> None:
    """Create a preview invoice: subscription_details.cancel_now."""
    subscription = shop.subscribe(shop.customer(), shop.pro)
    shop.advance(START + day * DAY)
    preview = client.post(
        "/v1/invoices/create_preview",
        subscription=subscription["id"],
        subscription_details={"cancel_now": True},
    )
    client.delete(f"/v1/subscriptions/{subscription['id']}", prorate=True, invoice_now=True)

    assert amounts(preview) == amounts(shop.latest(subscription))


def test_the_preview_of_a_beginning_is_its_first_invoice(shop: Shop, client: Client) -> None:
    """Create a preview invoice: for a subscription that does not exist yet."""
    customer, price = shop.customer(), shop.pro
    items = [{"price": price, "quantity": 2}]
    preview = client.post(
        "/v1/invoices/create_preview", customer=customer, subscription_details={"items": items}
    )

    assert client.get("/v1/subscriptions", customer=customer)["data"] == []
    subscription = shop.subscribe(customer, price, items=items)
    assert amounts(preview) == amounts(shop.latest(subscription)) == [19800]
