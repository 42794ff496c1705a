from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.asking import Client
from tests.sandbox.engine.shop import (
    DAY,
    HOUR,
    START,
    Object,
    Shop,
    amounts,
    item,
    months_later,
)

SCHEDULES = "/v1/subscription_schedules"


@pytest.fixture
def subscription(shop: Shop) -> Object:
    return shop.subscribe(shop.customer(), shop.scale)


def downgrade(shop: Shop, subscription: Object, price: str, **values: Any) -> Object:
    """Scale until the end of the period, then the other price, then on by itself."""
    client = shop.client
    schedule = client.post(SCHEDULES, from_subscription=subscription["id"])
    current = schedule["phases"][0]
    phases = [
        {
            "items": [{"price": current["items"][0]["price"], "quantity": 1}],
            "start_date": current["start_date"],
            "end_date": current["end_date"],
        },
        {"items": [{"price": price, "quantity": 1}], "proration_behavior": "none", **values},
    ]
    return client.post(f"{SCHEDULES}/{schedule['id']}", phases=phases, end_behavior="release")


def test_a_schedule_begins_with_the_phase_that_the_subscription_is_in(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Create a schedule, from_subscription: one phase, the current period."""
    schedule = client.post(SCHEDULES, from_subscription=subscription["id"])

    assert (schedule["status"], schedule["end_behavior"]) == ("active", "release")
    assert schedule["current_phase"] == {"start_date": START, "end_date": months_later(1)}
    assert schedule["phases"][0]["items"][0]["price"] == item(subscription)["price"]["id"]
    assert shop.subscription(subscription["id"])["schedule"] == schedule["id"]


def test_from_subscription_goes_alone(shop: Shop, subscription: Object, client: Client) -> None:
    """Create a schedule: no other parameters when from_subscription is set."""
    status, error = client.refused(
        "POST", SCHEDULES, from_subscription=subscription["id"], end_behavior="cancel"
    )

    assert (status, error["param"]) == (400, "end_behavior")


def test_a_downgrade_waits_for_the_end_of_the_period(shop: Shop, subscription: Object) -> None:
    """Subscription schedules, downgrading: the new price begins with the new period."""
    pro = shop.pro
    downgrade(shop, subscription, pro)

    shop.advance(months_later(1) - 1)
    assert item(shop.subscription(subscription["id"]))["price"]["unit_amount"] == 29900
    shop.advance(months_later(1) + HOUR)
    changed = shop.subscription(subscription["id"])

    assert item(changed)["price"]["id"] == pro
    assert item(changed)["id"] == item(subscription)["id"]
    assert item(changed)["current_period_end"] == months_later(2)
    assert [amounts(one) for one in shop.invoices(subscription)] == [[29900], [9900]]


def test_after_the_last_phase_the_subscription_is_released(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Subscription schedules, end_behavior release: the subscription goes on by itself."""
    schedule = downgrade(shop, subscription, shop.pro)
    shop.advance(months_later(1) + HOUR)
    shop.advance(months_later(2) + HOUR)
    shop.advance(months_later(3) + HOUR)
    found = client.get(f"{SCHEDULES}/{schedule['id']}")

    assert (found["status"], found["released_subscription"]) == ("released", subscription["id"])
    assert shop.subscription(subscription["id"])["schedule"] is None
    assert [one["total"] for one in shop.invoices(subscription)] == [29900, 9900, 9900, 9900]


def test_another_interval_begins_at_the_end_of_the_period(shop: Shop, subscription: Object) -> None:
    """Subscription schedules: a phase may change the interval; the new period is whole."""
    yearly = shop.price("Pro", amount=99000, recurring={"interval": "year"})
    downgrade(shop, subscription, yearly)

    shop.advance(months_later(1) + HOUR)
    changed = shop.subscription(subscription["id"])

    assert changed["billing_cycle_anchor"] == months_later(1)
    assert item(changed)["current_period_end"] == months_later(13)
    assert amounts(shop.latest(subscription)) == [99000]


def test_a_released_schedule_changes_nothing_any_more(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Release a schedule: the subscription stays as it is, future phases are dropped."""
    schedule = downgrade(shop, subscription, shop.pro)

    released = client.post(f"{SCHEDULES}/{schedule['id']}/release")
    shop.advance(months_later(1) + HOUR)

    assert (released["status"], released["subscription"]) == ("released", None)
    assert item(shop.subscription(subscription["id"]))["price"]["unit_amount"] == 29900
    assert shop.latest(subscription)["total"] == 29900
    assert client.refused("POST", f"{SCHEDULES}/{schedule['id']}/release")[0] == 400


def test_a_scheduled_subscription_is_changed_by_its_schedule_only(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Subscription schedules: direct plan and cancelation changes are not allowed."""
    schedule = downgrade(shop, subscription, shop.pro)
    path = f"/v1/subscriptions/{subscription['id']}"

    for change in (
        {"items": [{"id": item(subscription)["id"], "quantity": 2}]},
        {"cancel_at_period_end": True},
    ):
        status, error = client.refused("POST", path, **change)
        assert status == 400
        assert schedule["id"] in error["message"]
    assert client.post(path, metadata={"a": "b"})["metadata"] == {"a": "b"}


def test_the_next_renewal_is_previewed_with_its_phase(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Create a preview invoice: a scheduled change is part of the next invoice."""
    downgrade(shop, subscription, shop.pro)
    preview = client.post("/v1/invoices/create_preview", subscription=subscription["id"])

    assert amounts(preview) == [9900]
    assert shop.subscription(subscription["id"])["schedule"] is not None


def test_a_schedule_can_begin_a_subscription_later(shop: Shop, client: Client) -> None:
    """Create a schedule: not_started until its start date."""
    schedule = client.post(
        SCHEDULES,
        customer=shop.customer(),
        start_date=START + DAY,
        end_behavior="cancel",
        phases=[{"items": [{"price": shop.pro}], "duration": {"interval": "month"}}],
    )
    assert (schedule["status"], schedule["subscription"]) == ("not_started", None)

    shop.advance(START + DAY)
    started = client.get(f"{SCHEDULES}/{schedule['id']}")
    assert started["status"] == "active"
    shop.advance(months_later(1, start=START + DAY))
    finished = client.get(f"{SCHEDULES}/{schedule['id']}")

    assert finished["status"] == "completed"
    assert shop.subscription(started["subscription"])["status"] == "canceled"


def test_a_current_phase_that_changes_is_prorated_as_the_request_says(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Update a schedule: proration_behavior for changes to the current phase."""
    schedule = client.post(SCHEDULES, from_subscription=subscription["id"])
    shop.advance(START + 15 * DAY)
    pro = shop.pro
    client.post(
        f"{SCHEDULES}/{schedule['id']}",
        phases=[
            {"items": [{"price": pro}], "start_date": START, "end_date": months_later(1)},
        ],
        proration_behavior="always_invoice",
    )

    assert item(shop.subscription(subscription["id"]))["price"]["id"] == pro
    assert sorted(amounts(shop.latest(subscription))) == [-14950, 4950]


def test_phases_leave_no_gap(shop: Shop, subscription: Object, client: Client) -> None:
    """Subscription schedules: each phase begins where the one before it ends."""
    schedule = client.post(SCHEDULES, from_subscription=subscription["id"])
    pro = [{"price": shop.pro}]
    status, error = client.refused(
        "POST",
        f"{SCHEDULES}/{schedule['id']}",
        phases=[
            {"items": pro, "start_date": START, "end_date": months_later(1)},
            {"items": pro, "start_date": months_later(1) + 1, "end_date": months_later(2)},
        ],
    )

    assert (status, error["param"]) == (400, "phases[1][start_date]")


def test_a_downgrade_can_be_planned_within_a_trial(shop: Shop, client: Client) -> None:
    """Subscription schedules: the current phase keeps its trial."""
    subscription = shop.subscribe(shop.customer(), shop.scale, trial_period_days=14)
    schedule = client.post(SCHEDULES, from_subscription=subscription["id"])
    current = schedule["phases"][0]
    assert current["trial_end"] == current["end_date"] == START + 14 * DAY
    pro = [{"price": shop.pro}]
    copied = {
        "items": [{"price": current["items"][0]["price"]}],
        "start_date": current["start_date"],
        "end_date": current["end_date"],
        "trial_end": current["trial_end"],
    }
    client.post(f"{SCHEDULES}/{schedule['id']}", phases=[copied, {"items": pro}])

    shop.advance(START + 14 * DAY + HOUR)
    found = shop.subscription(subscription["id"])

    assert (found["status"], item(found)["price"]["id"]) == ("active", pro[0]["price"])
    assert amounts(shop.latest(subscription)) == [9900]


def test_phases_that_are_over_may_be_given_again(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Update a schedule: past phases are kept or left out."""
    schedule = downgrade(shop, subscription, shop.pro)
    shop.advance(months_later(1) + HOUR)
    path = f"{SCHEDULES}/{schedule['id']}"
    first, second = client.get(path)["phases"]
    fields = ("start_date", "end_date")

    def again(phase: Object) -> Object:
        items = [{"price": one["price"], "quantity": 1} for one in phase["items"]]
        return {"items": items, **{name: phase[name] for name in fields}}

    both = client.post(path, phases=[again(first), again(second)])
    one = client.post(path, phases=[again(second)])

    assert both["current_phase"] == one["current_phase"]
    assert (len(both["phases"]), len(one["phases"])) == (2, 1)
