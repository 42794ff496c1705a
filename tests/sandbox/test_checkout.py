"""Checkout, as Stripe's pages "How Checkout works", "Testing" and "Fulfill orders" have it."""

from __future__ import annotations

from typing import Any

import pytest

from billing.sandbox import Sandbox
from tests.sandbox.asking import Client, Clock
from tests.sandbox.selling import (
    ALWAYS,
    CANCEL,
    DECLINED,
    LATER,
    ONCE,
    POOR,
    SUCCESS,
    paid_session,
    sell,
    session_for,
    typed,
)
from tests.sandbox.visiting import Visitor, text_of

HOUR = 3600


@pytest.fixture
def visitor(sandbox: Sandbox) -> Visitor:
    return Visitor(sandbox)


def test_a_completed_subscription_session_leaves_everything_paid_and_said(
    client: Client, visitor: Visitor
) -> None:
    """Fulfill orders: the session names the customer, the subscription and the invoice."""
    session = session_for(
        client,
        sell(client)["id"],
        client_reference_id="org_1",
        metadata={"checkout": "a"},
        subscription_data={"metadata": {"agreement": "b"}, "billing_mode": {"type": "flexible"}},
    )
    assert (session["status"], session["payment_status"]) == ("open", "unpaid")
    assert (session["amount_subtotal"], session["amount_total"]) == (9900, 9900)

    answer = visitor.submit(session["url"], typed())

    assert answer.status == 303
    assert answer.headers["Location"] == SUCCESS.replace("{CHECKOUT_SESSION_ID}", session["id"])
    done = client.get(
        f"/v1/checkout/sessions/{session['id']}",
        expand=["subscription.default_payment_method", "invoice", "customer", "line_items"],
    )
    subscription, invoice = done["subscription"], done["invoice"]
    assert (done["status"], done["payment_status"], done["url"]) == ("complete", "paid", None)
    assert done["client_reference_id"] == "org_1"
    assert done["customer"]["email"] == "alice@acme.example"
    assert done["customer_details"]["name"] == "Alice"
    assert [item["amount_total"] for item in done["line_items"]["data"]] == [9900]
    assert subscription["status"] == "active"
    assert subscription["metadata"] == {"agreement": "b"}
    assert subscription["billing_mode"]["type"] == "flexible"
    assert subscription["default_payment_method"]["card"]["last4"] == "4242"
    assert (invoice["status"], invoice["billing_reason"]) == ("paid", "subscription_create")
    assert invoice["amount_paid"] == 9900


def test_a_completed_session_announces_all_that_came_of_it(
    client: Client, visitor: Visitor
) -> None:
    """Types of events; the session's own comes last here, Stripe promises no order."""
    paid_session(client, visitor)

    kinds = [event["type"] for event in client.events()]

    assert kinds[-1] == "checkout.session.completed"
    for kind in (
        "customer.created",
        "payment_method.attached",
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_succeeded",
        "payment_intent.created",
        "payment_intent.succeeded",
        "charge.succeeded",
    ):
        assert kinds.count(kind) == 1, kind


def test_a_trial_costs_nothing_today_and_keeps_the_card(client: Client, visitor: Visitor) -> None:
    """Configure free trials: a payment method is collected, nothing is charged."""
    session = session_for(client, sell(client)["id"], subscription_data={"trial_period_days": 14})
    assert session["amount_total"] == 0

    visitor.submit(session["url"], typed(ONCE))
    visitor.submit(f"{session['url']}/confirm", {"do": "confirm"})

    done = client.get(f"/v1/checkout/sessions/{session['id']}", expand=["subscription"])
    assert done["payment_status"] == "no_payment_required"
    assert done["subscription"]["status"] == "trialing"
    assert done["subscription"]["default_payment_method"]
    assert client.events("payment_intent.created") == []
    assert len(client.events("setup_intent.succeeded")) == 1


