"""Usage as CloudEvents 1.0: structured, batched and binary."""

import base64
import hashlib
import json
from typing import Any

import pytest
from cloudevents.core.bindings.http import HTTPMessage, to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent

from accounts.audit.actor import SYSTEM
from metering.ledger.audit import find_violations
from metering.models import UsageEvent
from metering.rate_card.operations import create_action
from tests.api.conftest import NOW, Answer, Api, World
from tests.api.nasty import NASTY, TEXTS
from tests.factories.metering import BEGINNING, rate

STRUCTURED = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch+json"
EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "8f14e45f",
    "source": "/reports",
    "type": "com.example.GENERATE_REPORT",
    "data": {"member": "u_17"},
}
HEADERS = {
    "ce_specversion": "1.0",
    "ce_id": "8f14e45f",
    "ce_source": "/reports",
    "ce_type": "com.example.GENERATE_REPORT",
}
ONE = {"accepted": 1, "duplicates": 0, "errors": []}
AGAIN = {"accepted": 0, "duplicates": 1, "errors": []}


def post(api: Api, document: Any, content_type: str = STRUCTURED, **headers: str) -> Answer:
    body = document if isinstance(document, str | bytes) else json.dumps(document)
    return api.send("POST", "events", body, content_type, **headers)


def send(api: Api, message: HTTPMessage) -> Answer:
    """Send what the SDK has made."""
    headers = dict(message.headers)
    content_type = headers.pop("content-type", "")
    return api.send("POST", "events", message.body, content_type, **headers)


def made(**attributes: Any) -> CloudEvent:
    """An event of the SDK."""
    named = {"id": "8f14e45f", "source": "/reports", "type": "com.example.GENERATE_REPORT"}
    return CloudEvent(
        attributes=named | {"datacontenttype": "application/json"} | attributes,
        data={"quantity": 2, "member": "u_17"},
    )


def test_a_structured_event_of_the_sdk_is_booked(world: World) -> None:
    answer = send(world.as_acme, to_structured_event(made(time=NOW, traceparent="00-0af7-01")))
    assert (answer.status, answer.body) == (202, ONE)
    event = UsageEvent.objects.get()
    assert (event.organization_id, event.member) == (world.acme.pk, "u_17")
    assert (event.quantity, event.credits, event.occurred_at) == (2, 100, NOW)
    assert event.event_id == "ce:" + hashlib.sha256(b"/reports\n8f14e45f").hexdigest()


def test_a_binary_event_of_the_sdk_is_the_same_event(world: World) -> None:
    assert send(world.as_acme, to_structured_event(made())).body == ONE
    assert send(world.as_acme, to_binary_event(made())).body == AGAIN
    assert UsageEvent.objects.count() == 1


def test_a_batch_books_what_it_can(world: World) -> None:
    batch = [
        EVENT,
        EVENT | {"id": "2", "subject": "customer-2"},
        EVENT | {"id": "3", "subject": "nobody"},
        EVENT | {"id": "4", "type": "com.example.NOTHING"},
        EVENT | {"id": "5", "specversion": "0.3"},
        EVENT | {"id": "6", "data": {"quantity": "-1"}},
        EVENT | {"id": "7", "data": {"quantiy": "1"}},
        "8",
        EVENT | {"subject": "customer-1"},
        EVENT | {"subject": "customer-1"},
        EVENT | {"subject": "customer-1", "data": {"member": "u_18"}},
    ]
    answer = post(world.as_platform, batch, BATCHED)
    assert answer.status == 202
    assert (answer.body["accepted"], answer.body["duplicates"]) == (2, 1)
    assert [(error["index"], error["id"], error["code"]) for error in answer.body["errors"]] == [
        (0, "8f14e45f", "organization_required"),
        (2, "3", "organization_not_found"),
        (3, "4", "organization_required"),
        (4, "5", "unknown_specversion"),
        (5, "6", "invalid_quantity"),
        (6, "7", "unknown_field"),
        (7, None, "wrong_type"),
        (10, "8f14e45f", "event_conflict"),
    ]
    assert all(error["detail"].endswith(".") for error in answer.body["errors"])


def test_an_empty_batch_is_a_batch(world: World) -> None:
    answer = post(world.as_acme, [], BATCHED)
    assert (answer.status, answer.body) == (202, {"accepted": 0, "duplicates": 0, "errors": []})


def test_a_batch_has_its_bounds(world: World) -> None:
    many = [EVENT | {"id": str(number)} for number in range(1_001)]
    assert post(world.as_acme, many[:1_000], BATCHED).body == ONE | {"accepted": 1_000}
    refused = post(world.as_acme, many, BATCHED)
    assert (refused.status, refused.body["errors"][0]["code"]) == (400, "invalid_batch_size")
    assert post(world.as_acme, EVENT, BATCHED).status == 400
    assert post(world.as_acme, b"[" + b" " * 1024 * 1024 + b"]", BATCHED).status == 413


