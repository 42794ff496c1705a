"""Those who can mend an endpoint are told once that it was disabled."""

from datetime import timedelta
from smtplib import SMTPException

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from pytest_django import Settings

from accounts import tasks
from accounts.choices import DisabledReason, Role
from accounts.models import Organization, WebhookEndpoint
from accounts.webhooks.endpoints import remove_endpoint
from accounts.webhooks.mailing import list_notices_to_mail, mail_notice
from tests.factories.accounts import NOON, TESTER, make_member, make_person
from tests.factories.webhooks import make_endpoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def endpoint(acme: Organization) -> WebhookEndpoint:
    """One that failed for three days, of an organization with people in every role."""
    for role in Role:
        make_member(acme, make_person(str(role.label)), role)
    make_member(acme, make_person("Dana"), Role.DEVELOPER)
    return disable(make_endpoint(acme, "http://127.0.0.1:1099/secret-path").endpoint)


def disable(
    endpoint: WebhookEndpoint, *, reason: DisabledReason = DisabledReason.FAILING
) -> WebhookEndpoint:
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        disabled_at=NOON,
        disabled_reason=reason,
        notice_due_at=NOON,
        failing_since=NOON - timedelta(hours=72),
        failure_count=9,
    )
    return endpoint


def test_owners_and_developers_are_told_once(endpoint: WebhookEndpoint) -> None:
    assert list_notices_to_mail(now=NOON, limit=9) == [endpoint.pk]
    assert mail_notice(endpoint_id=endpoint.pk, now=NOON) is True
    assert mail_notice(endpoint_id=endpoint.pk, now=NOON) is False
    assert list_notices_to_mail(now=NOON + timedelta(days=9), limit=9) == []
    [message] = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    assert message.to == [
        "owner@acme.example",
        "developer@acme.example",
        "dana@acme.example",
    ]
    assert message.subject == "We stopped sending webhooks to 127.0.0.1:1099"
    for text in (message.body, str(message.alternatives[0][0])):
        assert "http://127.0.0.1:1099/secret-path" in text
        assert "of Acme has failed ever since 7 March 2026, 12:00 UTC" in text


def test_what_is_gone_has_said_so_itself(endpoint: WebhookEndpoint) -> None:
    disable(endpoint, reason=DisabledReason.GONE)
    mail_notice(endpoint_id=endpoint.pk, now=NOON)
    assert "answered on 10 March 2026, 12:00 UTC that it is gone (410)" in mail.outbox[0].body


def test_of_the_installations_own_endpoint_its_support_is_told(settings: Settings) -> None:
    settings.SUPPORT_EMAIL = "help@house.example"
    endpoint = disable(make_endpoint(None).endpoint)
    assert mail_notice(endpoint_id=endpoint.pk, now=NOON) is True
    assert mail.outbox[0].to == ["help@house.example"]
    assert "this webhook endpoint of your installation has failed" in mail.outbox[0].body


def test_where_nobody_is_left_nothing_is_mailed(acme: Organization) -> None:
    endpoint = disable(make_endpoint(acme).endpoint)
    assert mail_notice(endpoint_id=endpoint.pk, now=NOON) is False
    assert list_notices_to_mail(now=NOON + timedelta(days=9), limit=9) == []
    assert mail.outbox == []


def test_a_removed_endpoint_is_nobodys_concern(endpoint: WebhookEndpoint) -> None:
    remove_endpoint(endpoint=endpoint, actor=TESTER, now=NOON)
    assert mail_notice(endpoint_id=endpoint.pk, now=NOON) is False


def test_a_mail_that_did_not_leave_is_due_again(
    endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(message: EmailMultiAlternatives) -> None:
        raise SMTPException("try later")

    with monkeypatch.context() as patch:
        patch.setattr(EmailMultiAlternatives, "send", fail)
        with pytest.raises(SMTPException):
            mail_notice(endpoint_id=endpoint.pk, now=NOON)
    assert list_notices_to_mail(now=NOON + timedelta(minutes=14), limit=9) == []
    later = NOON + timedelta(minutes=15)
    assert list_notices_to_mail(now=later, limit=9) == [endpoint.pk]
    assert mail_notice(endpoint_id=endpoint.pk, now=later) is True


@pytest.mark.usefixtures("endpoint")
def test_the_sweep_has_them_told() -> None:
    tasks.ring_for_webhook_notices()
    assert len(mail.outbox) == 1