def test_a_card_is_only_asked_for_if_something_is_due(client: Client, visitor: Visitor) -> None:
    """Free trials without a payment method: `payment_method_collection=if_required`."""
    session = session_for(
        client,
        sell(client)["id"],
        payment_method_collection="if_required",
        subscription_data={
            "trial_period_days": 14,
            "trial_settings": {"end_behavior": {"missing_payment_method": "cancel"}},
        },
    )
    assert "Card number" not in visitor.read(session["url"])

    visitor.submit(session["url"], {"email": "alice@acme.example"})

    done = client.get(f"/v1/checkout/sessions/{session['id']}", expand=["subscription"])
    assert done["subscription"]["status"] == "trialing"
    assert done["subscription"]["default_payment_method"] is None


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (DECLINED, "Your card was declined."),
        (POOR, "Your card has insufficient funds."),
        (LATER, "Your card was declined."),
        ("4111111111111111", "This is not one of Stripe's test cards."),
        ("", "This is not one of Stripe's test cards."),
    ],
)
def test_a_refused_card_leaves_the_session_open(
    client: Client, visitor: Visitor, number: str, reason: str
) -> None:
    """Testing, "Declined payments": the buyer may try another card."""
    session = session_for(client, sell(client)["id"])

    answer = visitor.submit(session["url"], typed(number))

    assert answer.status == 402
    assert reason in text_of(answer)
    assert "alice@acme.example" in answer.body.decode()
    if number:
        assert number not in answer.body.decode()
    assert client.get(f"/v1/checkout/sessions/{session['id']}")["status"] == "open"
    assert client.get("/v1/customers")["data"] == []
    assert client.get("/v1/subscriptions", status="all")["data"] == []
    assert visitor.submit(session["url"], typed()).status == 303


@pytest.mark.parametrize("number", [ONCE, ALWAYS])
def test_a_bank_that_asks_may_be_answered_well_or_badly(
    client: Client, visitor: Visitor, number: str
) -> None:
    """Testing, "3D Secure authentication"."""
    session = session_for(client, sell(client)["id"])

    asked = visitor.submit(session["url"], typed(number))
    assert asked.headers["Location"] == f"/c/pay/{session['id']}/confirm"
    assert "Is it you who pays $99.00?" in visitor.read(asked.headers["Location"])
    failed = visitor.submit(asked.headers["Location"], {"do": "fail"})
    assert failed.status == 402
    assert "unable to authenticate" in text_of(failed)
    assert client.get("/v1/subscriptions", status="all")["data"] == []

    visitor.submit(session["url"], typed(number))
    done = visitor.submit(asked.headers["Location"], {"do": "confirm"})

    assert done.status == 303
    session = client.get(f"/v1/checkout/sessions/{session['id']}", expand=["subscription"])
    assert session["subscription"]["status"] == "active"
    assert session["customer_details"]["email"] == "alice@acme.example"


def test_a_promotion_code_lowers_what_is_due(client: Client, visitor: Visitor) -> None:
    """Add discounts to Checkout: `allow_promotion_codes`."""
    coupon = client.post("/v1/coupons", percent_off=20, duration="forever")["id"]
    client.post(
        "/v1/promotion_codes", promotion={"type": "coupon", "coupon": coupon}, code="TWENTY"
    )
    session = session_for(client, sell(client)["id"], allow_promotion_codes=True)

    wrong = visitor.submit(f"{session['url']}/code", {"code": "NO", "do": "apply"})
    assert wrong.status == 402
    assert "This promotion code is invalid." in text_of(wrong)
    visitor.submit(f"{session['url']}/code", {"code": " twenty ", "do": "apply"})
    assert "Discount (TWENTY) -$19.80 Due today $79.20" in visitor.read(session["url"])
    visitor.submit(session["url"], typed())

    done = client.get(
        f"/v1/checkout/sessions/{session['id']}", expand=["invoice", "subscription.discounts"]
    )
    assert (done["amount_total"], done["invoice"]["amount_paid"]) == (7920, 7920)
    assert done["total_details"]["amount_discount"] == 1980
    assert len(done["subscription"]["discounts"]) == 1


