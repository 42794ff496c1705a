"""`Idempotency-Key`: once is once, whatever the client hears of it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.api_keys.idempotency import claim, delete_old_answers
from accounts.api_keys.queries import authenticate
from accounts.models import IdempotencyRecord
from billing.models import Agreement
from metering.models import UsageEvent
from tests.api.conftest import NOW, World
from tests.factories.accounts import make_organization

ORDER = {"organization": "customer-3", "plan": "starter"}


@pytest.fixture(autouse=True)
def _dune(world: World) -> None:
    make_organization("Dune", external_id="customer-3")


def test_the_same_request_again_gets_the_first_answer(world: World) -> None:
    first = world.as_platform.post("agreements", ORDER, Idempotency_Key="order-1")
    again = world.as_platform.post("agreements", ORDER, Idempotency_Key="order-1")
    assert (again.status, again.raw) == (201, first.raw)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert "Idempotent-Replayed" not in first.headers
    assert Agreement.objects.filter(organization__external_id="customer-3").count() == 1


def test_a_refusal_is_an_answer_too(world: World) -> None:
    unknown = {**ORDER, "plan": "gold"}
    first = world.as_platform.post("agreements", unknown, Idempotency_Key="order-1")
    again = world.as_platform.post("agreements", unknown, Idempotency_Key="order-1")
    assert (again.status, again.raw) == (404, first.raw)
    assert again.headers["Content-Type"] == "application/problem+json"
    assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("change", [{"plan": "professional"}, {"seats": 2}])
def test_the_same_key_with_another_body_is_refused(world: World, change: dict[str, Any]) -> None:
    world.as_platform.post("agreements", ORDER, Idempotency_Key="order-1")
    answer = world.as_platform.post("agreements", ORDER | change, Idempotency_Key="order-1")
    assert (answer.status, answer.body["code"]) == (409, "idempotency_key_reused")


def test_the_same_key_at_another_address_is_refused(world: World) -> None:
    body = {
        "customer_agreement_id": world.agreement.public_id,
        "billing_feature_code": "ai_credits",
        "meter_value": "5",
    }
    world.as_platform.post("agreements", body, Idempotency_Key="key-1")
    world.as_platform.post("agreements", ORDER, Idempotency_Key="key-1")
    answer = world.as_platform.post("billing/meter_usage", body, Idempotency_Key="key-1")
    assert (answer.status, answer.body["errors"][0]["code"]) == (409, "IDEMPOTENCY_KEY_REUSED")
    assert not UsageEvent.objects.exists()


def test_a_request_that_cannot_be_read_claims_nothing(world: World) -> None:
    assert world.as_platform.post("agreements", {}, Idempotency_Key="order-1").status == 400
    assert not IdempotencyRecord.objects.exists()


def test_keys_of_two_callers_never_meet(world: World) -> None:
    def report(agreement: Agreement) -> dict[str, Any]:
        return {
            "customer_agreement_id": agreement.public_id,
            "billing_feature_code": "ai_credits",
            "meter_value": "5",
        }

    path = "billing/meter_usage"
    acme = world.as_acme.post(path, report(world.agreement), Idempotency_Key="same")
    crane = world.as_crane.post(path, report(world.crane_agreement), Idempotency_Key="same")
    assert (acme.status, crane.status) == (200, 200)
    assert "Idempotent-Replayed" not in crane.headers
    assert UsageEvent.objects.count() == 2


def test_a_failure_of_ours_is_not_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**arguments: Any) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr("portal.api.v1.agreements.create_agreement_by_staff", fail)
        failed = world.as_platform.post("agreements", ORDER, Idempotency_Key="order-1")
    assert (failed.status, failed.body["code"]) == (500, "server_error")
    assert "disk" not in failed.raw.decode()
    assert not IdempotencyRecord.objects.exists()
    assert world.as_platform.post("agreements", ORDER, Idempotency_Key="order-1").status == 201


def claimed_by_platform(world: World) -> None:
    """The platform's key has sent `ORDER`, and no answer is there yet."""
    caller = authenticate(secret=world.platform_key, now=NOW)
    assert caller is not None
    world.as_platform.post("agreements", ORDER, Idempotency_Key="probe")
    sent = IdempotencyRecord.objects.get(key="probe")
    claim(caller=caller, key="order-1", request_sha256=bytes(sent.request_sha256), now=NOW)
    Agreement.objects.filter(organization__external_id="customer-3").update(
        status="canceled", ended_at=NOW
    )


def test_a_request_in_flight_is_not_begun_again(world: World) -> None:
    claimed_by_platform(world)
    answer = world.as_platform.post("agreements", ORDER, Idempotency_Key="order-1")
    assert (answer.status, answer.body["code"]) == (409, "request_in_flight")
    assert answer.headers["Retry-After"] == "1"


def test_the_claim_of_a_process_that_died_is_taken_over(
    world: World, clock: time_machine.Traveller
) -> None:
    claimed_by_platform(world)
    clock.shift(timedelta(minutes=2))
    answer = world.as_platform.post("agreements", ORDER, Idempotency_Key="order-1")
    assert answer.body["code"] != "request_in_flight"
    assert IdempotencyRecord.objects.get(key="order-1").status == answer.status


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "é", "a\tb"])
def test_a_key_that_cannot_be_kept_is_refused(world: World, key: str) -> None:
    answer = world.as_platform.post("agreements", ORDER, Idempotency_Key=key)
    assert (answer.status, answer.body["code"]) == (400, "invalid_request")
    assert not IdempotencyRecord.objects.exists()


def test_answers_are_kept_for_thirty_days(world: World) -> None:
    world.as_platform.post("agreements", ORDER, Idempotency_Key="order-1")
    assert delete_old_answers(now=NOW + timedelta(days=30)) == 0
    assert delete_old_answers(now=NOW + timedelta(days=30, seconds=1)) == 1
    assert not IdempotencyRecord.objects.exists()


def test_an_answer_is_kept_so_that_a_copy_of_the_database_does_not_tell_it(world: World) -> None:
    order = {"url": "https://127.0.0.1/hooks"}
    first = world.as_acme.post("webhook-endpoints", order, Idempotency_Key="key-1")
    kept = bytes(IdempotencyRecord.objects.get().body or b"")
    assert first.body["secret"].startswith("whsec_")
    assert first.body["secret"].encode() not in kept
    again = world.as_acme.post("webhook-endpoints", order, Idempotency_Key="key-1")
    assert again.body == first.body


def test_an_answer_that_nobody_can_read_any_more_is_not_made_up(
    world: World, settings: Any
) -> None:
    world.as_platform.post("agreements", ORDER, Idempotency_Key="key-1")
    settings.SECRET_KEY = "another-secret-key-of-more-than-fifty-characters-0123456789"
    answer = world.as_platform.post("agreements", ORDER, Idempotency_Key="key-1")
    assert (answer.status, answer.body["code"]) == (409, "answer_unreadable")
    assert Agreement.objects.filter(organization__external_id="customer-3").count() == 1
