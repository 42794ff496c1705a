"""`POST /api/v1/billing/meter_usage`: Kinde's call, answered so that its clients are content."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from pytest_django.live_server_helper import LiveServer

from accounts.choices import Scope
from billing.agreements.operations import cancel_agreement
from metering.ledger.audit import find_violations
from metering.models import UsageEvent
from tests.api.conftest import NOW, Api, World, make_world
from tests.factories.accounts import make_api_key
from tests.factories.agreements import make_agreement
from tests.factories.catalog import STAFF

PATH = "billing/meter_usage"


def usage(world: World, **changes: Any) -> dict[str, Any]:
    """The body that the article's sample sends, for Acme."""
    body = {
        "customer_agreement_id": world.agreement.public_id,
        "billing_feature_code": "ai_credits",
        "meter_value": "5",
        "meter_type_code": "delta",
    }
    return body | changes


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("clock")
def test_the_articles_request_is_answered_on_the_wire(live_server: LiveServer) -> None:
    """What `fetch` sends: its headers, and the body as `JSON.stringify` writes it."""
    world = make_world()
    body = json.dumps(usage(world), separators=(",", ":"))
    connection = http.client.HTTPConnection(urlsplit(live_server.url).netloc)
    connection.request(
        "POST",
        "/api/v1/billing/meter_usage",
        body=body.encode(),
        headers={
            "Authorization": f"Bearer {world.platform_key}",
            "Content-Type": "application/json",
            "Accept": "*/*",
            "Accept-Language": "*",
            "Sec-Fetch-Mode": "cors",
            "User-Agent": "node",
            "Accept-Encoding": "gzip, deflate",
        },
    )
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    assert response.status == 200
    assert response.headers["Content-Type"] == "application/json"
    record_id = answer.pop("record_id")
    assert answer == {
        "message": "Success",
        "code": "OK",
        "usage": "5",
        "allowance": "5000",
        "remaining": "4995",
        "overage": "0",
    }
    event = UsageEvent.objects.get()
    assert (event.event_id, event.credits, event.organization_id) == (record_id, 5, world.acme.pk)


@pytest.mark.parametrize("caller", ["as_platform", "as_acme"])
def test_it_moves_the_balance_for_a_platform_key_and_for_the_organizations_own(
    world: World, caller: str
) -> None:
    api: Api = getattr(world, caller)
    assert api.post(PATH, usage(world)).body["remaining"] == "4995"
    assert api.post(PATH, usage(world, meter_value="10")).body["usage"] == "15"
    assert world.as_acme.get("balances").body["data"][0]["remaining"] == "4985"


def test_an_integer_is_taken_for_its_text_and_delta_is_understood(world: World) -> None:
    body = usage(world, meter_value=5)
    del body["meter_type_code"]
    assert world.as_platform.post(PATH, body).status == 200


def test_absolute_sets_the_total_of_the_period(world: World) -> None:
    """The sequence of Kinde's documentation: 5, 10 more, 12 in all, 1 more."""
    steps = [("delta", "5"), ("delta", "10"), ("absolute", "12"), ("delta", "1"), ("absolute", "0")]
    answers = [
        world.as_platform.post(PATH, usage(world, meter_type_code=mode, meter_value=value))
        for mode, value in steps
    ]
    assert [answer.status for answer in answers] == [200] * 5
    assert [answer.body["usage"] for answer in answers] == ["5", "15", "12", "13", "0"]
    assert [answer.body["remaining"] for answer in answers] == [
        "4995",
        "4985",
        "4988",
        "4987",
        "5000",
    ]
    assert list(find_violations()) == []


def test_a_customers_own_key_takes_no_usage_back(world: World) -> None:
    own = Api(make_api_key(world.acme, scopes=[Scope.USAGE_WRITE], now=NOW).secret)
    own.post(PATH, usage(world, meter_value="5"))
    less = own.post(PATH, usage(world, meter_value="4", meter_type_code="absolute"))
    assert (less.status, less.body["errors"][0]["code"]) == (400, "TAKES_USAGE_BACK")
    assert UsageEvent.objects.count() == 1


def test_a_total_and_an_addition_of_the_same_size_are_not_the_same_event(world: World) -> None:
    world.as_platform.post(PATH, usage(world), Idempotency_Key="call-1")
    other = world.as_acme.post(
        PATH, usage(world, meter_type_code="absolute"), Idempotency_Key="call-1"
    )
    assert (other.status, other.body["errors"][0]["code"]) == (409, "EVENT_CONFLICT")


def test_a_timestamp_dates_the_usage(world: World) -> None:
    body = usage(world, meter_usage_timestamp="2026-09-19T18:24:28.916808+00:00")
    assert world.as_platform.post(PATH, body).status == 200
    assert UsageEvent.objects.get().occurred_at.isoformat() == "2026-09-19T18:24:28.916808+00:00"


