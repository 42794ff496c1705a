"""Our events in Kinde's words."""

from typing import Any

import pytest

from accounts.webhooks.kinde import NAMES, describe, list_names, message_id
from tests.factories.accounts import NOON

ORGANIZATION = {"id": "org_01abc", "external_id": "customer-1"}


@pytest.mark.parametrize(
    ("type_", "names"),
    [
        ("subscription.created", ["customer.agreement_created", "customer.plan_assigned"]),
        ("subscription.canceled", ["customer.agreement_cancelled"]),
        ("subscription.payment_overdue", ["customer.invoice_overdue"]),
        ("invoice.paid", ["customer.payment_succeeded"]),
        ("invoice.payment_failed", ["customer.payment_failed"]),
        ("usage.updated", ["customer.meter_usage_updated"]),
        ("plan.published", ["customer.plan_created"]),
        ("top_up.paid", []),
        ("webhook.test", []),
    ],
)
def test_an_event_goes_by_kindes_names(type_: str, names: list[str]) -> None:
    assert list_names(type=type_, data={}) == names


@pytest.mark.parametrize("moved", ["plan", "plan_version", "interval"])
def test_a_plan_is_changed_when_the_terms_are(moved: str) -> None:
    data = {"previous_attributes": {moved: "before", "seats": 3}}
    assert list_names(type="subscription.updated", data=data) == ["customer.plan_changed"]


@pytest.mark.parametrize("data", [{}, {"previous_attributes": {"seats": 3}}])
def test_more_seats_are_not_another_plan(data: dict[str, Any]) -> None:
    assert list_names(type="subscription.updated", data=data) == []


def test_all_of_kindes_nine_names_are_used() -> None:
    used = {
        *list_names(type="subscription.updated", data={"previous_attributes": {"plan": "before"}}),
        *(
            name
            for type_ in (
                "subscription.created subscription.canceled subscription.payment_overdue"
                " invoice.paid invoice.payment_failed usage.updated plan.published"
            ).split()
            for name in list_names(type=type_, data={})
        ),
    }
    assert sorted(used) == NAMES
    assert len(NAMES) == 9


def test_two_names_of_an_event_are_two_messages() -> None:
    ids = {message_id(event_id="evt_1", name=name) for name in NAMES}
    assert len(ids) == 9
    assert message_id(event_id="evt_1", name="customer.plan_assigned") == "evt_1_plan_assigned"


def test_an_agreement_is_told_of_in_kindes_shape() -> None:
    data = {"id": "agr_1", "plan": "pro", "plan_name": "Pro", "organization": ORGANIZATION}
    assert describe(
        name="customer.plan_assigned", message_id="evt_1", data=data, occurred_at=NOON
    ) == {
        "type": "customer.plan_assigned",
        "event_id": "evt_1",
        "event_timestamp": "2026-03-10T12:00:00.000Z",
        "source": "api",
        "timestamp": "2026-03-10T12:00:00.000Z",
        "data": {
            **data,
            "customer_id": "customer_01abc",
            "customer": {"id": "customer_01abc"},
            "org_code": "org_01abc",
            "agreement_id": "agr_1",
            "plan": {"code": "pro", "key": "pro", "name": "Pro"},
        },
    }


def test_a_fact_of_the_installation_names_no_customer() -> None:
    told = describe(
        name="customer.plan_created", message_id="evt_1", data={"x": 1}, occurred_at=NOON
    )
    assert told["data"] == {"x": 1}
