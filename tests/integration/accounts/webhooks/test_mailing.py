"""Those who can mend an endpoint are told once that it was disabled."""

from datetime import timedelta

import pytest
from django.db import transaction
from pytest_django import Settings

from accounts.choices import DisabledReason, MailDrop, Role
from accounts.models import Mail, Organization, WebhookEndpoint
from accounts.webhooks.endpoints import enable_endpoint, remove_endpoint
from accounts.webhooks.mailing import tell_disabled
from tests.factories.accounts import NOON, TESTER, make_member, make_person
from tests.factories.mails import addresses_of, html_of, send_due
from tests.factories.webhooks import make_endpoint

pytestmark = pytest.mark.django_db

SECRET_PATH = "http://127.0.0.1:1099/secret-path"


@pytest.fixture
def endpoint(acme: Organization) -> WebhookEndpoint:
    """One that failed for three days, of an organization with people in every role."""
    for role in Role:
        make_member(acme, make_person(str(role.label)), role)
    return disable(make_endpoint(acme, SECRET_PATH).endpoint)


def disable(
    endpoint: WebhookEndpoint, *, reason: DisabledReason = DisabledReason.FAILING
) -> WebhookEndpoint:
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        disabled_at=NOON,
        disabled_reason=reason,
        failing_since=NOON - timedelta(hours=72),
        failure_count=9,
    )
    endpoint.refresh_from_db()
    with transaction.atomic():
        tell_disabled(endpoint, now=NOON)
    return endpoint


@pytest.mark.usefixtures("endpoint")
def test_those_who_manage_webhooks_are_told_once() -> None:
    messages = send_due()
    assert addresses_of(messages) == [
        "admin@acme.example",
        "developer@acme.example",
        "owner@acme.example",
    ]
    assert send_due(now=NOON + timedelta(days=9)) == []


def test_the_mail_says_what_failed_since_when(
    endpoint: WebhookEndpoint, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://billing.example"
    message = send_due()[0]
    assert message.subject == "We stopped sending webhooks to 127.0.0.1:1099"
    assert message.body == (
        "The webhook endpoint of Acme at 127.0.0.1:1099 has failed ever since 7 Mar 2026, 12:00 "
        "UTC, so we send it nothing more.\n"
        "\n"
        f"Address: {SECRET_PATH}\n"
        "\n"
        "Look at the endpoint:\n"
        f"https://billing.example/developers/webhooks/{endpoint.public_id}/\n"
        "\n"
        "Once it works again, enable it and send again what it missed. Events are kept for "
        "90 days.\n"
        "\n"
        "--\n"
        "You get this because you can change the endpoint.\n"
        "Tallybook · billing.example\n"
    )
    assert SECRET_PATH in html_of(message)


def test_what_is_gone_has_said_so_itself(acme: Organization) -> None:
    make_member(acme, make_person("Dana"), Role.DEVELOPER)
    disable(make_endpoint(acme).endpoint, reason=DisabledReason.GONE)
    assert str(send_due()[0].body).startswith(
        "On 10 Mar 2026, 12:00 UTC the webhook endpoint of Acme at 127.0.0.1:1099 answered that it "
        "is gone (410), so we send it nothing more.\n"
    )


def test_of_the_installations_own_endpoint_its_support_is_told(settings: Settings) -> None:
    settings.SUPPORT_EMAIL = "help@house.example"
    disable(make_endpoint(None).endpoint)
    [message] = send_due()
    assert message.to == ["help@house.example"]
    assert "The webhook endpoint of your installation at" in str(message.body)
    assert "/admin/accounts/webhookendpoint/\n" in str(message.body)


def test_where_nobody_is_left_nothing_is_mailed() -> None:
    disable(make_endpoint(Organization.objects.create(name="Empty", currency="USD")).endpoint)
    assert send_due() == []
    assert not Mail.objects.exists()


def test_a_removed_endpoint_is_nobodys_concern(endpoint: WebhookEndpoint) -> None:
    remove_endpoint(endpoint=endpoint, actor=TESTER, now=NOON)
    assert send_due() == []
    assert set(Mail.objects.values_list("drop_reason", flat=True)) == {MailDrop.OUTDATED}


def test_an_endpoint_that_was_enabled_meanwhile_is_not_told_of(endpoint: WebhookEndpoint) -> None:
    enable_endpoint(endpoint=endpoint, actor=TESTER, now=NOON)
    assert send_due() == []
