"""Webhook endpoints, what they were told, and what happened, through the API."""

from typing import Any

import pytest

from accounts.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from tests.api.conftest import NOW, Api, World
from tests.factories.accounts import make_api_key
from tests.factories.webhooks import NOWHERE, tell

HOOK = {"url": NOWHERE}
UNKNOWN = "whk_00000000000000000000000000"


def register(api: Api, **fields: Any) -> Any:
    """An endpoint, as the API answers it."""
    answer = api.post("webhook-endpoints", {**HOOK, **fields})
    assert answer.status == 201, answer
    return answer.body


def test_an_endpoint_is_registered_with_a_secret_that_is_shown_once(world: World) -> None:
    made = register(world.as_acme, description="Entitlements", event_types=["subscription.updated"])
    assert made.pop("secret").startswith("whsec_")
    assert made == {
        "id": WebhookEndpoint.objects.get().public_id,
        "organization": world.acme.public_id,
        "url": NOWHERE,
        "description": "Entitlements",
        "event_types": ["subscription.updated"],
        "format": "standard",
        "status": "enabled",
        "disabled_at": None,
        "disabled_reason": None,
        "former_secret_until": None,
        "created_at": made["created_at"],
        "health": {
            "last_success_at": None,
            "failing_since": None,
            "retry_at": None,
            "pending_count": 0,
            "delivered_count": 0,
            "failed_count": 0,
        },
    }
    assert world.as_acme.get(f"webhook-endpoints/{made['id']}").body == made
    assert world.as_acme.get("webhook-endpoints").body == {"data": [made], "has_more": False}


def test_the_same_request_registers_once_and_shows_the_same_secret(world: World) -> None:
    first, again = (
        world.as_acme.post("webhook-endpoints", HOOK, Idempotency_Key="k1") for _ in range(2)
    )
    assert (first.status, again.status) == (201, 201)
    assert first.body["secret"] == again.body["secret"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert WebhookEndpoint.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": 1},
        {"url": ""},
        {"url": "ftp://127.0.0.1/"},
        {"url": "https://user:secret@127.0.0.1/"},
        {"url": "https://169.254.169.254/latest"},
        {"url": "https://[fe80::1]/"},
        {"url": "https://" + "a" * 3_000},
        {**HOOK, "event_types": ["nothing.happened"]},
        {**HOOK, "event_types": ["subscription.updated\x00"]},
        {**HOOK, "event_types": [1]},
        {**HOOK, "event_types": None},
        {**HOOK, "format": "xml"},
        {**HOOK, "description": "x" * 201},
        {**HOOK, "secret": "whsec_mine"},
        {**HOOK, "disabled_at": None},
    ],
)
def test_what_cannot_be_an_endpoint_is_refused(world: World, body: dict[str, Any]) -> None:
    answer = world.as_acme.post("webhook-endpoints", body)
    assert answer.status == 400, answer
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not WebhookEndpoint.objects.exists()


def test_a_change_leaves_alone_what_it_does_not_name(world: World) -> None:
    made = register(world.as_acme, description="Mine", event_types=["invoice.paid"])
    path = f"webhook-endpoints/{made['id']}"
    changed = world.as_acme.send("PATCH", path, '{"event_types": []}')
    assert (changed.status, changed.body["event_types"]) == (200, [])
    assert (changed.body["url"], changed.body["description"]) == (NOWHERE, "Mine")
    assert world.as_acme.send("PATCH", path, "{}").body == changed.body
    assert world.as_acme.send("PATCH", path, '{"format": "kinde"}').status == 400
    assert world.as_acme.send("PATCH", path, '{"url": null}').status == 400
    assert world.as_acme.send("PATCH", path, '{"url": "https://10.0.0.1/x"}').status in {200, 400}


def test_a_removed_endpoint_is_not_there_any_more(world: World) -> None:
    path = f"webhook-endpoints/{register(world.as_acme)['id']}"
    assert world.as_acme.send("DELETE", path, None).status == 204
    for method in ("GET", "DELETE"):
        answer = world.as_acme.send(method, path, None)
        assert (answer.status, answer.body["code"]) == (404, "webhook_endpoint_not_found")
    assert world.as_acme.get("webhook-endpoints").body["data"] == []


def test_it_is_disabled_and_enabled_again(world: World) -> None:
    path = f"webhook-endpoints/{register(world.as_acme)['id']}"
    disabled = world.as_acme.post(f"{path}/disable", {})
    assert (disabled.status, disabled.body["status"]) == (200, "disabled")
    assert disabled.body["disabled_reason"] == "by_hand"
    refused = world.as_acme.post(f"{path}/test", {})
    assert (refused.status, refused.body["code"]) == (409, "webhook_endpoint_disabled")
    enabled = world.as_acme.send("POST", f"{path}/enable", None)
    assert (enabled.status, enabled.body["status"]) == (200, "enabled")


