"""Events, and how they reach whoever wants them."""

from __future__ import annotations

import json

import pytest
from stripe import StripeClient

from billing.sandbox import Sandbox
from billing.sandbox.delivery import PAUSES
from tests.sandbox.asking import KEY, Client, Clock, Mailbox

HOOK = "http://127.0.0.1:8000/hook"


def listen(client: Client, *types: str, url: str = HOOK) -> dict[str, object]:
    return client.post("/v1/webhook_endpoints", url=url, enabled_events=list(types or ("*",)))


def test_an_event_tells_what_an_object_was_before(client: Client) -> None:
    customer = client.post("/v1/customers", name="Acme", address={"city": "Bonn"})
    path = f"/v1/customers/{customer['id']}"
    changed = client.post(path, name="Acme Ltd", invoice_settings={"footer": "Thanks"})

    event = client.events("customer.updated")[0]

    assert event["data"]["object"] == changed
    assert event["data"]["previous_attributes"] == {
        "invoice_settings": {"footer": None},
        "name": "Acme",
    }
    assert (event["api_version"], event["livemode"]) == ("2026-05-27.dahlia", False)


def test_an_event_names_the_request_that_caused_it(client: Client) -> None:
    answer = client.ask("POST", "/v1/customers", {}, Idempotency_Key="order-1")

    request = client.events("customer.created")[0]["request"]

    assert request == {"id": answer.headers["Request-Id"], "idempotency_key": "order-1"}


def test_a_delivery_is_signed_as_stripe_signs(
    client: Client, sandbox: Sandbox, mailbox: Mailbox, clock: Clock
) -> None:
    """Stripe's documentation, "Webhook signatures"; checked by Stripe's own library."""
    secret = str(listen(client)["secret"])
    client.post("/v1/customers")

    assert sandbox.deliver() == 1

    url, headers, body = mailbox.letters[0]
    signature = headers["Stripe-Signature"]
    assert url == HOOK
    assert signature.startswith(f"t={int(clock.at.timestamp())},v1=")
    event = StripeClient(KEY).construct_event(body, signature, secret, tolerance=10**9)
    assert event.type == "customer.created"


def test_the_secret_is_told_once(client: Client) -> None:
    endpoint = listen(client)

    found = client.get(f"/v1/webhook_endpoints/{endpoint['id']}")

    assert str(endpoint["secret"]).startswith("whsec_")
    assert found == {name: endpoint[name] for name in endpoint if name != "secret"}


def test_an_endpoint_gets_what_it_asked_for(
    client: Client, sandbox: Sandbox, mailbox: Mailbox
) -> None:
    listen(client, "product.created")
    client.post("/v1/customers")
    client.post("/v1/products", name="Team")

    sandbox.deliver()

    assert [event["type"] for event in mailbox.events] == ["product.created"]


def test_a_disabled_or_deleted_endpoint_gets_nothing(
    client: Client, sandbox: Sandbox, mailbox: Mailbox
) -> None:
    disabled, gone = listen(client), listen(client)
    client.post("/v1/customers")
    client.post(f"/v1/webhook_endpoints/{disabled['id']}", disabled=True)
    deleted = client.delete(f"/v1/webhook_endpoints/{gone['id']}")

    assert deleted == {"id": gone["id"], "object": "webhook_endpoint", "deleted": True}
    assert (sandbox.deliver(), mailbox.letters) == (0, [])


@pytest.mark.parametrize("status", [None, 199, 302, 404, 500])
def test_a_failed_delivery_is_tried_again_with_growing_pauses(
    client: Client, sandbox: Sandbox, mailbox: Mailbox, clock: Clock, status: int | None
) -> None:
    listen(client)
    event = client.post("/v1/customers") and client.events()[0]
    mailbox.status = status

    for pause in PAUSES:
        assert (sandbox.deliver(), sandbox.deliver()) == (1, 0)
        clock.pass_by(seconds=pause)
    assert (sandbox.deliver(), sandbox.deliver()) == (1, 0)
    clock.pass_by(days=30)

    assert sandbox.deliver() == 0
    assert len(mailbox.letters) == len(PAUSES) + 1
    assert {body["id"] for body in mailbox.events} == {event["id"]}
    assert client.get(f"/v1/events/{event['id']}")["pending_webhooks"] == 1