def test_a_coupon_of_the_seller_is_already_taken_off(client: Client, visitor: Visitor) -> None:
    """Add discounts to Checkout: `discounts`."""
    coupon = client.post("/v1/coupons", amount_off=900, currency="usd", duration="once")["id"]

    session = paid_session(client, visitor, discounts=[{"coupon": coupon}])

    assert session["amount_total"] == 9000
    assert client.get(f"/v1/invoices/{session['invoice']}")["amount_paid"] == 9000


def test_a_pack_is_paid_once(client: Client, visitor: Visitor) -> None:
    """Accept a payment: `mode=payment` makes a payment intent with its own metadata."""
    pack = {"currency": "eur", "unit_amount": 2500, "product_data": {"name": "5,000 credits"}}
    session = client.post(
        "/v1/checkout/sessions",
        mode="payment",
        line_items=[{"price_data": pack, "quantity": 2}],
        payment_intent_data={"metadata": {"order": "1"}, "setup_future_usage": "off_session"},
        success_url=SUCCESS,
    )

    visitor.submit(session["url"], typed())

    done = client.get(
        f"/v1/checkout/sessions/{session['id']}", expand=["payment_intent.payment_method"]
    )
    intent = done["payment_intent"]
    assert (intent["status"], intent["amount"], intent["currency"]) == ("succeeded", 5000, "eur")
    assert intent["metadata"] == {"order": "1"}
    assert intent["payment_method"]["customer"] == done["customer"]
    assert (done["payment_status"], done["invoice"]) == ("paid", None)


def test_a_pack_may_come_with_an_invoice(client: Client, visitor: Visitor) -> None:
    """Post-purchase invoices: `invoice_creation`."""
    coupon = client.post("/v1/coupons", percent_off=10, duration="once")["id"]
    session = session_for(
        client,
        sell(client, 5000, recurring=None)["id"],
        mode="payment",
        invoice_creation={"enabled": True, "invoice_data": {"metadata": {"order": "1"}}},
        discounts=[{"coupon": coupon}],
        payment_intent_data={"metadata": {"order": "2"}},
    )

    visitor.submit(session["url"], typed())

    done = client.get(
        f"/v1/checkout/sessions/{session['id']}", expand=["invoice", "payment_intent"]
    )
    assert done["payment_intent"]["metadata"] == {"order": "2"}
    assert done["payment_intent"]["status"] == "succeeded"
    assert (done["invoice"]["status"], done["invoice"]["amount_paid"]) == ("paid", 4500)
    assert done["invoice"]["metadata"] == {"order": "1"}


def test_a_card_can_be_collected_for_later(client: Client, visitor: Visitor) -> None:
    """Save and reuse: `mode=setup` ends with a setup intent that has succeeded."""
    customer = client.post("/v1/customers", email="alice@acme.example")["id"]
    session = client.post(
        "/v1/checkout/sessions",
        mode="setup",
        currency="usd",
        customer=customer,
        setup_intent_data={"metadata": {"why": "later"}},
        success_url=SUCCESS,
    )
    assert session["payment_status"] == "no_payment_required"

    visitor.submit(session["url"], typed())

    done = client.get(f"/v1/checkout/sessions/{session['id']}", expand=["setup_intent"])
    assert done["setup_intent"]["status"] == "succeeded"
    assert done["setup_intent"]["metadata"] == {"why": "later"}
    kept = client.get(f"/v1/customers/{customer}/payment_methods")["data"]
    assert [method["card"]["last4"] for method in kept] == ["4242"]