def test_a_new_secret_leaves_time_to_change_over(world: World) -> None:
    made = register(world.as_acme)
    path = f"webhook-endpoints/{made['id']}/rotate-secret"
    rotated = world.as_acme.post(path, {"overlap_seconds": 3_600})
    assert rotated.status == 200
    assert rotated.body["secret"] not in {made["secret"], ""}
    assert rotated.body["former_secret_until"] == "2026-09-20T13:00:00Z"
    assert world.as_acme.post(path, {"overlap_seconds": 0}).body["former_secret_until"] is None
    for overlap in (-1, 30 * 86_400 + 1, "1", 1.5):
        assert world.as_acme.post(path, {"overlap_seconds": overlap}).status == 400


def test_a_test_event_goes_to_one_endpoint_and_can_be_followed(world: World) -> None:
    path = f"webhook-endpoints/{register(world.as_acme)['id']}"
    register(world.as_acme)
    sent = world.as_acme.post(f"{path}/test", {})
    assert (sent.status, sent.body["type"]) == (201, "webhook.test")
    delivery = world.as_acme.get(f"{path}/deliveries/{sent.body['id']}")
    assert delivery.body == {**sent.body, "attempts": []}
    event = world.as_acme.get(f"webhook-events/{sent.body['event']}")
    assert (event.body["type"], event.body["organization"]) == (
        "webhook.test",
        world.acme.public_id,
    )
    assert WebhookDelivery.objects.count() == 1


def test_deliveries_come_in_pages_and_by_status(world: World) -> None:
    path = f"webhook-endpoints/{register(world.as_acme)['id']}"
    for number in range(3):
        tell(world.acme, f"fact:{number}", now=NOW)
    first = world.as_acme.get(f"{path}/deliveries?page_size=2").body
    assert [len(first["data"]), first["has_more"]] == [2, True]
    after = first["data"][-1]["id"]
    rest = world.as_acme.get(f"{path}/deliveries?page_size=2&starting_after={after}").body
    assert [len(rest["data"]), rest["has_more"]] == [1, False]
    assert world.as_acme.get(f"{path}/deliveries?status=failed").body["data"] == []
    assert len(world.as_acme.get(f"{path}/deliveries?status=pending").body["data"]) == 3
    for query in ("status=lost", "starting_after=dlv_1", "page_size=0", "page_size=101", "x=1"):
        assert world.as_acme.get(f"{path}/deliveries?{query}").status == 400


def test_what_failed_is_sent_again(world: World) -> None:
    path = f"webhook-endpoints/{register(world.as_acme)['id']}"
    tell(world.acme, now=NOW)
    world.as_acme.post(f"{path}/disable", {})
    world.as_acme.post(f"{path}/enable", {})
    [dropped] = world.as_acme.get(f"{path}/deliveries?status=dropped").body["data"]
    again = world.as_acme.post(f"{path}/deliveries/{dropped['id']}/resend", {})
    assert (again.status, again.body["status"]) == (200, "pending")
    world.as_acme.post(f"{path}/disable", {})
    world.as_acme.post(f"{path}/enable", {})
    since = {"since": "2026-09-20T00:00:00Z"}
    assert world.as_acme.post(f"{path}/resend-failed", since).body == {"resent": 1}
    assert world.as_acme.post(f"{path}/resend-failed", since).body == {"resent": 0}
    for body in ({}, {"since": "yesterday"}, {"since": 1}):
        assert world.as_acme.post(f"{path}/resend-failed", body).status == 400


def test_events_are_read_whether_anybody_was_told_or_not(world: World) -> None:
    event = tell(world.acme, now=NOW)
    read = world.as_acme.get(f"webhook-events/{event.public_id}")
    assert read.body == {
        "id": event.public_id,
        "organization": world.acme.public_id,
        "type": "invoice.paid",
        "occurred_at": "2026-09-20T12:00:00Z",
        "data": {"id": "inv_1"},
    }
    assert world.as_acme.get("webhook-events?type=invoice.paid").body == {
        "data": [read.body],
        "has_more": False,
    }
    begun = world.as_acme.get("webhook-events?type=subscription.created").body["data"]
    assert [one["data"]["id"] for one in begun] == [world.agreement.public_id]
    page = world.as_acme.get("webhook-events?page_size=1").body
    assert (page["data"], page["has_more"]) == ([read.body], True)
    after = world.as_acme.get(f"webhook-events?starting_after={event.public_id}").body
    assert read.body not in after["data"]
    for query in ("type=nothing", "starting_after=evt_1", "type=&type="):
        assert world.as_acme.get(f"webhook-events?{query}").status == 400


def test_every_type_says_when_it_is_sent(world: World) -> None:
    types = world.as_acme.get("webhook-event-types").body["data"]
    known = {one["type"]: one for one in types}
    for type_ in ("subscription.updated", "usage.limit_reached", "subscription.canceled"):
        assert known[type_]["description"]
        assert known[type_]["on_request"] is False
    assert known["usage.updated"]["on_request"] is True
    assert [one["type"] for one in types] == sorted(known)


