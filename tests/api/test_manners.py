"""What every answer has in common: problems, limits, headers, failures."""

import logging
from io import StringIO
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from config import logs
from config.env import Process
from metering.models import UsageEvent
from portal.api.rate_limit import TokenBuckets
from tests.api.conftest import Api, World

EVENT = {"id": "req-1", "action": "EXTRACT_TEXT"}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "nothing", 404, "route_not_found"),
        ("POST", "", 404, "route_not_found"),
        ("GET", "usage/", 404, "route_not_found"),
        ("GET", "usage", 405, "method_not_allowed"),
        ("PUT", "usage", 405, "method_not_allowed"),
        ("OPTIONS", "usage", 405, "method_not_allowed"),
        ("DELETE", "balances", 405, "method_not_allowed"),
        ("POST", "balances", 405, "method_not_allowed"),
        ("OPTIONS", "balances", 405, "method_not_allowed"),
        ("TRACE", "plans", 405, "method_not_allowed"),
        ("PATCH", "agreements", 405, "method_not_allowed"),
        ("GET", "flags", 401, "unauthenticated"),
    ],
)
@pytest.mark.django_db
def test_every_refusal_is_a_problem_document(
    method: str, path: str, status: int, code: str
) -> None:
    answer = Api().send(method, path, None)
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert {"type", "title", "status", "detail", "code", "request_id"} <= set(answer.body)
    assert (answer.body["status"], answer.body["code"]) == (status, code)
    assert answer.body["type"] == f"urn:tallybook:problem:{code}"
    assert answer.body["request_id"] == answer.headers["X-Request-ID"]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("usage", "POST"),
        ("balances", "GET, HEAD"),
        ("agreements", "GET, HEAD, POST"),
        ("flags", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(path: str, allowed: str) -> None:
    assert Api().send("DELETE", path, None).headers["Allow"] == allowed


def test_an_address_outside_the_api_gets_a_page(client: Client) -> None:
    assert client.get("/nothing").headers["Content-Type"].startswith("text/html")
    assert client.get("/api/nothing").headers["Content-Type"] == "application/problem+json"


def test_head_is_get_without_the_body(world: World) -> None:
    answer = world.as_acme.send("HEAD", "balances", None)
    assert (answer.status, answer.raw) == (200, b"")


def test_a_callers_request_id_is_kept(world: World) -> None:
    answer = world.as_acme.get("nothing", X_Request_ID="trace-0123456789")
    assert answer.body["request_id"] == "trace-0123456789"


def test_the_api_sets_no_cookie_and_asks_nobody_to_vary_by_one(world: World) -> None:
    for answer in (world.as_acme.post("usage", EVENT), world.as_acme.get("balances")):
        assert "Set-Cookie" not in answer.headers
        assert "Vary" not in answer.headers
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_whatever_is_asked_for_json_is_answered(world: World) -> None:
    for accepted in ("text/html", "application/xml", "*/*", "nonsense", "application/json;q=0"):
        answer = world.as_acme.get("balances", Accept=accepted)
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/jsonp",
    ],
)
@pytest.mark.parametrize("path", ["usage", "agreements", "billing/meter_usage"])
def test_a_body_must_say_that_it_is_json(world: World, path: str, content_type: str) -> None:
    answer = world.as_platform.send("POST", path, b"{}", content_type=content_type)
    assert answer.status == 415


def test_a_charset_beside_the_media_type_does_no_harm(world: World) -> None:
    body = b'{"id": "req-1", "action": "EXTRACT_TEXT"}'
    content_type = "application/json; charset=utf-8"
    assert world.as_acme.send("POST", "usage", body, content_type=content_type).status == 200


@pytest.mark.parametrize("path", ["usage", "agreements", "billing/meter_usage"])
def test_a_large_body_is_not_read(world: World, path: str) -> None:
    body = b'{"id": "' + b"x" * (1024 * 1024) + b'"}'
    assert world.as_platform.send("POST", path, body).status == 413
    assert not UsageEvent.objects.exists()