def test_the_same_id_of_another_source_is_another_event(world: World) -> None:
    batch = [EVENT, EVENT | {"source": "/other"}, EVENT | {"id": "f", "source": "/reports8f14e45"}]
    assert post(world.as_acme, batch, BATCHED).body == ONE | {"accepted": 3}
    assert post(world.as_acme, batch, BATCHED).body == AGAIN | {"duplicates": 3}


def test_another_organizations_event_of_the_same_name_is_another_event(world: World) -> None:
    assert post(world.as_acme, EVENT).body == ONE
    assert post(world.as_crane, EVENT).body == ONE
    foreign = post(world.as_crane, EVENT | {"subject": world.acme.public_id})
    missing = post(world.as_crane, EVENT | {"subject": "nobody"})
    assert (foreign.status, foreign.body["code"]) == (404, "organization_not_found")
    del foreign.body["request_id"], missing.body["request_id"]
    assert foreign.body == missing.body


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"type": "com.example.NOTHING"}, 422, "event_rejected"),
        ({"specversion": "1.1"}, 400, "unknown_specversion"),
        ({"source": ""}, 400, "invalid_source"),
        ({"source": "a b"}, 400, "invalid_source"),
        ({"source": "%zz"}, 400, "invalid_source"),
        ({"id": ""}, 400, "invalid_id"),
        ({"id": "cafe\u0301"}, 400, "invalid_id"),
        ({"id": 1}, 400, "wrong_type"),
        ({"type": ""}, 400, "invalid_code"),
        ({"type": "com.example."}, 400, "invalid_code"),
        ({"time": "2026-09-20"}, 400, "invalid_timestamp"),
        ({"time": "2026-09-20T12:00:00.1234567890Z"}, 400, "invalid_timestamp"),
        ({"datacontenttype": "text/plain"}, 400, "unsupported_data"),
        ({"data": "text"}, 400, "wrong_type"),
        ({"data": {"enforce": True}}, 400, "unknown_field"),
        ({"data_base64": "e30="}, 400, "data_twice"),
    ],
)
def test_one_event_that_cannot_be_booked_is_refused(
    world: World, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = post(world.as_acme, EVENT | changes)
    found = answer.body["errors"][0]["code"] if "errors" in answer.body else answer.body["code"]
    assert (answer.status, found) == (status, code)
    assert not UsageEvent.objects.exists()


def test_other_content_of_the_same_event_is_a_conflict(world: World) -> None:
    post(world.as_acme, EVENT)
    answer = post(world.as_acme, EVENT | {"data": {"quantity": 2}})
    assert (answer.status, answer.body["code"]) == (409, "event_conflict")


def test_a_value_is_of_a_feature(world: World) -> None:
    event = EVENT | {"type": "com.example.ai_credits", "data": {"value": "12.5", "cost": "0.03"}}
    assert post(world.as_acme, event).body == ONE
    stored = UsageEvent.objects.get()
    assert (str(stored.credits), stored.action_id) == ("12.500000", None)
    total = {"value": 40, "mode": "absolute"}
    assert post(world.as_acme, event | {"id": "total", "data": total}).body == ONE
    [balance] = world.as_acme.get("balances").body["data"]
    assert balance["used"] == "40"


def test_nanoseconds_are_cut(world: World) -> None:
    assert post(world.as_acme, EVENT | {"time": "2026-09-20T11:59:59.123456789Z"}).body == ONE
    assert UsageEvent.objects.get().occurred_at.microsecond == 123456
    assert post(world.as_acme, EVENT | {"time": "2026-09-20T11:59:59.123456Z"}).body == AGAIN


@pytest.mark.parametrize("datacontenttype", [None, "application/json", "Text/JSON; charset=utf-8"])
def test_data_may_come_in_base_64(world: World, datacontenttype: str | None) -> None:
    event = {name: value for name, value in EVENT.items() if name != "data"}
    event["data_base64"] = base64.b64encode(b'{"quantity": "3"}').decode()
    if datacontenttype is not None:
        event["datacontenttype"] = datacontenttype
    assert post(world.as_acme, event).body == ONE
    assert UsageEvent.objects.get().quantity == 3


@pytest.mark.parametrize("written", ["%", "e30", "e3", "\u00e9", "/w==", "W10=", "eyJhIjoxfQ=="])
def test_base_64_of_something_else_is_refused(world: World, written: str) -> None:
    event = {name: value for name, value in EVENT.items() if name != "data"}
    for body, media in (
        (event | {"data_base64": written}, STRUCTURED),
        ([event | {"data_base64": written}], BATCHED),
    ):
        answer = post(world.as_acme, body, media)
        assert answer.status == (400 if media == STRUCTURED else 202), answer
    [error] = answer.body["errors"]
    assert error["index"] == 0
    assert not UsageEvent.objects.exists()


def test_headers_are_decoded_once(world: World) -> None:
    headers = HEADERS | {"ce_id": "%E2%82%AC%2525%2C%22"}
    assert post(world.as_acme, "", "", **headers).body == ONE
    assert post(world.as_acme, EVENT | {"id": '\u20ac%25,"', "data": {}}).body == AGAIN


def test_a_quoted_header_is_unquoted_first(world: World) -> None:
    quoted = HEADERS | {"ce_id": '"a\\"b, c%20d"'}
    assert post(world.as_acme, "", "", **quoted).body == ONE
    assert post(world.as_acme, EVENT | {"id": 'a"b, c d', "data": None}).body == AGAIN


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("ce_id", "a,b"),
        ("ce_id", "a, a"),
        ("ce_id", '"a","b"'),
        ("ce_id", 'a"b'),
        ("ce_id", "100%"),
        ("ce_id", "%FF"),
        ("ce_id", "%00"),
        ("ce_type", "a.%00"),
        ("ce_id", "%0D%0AX-Evil:%201"),
        ("ce_id", "%E2%80%AE"),
        ("ce_id", ""),
        ("ce_source", "/reports,/reports"),
        ("ce_source", "%20"),
        ("ce_specversion", "1.0,1.0"),
        ("ce_specversion", "0.3"),
        ("ce_specversion", ""),
        ("ce_type", "GENERATE_REPORT,EXTRACT_TEXT"),
        ("ce_time", "yesterday"),
    ],
)
def test_hostile_headers_are_refused(world: World, header: str, value: str) -> None:
    answer = post(world.as_acme, "{}", "application/json", **HEADERS | {header: value})
    assert (answer.status, answer.body["code"]) == (400, "invalid_request")
    assert not UsageEvent.objects.exists()