def test_a_known_customer_is_only_changed_as_allowed(client: Client, visitor: Visitor) -> None:
    """Existing customers: `customer_update` and `tax_id_collection`."""
    customer = client.post("/v1/customers", email="alice@acme.example", name="Old")["id"]
    session = session_for(
        client,
        sell(client)["id"],
        customer=customer,
        customer_update={"name": "auto"},
        tax_id_collection={"enabled": True},
    )

    answer = visitor.submit(
        session["url"],
        typed(name="Acme", tax_id_type="eu_vat", tax_id="DE123456789", country="DE"),
    )

    assert answer.status == 303
    known = client.get(f"/v1/customers/{customer}", expand=["tax_ids"])
    assert (known["name"], known["address"]) == ("Acme", None)
    assert [one["value"] for one in known["tax_ids"]["data"]] == ["DE123456789"]
    details = client.get(f"/v1/checkout/sessions/{session['id']}")["customer_details"]
    assert details["tax_ids"] == [{"type": "eu_vat", "value": "DE123456789"}]


def test_tax_cannot_be_added_where_nobody_asks_for_the_address(client: Client) -> None:
    """Automatic tax for existing customers: `customer_update[address]`."""
    nowhere = client.post("/v1/customers", email="alice@acme.example")["id"]
    known = client.post("/v1/customers", address={"country": "DE"})["id"]
    values = {
        "mode": "subscription",
        "line_items": [{"price": sell(client)["id"], "quantity": 1}],
        "success_url": SUCCESS,
        "automatic_tax": {"enabled": True},
    }

    status, error = client.refused("POST", "/v1/checkout/sessions", customer=nowhere, **values)
    assert (status, error["code"]) == (400, "customer_tax_location_invalid")
    client.post("/v1/checkout/sessions", customer=known, **values)
    asked = {"customer_update": {"address": "auto"}}
    client.post("/v1/checkout/sessions", customer=nowhere, **values, **asked)


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"mode": "payment"}, "mode"),
        ({"line_items": []}, "line_items"),
        ({"success_url": "javascript:alert(1)"}, "success_url"),
        ({"cancel_url": "/relative"}, "cancel_url"),
        ({"expires_at": 1780315200 + 29 * 60}, "expires_at"),
        ({"expires_at": 1780315200 + 24 * HOUR + 1}, "expires_at"),
        ({"payment_intent_data": {"metadata": {"a": "b"}}}, "payment_intent_data"),
        ({"customer_update": {"name": "auto"}}, "customer_update"),
        ({"subscription_data": {"trial_period_days": 0}}, "subscription_data[trial_period_days]"),
        ({"subscription_data": {"trial_end": 1780315200}}, "subscription_data[trial_end]"),
        ({"line_items": [{"price": "price_of_nobody", "quantity": 1}]}, "line_items[0][price]"),
        ({"customer": "cus_of_nobody"}, "customer"),
        ({"discounts": [{"coupon": "nothing"}]}, "discounts"),
        ({"custom_fields": [], "ui_mode": "embedded_page"}, "ui_mode"),
        ({"unheard_of": "1"}, "unheard_of"),
    ],
)
def test_what_stripe_refuses_is_refused(client: Client, more: dict[str, Any], param: str) -> None:
    """Create a Checkout Session: the parameters' rules."""
    values = {
        "mode": "subscription",
        "line_items": [{"price": sell(client)["id"], "quantity": 1}],
        "success_url": SUCCESS,
        **more,
    }

    status, error = client.refused("POST", "/v1/checkout/sessions", **values)

    assert (status, error["param"]) == (400, param)
    assert client.get("/v1/checkout/sessions")["data"] == []


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"email": "alice"}, "An email address is needed."),
        ({"country": ""}, "A country is needed."),
        ({"country": "Germany"}, "A country is two letters, such as DE."),
        ({"expiry": "13 / 34"}, "Your card's expiration month is invalid."),
        ({"expiry": "12 / 20"}, "Your card's expiration year is invalid."),
        ({"expiry": "soon"}, "The expiry is a month and a year"),
        ({"cvc": "x"}, "The security code is 3 or 4 digits."),
        ({"tax_id_type": "eu_vat", "tax_id": "1"}, "Invalid value for eu_vat."),
    ],
)
def test_what_was_mistyped_is_said_and_nothing_is_bought(
    client: Client, visitor: Visitor, wrong: dict[str, str], reason: str
) -> None:
    session = session_for(
        client,
        sell(client)["id"],
        billing_address_collection="required",
        tax_id_collection={"enabled": True},
    )

    answer = visitor.submit(session["url"], {**typed(country="de"), **wrong})

    assert answer.status == 402
    assert reason in text_of(answer)
    assert client.get("/v1/customers")["data"] == []