def test_what_is_somebody_else_s_is_not_found(world: World) -> None:
    made = register(world.as_acme)
    event = tell(world.acme, now=NOW)
    path = f"webhook-endpoints/{made['id']}"
    [delivery] = world.as_acme.get(f"{path}/deliveries").body["data"]
    crane = world.as_crane
    for method, address in [
        ("GET", path),
        ("DELETE", path),
        ("GET", f"{path}/deliveries"),
        ("GET", f"{path}/deliveries/{delivery['id']}"),
        ("GET", f"webhook-events/{event.public_id}"),
        ("GET", f"webhook-endpoints/{UNKNOWN}"),
    ]:
        assert crane.send(method, address, None).status == 404, address
        assert crane.send(method, f"{address}?organization=customer-1", None).status == 404
    for deed in ("enable", "disable", "rotate-secret", "test"):
        assert crane.post(f"{path}/{deed}", {}).status == 404
        assert crane.post(f"{path}/{deed}", {"organization": "customer-1"}).status == 404
    assert crane.send("PATCH", path, "{}").status == 404
    resend = {"since": "2026-09-20T00:00:00Z"}
    assert crane.post(f"{path}/resend-failed", resend).status == 404
    assert crane.post(f"{path}/deliveries/{delivery['id']}/resend", {}).status == 404
    own = register(crane)
    other = f"webhook-endpoints/{own['id']}/deliveries/{delivery['id']}"
    assert crane.get(other).status == 404
    assert crane.post(f"{other}/resend", {}).status == 404
    assert [one["id"] for one in crane.get("webhook-endpoints").body["data"]] == [own["id"]]


def test_a_platform_key_manages_the_installation_s_and_whoever_s_it_names(world: World) -> None:
    platform = world.as_platform
    own = register(platform)
    theirs = register(platform, organization="customer-1")
    assert (own["organization"], theirs["organization"]) == (None, world.acme.public_id)
    listed = [platform.get(f"webhook-endpoints{who}") for who in ("", "?organization=customer-1")]
    assert [[one["id"] for one in answer.body["data"]] for answer in listed] == [
        [own["id"]],
        [theirs["id"]],
    ]
    path = f"webhook-endpoints/{theirs['id']}"
    assert platform.get(path).status == 404
    assert platform.get(f"{path}?organization=customer-1").status == 200
    assert platform.post(f"{path}/test", {}).status == 404
    assert platform.post(f"{path}/test", {"organization": "customer-1"}).status == 201
    assert world.as_acme.get(f"webhook-endpoints/{own['id']}").status == 404
    assert platform.get("webhook-endpoints?organization=nobody").status == 404


def test_the_installation_is_told_of_everybody_and_may_look_the_event_up(world: World) -> None:
    own = register(world.as_platform)
    event = tell(world.acme, now=NOW)
    path = f"webhook-endpoints/{own['id']}/deliveries"
    [delivery] = world.as_platform.get(path).body["data"]
    assert delivery["event"] == event.public_id
    read = world.as_platform.get(f"webhook-events/{delivery['event']}")
    assert read.body["organization"] == world.acme.public_id
    types = {one["type"] for one in world.as_platform.get("webhook-events").body["data"]}
    assert types == {"plan.published"}


def test_reading_and_changing_are_two_scopes(world: World) -> None:
    reader = Api(make_api_key(world.acme, scopes=["webhooks:read"], now=NOW).secret)
    writer = Api(make_api_key(world.acme, scopes=["webhooks:write"], now=NOW).secret)
    path = f"webhook-endpoints/{register(writer)['id']}"
    assert (reader.get(path).status, writer.get(path).status) == (200, 403)
    assert reader.post("webhook-endpoints", HOOK).status == 403
    assert reader.send("PATCH", path, "{}").status == 403
    assert reader.send("DELETE", path, None).status == 403
    for deed in ("enable", "disable", "rotate-secret", "test", "resend-failed"):
        assert reader.post(f"{path}/{deed}", {}).status == 403
    for address in ("webhook-events", "webhook-event-types", f"{path}/deliveries"):
        assert (reader.get(address).status, writer.get(address).status) == (200, 403)


def test_no_answer_but_the_first_shows_the_secret(world: World) -> None:
    made = register(world.as_acme)
    path = f"webhook-endpoints/{made['id']}"
    secret = made["secret"].encode()
    answers = [
        world.as_acme.get(path),
        world.as_acme.get("webhook-endpoints"),
        world.as_acme.send("PATCH", path, "{}"),
        world.as_acme.post(f"{path}/disable", {}),
        world.as_acme.get("webhook-events"),
    ]
    assert all(secret not in answer.raw for answer in answers)
    assert not WebhookEvent.objects.filter(data__icontains="whsec_").exists()
