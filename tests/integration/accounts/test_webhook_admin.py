"""Staff pages of webhooks: registering, testing, stopping and sending again."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.audit.actor import Actor
from accounts.models import (
    AuditEntry,
    Organization,
    User,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
)
from accounts.webhooks.endpoints import disable_endpoint, remove_endpoint
from tests.factories.accounts import TESTER, make_person
from tests.factories.webhooks import NOWHERE, make_endpoint, tell

MODELS = [WebhookEndpoint, WebhookDelivery, WebhookEvent]


@pytest.fixture
def sam(db: None) -> User:
    """Runs the installation."""
    return make_person("Sam", email="sam@tallybook.example", is_staff=True, is_superuser=True)


@pytest.fixture
def staff(client: Client, sam: User) -> Client:
    """Sam's browser."""
    client.force_login(sam)
    return client


def page(model: type, name: str, *arguments: object) -> str:
    return reverse(f"admin:accounts_{model.__name__.lower()}_{name}", args=arguments)


def do(staff: Client, model: type, action: str, *rows: Any) -> str:
    """Choose an action for these rows, and return the page that follows."""
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    response = staff.post(page(model, "changelist"), chosen, follow=True)
    return response.content.decode()


@pytest.mark.parametrize("model", MODELS)
def test_customers_and_staff_without_permission_see_nothing(
    client: Client, alice: User, model: type
) -> None:
    client.force_login(alice)
    assert client.get(page(model, "changelist")).status_code == 302
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    assert client.get(page(model, "changelist")).status_code == 403
    assert client.get(page(model, "add")).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_deleted_here(staff: Client, model: type) -> None:
    assert staff.post(page(model, "delete", 1), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", [WebhookDelivery, WebhookEvent])
def test_what_was_sent_and_what_happened_is_only_read(staff: Client, model: type) -> None:
    assert staff.get(page(model, "add")).status_code == 403


def test_a_new_endpoint_shows_its_secret_once(staff: Client, acme: Organization) -> None:
    form = {
        "url": NOWHERE,
        "organization": acme.pk,
        "format": "standard",
        "event_types": ["invoice.paid"],
        "description": "Books",
    }
    shown = staff.post(page(WebhookEndpoint, "add"), form).content.decode()
    secret = re.search(r'id="secret">(whsec_[^<]+)<', shown)
    assert secret is not None
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.organization, endpoint.event_types) == (acme, ["invoice.paid"])
    assert AuditEntry.objects.get(action="webhook_endpoint.registered").target == endpoint.public_id
    for address in (
        page(WebhookEndpoint, "changelist"),
        page(WebhookEndpoint, "change", endpoint.pk),
    ):
        read = staff.get(address).content.decode()
        assert endpoint.public_id in read
        assert secret[1] not in read


def test_an_address_that_is_not_sent_to_is_refused_in_words(staff: Client, db: None) -> None:
    form = {"url": "https://169.254.169.254/", "format": "standard"}
    shown = staff.post(page(WebhookEndpoint, "add"), form).content.decode()
    assert "errornote" in shown
    assert not WebhookEndpoint.objects.exists()


def test_endpoints_are_disabled_enabled_and_tested(
    staff: Client, sam: User, acme: Organization
) -> None:
    ours, theirs = make_endpoint(None).endpoint, make_endpoint(acme).endpoint
    do(staff, WebhookEndpoint, "disable", ours, theirs)
    assert not WebhookEndpoint.objects.listening().exists()
    refused = do(staff, WebhookEndpoint, "send_test", ours)
    assert "Enable the endpoint first." in refused
    do(staff, WebhookEndpoint, "enable", ours, theirs)
    assert WebhookEndpoint.objects.listening().count() == 2
    do(staff, WebhookEndpoint, "send_test", ours)
    assert WebhookDelivery.objects.get().endpoint == ours
    actors = AuditEntry.objects.filter(action="webhook_endpoint.disabled").values_list("actor")
    assert {actor for (actor,) in actors} == {Actor.for_user(sam).label}


def test_a_removed_endpoint_is_shown_and_left_alone(staff: Client, acme: Organization) -> None:
    endpoint = make_endpoint(acme).endpoint
    remove_endpoint(endpoint=endpoint, actor=TESTER, now=timezone.now())
    assert "There is no such webhook endpoint." in do(staff, WebhookEndpoint, "enable", endpoint)
    listed = staff.get(f"{page(WebhookEndpoint, 'changelist')}?state=removed").content.decode()
    assert endpoint.public_id in listed


def test_a_delivery_shows_its_attempts_and_is_sent_again(staff: Client, acme: Organization) -> None:
    endpoint = make_endpoint(acme).endpoint
    event = tell(acme)
    disable_endpoint(endpoint=endpoint, actor=TESTER, now=timezone.now())
    delivery = WebhookDelivery.objects.get()
    assert delivery.status == "dropped"
    do(staff, WebhookEndpoint, "enable", endpoint)
    do(staff, WebhookDelivery, "resend", delivery)
    delivery.refresh_from_db()
    assert delivery.status == "pending"
    assert AuditEntry.objects.filter(action="webhook_delivery.resent").count() == 1
    assert staff.get(page(WebhookDelivery, "change", delivery.pk)).status_code == 200
    assert event.public_id in staff.get(page(WebhookEvent, "changelist")).content.decode()
    assert "inv_1" in staff.get(page(WebhookEvent, "change", event.pk)).content.decode()


def test_who_may_only_look_does_nothing(client: Client, acme: Organization, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    codenames = ["view_webhookendpoint", "view_webhookdelivery"]
    bob.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(bob)
    endpoint = make_endpoint(acme).endpoint
    assert client.get(page(WebhookEndpoint, "changelist")).status_code == 200
    assert client.get(page(WebhookEndpoint, "add")).status_code == 403
    do(client, WebhookEndpoint, "disable", endpoint)
    tell(acme)
    do(client, WebhookDelivery, "resend", WebhookDelivery.objects.get())
    assert WebhookEndpoint.objects.listening().get() == endpoint
    assert not AuditEntry.objects.filter(action="webhook_delivery.resent").exists()
