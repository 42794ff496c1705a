from __future__ import annotations

from tests.sandbox.asking import Client


def test_a_created_customer_can_be_read_again(client: Client) -> None:
    created = client.post("/v1/customers", email="alice@acme.example", metadata={"plan": "team"})

    assert client.get(f"/v1/customers/{created['id']}") == created
    assert (created["email"], created["metadata"]) == ("alice@acme.example", {"plan": "team"})
    assert [event["type"] for event in client.events()] == ["customer.created"]