@pytest.mark.parametrize("missing", sorted(HEADERS))
def test_a_binary_event_needs_its_headers(world: World, missing: str) -> None:
    headers = {name: value for name, value in HEADERS.items() if name != missing}
    answer = post(world.as_acme, "{}", "application/json", **headers)
    assert (answer.status, answer.body["errors"][0]["code"]) == (400, "missing")


def test_data_without_a_length_does_not_pass_for_none(world: World) -> None:
    headers = HEADERS | {"Transfer_Encoding": "chunked"}
    answer = post(world.as_acme, "", "application/json", **headers)
    assert (answer.status, answer.body["code"]) == (400, "invalid_request")
    assert not UsageEvent.objects.exists()


def test_headers_beside_a_structured_event_say_nothing(world: World) -> None:
    assert post(world.as_acme, EVENT, **HEADERS | {"ce_id": "other"}).body == ONE
    assert post(world.as_acme, EVENT).body == AGAIN


@pytest.mark.parametrize(
    ("content_type", "headers"),
    [
        ("application/json", {}),
        ("text/plain", {}),
        ("application/cloudevents+avro", {}),
        ("application/cloudevents-batch", {}),
        (f"{STRUCTURED}; charset=utf-16", {}),
        ("text/plain", HEADERS),
        ("application/cloudevents", HEADERS),
    ],
)
def test_other_formats_are_refused(
    world: World, content_type: str, headers: dict[str, str]
) -> None:
    answer = post(world.as_acme, EVENT, content_type, **headers)
    assert (answer.status, answer.body["code"]) == (415, "unsupported_media_type")


def test_an_action_with_a_dot_is_named_in_full(world: World) -> None:
    for code, name in (("image.summarize", "Summarize an image"), ("summarize", "Summarize")):
        action = create_action(
            code=code,
            name=name,
            name_plural=name,
            meter=world.catalog.meter,
            actor=SYSTEM,
            now=BEGINNING,
        )
        rate(action, "7" if "." in code else "1", cost="0", value="0")
    for type_, credits in (
        ("image.summarize", 7),
        ("com.example.image.summarize", 7),
        ("com.example.summarize", 1),
    ):
        event = EVENT | {"id": type_, "type": type_}
        assert post(world.as_acme, event).body == ONE
        assert UsageEvent.objects.latest("pk").credits == credits


@pytest.mark.parametrize("attribute", ["id", "source", "type", "subject", "time", "data"])
def test_nasty_attributes_break_nothing(world: World, attribute: str) -> None:
    fields = {name: json.dumps(value) for name, value in EVENT.items()}
    for value in NASTY:
        members = (fields | {attribute: value}).items()
        body = "{" + ", ".join(f'"{name}": {written}' for name, written in members) + "}"
        sent = body.encode("utf-8", "surrogatepass")
        answer = post(world.as_acme, sent)
        assert answer.status in {202, 400, 404, 409, 422}, (value, answer)
    assert list(find_violations()) == []


@pytest.mark.parametrize("header", ["ce_id", "ce_source", "ce_type", "ce_subject", "ce_time"])
def test_nasty_headers_break_nothing(world: World, header: str) -> None:
    for text in TEXTS:
        # What no server would hand on: line breaks, and letters outside of Latin-1.
        value = text.encode("latin-1", "ignore").decode("latin-1").replace("\n", "")
        headers = HEADERS | {header: value.replace("\r", "")}
        answer = post(world.as_acme, "", "", **headers)
        assert answer.status in {202, 400, 404, 422}, (text, answer)
    assert list(find_violations()) == []
