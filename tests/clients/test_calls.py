"""What every call of the Python client does: credentials, patience, refusals."""

import os
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tallybook import (
    Conflict,
    InsufficientCredits,
    InvalidRequest,
    LimitReached,
    NotAuthenticated,
    NotBookable,
    NotFound,
    NotPermitted,
    PaymentOverdue,
    Refused,
    ServerError,
    SpendCapReached,
    Tallybook,
    TemporaryFailure,
    TooManyRequests,
    UnexpectedAnswer,
    Unreachable,
    UseRefused,
)
from tallybook.wire import wire_of
from tests.clients.rehearsal import (
    KEY,
    URL,
    Rehearsal,
    answer,
    booked,
    entitlement,
    problem,
)

FLAG = {"key": "advanced_ai", "type": "boolean", "value": True, "source": "plan"}


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the client would have waited."""
    waited: list[float] = []
    monkeypatch.setattr("tallybook.http.time.sleep", waited.append)
    return waited


def test_a_key_signs_every_request() -> None:
    rehearsal = Rehearsal(answer(FLAG))

    with rehearsal.client() as client:
        assert client.flags.get("advanced_ai").value is True

    [request] = rehearsal.requests
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert str(request.url) == f"{URL}/api/v1/flags/advanced_ai"


def test_address_and_key_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALLYBOOK_URL", f"{URL}/")
    monkeypatch.setenv("TALLYBOOK_API_KEY", "from-the-environment")
    rehearsal = Rehearsal(answer(FLAG))

    with Tallybook(transport=httpx.MockTransport(rehearsal)) as client:
        client.flags.get("advanced_ai")

    assert rehearsal.requests[0].headers["Authorization"] == "Bearer from-the-environment"
    assert client.url == URL


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"url": URL},
        {"url": URL, "client_id": "key_1"},
        {"url": URL, "key": KEY, "client_id": "key_1", "client_secret": "secret"},
    ],
)
def test_a_client_without_address_or_with_unclear_credentials_is_not_made(
    given: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("TALLYBOOK_")]:
        monkeypatch.delenv(name)

    with pytest.raises(ValueError, match=r"Say where|Give either"):
        Tallybook(**given)


def test_a_platform_key_names_the_organization_in_body_and_query() -> None:
    rehearsal = Rehearsal(booked, answer(FLAG))

    with rehearsal.client() as client:
        acme = client.for_organization("acme-1")
        acme.usage.report(id="event-1", action="EXTRACT_TEXT")
        acme.flags.get("advanced_ai", member="u_17")

    assert client.organization is None
    assert rehearsal.bodies[0]["organization"] == "acme-1"
    assert dict(rehearsal.requests[1].url.params) == {"organization": "acme-1", "member": "u_17"}


def test_values_go_over_the_wire_as_text_and_unrounded() -> None:
    rehearsal = Rehearsal(booked)
    at = datetime(2026, 11, 22, 18, tzinfo=UTC)

    with rehearsal.client() as client:
        client.usage.report(
            id="event-1", feature="ai_credits", value=Decimal("1E+3"), occurred_at=at
        )

    assert rehearsal.bodies == [
        {
            "id": "event-1",
            "feature": "ai_credits",
            "value": "1000",
            "occurred_at": "2026-11-22T18:00:00+00:00",
        }
    ]


def test_a_float_and_an_instant_without_time_zone_cannot_be_sent() -> None:
    with pytest.raises(TypeError, match="rounded"):
        wire_of({"quantity": 0.1})
    with pytest.raises(ValueError, match="time zone"):
        wire_of({"occurred_at": datetime.fromisoformat("2026-11-22T18:00:00")})


def test_a_report_is_sent_again_with_the_same_id(pauses: list[float]) -> None:
    rehearsal = Rehearsal(
        httpx.ReadTimeout("too slow"), problem(503, "temporarily_unavailable"), booked
    )

    with rehearsal.client() as client:
        client.usage.report(action="EXTRACT_TEXT")

    assert len({body["id"] for body in rehearsal.bodies}) == 1
    assert len(rehearsal.requests) == 3
    assert 0.1 <= pauses[0] <= 0.2 <= pauses[1] <= 0.4


def test_what_could_be_done_twice_is_sent_once() -> None:
    rehearsal = Rehearsal(httpx.ReadTimeout("too slow"))

    with rehearsal.client() as client, pytest.raises(Unreachable):
        client.core.get_httpx_client().post("/api/v1/credit-grants", json={})

    assert len(rehearsal.requests) == 1


def test_it_waits_as_long_as_the_server_asks_but_not_for_minutes(pauses: list[float]) -> None:
    rehearsal = Rehearsal(
        problem(429, "too_many_requests", retry_after=3),
        problem(429, "too_many_requests", retry_after=45),
    )

    with rehearsal.client() as client, pytest.raises(TooManyRequests) as raised:
        client.usage.report(action="EXTRACT_TEXT")

    assert pauses == [3]
    assert raised.value.retry_after == 45


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "invalid_request", InvalidRequest),
        (401, "unauthenticated", NotAuthenticated),
        (402, "insufficient_credits", InsufficientCredits),
        (402, "limit_reached", LimitReached),
        (402, "spend_cap_reached", SpendCapReached),
        (402, "payment_overdue", PaymentOverdue),
        (402, "card_refused", Refused),
        (403, "missing_scope", NotPermitted),
        (404, "flag_not_found", NotFound),
        (409, "payment_overdue", Conflict),
        (413, "body_too_large", InvalidRequest),
        (422, "event_rejected", NotBookable),
        (500, "server_error", ServerError),
        (418, "teapot", Refused),
    ],
)
def test_every_refusal_has_its_exception(status: int, code: str, kind: type[Refused]) -> None:
    rehearsal = Rehearsal(problem(status, code))

    with rehearsal.client() as client, pytest.raises(Refused) as raised:
        client.flags.get("advanced_ai")

    assert type(raised.value) is kind
    assert (raised.value.status, raised.value.code) == (status, code)
    assert raised.value.request_id == "request-1"


def test_a_shortage_says_what_is_missing_and_what_would_help() -> None:
    rehearsal = Rehearsal(
        problem(
            402,
            "insufficient_credits",
            required="150",
            available="120.5",
            resets_at="2026-12-10T08:00:00Z",
            upgrade_url=f"{URL}/pricing/",
        )
    )

    with rehearsal.client() as client, pytest.raises(UseRefused) as raised:
        client.usage.report(action="GENERATE_REPORT", quantity=3, enforce=True)

    shortage = raised.value
    assert (shortage.required, shortage.available) == (Decimal(150), Decimal("120.5"))
    assert shortage.resets_at == datetime(2026, 12, 10, 8, tzinfo=UTC)
    assert shortage.upgrade_url == f"{URL}/pricing/"


def test_a_page_of_a_proxy_is_a_failure_of_the_server() -> None:
    rehearsal = Rehearsal(httpx.Response(502, html="<h1>Bad gateway</h1>"))

    with rehearsal.client() as client, pytest.raises(ServerError) as raised:
        client.flags.get("advanced_ai")

    assert raised.value.code == "unknown"
    assert raised.value.detail == "<h1>Bad gateway</h1>"


def test_a_page_where_the_api_should_be_is_said_to_be_one() -> None:
    rehearsal = Rehearsal(httpx.Response(200, html="<h1>Welcome</h1>"))

    with rehearsal.client() as client, pytest.raises(UnexpectedAnswer):
        client.flags.get("advanced_ai")


def test_a_flag_has_its_default_while_nothing_answers_but_not_when_it_is_unknown() -> None:
    silent = Rehearsal(httpx.ConnectError("refused"))
    unknown = Rehearsal(problem(404, "flag_not_found"))

    with silent.client() as client:
        assert client.flags.is_enabled("advanced_ai") is False
        assert client.flags.is_enabled("advanced_ai", default=True) is True
    with unknown.client() as client, pytest.raises(NotFound):
        client.flags.is_enabled("advnaced_ai", default=True)


def test_a_word_that_only_a_newer_server_knows_can_be_read() -> None:
    rehearsal = Rehearsal(answer({**FLAG, "source": "country"}))

    with rehearsal.client() as client:
        assert client.flags.get("advanced_ai").source == "country"


# --- OAuth --------------------------------------------------------------------------------------


def token(text: str, expires_in: int = 3600) -> httpx.Response:
    return answer({"access_token": text, "token_type": "Bearer", "expires_in": expires_in})


def machine(rehearsal: Rehearsal) -> Tallybook:
    return rehearsal.client(client_id="key_1", client_secret="secret")


def test_a_token_is_fetched_once_and_used_until_it_ends() -> None:
    rehearsal = Rehearsal(token("first"), answer(FLAG))

    with machine(rehearsal) as client:
        client.flags.get("advanced_ai")
        client.flags.get("advanced_ai")

    assert rehearsal.paths == ["/oauth2/token", *["/api/v1/flags/advanced_ai"] * 2]
    assert rehearsal.requests[0].content == (
        b"grant_type=client_credentials&client_id=key_1&client_secret=secret"
    )
    assert rehearsal.requests[2].headers["Authorization"] == "Bearer first"


def test_a_token_that_is_about_to_end_is_renewed() -> None:
    rehearsal = Rehearsal(
        token("first", expires_in=20), answer(FLAG), token("second"), answer(FLAG)
    )

    with machine(rehearsal) as client:
        client.flags.get("advanced_ai")
        client.flags.get("advanced_ai")

    assert rehearsal.requests[3].headers["Authorization"] == "Bearer second"


def test_a_token_that_is_refused_is_renewed_once() -> None:
    rehearsal = Rehearsal(
        token("first"), problem(401, "unauthenticated"), token("second"), answer(FLAG)
    )

    with machine(rehearsal) as client:
        assert client.flags.get("advanced_ai").value is True


def test_a_client_that_is_not_known_is_not_authenticated() -> None:
    rehearsal = Rehearsal(answer({"error": "invalid_client"}, status=401))

    with machine(rehearsal) as client, pytest.raises(NotAuthenticated) as raised:
        client.flags.get("advanced_ai")

    assert raised.value.code == "invalid_client"
    assert not isinstance(raised.value, TemporaryFailure)


def test_all_features_are_listed_however_many_there_are() -> None:
    pages = [
        answer({"data": [entitlement(feature="a"), entitlement(feature="b")], "has_more": True}),
        answer({"data": [entitlement(feature="c")], "has_more": False}),
    ]
    rehearsal = Rehearsal(*pages)
    with rehearsal.client() as client:
        assert [one.feature for one in client.entitlements.list()] == ["a", "b", "c"]
    assert [request.url.params.get("starting_after") for request in rehearsal.requests] == [
        None,
        "b",
    ]
