from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.asking import Client
from tests.sandbox.engine.shop import (
    DAY,
    HOUR,
    START,
    Object,
    Shop,
    amounts,
    item,
    months_later,
)

HALF = START + 15 * DAY


@pytest.fixture
def subscription(shop: Shop) -> Object:
    """On Pro (99.00) for half of June's thirty days."""
    subscription = shop.subscribe(shop.customer(), shop.pro)
    shop.advance(HALF)
    return subscription


def to(shop: Shop, subscription: Object, price: str, **values: Any) -> Object:
    return shop.change(
        subscription, items=[{"id": item(subscription)["id"], "price": price}], **values
    )


def test_an_upgrade_credits_the_unused_time_and_charges_the_rest(
    shop: Shop, subscription: Object
) -> None:
    """Prorations: -half of the old price, +half of the new one, billed at once."""
    to(shop, subscription, shop.scale, proration_behavior="always_invoice")
    invoice = shop.latest(subscription)

    assert sorted(amounts(invoice)) == [-4950, 14950]
    assert (invoice["status"], invoice["total"]) == ("paid", 10000)
    assert invoice["billing_reason"] == "subscription_update"


def test_prorations_wait_for_the_next_invoice_unless_told_otherwise(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Prorations, create_prorations: pending invoice items on the next invoice."""
    to(shop, subscription, shop.scale)
    pending = client.get("/v1/invoiceitems", pending=True)["data"]

    assert sorted(one["amount"] for one in pending) == [-4950, 14950]
    assert all(one["proration"] and not one["discountable"] for one in pending)
    shop.advance(months_later(1) + HOUR)

    assert sorted(amounts(shop.latest(subscription))) == [-4950, 14950, 29900]


def test_without_prorations_only_the_next_period_costs_more(
    shop: Shop, subscription: Object
) -> None:
    """Prorations, none: no prorations are created."""
    to(shop, subscription, shop.scale, proration_behavior="none")
    shop.advance(months_later(1) + HOUR)

    assert [one["total"] for one in shop.invoices(subscription)] == [9900, 29900]


def test_a_credit_names_the_line_that_it_gives_back(shop: Shop, subscription: Object) -> None:
    """Invoice line items: proration_details.credited_items of a credit."""
    first = shop.latest(subscription)
    to(shop, subscription, shop.scale, proration_behavior="always_invoice")
    lines = shop.latest(subscription)["lines"]["data"]
    credit = next(line for line in lines if line["amount"] < 0)

    assert credit["parent"]["subscription_item_details"]["proration"] is True
    details = credit["parent"]["subscription_item_details"]["proration_details"]
    assert details["credited_items"] == {
        "invoice": first["id"],
        "invoice_line_items": [first["lines"]["data"][0]["id"]],
    }


def test_a_credit_is_of_what_was_debited_and_not_of_the_price(shop: Shop, client: Client) -> None:
    """Compare classic and flexible billing mode: credits use the original debited amount."""
    coupon = client.post("/v1/coupons", percent_off=50, duration="once")
    subscription = shop.subscribe(shop.customer(), shop.pro, discounts=[{"coupon": coupon["id"]}])
    assert shop.latest(subscription)["total"] == 4950
    shop.advance(HALF)

    to(shop, subscription, shop.scale, proration_behavior="always_invoice")

    assert sorted(amounts(shop.latest(subscription))) == [-2475, 14950]


def test_the_preview_comes_to_what_the_change_comes_to(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Preview a proration: the same proration_date gives the same amounts."""
    at, scale = HALF - 3 * HOUR + 7, shop.scale
    change = {
        "items": [{"id": item(subscription)["id"], "price": scale}],
        "proration_behavior": "always_invoice",
        "proration_date": at,
    }
    preview = client.post(
        "/v1/invoices/create_preview",
        customer=subscription["customer"],
        subscription=subscription["id"],
        subscription_details=change,
    )

    assert len(shop.invoices(subscription)) == 1
    assert client.get("/v1/invoiceitems")["data"] == []
    shop.change(subscription, **change)
    invoice = shop.latest(subscription)

    assert preview["id"].startswith("upcoming_in_")
    assert (preview["status"], preview["billing_reason"]) == ("draft", "upcoming")
    assert amounts(preview) == amounts(invoice)
    assert (preview["total"], preview["amount_due"]) == (invoice["total"], invoice["amount_due"])


def test_a_preview_tells_nobody_anything(shop: Shop, subscription: Object, client: Client) -> None:
    body = {"subscription": subscription["id"]}

    assert shop.types_since(lambda: client.post("/v1/invoices/create_preview", **body)) == []


def test_the_preview_without_a_change_is_the_next_renewal(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Create a preview invoice: all the charges that are pending for the subscription."""
    client.post(
        "/v1/invoiceitems",
        customer=subscription["customer"],
        subscription=subscription["id"],
        currency="usd",
        amount=1200,
        description="Overage",
    )
    preview = client.post("/v1/invoices/create_preview", subscription=subscription["id"])

    assert amounts(preview) == [1200, 9900]
    assert preview["amount_due"] == 11100


def test_seats_are_prorated_like_prices(shop: Shop) -> None:
    """Change subscriptions, quantities: the difference of the rest is charged."""
    subscription = shop.subscribe(
        shop.customer(), "", items=[{"price": shop.price(amount=1000), "quantity": 3}]
    )
    shop.advance(HALF)
    changed = shop.change(
        subscription,
        items=[{"id": item(subscription)["id"], "quantity": 5}],
        proration_behavior="always_invoice",
    )

    assert item(changed)["quantity"] == 5
    assert sorted(amounts(shop.latest(subscription))) == [-1500, 2500]


def test_a_second_change_credits_the_first_one(shop: Shop, subscription: Object) -> None:
    """Compare classic and flexible billing mode: each debit is credited by itself."""
    to(shop, subscription, shop.scale, proration_behavior="always_invoice")
    shop.advance(START + 20 * DAY)

    to(shop, subscription, shop.pro, proration_behavior="always_invoice")
    invoice = shop.latest(subscription)

    # Two thirds of what was charged for the second half, and ten days of Pro.
    assert sorted(amounts(invoice)) == [-9967, 3300]
    assert (invoice["total"], invoice["amount_due"], invoice["status"]) == (-6667, 0, "paid")


def test_a_negative_invoice_becomes_credit_that_the_next_one_uses(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Customer credit balance: an invoice below zero is credited to the customer."""
    to(shop, subscription, shop.price(amount=1900), proration_behavior="always_invoice")
    customer = client.get(f"/v1/customers/{subscription['customer']}")
    assert customer["balance"] == -4000

    shop.advance(months_later(1) + HOUR)
    invoice = shop.latest(subscription)

    assert (invoice["total"], invoice["amount_due"], invoice["status"]) == (1900, 0, "paid")
    assert (invoice["starting_balance"], invoice["ending_balance"]) == (-4000, -2100)
    found = client.get(f"/v1/customers/{customer['id']}/balance_transactions")["data"]
    assert [(one["type"], one["amount"]) for one in found] == [
        ("applied_to_invoice", 1900),
        ("applied_to_invoice", -4000),
    ]


def test_an_item_that_joins_is_charged_for_its_share_of_a_whole_period(
    shop: Shop, subscription: Object
) -> None:
    """Prorations: a new item is charged for the rest of the period."""
    extra = shop.price("Extra", amount=3000)
    changed = shop.change(
        subscription, items=[{"price": extra}], proration_behavior="always_invoice"
    )

    assert amounts(shop.latest(subscription)) == [1500]
    assert item(changed, 1)["current_period_end"] == months_later(1)
    removed = shop.change(
        subscription,
        items=[{"id": item(changed, 1)["id"], "deleted": True}],
        proration_behavior="always_invoice",
    )
    assert amounts(shop.latest(subscription)) == [-1500]
    assert len(removed["items"]["data"]) == 1


def test_another_interval_begins_a_new_period_at_once(shop: Shop, subscription: Object) -> None:
    """Change subscriptions, billing periods: another interval resets the anchor and bills."""
    yearly = shop.price(amount=99000, recurring={"interval": "year"})
    changed = to(shop, subscription, yearly)
    invoice = shop.latest(subscription)

    assert changed["billing_cycle_anchor"] == HALF
    assert item(changed)["current_period_end"] == months_later(12, start=HALF)
    assert amounts(invoice) == [-4950, 99000]


def test_a_change_that_is_not_paid_waits_and_leaves_the_subscription_as_it_is(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Pending updates: nothing changes unless the payment succeeds; 23 hours to pay."""
    shop.give_card(subscription["customer"], "pm_card_chargeCustomerFail")
    scale = shop.scale
    changed = to(
        shop,
        subscription,
        scale,
        proration_behavior="always_invoice",
        payment_behavior="pending_if_incomplete",
    )
    invoice = shop.latest(subscription)

    assert item(changed)["price"]["unit_amount"] == 9900
    assert changed["status"] == "active"
    assert changed["pending_update"]["expires_at"] == HALF + 23 * HOUR
    assert changed["pending_update"]["subscription_items"][0]["price"]["id"] == scale
    assert (changed["latest_invoice"], invoice["status"]) == (invoice["id"], "open")

    shop.give_card(subscription["customer"], "pm_card_visa")
    types = shop.types_since(lambda: client.post(f"/v1/invoices/{invoice['id']}/pay"))
    paid = shop.subscription(subscription["id"])

    assert item(paid)["price"]["id"] == scale
    assert paid["pending_update"] is None
    assert "customer.subscription.pending_update_applied" in types


def test_a_pending_update_that_nobody_pays_for_expires(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Pending updates reference: on expiry the update is dropped and its invoice voided."""
    shop.give_card(subscription["customer"], "pm_card_chargeCustomerFail")
    to(
        shop,
        subscription,
        shop.scale,
        proration_behavior="always_invoice",
        payment_behavior="pending_if_incomplete",
    )

    shop.advance(HALF + 23 * HOUR)
    found = shop.subscription(subscription["id"])

    assert (found["pending_update"], found["status"]) == (None, "active")
    assert item(found)["price"]["unit_amount"] == 9900
    assert shop.latest(subscription)["status"] == "void"
    assert len(client.events("customer.subscription.pending_update_expired")) == 1


def test_a_paid_change_never_shows_a_pending_update(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Pending updates: if payment succeeds the changes are applied immediately."""
    changed = to(
        shop,
        subscription,
        shop.scale,
        proration_behavior="always_invoice",
        payment_behavior="pending_if_incomplete",
    )

    assert item(changed)["price"]["unit_amount"] == 29900
    assert changed["pending_update"] is None
    assert client.events("customer.subscription.pending_update_applied") == []


def test_only_some_attributes_can_wait(shop: Shop, subscription: Object, client: Client) -> None:
    """Pending updates reference: only attributes that generate invoices are supported."""
    status, error = client.refused(
        "POST",
        f"/v1/subscriptions/{subscription['id']}",
        cancel_at_period_end=True,
        payment_behavior="pending_if_incomplete",
    )

    assert (status, error["param"]) == (400, "cancel_at_period_end")


def test_a_change_that_must_be_paid_is_undone_by_a_decline(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Subscriptions, payment_behavior: error_if_incomplete answers 402."""
    shop.give_card(subscription["customer"], "pm_card_chargeCustomerFail")
    status, error = client.refused(
        "POST",
        f"/v1/subscriptions/{subscription['id']}",
        items=[{"id": item(subscription)["id"], "price": shop.scale}],
        proration_behavior="always_invoice",
        payment_behavior="error_if_incomplete",
    )

    assert (status, error["code"]) == (402, "card_declined")
    assert item(shop.subscription(subscription["id"]))["price"]["unit_amount"] == 9900
    assert len(shop.invoices(subscription)) == 1


def test_a_change_that_is_allowed_to_fail_leaves_the_subscription_past_due(
    shop: Shop, subscription: Object
) -> None:
    """Subscriptions, payment_behavior: allow_incomplete switches first, then past_due."""
    shop.give_card(subscription["customer"], "pm_card_chargeCustomerFail")
    changed = to(shop, subscription, shop.scale, proration_behavior="always_invoice")

    assert (item(changed)["price"]["unit_amount"], changed["status"]) == (29900, "past_due")


def test_the_end_at_the_end_of_the_period_can_be_taken_back(
    shop: Shop, subscription: Object
) -> None:
    """Cancel subscriptions: cancel_at_period_end, and reactivating until then."""
    canceling = shop.change(subscription, cancel_at_period_end=True)
    assert canceling["cancel_at_period_end"] is True
    assert (canceling["cancel_at"], canceling["canceled_at"]) == (months_later(1), HALF)

    resumed = shop.change(subscription, cancel_at_period_end=False)
    assert (resumed["cancel_at"], resumed["canceled_at"]) == (None, None)

    shop.change(subscription, cancel_at_period_end=True)
    shop.advance(months_later(1))
    ended = shop.subscription(subscription["id"])
    assert (ended["status"], ended["ended_at"]) == ("canceled", months_later(1))
    assert len(shop.invoices(subscription)) == 1


def test_an_immediate_end_gives_unused_time_back_if_asked(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Cancel a subscription: prorate and invoice_now."""
    ended = client.delete(f"/v1/subscriptions/{subscription['id']}", prorate=True, invoice_now=True)
    invoice = shop.latest(subscription)

    assert ended["status"] == "canceled"
    assert (amounts(invoice), invoice["status"]) == ([-4950], "paid")
    assert client.get(f"/v1/customers/{ended['customer']}")["balance"] == -4950
    assert client.events("customer.subscription.deleted")[0]["data"]["object"]["id"] == ended["id"]


def test_a_canceled_subscription_is_over(shop: Shop, subscription: Object, client: Client) -> None:
    """Subscription statuses: canceled is final; only metadata can be updated."""
    client.delete(f"/v1/subscriptions/{subscription['id']}")
    path = f"/v1/subscriptions/{subscription['id']}"

    assert client.refused("POST", path, cancel_at_period_end=True)[0] == 400
    assert client.refused("DELETE", path)[0] == 404
    assert client.post(path, metadata={"kept": "yes"})["metadata"] == {"kept": "yes"}
    assert client.get("/v1/subscriptions", customer=subscription["customer"])["data"] == []


def test_items_have_addresses_of_their_own(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Subscription Items in the API reference: a change of one is one of the subscription."""
    made = client.post(
        "/v1/subscription_items",
        subscription=subscription["id"],
        price=shop.price("Extra", amount=500),
        proration_behavior="none",
    )
    listed = client.get("/v1/subscription_items", subscription=subscription["id"])["data"]
    changed = client.post(
        f"/v1/subscription_items/{made['id']}", quantity=2, proration_behavior="none"
    )

    assert [one["id"] for one in listed] == [item(subscription)["id"], made["id"]]
    assert changed["quantity"] == 2
    client.delete(f"/v1/subscription_items/{made['id']}", proration_behavior="none")
    assert client.refused("GET", f"/v1/subscription_items/{made['id']}")[0] == 404


def test_an_inactive_price_is_not_for_sale_but_stays_with_its_subscribers(
    shop: Shop, client: Client
) -> None:
    """Prices, active: no new purchases; existing subscriptions go on."""
    price = shop.pro
    subscription = shop.subscribe(shop.customer(), price)
    client.post(f"/v1/prices/{price}", active=False)

    status, error = client.refused(
        "POST", "/v1/subscriptions", customer=shop.customer(), items=[{"price": price}]
    )
    shop.advance(months_later(1) + HOUR)

    assert (status, error["param"]) == (400, "items[0][price]")
    assert [one["total"] for one in shop.invoices(subscription)] == [9900, 9900]