def test_a_failure_of_ours_says_nothing_of_its_cause(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(**arguments: Any) -> None:
        raise RuntimeError("secret cause")

    monkeypatch.setattr("portal.api.v1.usage.report_usage", fail)
    monkeypatch.setattr("portal.api.v1.balances.list_feature_balances", fail)
    monkeypatch.setattr("portal.api.kinde.meter_usage.get_agreement_named", fail)
    report = {
        "customer_agreement_id": "agr_1",
        "billing_feature_code": "ai_credits",
        "meter_value": "5",
    }
    answers = [
        world.as_acme.post("usage", EVENT),
        world.as_acme.get("balances"),
        world.as_acme.post("billing/meter_usage", report),
    ]
    assert [answer.status for answer in answers] == [500, 500, 500]
    assert [answer.body.get("code") for answer in answers] == ["server_error"] * 2 + [None]
    assert answers[2].body["errors"][0]["code"] == "SERVER_ERROR"
    assert all(b"secret cause" not in answer.raw for answer in answers)
    for answer in answers[:2]:
        assert answer.body["request_id"] in caplog.text
    assert "secret cause" in caplog.text


@pytest.mark.parametrize("process", ["web", "command"])
def test_a_failure_is_logged_without_the_callers_key(
    world: World, monkeypatch: pytest.MonkeyPatch, process: Process
) -> None:
    def fail(*, secret: str, **arguments: Any) -> None:
        raise RuntimeError("secret cause")

    monkeypatch.setattr("portal.api.admission.authenticate", fail)
    shown = logs.configure(process=process, level="INFO")["formatters"]["structured"]
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(shown.pop("()")(**shown))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        assert world.as_acme.get("balances").status == 500
    finally:
        root.removeHandler(handler)
    assert "secret cause" in stream.getvalue()
    assert world.acme_key not in stream.getvalue()


def test_a_database_that_does_not_answer_in_time_asks_to_come_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def time_out(**arguments: Any) -> None:
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setattr("portal.api.v1.usage.report_usage", time_out)
    monkeypatch.setattr("portal.api.v1.balances.list_feature_balances", time_out)
    for answer in (world.as_acme.post("usage", EVENT), world.as_acme.get("balances")):
        assert (answer.status, answer.body["code"]) == (503, "temporarily_unavailable")
        assert answer.headers["Retry-After"] == "1"


def test_every_answer_says_where_the_caller_stands(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.api.admission.monotonic", lambda: 1_000.0)
    first, second = world.as_acme.post("usage", EVENT), world.as_acme.post("usage", {})
    assert first.headers["RateLimit-Limit"] == "6000"
    assert int(first.headers["RateLimit-Remaining"]) == 5_999
    assert int(second.headers["RateLimit-Remaining"]) == 5_998
    assert int(first.headers["RateLimit-Reset"]) == 1
    assert world.as_acme.get("balances").headers["RateLimit-Limit"] == "1200"
    by_platform = world.as_platform.post("usage", {**EVENT, "organization": "customer-1"})
    assert by_platform.headers["RateLimit-Limit"] == "120000"


@pytest.mark.parametrize("path", ["usage", "billing/meter_usage"])
def test_who_calls_too_often_is_told_when_to_come_back(
    world: World, settings: Any, path: str
) -> None:
    settings.API_REQUESTS_PER_MINUTE = {"usage": 2, "platform_usage": 2, "other": 2}
    statuses = [world.as_acme.post(path, {}).status for _ in range(3)]
    assert statuses == [400, 400, 429]
    answer = world.as_acme.post(path, EVENT)
    assert answer.status == 429
    assert answer.headers["RateLimit-Remaining"] == "0"
    assert 29 <= int(answer.headers["Retry-After"]) <= 30
    assert not UsageEvent.objects.exists()
    assert world.as_crane.post(path, {}).status == 400
    assert world.as_acme.get("balances").status == 200


def test_a_bucket_is_refilled_evenly() -> None:
    buckets = TokenBuckets()

    def take(at: float) -> tuple[bool, int]:
        standing = buckets.take(pool="usage", caller=1, per_minute=60, at=at)
        return standing.is_exceeded, standing.remaining

    assert [take(0.0)[0] for _ in range(60)] == [False] * 60
    assert take(0.5) == (True, 0)
    assert take(1.0) == (False, 0)
    assert take(1.5) == (True, 0)
    assert take(1_000.0) == (False, 59)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("webhook-events?starting_after=%00", 400, "invalid_request"),
        ("webhook-events?starting_after=evt_%00", 400, "invalid_request"),
        ("organization/%00", 404, "ROUTE_NOT_FOUND"),
    ],
)
def test_nothing_is_looked_for_by_what_no_text_holds(
    world: World, path: str, status: int, code: str
) -> None:
    method = "PATCH" if path.startswith("organization/") else "GET"
    answer = world.as_platform.send(method, path, None)
    assert answer.status == status
    assert code in answer.raw.decode()