def test_beyond_the_allowance_it_is_overage(world: World) -> None:
    answer = world.as_platform.post(PATH, usage(world, meter_value="5010"))
    assert (answer.body["remaining"], answer.body["overage"]) == ("0", "10")


def test_without_an_idempotency_key_each_call_counts(world: World) -> None:
    world.as_platform.post(PATH, usage(world))
    assert world.as_platform.post(PATH, usage(world)).body["usage"] == "10"
    assert UsageEvent.objects.count() == 2


def test_with_an_idempotency_key_the_first_answer_is_given_again(world: World) -> None:
    first = world.as_platform.post(PATH, usage(world), Idempotency_Key="call-1")
    world.as_platform.post(PATH, usage(world))
    again = world.as_platform.post(PATH, usage(world), Idempotency_Key="call-1")
    assert (again.status, again.raw) == (200, first.raw)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert first.body["record_id"] == "call-1"
    assert UsageEvent.objects.count() == 2


def test_the_idempotency_key_is_the_events_id_whichever_key_sends_it(world: World) -> None:
    world.as_platform.post(PATH, usage(world), Idempotency_Key="call-1")
    again = world.as_acme.post(PATH, usage(world), Idempotency_Key="call-1")
    assert (again.status, again.body["usage"]) == (200, "5")
    other = world.as_acme.post(PATH, usage(world, meter_value="6"), Idempotency_Key="call-1")
    assert (other.status, other.body["errors"][0]["code"]) == (409, "IDEMPOTENCY_KEY_REUSED")
    assert UsageEvent.objects.count() == 1


def test_a_foreign_agreement_cannot_be_told_from_a_missing_one(world: World) -> None:
    names = [world.crane_agreement.public_id, "agr_missing", "", "a\n", "é", "x" * 200]
    answers = [world.as_acme.post(PATH, usage(world, customer_agreement_id=name)) for name in names]
    assert {answer.status for answer in answers} == {404}
    assert {answer.raw for answer in answers} == {
        b'{"errors":[{"code":"AGREEMENT_NOT_FOUND","message":"There is no such agreement."}]}'
    }
    assert not UsageEvent.objects.exists()


def test_an_agreement_that_has_ended_takes_no_usage(world: World) -> None:
    cancel_agreement(agreement=world.agreement, actor=STAFF, reason="test", now=NOW)
    make_agreement(world.acme, "starter", at=NOW)
    answer = world.as_platform.post(PATH, usage(world))
    assert (answer.status, answer.body["errors"][0]["code"]) == (409, "AGREEMENT_ENDED")
    assert not UsageEvent.objects.exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"meter_type_code": "Delta"}, "WRONG_TYPE"),
        ({"meter_value": "five"}, "INVALID_QUANTITY"),
        ({"meter_value": "-5"}, "INVALID_QUANTITY"),
        ({"meter_value": 5.5}, "WRONG_TYPE"),
        ({"meter_value": None}, "WRONG_TYPE"),
        ({"billing_feature_code": "no_such_feature"}, "FEATURE_NOT_IN_PLAN"),
        ({"billing_feature_code": "not a code"}, "INVALID_CODE"),
        ({"meter_usage_timestamp": "2026-09-20"}, "INVALID_TIMESTAMP"),
        ({"meter_usage_timestamp": "2026-09-20T12:05:01Z"}, "OCCURRED_IN_FUTURE"),
        ({"colour": "red"}, "UNKNOWN_FIELD"),
    ],
)
def test_a_wrong_body_is_refused_in_kindes_envelope(
    world: World, change: dict[str, Any], code: str
) -> None:
    answer = world.as_platform.post(PATH, usage(world, **change))
    assert answer.status == 400
    assert list(answer.body) == ["errors"]
    [error] = answer.body["errors"]
    assert error["code"] == code
    assert isinstance(error["message"], str)
    assert not UsageEvent.objects.exists()


@pytest.mark.parametrize("field", ["customer_agreement_id", "billing_feature_code", "meter_value"])
def test_a_missing_field_is_named(world: World, field: str) -> None:
    body = usage(world)
    del body[field]
    answer = world.as_platform.post(PATH, body)
    assert (answer.status, answer.body["errors"]) == (
        400,
        [{"code": "MISSING", "message": f"{field}: `{field}` is missing."}],
    )


def test_without_a_key_or_scope_it_is_refused_in_kindes_words(world: World) -> None:
    unknown = Api().post(PATH, usage(world))
    assert (unknown.status, unknown.body["errors"][0]["code"]) == (401, "INVALID_CREDENTIALS")
    reader = Api(make_api_key(world.acme, scopes=["balances:read"], now=NOW).secret)
    answer = reader.post(PATH, usage(world))
    assert (answer.status, answer.body["errors"]) == (
        403,
        [
            {
                "code": "SCOPE_MISSING",
                "message": "This needs an API key with the scope usage:write.",
            }
        ],
    )
    assert not UsageEvent.objects.exists()
