"""Customers, their payment methods and their tax ids."""

from __future__ import annotations

from typing import Any

import pytest

from billing.sandbox import Sandbox
from tests.sandbox.asking import Client, Clock
from tests.sandbox.selling import sell

CUSTOMERS = "/v1/customers"


@pytest.fixture
def customer(client: Client) -> dict[str, Any]:
    return client.post(CUSTOMERS, email="alice@acme.example", name="Acme")


def test_a_created_customer_can_be_read_again(client: Client) -> None:
    created = client.post(CUSTOMERS, email="alice@acme.example", metadata={"plan": "team"})

    assert client.get(f"{CUSTOMERS}/{created['id']}") == created
    assert (created["email"], created["metadata"]) == ("alice@acme.example", {"plan": "team"})
    assert [event["type"] for event in client.events()] == ["customer.created"]


def test_customers_are_found_by_email(client: Client, customer: dict[str, Any]) -> None:
    client.post(CUSTOMERS, email="bob@acme.example")

    found = client.get(CUSTOMERS, email="alice@acme.example")["data"]

    assert [row["id"] for row in found] == [customer["id"]]


def test_a_parameter_emptied_is_unset(client: Client, customer: dict[str, Any]) -> None:
    path = f"{CUSTOMERS}/{customer['id']}"
    client.post(path, address={"city": "Bonn"}, shipping={"name": "A", "address": {"city": "B"}})

    emptied = client.post(path, address="", shipping="", description="")

    assert (emptied["address"], emptied["shipping"]) == (None, None)


def test_a_change_that_changes_nothing_is_no_event(
    client: Client, customer: dict[str, Any]
) -> None:
    client.post(f"{CUSTOMERS}/{customer['id']}", name="Acme")

    assert client.events("customer.updated") == []


def test_a_deleted_customer_is_answered_as_deleted(
    client: Client, customer: dict[str, Any]
) -> None:
    """Stripe's documentation, "Delete a customer"."""
    path = f"{CUSTOMERS}/{customer['id']}"
    stone = {"id": customer["id"], "object": "customer", "deleted": True}

    assert client.delete(path) == stone
    assert client.get(path) == stone
    assert client.get(CUSTOMERS)["data"] == []
    assert client.refused("POST", path, name="Back")[1]["code"] == "resource_missing"
    assert client.refused("DELETE", path)[0] == 404
    assert client.events("customer.deleted")[0]["data"]["object"]["name"] == "Acme"


def test_what_a_deleted_customer_had_subscribed_to_ends(
    client: Client, sandbox: Sandbox, clock: Clock
) -> None:
    """Stripe's documentation, "Delete a customer": active subscriptions are canceled at once."""
    customer = client.post(CUSTOMERS, source="tok_visa")
    price = sell(client)
    items = [{"price": price["id"]}]
    subscription = client.post("/v1/subscriptions", customer=customer["id"], items=items)
    client.post("/v1/invoiceitems", customer=customer["id"], amount=500, currency="usd")
    client.post(
        "/v1/invoices",
        customer=customer["id"],
        auto_advance=True,
        pending_invoice_items_behavior="include",
    )

    client.delete(f"{CUSTOMERS}/{customer['id']}")
    clock.pass_by(days=60)
    sandbox.run_due()

    found = client.get(f"/v1/subscriptions/{subscription['id']}")
    assert (subscription["status"], found["status"]) == ("active", "canceled")
    assert len(client.events("customer.subscription.deleted")) == 1
    assert len(client.events("invoice.paid")) == 1


def test_a_customer_lives_by_the_test_clock_it_was_made_with(client: Client) -> None:
    clock = client.post("/v1/test_helpers/test_clocks", frozen_time=1_800_000_000)
    customer = client.post(CUSTOMERS, test_clock=clock["id"])

    found = client.get(CUSTOMERS, test_clock=clock["id"])["data"]

    assert (customer["created"], found) == (1_800_000_000, [customer])
    assert client.refused("POST", CUSTOMERS, test_clock="clock_gone")[0] == 400


def test_a_test_card_is_kept_and_pays_by_default(client: Client, customer: dict[str, Any]) -> None:
    card = client.post("/v1/payment_methods/pm_card_visa/attach", customer=customer["id"])
    path = f"{CUSTOMERS}/{customer['id']}"
    changed = client.post(path, invoice_settings={"default_payment_method": card["id"]})

    assert changed["invoice_settings"]["default_payment_method"] == card["id"]
    assert (card["card"]["brand"], card["card"]["last4"]) == ("visa", "4242")
    assert client.get("/v1/payment_methods", customer=customer["id"])["data"] == [card]
    assert client.get(f"{path}/payment_methods/{card['id']}") == card
    assert len(client.events("payment_method.attached")) == 1


def test_a_name_of_a_test_card_makes_a_new_one_every_time(
    client: Client, customer: dict[str, Any]
) -> None:
    path = "/v1/payment_methods/pm_card_visa/attach"

    first, second = (client.post(path, customer=customer["id"])["id"] for _ in range(2))

    assert first != second


@pytest.mark.parametrize(
    ("name", "decline"),
    [
        ("pm_card_chargeDeclined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds"),
    ],
)
def test_a_card_that_the_bank_refuses_is_not_kept(
    client: Client, customer: dict[str, Any], name: str, decline: str
) -> None:
    """Stripe's documentation, "Testing", "Declined payments"."""
    status, error = client.refused(
        "POST", f"/v1/payment_methods/{name}/attach", customer=customer["id"]
    )

    assert (status, error["type"], error["code"]) == (402, "card_error", "card_declined")
    assert error["decline_code"] == decline
    assert client.get("/v1/payment_methods", customer=customer["id"])["data"] == []


