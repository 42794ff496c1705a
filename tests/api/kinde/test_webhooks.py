"""`/api/v1/webhooks`, `/event_types` and `/events/{id}`, to the letter."""

import json
from typing import Any

import pytest

from accounts.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from accounts.webhooks.messages import write_message
from accounts.webhooks.outbox import announce
from tests.api.conftest import NOW, Answer, Api, World

ORDER = {
    "endpoint": "https://127.0.0.1:9099/webhooks",
    "event_types": ["customer.plan_changed"],
    "name": "Plans",
}


def patch(api: Api, webhook_id: str, change: dict[str, Any]) -> Answer:
    """Change a webhook."""
    return api.send("PATCH", f"webhooks/{webhook_id}", json.dumps(change))


def test_one_with_kindes_names_is_sent_what_kinde_sends(world: World) -> None:
    answer = world.as_acme.post("webhooks", ORDER)
    endpoint = WebhookEndpoint.objects.get()
    assert (answer.status, answer.body) == (
        200,
        {
            "message": "Success",
            "code": "OK",
            "webhook": {"id": endpoint.public_id, "endpoint": ORDER["endpoint"]},
        },
    )
    assert (endpoint.format, endpoint.organization) == ("kinde", world.acme)
    told = world.as_acme.get("webhooks").body
    created_on = told["webhooks"][0].pop("created_on")
    assert created_on.endswith("Z")
    assert told == {
        "code": "OK",
        "message": "Success",
        "webhooks": [
            {
                "id": endpoint.public_id,
                "name": "Plans",
                "endpoint": ORDER["endpoint"],
                "description": "",
                "event_types": ["customer.plan_changed"],
            }
        ],
    }


def test_one_with_our_names_is_sent_signed_json(world: World) -> None:
    """The article's handler reads JSON, and names of ours."""
    types = ["subscription.updated", "usage.limit_reached", "subscription.canceled"]
    answer = world.as_platform.post("webhooks", ORDER | {"event_types": types})
    assert answer.body["webhook"]["secret"].startswith("whsec_")
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.format, endpoint.organization) == ("standard", None)
    assert sorted(endpoint.event_types) == sorted(types)


@pytest.mark.parametrize(
    "change",
    [
        {"event_types": ["customer.plan_changed", "subscription.updated"]},
        {"event_types": ["customer.married"]},
        {"event_types": "customer.plan_changed"},
        {"endpoint": "ftp://127.0.0.1/"},
        {"endpoint": "https://user:password@127.0.0.1/"},
        {"name": "x" * 300},
        {"name": None},
        {"colour": "red"},
    ],
)
def test_a_wrong_one_is_not_registered(world: World, change: dict[str, Any]) -> None:
    answer = world.as_acme.post("webhooks", ORDER | change)
    assert (answer.status, list(answer.body)) == (400, ["errors"])
    assert not WebhookEndpoint.objects.exists()


def test_what_is_told_and_its_name_can_be_changed_one_by_one(world: World) -> None:
    webhook = world.as_acme.post("webhooks", ORDER | {"description": "For the CRM"}).body["webhook"]
    changed = patch(world.as_acme, webhook["id"], {"name": "CRM"})
    assert (changed.status, changed.body) == (
        200,
        {"message": "Success", "code": "OK", "webhook": {"id": webhook["id"]}},
    )
    types = ["customer.payment_failed", "customer.payment_succeeded"]
    assert patch(world.as_acme, webhook["id"], {"event_types": types}).status == 200
    [told] = world.as_acme.get("webhooks").body["webhooks"]
    assert (told["name"], told["description"], told["event_types"]) == (
        "CRM",
        "For the CRM",
        types,
    )
    assert patch(world.as_acme, webhook["id"], {"endpoint": "https://b.example"}).status == 400


