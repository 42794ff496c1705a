"""Cards as sources, as Stripe's page "Cards" has them: older, and still used by its tools."""

from __future__ import annotations

from tests.sandbox.asking import Client


def test_a_source_is_kept_as_a_payment_method(client: Client) -> None:
    """Create a card: the first source becomes the default one."""
    customer = client.post("/v1/customers")["id"]

    card = client.post(f"/v1/customers/{customer}/sources", source="tok_visa")

    assert (card["object"], card["brand"], card["last4"]) == ("card", "Visa", "4242")
    assert client.get(f"/v1/customers/{customer}")["default_source"] == card["id"]
    assert client.get(f"/v1/customers/{customer}/sources")["data"] == [card]
    (method,) = client.get(f"/v1/customers/{customer}/payment_methods")["data"]
    assert method["id"] == card["id"]
    assert len(client.events("customer.source.created")) == 1


def test_a_source_is_changed_and_deleted(client: Client) -> None:
    """Update a card, delete a card."""
    customer = client.post("/v1/customers", source="tok_visa")["id"]
    (card,) = client.get(f"/v1/customers/{customer}/sources")["data"]
    address = f"/v1/customers/{customer}/sources/{card['id']}"

    changed = client.post(address, metadata={"a": "b"}, exp_month=7)
    gone = client.delete(address)

    assert (changed["metadata"], changed["exp_month"]) == ({"a": "b"}, 7)
    assert gone == {"id": card["id"], "object": "card", "deleted": True}
    assert client.refused("GET", address)[0] == 404
    assert client.get(f"/v1/customers/{customer}")["default_source"] is None


def test_a_source_of_another_customer_is_not_found(client: Client) -> None:
    customer = client.post("/v1/customers", source="tok_visa")["id"]
    (card,) = client.get(f"/v1/customers/{customer}/sources")["data"]
    charlie = client.post("/v1/customers")["id"]

    assert client.refused("GET", f"/v1/customers/{charlie}/sources/{card['id']}")[0] == 404
    status, error = client.refused("POST", f"/v1/customers/{charlie}/sources", source="tok_x")
    assert (status, error["param"]) == (400, "source")
