"""Mail that an endpoint was disabled: claim it, send it, remember it. Never in a transaction."""

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext

from ..choices import DisabledReason, Role
from ..models import Membership, Organization, WebhookEndpoint

_TOLD: Final = (Role.OWNER, Role.DEVELOPER)
_PAUSE: Final = timedelta(minutes=15)


def list_notices_to_mail(*, now: datetime, limit: int) -> list[int]:
    """Return the ids of disabled endpoints whose owners were not told yet."""
    due = WebhookEndpoint.objects.present().filter(notice_due_at__lte=now)
    return list(due.order_by("notice_due_at").values_list("pk", flat=True)[:limit])


def mail_notice(*, endpoint_id: int, now: datetime) -> bool:
    """
    Mail those who can mend an endpoint that it was disabled, and say whether a mail left now.

    Called twice at once, one of the two mails. When the mail server fails (its error is raised) or
    the process dies, the mail is due again after a pause; a death between sending and remembering
    sends it once more.
    """
    endpoint = (
        WebhookEndpoint.objects.present()
        .select_related("organization")
        .filter(pk=endpoint_id, notice_due_at__lte=now)
        .first()
    )
    if endpoint is None or not _claim(endpoint, now=now):
        return False
    addresses = _list_addresses(endpoint.organization)
    if addresses:
        _message(endpoint, addresses).send()
    WebhookEndpoint.objects.filter(pk=endpoint.pk, notice_due_at=now + _PAUSE).update(
        notice_due_at=None
    )
    return bool(addresses)


def _claim(endpoint: WebhookEndpoint, *, now: datetime) -> bool:
    claimed = WebhookEndpoint.objects.filter(
        pk=endpoint.pk, notice_due_at=endpoint.notice_due_at
    ).update(notice_due_at=now + _PAUSE)
    return claimed == 1


def _list_addresses(organization: Organization | None) -> list[str]:
    if organization is None:
        return [settings.SUPPORT_EMAIL]
    told = Membership.objects.owned_by(organization).filter(role__in=_TOLD, user__is_active=True)
    return list(told.order_by("pk").values_list("user__email", flat=True))


def _message(endpoint: WebhookEndpoint, addresses: list[str]) -> EmailMultiAlternatives:
    organization = endpoint.organization
    context = {
        "owner": organization.name if organization else gettext("your installation"),
        "host": urlsplit(endpoint.url).netloc,
        "url": endpoint.url,
        "is_gone": endpoint.disabled_reason == DisabledReason.GONE,
        "disabled_at": endpoint.disabled_at,
        "failing_since": endpoint.failing_since,
    }
    folder = "emails/webhook_endpoint_disabled"
    subject = render_to_string(f"{folder}/subject.txt", context)
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string(f"{folder}/body.txt", context),
        to=addresses,
    )
    message.attach_alternative(render_to_string(f"{folder}/body.html", context), "text/html")
    return message