def test_nobody_else_sees_or_removes_it(world: World) -> None:
    webhook_id = world.as_acme.post("webhooks", ORDER).body["webhook"]["id"]
    for api in (world.as_crane, world.as_platform):
        assert api.get("webhooks").body["webhooks"] == []
        refused = [
            patch(api, webhook_id, {"name": "Mine"}),
            api.send("DELETE", f"webhooks/{webhook_id}", None),
            api.send("DELETE", "webhooks/whk_none", None),
        ]
        assert {answer.status for answer in refused} == {404}
        assert len({answer.raw for answer in refused}) == 1
    assert world.as_acme.send("DELETE", f"webhooks/{webhook_id}", None).raw == (
        b'{"message":"Success","code":"OK"}'
    )
    assert world.as_acme.get("webhooks").body["webhooks"] == []


def test_types_are_told_by_both_names(world: World) -> None:
    types = world.as_acme.get("event_types").body["event_types"]
    assert types[0] == {
        "id": "event_type_customer_agreement_cancelled",
        "code": "customer.agreement_cancelled",
        "name": "Customer agreement cancelled",
        "origin": "kinde",
        "schema": {},
    }
    ours = {kind["code"] for kind in types if kind["origin"] == "tallybook"}
    assert {"subscription.updated", "usage.limit_reached", "webhook.test"} <= ours


def test_the_articles_handler_reads_what_is_sent(world: World) -> None:
    """It parses the text of the request, and looks at `type` and `data`."""
    types = ["subscription.updated", "usage.limit_reached", "subscription.canceled"]
    world.as_platform.post("webhooks", ORDER | {"event_types": types})
    customer_id = "customer_" + world.acme.public_id.removeprefix("org_")
    order = {"customer_id": customer_id, "plan_code": "starter"}
    assert world.as_platform.post("billing/agreements", order).status == 200
    path = f"billing/agreements?agreement_id={world.agreement.public_id}"
    assert world.as_platform.send("DELETE", path, None).status == 200

    handled = []
    for delivery in WebhookDelivery.objects.select_related("event__organization").order_by("pk"):
        endpoint = delivery.endpoint
        request = write_message(delivery=delivery, endpoint=endpoint, now=NOW)
        assert request.headers["content-type"] == "application/json"
        event = json.loads(request.body.decode())
        handled.append((event["type"], event["data"]["id"], event["data"]["plan"]))
    agreement_id = world.agreement.public_id
    assert handled == [
        ("subscription.updated", agreement_id, "starter"),
        ("subscription.canceled", agreement_id, "starter"),
    ]


def announced(world: World) -> WebhookEvent:
    """Acme moved to another plan."""
    announce(
        organization_id=world.acme.pk,
        type="subscription.updated",
        dedupe_key="test",
        data={
            "id": world.agreement.public_id,
            "plan": "starter",
            "plan_name": "Starter",
            "previous_attributes": {"plan": "professional"},
        },
        now=NOW,
    )
    return WebhookEvent.objects.get(dedupe_key="test")


def test_an_event_is_told_by_either_name(world: World) -> None:
    event = announced(world)
    told = world.as_acme.get(f"events/{event.public_id}")
    assert told.status == 200
    assert told.body["event"] == {
        "type": "subscription.updated",
        "source": "api",
        "event_id": event.public_id,
        "timestamp": int(NOW.timestamp()) * 1_000,
        "data": {
            **event.data,
            "organization": {"id": world.acme.public_id, "external_id": "customer-1"},
        },
        "occurred_at": "2026-09-20T12:00:00Z",
    }
    kindes = world.as_platform.get(f"events/{event.public_id}_plan_changed").body["event"]
    assert (kindes["type"], kindes["event_id"]) == (
        "customer.plan_changed",
        f"{event.public_id}_plan_changed",
    )
    assert kindes["data"]["customer_id"] == "customer_" + world.acme.public_id.removeprefix("org_")
    assert kindes["data"]["plan"]["code"] == "starter"


def test_an_event_of_anothers_is_not_told(world: World) -> None:
    event = announced(world)
    missing = "evt_" + "0" * 26
    names = [event.public_id, f"{event.public_id}_plan_changed", missing, "nothing"]
    answers = {world.as_crane.get(f"events/{name}").raw for name in names}
    assert answers == {
        b'{"errors":[{"code":"WEBHOOK_EVENT_NOT_FOUND","message":"There is no such event."}]}'
    }
    other = world.as_acme.get(f"events/{event.public_id}_plan_created")
    assert other.status == 404
