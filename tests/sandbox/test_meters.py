"""Billing Meters, as Stripe's pages "Configure meters" and "Record usage for billing" have them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.asking import Client, Clock

DAY = 86400
NOW = 1780315200  # 2026-06-01 12:00 UTC, when the test clock begins


def make_meter(client: Client, **more: Any) -> dict[str, Any]:
    values = {"display_name": "Credits", "event_name": "credits", **more}
    return client.post(
        "/v1/billing/meters", **{"default_aggregation": {"formula": "sum"}, **values}
    )


def report(client: Client, customer: str, value: str, **more: Any) -> dict[str, Any]:
    payload = {"stripe_customer_id": customer, "value": value}
    return client.post("/v1/billing/meter_events", event_name="credits", payload=payload, **more)


def counted(client: Client, meter: str, customer: str, **more: Any) -> list[tuple[int, Any]]:
    span = {"start_time": NOW - 40 * DAY - NOW % DAY, "end_time": NOW + DAY - NOW % DAY, **more}
    found = client.get(f"/v1/billing/meters/{meter}/event_summaries", customer=customer, **span)
    return [(one["start_time"], one["aggregated_value"]) for one in found["data"]]


@pytest.fixture
def customer(client: Client) -> str:
    return str(client.post("/v1/customers")["id"])


def test_a_meter_reads_customer_and_value_from_the_documented_keys(client: Client) -> None:
    """Configure meters: `stripe_customer_id` and `value` by default."""
    meter = make_meter(client)

    assert meter["customer_mapping"] == {
        "event_payload_key": "stripe_customer_id",
        "type": "by_id",
    }
    assert meter["value_settings"] == {"event_payload_key": "value"}
    assert meter["status"] == "active"
    assert meter["id"].startswith("mtr_test_")


def test_an_event_name_belongs_to_one_active_meter(client: Client) -> None:
    """Configure meters: the event name is unique among active meters."""
    meter = make_meter(client)

    status, error = client.refused(
        "POST",
        "/v1/billing/meters",
        display_name="Again",
        event_name="credits",
        default_aggregation={"formula": "sum"},
    )
    assert (status, error["param"]) == (400, "event_name")

    client.post(f"/v1/billing/meters/{meter['id']}/deactivate")
    second = make_meter(client)
    status, error = client.refused("POST", f"/v1/billing/meters/{meter['id']}/reactivate")
    assert (status, error["param"]) == (400, "event_name")

    client.post(f"/v1/billing/meters/{second['id']}/deactivate")
    again = client.post(f"/v1/billing/meters/{meter['id']}/reactivate")
    assert (again["status"], again["status_transitions"]) == ("active", {"deactivated_at": None})


def test_an_inactive_meter_counts_nothing(client: Client, customer: str) -> None:
    """Deactivate a meter: no more events are accepted for it."""
    meter = make_meter(client)
    stopped = client.post(f"/v1/billing/meters/{meter['id']}/deactivate")

    assert stopped["status_transitions"] == {"deactivated_at": NOW}
    assert client.get("/v1/billing/meters", status="active")["data"] == []
    status, error = client.refused(
        "POST",
        "/v1/billing/meter_events",
        event_name="credits",
        payload={"stripe_customer_id": customer, "value": "1"},
    )
    assert (status, error["param"]) == (400, "event_name")


def test_only_the_name_that_people_read_may_change(client: Client) -> None:
    """Update a meter: `display_name` is the only parameter."""
    meter = make_meter(client)

    renamed = client.post(f"/v1/billing/meters/{meter['id']}", display_name="AI credits")

    assert renamed["display_name"] == "AI credits"
    status, error = client.refused("POST", f"/v1/billing/meters/{meter['id']}", event_name="x")
    assert (status, error["code"]) == (400, "parameter_unknown")


def test_a_repeated_identifier_is_refused_for_a_day(
    client: Client, clock: Clock, customer: str
) -> None:
    """Create a meter event: identifiers are unique within a rolling period of 24 hours."""
    meter = make_meter(client)
    report(client, customer, "5", identifier="entry-1")

    status, error = client.refused(
        "POST",
        "/v1/billing/meter_events",
        event_name="credits",
        identifier="entry-1",
        payload={"stripe_customer_id": customer, "value": "5"},
    )
    assert (status, error["type"]) == (400, "invalid_request_error")
    assert error["message"] == "An event already exists with identifier entry-1."
    assert counted(client, meter["id"], customer)[0][1] == 5

    clock.pass_by(hours=24)
    report(client, customer, "5", identifier="entry-1", timestamp=NOW)
    assert counted(client, meter["id"], customer)[0][1] == 10


@pytest.mark.parametrize(
    ("age", "is_taken"),
    [(35 * DAY, True), (35 * DAY + 1, False), (-300, True), (-301, False)],
)
def test_a_timestamp_lies_within_35_days_back_and_five_minutes_ahead(
    client: Client, customer: str, age: int, *, is_taken: bool
) -> None:
    """Create a meter event: the parameter `timestamp`."""
    make_meter(client)
    answer = client.ask(
        "POST",
        "/v1/billing/meter_events",
        {
            "event_name": "credits",
            "timestamp": NOW - age,
            "payload": {"stripe_customer_id": customer, "value": "1"},
        },
    )

    assert (answer.status == 200) is is_taken


@pytest.mark.parametrize(
    "payload",
    [
        {"value": "1"},
        {"stripe_customer_id": "cus_of_nobody", "value": "1"},
        {"stripe_customer_id": "CUSTOMER"},
        {"stripe_customer_id": "CUSTOMER", "value": "many"},
        {"stripe_customer_id": "CUSTOMER", "value": "NaN"},
        {"stripe_customer_id": "CUSTOMER", "value": "1e400"},
        {"stripe_customer_id": "CUSTOMER", "value": "1234567890123456"},
    ],
)
def test_a_payload_that_cannot_be_counted_is_refused(
    client: Client, customer: str, payload: dict[str, str]
) -> None:
    """Record usage: the payload names the customer and a value of up to 15 digits."""
    meter = make_meter(client)
    given = {key: customer if value == "CUSTOMER" else value for key, value in payload.items()}

    status, error = client.refused(
        "POST", "/v1/billing/meter_events", event_name="credits", payload=given
    )

    assert (status, error["type"]) == (400, "invalid_request_error")
    assert counted(client, meter["id"], customer)[0][1] == 0


def test_a_cancelled_event_no_longer_counts(client: Client, clock: Clock, customer: str) -> None:
    """Create a meter event adjustment: within 24 hours of Stripe receiving the event."""
    meter = make_meter(client)
    report(client, customer, "5", identifier="entry-1")
    report(client, customer, "2", identifier="entry-2")
    cancel = {"event_name": "credits", "type": "cancel"}

    done = client.post(
        "/v1/billing/meter_event_adjustments", **cancel, cancel={"identifier": "entry-1"}
    )

    assert (done["status"], done["cancel"]) == ("complete", {"identifier": "entry-1"})
    assert counted(client, meter["id"], customer)[0][1] == 2
    for identifier in ("entry-1", "entry-9"):
        status, error = client.refused(
            "POST",
            "/v1/billing/meter_event_adjustments",
            **cancel,
            cancel={"identifier": identifier},
        )
        assert (status, error["param"]) == (400, "cancel[identifier]")

    clock.pass_by(hours=24, seconds=1)
    status, _ = client.refused(
        "POST", "/v1/billing/meter_event_adjustments", **cancel, cancel={"identifier": "entry-2"}
    )
    assert status == 400
    assert counted(client, meter["id"], customer)[0][1] == 2


def test_summaries_group_by_hour_and_day(client: Client, customer: str) -> None:
    """List meter event summaries: `value_grouping_window`."""
    meter = make_meter(client)
    for hours, value in ((0, "1.5"), (0, "2"), (1, "4"), (30, "8")):
        report(client, customer, value, timestamp=NOW - hours * 3600)

    by_hour = counted(client, meter["id"], customer, value_grouping_window="hour")
    by_day = counted(client, meter["id"], customer, value_grouping_window="day")

    assert by_hour == [(NOW, 3.5), (NOW - 3600, 4), (NOW - 30 * 3600, 8)]
    today = NOW - NOW % DAY
    assert by_day == [(today, 7.5), (today - DAY, 8)]
    assert counted(client, meter["id"], customer)[0][1] == 15.5


@pytest.mark.parametrize(
    ("span", "wrong"),
    [
        ({"start_time": NOW + 1, "end_time": NOW + 60}, "start_time"),
        ({"start_time": NOW, "end_time": NOW + 61}, "end_time"),
        ({"start_time": NOW, "end_time": NOW + 60, "value_grouping_window": "hour"}, "end_time"),
        ({"start_time": NOW, "end_time": NOW + DAY, "value_grouping_window": "day"}, "start_time"),
        ({"start_time": NOW, "end_time": NOW}, "end_time"),
    ],
)
def test_a_span_lies_on_the_boundaries_of_its_windows(
    client: Client, customer: str, span: dict[str, Any], wrong: str
) -> None:
    """List meter event summaries: `start_time` and `end_time`."""
    meter = make_meter(client)

    status, error = client.refused(
        "GET", f"/v1/billing/meters/{meter['id']}/event_summaries", customer=customer, **span
    )

    assert (status, error["param"]) == (400, wrong)


@pytest.mark.parametrize(("formula", "expected"), [("sum", 9), ("count", 2), ("last", 5)])
def test_a_meter_aggregates_by_its_formula(
    client: Client, customer: str, formula: str, expected: int
) -> None:
    """Configure meters: the aggregation formula."""
    meter = make_meter(client, default_aggregation={"formula": formula})
    report(client, customer, "5", timestamp=NOW)
    report(client, customer, "4", timestamp=NOW - 60)

    assert counted(client, meter["id"], customer)[0][1] == expected