def test_a_delivery_that_arrives_late_has_arrived(
    client: Client, sandbox: Sandbox, mailbox: Mailbox, clock: Clock
) -> None:
    listen(client)
    client.post("/v1/customers")
    mailbox.status = 500
    sandbox.deliver()
    failed = client.get("/v1/events", delivery_success=False)["data"]
    mailbox.status = 200
    clock.pass_by(seconds=PAUSES[0])
    sandbox.deliver()

    assert [event["pending_webhooks"] for event in failed] == [1]
    assert client.get("/v1/events", delivery_success=False)["data"] == []
    assert [event["pending_webhooks"] for event in client.events()] == [0]


def test_the_log_of_deliveries_names_every_attempt(
    client: Client, sandbox: Sandbox, mailbox: Mailbox, clock: Clock
) -> None:
    endpoint = listen(client)
    client.post("/v1/customers")
    mailbox.status = None
    sandbox.deliver()
    mailbox.status = 204
    clock.pass_by(seconds=PAUSES[0])
    sandbox.deliver()

    answer = sandbox.handle(method="GET", target="/_sandbox/deliveries", headers={}, body=b"")
    entry = json.loads(answer.body)["deliveries"][0]

    assert (entry["endpoint"], entry["state"], entry["attempts"]) == (endpoint["id"], "arrived", 2)
    assert [attempt["outcome"] for attempt in entry["log"]] == ["not reached: nobody there", "204"]


def test_events_are_found_by_type(client: Client) -> None:
    client.post("/v1/customers")
    client.post("/v1/products", name="Team")

    by_wildcard = client.get("/v1/events", type="customer.*")["data"]
    by_types = client.get("/v1/events", types=["product.created", "price.created"])["data"]
    status, _ = client.refused("GET", "/v1/events", type="a", types=["product.created"])

    assert [event["type"] for event in by_wildcard] == ["customer.created"]
    assert [event["type"] for event in by_types] == ["product.created"]
    assert status == 400


def test_a_delivery_may_come_twice(client: Client, sandbox: Sandbox, mailbox: Mailbox) -> None:
    listen(client)
    sandbox.faults.turn(duplicate=100)
    client.post("/v1/customers")

    assert sandbox.deliver() == 2
    assert len({event["id"] for event in mailbox.events}) == 1
    assert client.events()[0]["pending_webhooks"] == 0


def test_a_delivery_may_come_never(client: Client, sandbox: Sandbox, clock: Clock) -> None:
    listen(client)
    sandbox.faults.turn(drop=100)
    client.post("/v1/customers")
    clock.pass_by(days=30)

    assert sandbox.deliver() == 0
    assert len(client.get("/v1/events", delivery_success=False)["data"]) == 1


def test_a_delivery_may_come_late(client: Client, sandbox: Sandbox, clock: Clock) -> None:
    listen(client)
    sandbox.faults.turn(delay=100, delay_seconds=90)
    client.post("/v1/customers")

    assert sandbox.deliver() == 0
    clock.pass_by(seconds=90)
    assert sandbox.deliver() == 1


def test_deliveries_may_come_in_another_order(
    client: Client, sandbox: Sandbox, mailbox: Mailbox
) -> None:
    listen(client)
    for name in ("first", "second", "third"):
        client.post("/v1/customers", name=name)
    sandbox.faults.turn(reorder=100)

    sandbox.deliver()

    names = [event["data"]["object"]["name"] for event in mailbox.events]
    assert names == ["second", "third", "first"]


@pytest.mark.parametrize(
    "params",
    [
        {"url": "not a url", "enabled_events": ["*"]},
        {"url": "ftp://example.com", "enabled_events": ["*"]},
        {"url": HOOK, "enabled_events": ["customer.invented"]},
        {"url": HOOK},
        {"url": HOOK, "enabled_events": ["*"], "api_version": "2024-06-20"},
    ],
)
def test_an_endpoint_that_cannot_be_told_anything_is_refused(
    client: Client, params: dict[str, object]
) -> None:
    status, _ = client.refused("POST", "/v1/webhook_endpoints", **params)

    assert status == 400
    assert client.get("/v1/webhook_endpoints")["data"] == []
