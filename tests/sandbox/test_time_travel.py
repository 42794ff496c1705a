"""The time-travel page over Stripe's test clocks; that a clock follows real time is our own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from billing.sandbox import Sandbox
from tests.sandbox.asking import Client, Clock
from tests.sandbox.selling import sell
from tests.sandbox.visiting import Visitor

DAY = 86400
SPRING = int(datetime(2026, 3, 31, 12, tzinfo=UTC).timestamp())


@pytest.fixture
def visitor(sandbox: Sandbox) -> Visitor:
    return Visitor(sandbox)


@pytest.fixture
def travelled(client: Client) -> dict[str, Any]:
    """A clock with Acme, which subscribed on 31 March."""
    clock = client.post("/v1/test_helpers/test_clocks", frozen_time=SPRING, name="Acme's time")
    customer = client.post(
        "/v1/customers",
        name="Acme",
        test_clock=clock["id"],
        payment_method="pm_card_visa",
    )
    (method,) = client.get(f"/v1/customers/{customer['id']}/payment_methods")["data"]
    client.post(
        "/v1/subscriptions",
        customer=customer["id"],
        items=[{"price": sell(client)["id"]}],
        default_payment_method=method["id"],
    )
    return clock


def move(sandbox: Sandbox, visitor: Visitor, clock: dict[str, Any], step: str) -> int:
    """Take a step on the page and let it happen; returns what the page answered."""
    answer = visitor.submit(f"/time/{clock['id']}", {"do": step})
    sandbox.run_due()
    return answer.status


def shown(client: Client, clock: dict[str, Any]) -> int:
    return int(client.get(f"/v1/test_helpers/test_clocks/{clock['id']}")["frozen_time"])


def test_the_page_shows_who_lives_by_a_clock(visitor: Visitor, travelled: dict[str, Any]) -> None:
    page = visitor.read("/time")

    for text in (
        "Real time is 1 Jun 2026, 12:00 UTC.",
        "Acme's time Ready Shows 31 Mar 2026, 12:00 UTC Next event 23 Apr 2026, 12:00 UTC",
        "Acme: Active",
    ):
        assert text in page, text


@pytest.mark.parametrize(
    ("step", "moved"),
    [("hour", 3600), ("day", DAY), ("month", 30 * DAY), ("event", 23 * DAY), ("now", 61 * DAY)],
)
def test_a_clock_takes_a_step(
    sandbox: Sandbox,
    client: Client,
    visitor: Visitor,
    travelled: dict[str, Any],
    step: str,
    moved: int,
) -> None:
    assert move(sandbox, visitor, travelled, step) == 303
    assert shown(client, travelled) == SPRING + moved


def test_the_next_events_are_the_notice_the_renewal_and_its_payment(
    sandbox: Sandbox, client: Client, visitor: Visitor, travelled: dict[str, Any]
) -> None:
    """Test clocks: a renewal's draft is finalized an hour later."""
    move(sandbox, visitor, travelled, "event")
    assert len(client.events("invoice.upcoming")) == 1
    move(sandbox, visitor, travelled, "event")
    drafts = client.get("/v1/invoices", status="draft")["data"]
    move(sandbox, visitor, travelled, "event")

    assert [one["billing_reason"] for one in drafts] == ["subscription_cycle"]
    assert shown(client, travelled) == SPRING + 30 * DAY + 3600
    assert client.get(f"/v1/invoices/{drafts[0]['id']}")["status"] == "paid"


@pytest.mark.parametrize("step", ["", "never", "../now"])
def test_an_unknown_step_is_refused(
    sandbox: Sandbox, client: Client, visitor: Visitor, travelled: dict[str, Any], step: str
) -> None:
    assert move(sandbox, visitor, travelled, step) == 400
    assert shown(client, travelled) == SPRING


def test_a_clock_that_has_reached_the_present_follows_real_time(
    sandbox: Sandbox,
    client: Client,
    clock: Clock,
    visitor: Visitor,
    travelled: dict[str, Any],
) -> None:
    follow = f"/_sandbox/clocks/{travelled['id']}/follow"
    assert visitor.submit(follow, {}).status == 400

    move(sandbox, visitor, travelled, "now")
    move(sandbox, visitor, travelled, "now")
    assert visitor.submit(follow, {}).status == 200
    assert "Follows real time" in visitor.read("/time")
    clock.pass_by(days=30)
    sandbox.run_due()
    clock.pass_by(hours=1)
    sandbox.run_due()

    renewed = client.get("/v1/invoices", limit=1)["data"][0]
    assert (renewed["billing_reason"], renewed["status"]) == ("subscription_cycle", "paid")
    move(sandbox, visitor, travelled, "freeze")
    assert "Follows real time" not in visitor.read("/time").replace("Follow real time", "")
    assert shown(client, travelled) == int(clock.at.timestamp())
