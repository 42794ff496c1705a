"""Usage that says which tokens it took: the price book says what they cost."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from metering.models import LanguageModel, UsageEvent
from tests.api.conftest import NOW, World
from tests.factories.price_book import make_model, price

TOKENS = {"model": "gpt-4o-mini", "input": 12_000, "output": 800, "cached": 4_000}
REPORT = {"id": "req-1", "action": "GENERATE_REPORT", "tokens": TOKENS}
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _model(world: World) -> None:
    make_model("gpt-4o-mini", "0.15", "0.60", "0.075")


def cost() -> Decimal:
    [cost] = UsageEvent.objects.values_list("cost", flat=True)
    assert isinstance(cost, Decimal)
    return cost


def test_tokens_cost_what_the_price_book_says(world: World) -> None:
    answer = world.as_acme.post("usage", REPORT)
    assert (answer.status, answer.body["credits"]) == (200, "50")
    assert cost() == Decimal("0.00258")
    assert UsageEvent.objects.get().tokens == TOKENS


def test_what_usage_took_of_us_is_no_business_of_the_customer(world: World) -> None:
    world.as_acme.post("usage", REPORT)
    of_acme = world.as_acme.get("usage/req-1")
    assert (of_acme.body["tokens"], "cost" in of_acme.body) == (None, False)
    ours = world.as_platform.get(f"usage/req-1?organization={world.acme.public_id}")
    assert (ours.body["tokens"], "cost" in ours.body) == (TOKENS, False)


def test_what_happened_before_a_price_changed_costs_the_former_price(world: World) -> None:
    model = make_model("sonnet", "3", "15", "0.3")
    price(model, "1", "5", "0.1", at=NOW - HOUR, now=NOW - 2 * HOUR)
    tokens = {"model": "sonnet", "input": 1_000_000}
    earlier = (NOW - HOUR - timedelta(seconds=1)).isoformat()
    world.as_acme.post("usage", {**REPORT, "tokens": tokens, "occurred_at": earlier})
    world.as_acme.post("usage", {**REPORT, "id": "req-2", "tokens": tokens})
    costs = UsageEvent.objects.order_by("event_id").values_list("cost", flat=True)
    assert list(costs) == [3, 1]


def test_a_retry_is_a_duplicate_though_the_price_has_changed(world: World) -> None:
    first = world.as_acme.post("usage", REPORT)
    price(LanguageModel.objects.get(), "9", "9", "9", at=NOW, now=NOW)
    again = world.as_acme.post("usage", REPORT)
    assert (again.status, again.body) == (200, {**first.body, "outcome": "duplicate"})
    assert cost() == Decimal("0.00258")


def test_other_tokens_are_another_event(world: World) -> None:
    world.as_acme.post("usage", REPORT)
    for other in ({**TOKENS, "output": 801}, {**TOKENS, "model": "gpt-4o"}):
        assert world.as_acme.post("usage", {**REPORT, "tokens": other}).status == 409
    plain = {key: value for key, value in REPORT.items() if key != "tokens"}
    assert world.as_acme.post("usage", plain).status == 409


@pytest.mark.parametrize("model", ["gpt-9", "later"])
def test_a_model_without_a_price_is_rejected_and_can_be_sent_again(
    world: World, model: str
) -> None:
    later = make_model("later")
    report = {**REPORT, "tokens": {**TOKENS, "model": model}}
    answer = world.as_acme.post("usage", report)
    assert (answer.status, answer.body["reason"]) == (422, "no_model_price")
    assert not UsageEvent.objects.exists()
    price(later if model == "later" else make_model(model), "1", "1", "1")
    assert world.as_acme.post("usage", report).body["outcome"] == "accepted"


@pytest.mark.parametrize(
    ("tokens", "pointer"),
    [
        ({}, "/tokens/model"),
        ({"model": ""}, "/tokens/model"),
        ({"model": "a b"}, "/tokens/model"),
        ({"model": "x" * 101}, "/tokens/model"),
        ({"model": "gpt-4o-mini", "input": -1}, "/tokens/input"),
        ({"model": "gpt-4o-mini", "input": 10**12 + 1}, "/tokens/input"),
        ({"model": "gpt-4o-mini", "output": 1.5}, "/tokens/output"),
        ({"model": "gpt-4o-mini", "cached": "7"}, "/tokens/cached"),
        ({"model": "gpt-4o-mini", "cached": True}, "/tokens/cached"),
        ({"model": "gpt-4o-mini", "audio": 1}, "/tokens/audio"),
        ([], "/tokens"),
    ],
)
def test_tokens_that_are_none_are_refused(world: World, tokens: Any, pointer: str) -> None:
    answer = world.as_acme.post("usage", {**REPORT, "tokens": tokens})
    assert answer.status == 400
    assert [error["pointer"] for error in answer.body["errors"]] == [pointer]
    assert not UsageEvent.objects.exists()


def test_a_cost_and_tokens_are_one_too_many(world: World) -> None:
    answer = world.as_acme.post("usage", {**REPORT, "cost": "0.1"})
    assert (answer.status, answer.body["errors"][0]["code"]) == (400, "cost_and_tokens")


def test_only_reports_with_tokens_ask_the_price_book_once(world: World) -> None:
    events = [{**REPORT, "id": f"req-{number}"} for number in range(3)]
    plain = [{"id": f"plain-{number}", "action": "GENERATE_REPORT"} for number in range(3)]
    for batch, reads in ((events, 1), (plain, 0)):
        with CaptureQueriesContext(connection) as queries:
            assert world.as_acme.post("usage", {"events": batch}).status == 200
        asked = [query for query in queries if "metering_tokenprice" in query["sql"]]
        assert len(asked) == reads


def test_a_hold_is_settled_with_its_tokens(world: World) -> None:
    held = world.as_acme.post("holds", {"id": "job-1", "action": "GENERATE_REPORT"}).body
    settled = {"quantity": 1, "tokens": TOKENS}
    answer = world.as_acme.post(f"holds/{held['id']}/settle", settled)
    assert answer.status == 200
    assert cost() == Decimal("0.00258")
    again = world.as_acme.post(f"holds/{held['id']}/settle", settled)
    assert again.status == 200
    assert UsageEvent.objects.count() == 1
