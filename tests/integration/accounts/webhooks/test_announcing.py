"""Who is told of what: decided in the transaction in which it happens."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.choices import DeliveryStatus
from accounts.models import Organization, WebhookDelivery, WebhookEndpoint, WebhookEvent
from accounts.webhooks.endpoints import disable_endpoint, remove_endpoint
from accounts.webhooks.outbox import announce
from tests.factories.accounts import NOON, TESTER
from tests.factories.webhooks import make_endpoint, tell

pytestmark = pytest.mark.django_db

committed = pytest.mark.django_db(transaction=True)


def told() -> list[tuple[str, str]]:
    """Addresses and what they will be told, in order."""
    return list(
        WebhookDelivery.objects.order_by("endpoint__url", "pk").values_list("endpoint__url", "type")
    )


def url(name: str) -> str:
    return f"http://127.0.0.1:1099/{name}"


def test_an_organization_and_the_installation_are_told_and_nobody_else(
    acme: Organization, globex: Organization
) -> None:
    make_endpoint(acme, url("acme"))
    make_endpoint(globex, url("globex"))
    make_endpoint(None, url("house"))
    tell(acme)
    assert told() == [(url("acme"), "invoice.paid"), (url("house"), "invoice.paid")]


def test_a_fact_of_the_installation_is_told_to_the_installation_alone(acme: Organization) -> None:
    make_endpoint(acme, url("acme"))
    make_endpoint(None, url("house"))
    event = tell(None, type="plan.published")
    assert event.organization is None
    assert told() == [(url("house"), "plan.published")]


def test_a_fact_of_the_installation_is_announced_once() -> None:
    make_endpoint(None)
    tell(None, "plan:1")
    tell(None, "plan:1")
    tell(None, "plan:2")
    assert WebhookEvent.objects.count() == 2
    assert WebhookDelivery.objects.count() == 2


def test_a_delivery_is_due_at_once_and_begins_with_nothing(acme: Organization) -> None:
    endpoint = make_endpoint(acme).endpoint
    event = tell(acme)
    delivery = WebhookDelivery.objects.get()
    assert (delivery.endpoint, delivery.event) == (endpoint, event)
    assert (delivery.status, delivery.due_at) == (DeliveryStatus.PENDING, NOON)
    assert (delivery.attempt_count, delivery.finished_at) == (0, None)
    assert delivery.public_id[:14] == "dlv_" + event.public_id[4:14]
    assert len(delivery.public_id) == 30


def test_an_organization_ahead_of_us_is_told_in_our_time(acme: Organization) -> None:
    make_endpoint(acme)
    event = tell(acme, now=NOON.replace(year=2126))
    delivery = WebhookDelivery.objects.get()
    assert event.occurred_at.year == 2126
    assert delivery.due_at is not None
    assert delivery.due_at <= delivery.created_at


def test_a_fact_announced_twice_is_told_once(acme: Organization) -> None:
    make_endpoint(acme)
    tell(acme)
    tell(acme)
    assert WebhookDelivery.objects.count() == 1


@committed
def test_what_is_undone_is_told_to_nobody(acme: Organization, bells: list[int]) -> None:
    make_endpoint(acme)
    with transaction.atomic():
        announce(organization_id=acme.pk, type="invoice.paid", dedupe_key="x", data={}, now=NOON)
        transaction.set_rollback(True)
    assert not WebhookDelivery.objects.exists()
    assert bells == []


def test_an_endpoint_is_told_of_the_types_that_it_names(acme: Organization) -> None:
    make_endpoint(acme, url("all"))
    make_endpoint(acme, url("two"), event_types=["invoice.paid", "invoice.voided"])
    make_endpoint(acme, url("other"), event_types=["subscription.created"])
    tell(acme)
    assert told() == [(url("all"), "invoice.paid"), (url("two"), "invoice.paid")]


def test_what_is_on_request_is_told_to_those_who_name_it(acme: Organization) -> None:
    make_endpoint(acme, url("all"))
    make_endpoint(acme, url("asks"), event_types=["usage.updated"])
    tell(acme, type="usage.updated")
    assert told() == [(url("asks"), "usage.updated")]


@pytest.mark.parametrize("end", [disable_endpoint, remove_endpoint])
def test_an_endpoint_that_has_ended_is_told_nothing_new(
    acme: Organization, end: Callable[..., Any]
) -> None:
    end(endpoint=make_endpoint(acme).endpoint, actor=TESTER, now=NOON)
    tell(acme)
    assert told() == []


def test_kindes_format_has_kindes_names(acme: Organization) -> None:
    make_endpoint(acme, format="kinde")
    tell(acme, type="subscription.created")
    tell(acme, "paid", type="invoice.paid")
    assert [type_ for _, type_ in told()] == [
        "customer.agreement_created",
        "customer.plan_assigned",
        "customer.payment_succeeded",
    ]


def test_what_kinde_has_no_word_for_is_not_told_in_its_format(acme: Organization) -> None:
    make_endpoint(acme, format="kinde")
    tell(acme, type="top_up.paid")
    assert told() == []


@pytest.mark.parametrize("named", ["subscription.created", "customer.plan_assigned"])
def test_kindes_format_is_filtered_by_our_names_and_by_kindes(
    acme: Organization, named: str
) -> None:
    make_endpoint(acme, format="kinde", event_types=[named])
    tell(acme, type="subscription.created")
    tell(acme, "paid", type="invoice.paid")
    assert "customer.plan_assigned" in [type_ for _, type_ in told()]
    assert "customer.payment_succeeded" not in [type_ for _, type_ in told()]


@committed
def test_the_bell_rings_once_for_an_endpoint_after_the_commit(
    acme: Organization, bells: list[int]
) -> None:
    first, second = make_endpoint(acme).endpoint, make_endpoint(None).endpoint
    with transaction.atomic():
        for number in range(3):
            tell(acme, f"fact {number}")
        assert bells == []
    assert bells == [first.pk, second.pk]


@committed
def test_a_bell_rung_in_a_part_that_is_undone_rings_for_the_rest(
    acme: Organization, bells: list[int]
) -> None:
    endpoint = make_endpoint(acme).endpoint
    with transaction.atomic():
        with transaction.atomic():
            tell(acme, "undone")
            transaction.set_rollback(True)
        tell(acme, "kept")
    assert bells == [endpoint.pk]


@committed
def test_an_endpoint_that_rests_is_not_rung_for(acme: Organization, bells: list[int]) -> None:
    endpoint = make_endpoint(acme).endpoint
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        failing_since=NOON, failure_count=1, retry_at=NOON.replace(year=2126)
    )
    tell(acme)
    assert bells == []
    assert WebhookDelivery.objects.count() == 1


@pytest.mark.parametrize("is_of_globex", [True, False])
def test_the_database_tells_no_organization_of_another(
    acme: Organization, globex: Organization, *, is_of_globex: bool
) -> None:
    endpoint = make_endpoint(acme).endpoint
    event = tell(globex if is_of_globex else None)
    with pytest.raises(IntegrityError, match="is not told of event"):
        WebhookDelivery.objects.create(endpoint=endpoint, event=event, type=event.type, due_at=NOON)