@pytest.mark.parametrize(
    "name", ["pm_card_chargeCustomerFail", "pm_card_authenticationRequired", "pm_card_mastercard"]
)
def test_a_card_that_only_fails_later_is_kept(
    client: Client, customer: dict[str, Any], name: str
) -> None:
    """Stripe's documentation, "Testing": 0341 attaches and is declined when it is charged."""
    card = client.post(f"/v1/payment_methods/{name}/attach", customer=customer["id"])

    assert card["customer"] == customer["id"]


def test_a_detached_card_is_spent(client: Client, customer: dict[str, Any]) -> None:
    """Stripe's documentation, "Detach a PaymentMethod": it cannot be used again."""
    card = client.post("/v1/payment_methods/pm_card_visa/attach", customer=customer["id"])
    path = f"/v1/payment_methods/{card['id']}"
    client.post(
        f"{CUSTOMERS}/{customer['id']}", invoice_settings={"default_payment_method": card["id"]}
    )

    detached = client.post(f"{path}/detach")

    assert detached["customer"] is None
    assert client.refused("POST", f"{path}/attach", customer=customer["id"])[0] == 400
    assert client.refused("POST", f"{path}/detach")[0] == 400
    settings = client.get(f"{CUSTOMERS}/{customer['id']}")["invoice_settings"]
    assert settings["default_payment_method"] is None
    assert len(client.events("payment_method.detached")) == 1


def test_a_card_has_one_customer(client: Client, customer: dict[str, Any]) -> None:
    other = client.post(CUSTOMERS)
    card = client.post("/v1/payment_methods/pm_card_visa/attach", customer=customer["id"])
    settings = {"default_payment_method": card["id"]}

    attached = client.refused(
        "POST", f"/v1/payment_methods/{card['id']}/attach", customer=other["id"]
    )
    chosen = client.refused("POST", f"{CUSTOMERS}/{other['id']}", invoice_settings=settings)

    assert (attached[0], chosen[0]) == (400, 400)
    assert chosen[1]["param"] == "invoice_settings[default_payment_method]"


def test_a_card_is_made_of_its_number(client: Client, clock: Clock) -> None:
    details = {"number": "4242424242424242", "exp_month": 5, "exp_year": 2034, "cvc": "123"}
    card = client.post(
        "/v1/payment_methods", type="card", card=details, billing_details={"name": "Alice"}
    )

    assert (card["card"]["exp_month"], card["card"]["exp_year"]) == (5, 2034)
    assert (card["customer"], card["billing_details"]["name"]) == (None, "Alice")


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ({"number": "4111111111111111", "exp_month": 5, "exp_year": 2034}, "card_declined"),
        ({"number": "4242424242424242", "exp_month": 13, "exp_year": 2034}, "invalid_expiry_month"),
        ({"number": "4242424242424242", "exp_month": 5, "exp_year": 2026}, "invalid_expiry_year"),
    ],
)
def test_a_card_that_is_no_test_card_or_has_expired_is_refused(
    client: Client, card: dict[str, Any], code: str
) -> None:
    status, error = client.refused("POST", "/v1/payment_methods", type="card", card=card)

    assert (status, error["code"]) == (402, code)


def test_a_token_becomes_the_default_source(client: Client) -> None:
    """Stripe's documentation, "Create a customer", ``source``: kept, and the default at once."""
    customer = client.post(CUSTOMERS, source="tok_visa", expand=["default_source"])

    methods = client.get("/v1/payment_methods", customer=customer["id"])["data"]

    assert [method["id"] for method in methods] == [customer["default_source"]]
    assert customer["default_source"].startswith("card_")


def test_a_tax_id_is_kept_and_checked(client: Client, customer: dict[str, Any]) -> None:
    path = f"{CUSTOMERS}/{customer['id']}/tax_ids"
    tax_id = client.post(path, type="eu_vat", value="DE123456789")

    assert (tax_id["country"], tax_id["verification"]["status"]) == ("DE", "pending")
    assert client.get(path)["data"] == [tax_id]
    assert client.get(f"/v1/tax_ids/{tax_id['id']}") == tax_id
    shown = client.get(f"{CUSTOMERS}/{customer['id']}", expand=["tax_ids"])
    assert shown["tax_ids"]["data"] == [tax_id]
    client.delete(f"{path}/{tax_id['id']}")
    assert client.get(path)["data"] == []
    assert [event["type"] for event in client.events()][1:] == [
        "customer.tax_id.created",
        "customer.tax_id.deleted",
    ]


@pytest.mark.parametrize(
    ("type", "value"),
    [
        ("eu_vat", "123"),
        ("eu_vat", "US123456789"),
        ("gb_vat", "GB12"),
        ("us_ein", "x"),
        ("br_cnpj", ""),
    ],
)
def test_a_tax_id_of_another_shape_is_refused(
    client: Client, customer: dict[str, Any], type: str, value: str
) -> None:
    path = f"{CUSTOMERS}/{customer['id']}/tax_ids"

    status, error = client.refused("POST", path, type=type, value=value)

    assert (status, error["code"]) == (400, "tax_id_invalid")
    assert client.get(path)["data"] == []


def test_a_tax_id_belongs_to_its_customer(client: Client, customer: dict[str, Any]) -> None:
    other = client.post(CUSTOMERS, tax_id_data=[{"type": "eu_vat", "value": "FR12345678901"}])
    tax_id = client.get("/v1/tax_ids", owner={"type": "customer", "customer": other["id"]})

    status, _ = client.refused(
        "GET", f"{CUSTOMERS}/{customer['id']}/tax_ids/{tax_id['data'][0]['id']}"
    )

    assert status == 404
