"""`POST /api/v1/usage` with a batch."""

from typing import Any

import pytest

from metering.models import UsageEvent
from tests.api.conftest import World

REPORT = {"action": "GENERATE_REPORT"}


def outcomes(body: dict[str, Any]) -> list[tuple[str, str]]:
    """The id and outcome of each result."""
    return [(result["id"], result["outcome"]) for result in body["results"]]


def test_each_event_gets_its_own_result_in_the_order_sent(world: World) -> None:
    world.as_acme.post("usage", {"id": "old", **REPORT})
    answer = world.as_acme.post(
        "usage",
        {
            "events": [
                {"id": "new-2", **REPORT},
                {"id": "old", **REPORT},
                {"id": "bad id", **REPORT},
                {"id": "old", **REPORT, "quantity": 2},
                {"id": "new-1", "action": "NO_SUCH_ACTION"},
                17,
                {"id": "new-2", **REPORT},
                {"id": "new-0", "feature": "ai_credits", "value": "0.5"},
            ]
        },
    )
    assert answer.status == 200
    assert outcomes(answer.body) == [
        ("new-2", "accepted"),
        ("old", "duplicate"),
        ("bad id", "rejected"),
        ("old", "conflict"),
        ("new-1", "rejected"),
        (None, "rejected"),
        ("new-2", "duplicate"),
        ("new-0", "accepted"),
    ]
    assert answer.body["counts"] == {
        "accepted": 2,
        "late": 0,
        "duplicate": 2,
        "conflict": 1,
        "rejected": 3,
    }
    results = answer.body["results"]
    assert results[2]["reason"] == "invalid_request"
    assert [error["pointer"] for error in results[2]["errors"]] == ["/events/2/id"]
    assert results[3] == {"id": "old", "outcome": "conflict", "reason": "other_content"}
    assert results[4] == {"id": "new-1", "outcome": "rejected", "reason": "unknown_action"}
    assert [error["pointer"] for error in results[5]["errors"]] == ["/events/5"]
    assert set(UsageEvent.objects.values_list("event_id", flat=True)) == {"old", "new-2", "new-0"}


def test_a_batch_may_span_organizations(world: World) -> None:
    answer = world.as_platform.post(
        "usage",
        {
            "organization": "customer-1",
            "events": [
                {"id": "a", **REPORT},
                {"id": "a", **REPORT, "organization": "customer-2"},
                {"id": "b", **REPORT, "organization": world.crane.public_id},
                {"id": "c", **REPORT, "organization": "nobody"},
            ],
        },
    )
    assert outcomes(answer.body) == [
        ("a", "accepted"),
        ("a", "accepted"),
        ("b", "accepted"),
        ("c", "rejected"),
    ]
    assert answer.body["results"][3]["reason"] == "organization_not_found"
    assert UsageEvent.objects.owned_by(world.acme).count() == 1
    assert UsageEvent.objects.owned_by(world.crane).count() == 2


def test_an_event_of_a_platform_key_without_an_organization_is_rejected(world: World) -> None:
    answer = world.as_platform.post("usage", {"events": [{"id": "a", **REPORT}]})
    [result] = answer.body["results"]
    assert (result["outcome"], result["reason"]) == ("rejected", "organization_required")


def test_a_foreign_event_among_own_ones_is_only_its_own(world: World) -> None:
    events = [
        {"id": "a", **REPORT},
        {"id": "b", **REPORT, "organization": world.crane.public_id},
        {"id": "c", **REPORT, "organization": world.acme.public_id},
    ]
    answer = world.as_acme.post("usage", {"events": events})
    assert outcomes(answer.body) == [("a", "accepted"), ("b", "rejected"), ("c", "accepted")]
    assert answer.body["results"][1]["reason"] == "organization_not_found"
    assert not UsageEvent.objects.owned_by(world.crane).exists()


@pytest.mark.parametrize("name", ["customer-2", "nobody", ""])
def test_a_foreign_organization_of_the_whole_batch_is_not_found(world: World, name: str) -> None:
    body = {"organization": name, "events": [{"id": "a", **REPORT}]}
    answer = world.as_acme.post("usage", body)
    assert (answer.status, answer.body["code"]) == (404, "organization_not_found")
    assert not UsageEvent.objects.exists()


def test_a_batch_without_a_readable_event_still_knows_its_organization(world: World) -> None:
    for name in (world.acme.public_id, "customer-1"):
        answer = world.as_platform.post("usage", {"organization": name, "events": [17]})
        assert (answer.status, answer.body["counts"]["rejected"]) == (200, 1)


@pytest.mark.parametrize("size", [0, 1_001])
def test_a_batch_has_one_to_a_thousand_events(world: World, size: int) -> None:
    events = [{"id": f"e{number}", **REPORT} for number in range(size)]
    answer = world.as_acme.post("usage", {"events": events})
    assert (answer.status, answer.body["errors"][0]["code"]) == (400, "invalid_batch_size")
    assert not UsageEvent.objects.exists()


def test_a_full_batch_is_booked(world: World) -> None:
    events: list[Any] = [{"id": f"e{number}", "action": "EXTRACT_TEXT"} for number in range(1_000)]
    events[500] = {"id": "e500"}
    answer = world.as_acme.post("usage", {"events": events})
    assert answer.body["counts"] == {
        "accepted": 999,
        "late": 0,
        "duplicate": 0,
        "conflict": 0,
        "rejected": 1,
    }
    assert answer.body["results"][999]["remaining"] == "5"
    assert UsageEvent.objects.count() == 999


@pytest.mark.parametrize(
    "body",
    [
        {"events": None},
        {"events": {}},
        {"events": "a"},
        {"events": [{"id": "a", **REPORT}], "enforce": True},
        {"events": [{"id": "a", **REPORT}], "organization": 1},
    ],
)
def test_a_malformed_batch_is_refused_as_a_whole(world: World, body: Any) -> None:
    answer = world.as_acme.post("usage", body)
    assert (answer.status, answer.body["code"]) == (400, "invalid_request")
    assert not UsageEvent.objects.exists()