def test_discounts_and_typed_codes_exclude_each_other(client: Client) -> None:
    """Create a Checkout Session: one of `discounts` and `allow_promotion_codes`."""
    status, error = client.refused(
        "POST",
        "/v1/checkout/sessions",
        mode="subscription",
        line_items=[{"price": sell(client)["id"], "quantity": 1}],
        success_url=SUCCESS,
        allow_promotion_codes=True,
        discounts=[{"coupon": "x"}],
    )

    assert (status, error["param"]) == (400, "discounts")


def test_a_session_ends_unused(
    sandbox: Sandbox, client: Client, clock: Clock, visitor: Visitor
) -> None:
    """Expire a Session: by hand, or when its time is over; nobody can pay then."""
    price = sell(client)["id"]
    by_hand, by_time = session_for(client, price), session_for(client, price)

    expired = client.post(f"/v1/checkout/sessions/{by_hand['id']}/expire")
    clock.pass_by(hours=24)
    late = visitor.submit(by_time["url"], typed())
    sandbox.run_due()

    assert (expired["status"], expired["url"]) == ("expired", None)
    assert late.status == 402
    assert client.get(f"/v1/checkout/sessions/{by_time['id']}")["status"] == "expired"
    assert visitor.open(by_time["url"]).status == 410
    assert len(client.events("checkout.session.expired")) == 2
    status, _ = client.refused("POST", f"/v1/checkout/sessions/{by_hand['id']}/expire")
    assert status == 400


def test_a_completed_session_is_paid_only_once(client: Client, visitor: Visitor) -> None:
    """How Checkout works: a session is for one purchase."""
    session = paid_session(client, visitor)
    address = f"/c/pay/{session['id']}"

    again = visitor.submit(address, typed())

    assert again.status == 402
    assert "This order is complete." in visitor.read(address)
    assert len(client.get("/v1/subscriptions")["data"]) == 1


def test_sessions_are_found_by_what_they_made(client: Client, visitor: Visitor) -> None:
    """List all Checkout Sessions: its filters, and the line items of one."""
    session = paid_session(client, visitor)
    session_for(client, sell(client)["id"])

    for wanted in (
        {"status": "complete"},
        {"customer": session["customer"]},
        {"subscription": session["subscription"]},
        {"customer_details": {"email": "alice@acme.example"}},
    ):
        found = client.get("/v1/checkout/sessions", **wanted)["data"]
        assert [one["id"] for one in found] == [session["id"]]
    items = client.get(f"/v1/checkout/sessions/{session['id']}/line_items")["data"]
    assert [(item["description"], item["quantity"]) for item in items] == [("Team", 1)]
    assert "line_items" not in session


def test_the_page_shows_the_order_and_the_way_back(client: Client, visitor: Visitor) -> None:
    """How Checkout works: the summary, and the address to cancel to."""
    session = session_for(
        client, sell(client)["id"], line_items=[{"price": sell(client)["id"], "quantity": 3}]
    )

    answer = visitor.open(session["url"])

    assert "Quantity 3 at $99.00, billed monthly $297.00" in text_of(answer)
    assert f'href="{CANCEL}"' in answer.body.decode()
    policy = answer.headers["Content-Security-Policy"]
    assert "form-action 'self' http://127.0.0.1:8000" in policy
