"""What is mailed about webhooks: that an endpoint was disabled."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..access.permissions import Permission
from ..choices import DisabledReason
from ..mails.kinds import Kind
from ..mails.letters import Button, Letter, Occasion, page
from ..mails.notices import write_notice
from ..mails.recipients import Recipient, members_with
from ..models import MailNotice, WebhookEndpoint

DISABLED: Final = "webhook_endpoint_disabled"


def tell_disabled(endpoint: WebhookEndpoint, *, now: datetime) -> None:
    """Have those who can mend it told that an endpoint was disabled, in the same transaction."""
    assert endpoint.disabled_at is not None, endpoint
    write_notice(
        organization_id=endpoint.organization_id,
        kind=DISABLED,
        fact=f"{endpoint.public_id}:{int(endpoint.disabled_at.timestamp())}",
        data={"id": endpoint.public_id},
        now=now,
    )


def _recipients(notice: MailNotice) -> list[Recipient]:
    """Those who can mend it; of the installation's own endpoint, whoever gives support."""
    if notice.organization is None:
        return [Recipient(settings.SUPPORT_EMAIL.lower(), settings.LANGUAGE_CODE)]
    return members_with(notice.organization, Permission.MANAGE_DEVELOPERS)


def _load(notice: MailNotice, _now: datetime) -> Mapping[str, Any] | None:
    endpoint = WebhookEndpoint.objects.present().filter(public_id=notice.data["id"]).first()
    if endpoint is None or endpoint.disabled_at is None:
        return None
    return {
        "id": endpoint.public_id,
        "url": endpoint.url,
        "reason": endpoint.disabled_reason,
        "disabled_at": endpoint.disabled_at.isoformat(),
        "failing_since": (endpoint.failing_since or endpoint.disabled_at).isoformat(),
        "is_own": endpoint.organization_id is None,
    }


def _write(occasion: Occasion) -> Letter:
    facts = occasion.data
    own = facts["is_own"]
    names = {
        "owner": _("your installation") if own else occasion.organization,
        "host": urlsplit(facts["url"]).netloc,
        "at": occasion.moment("disabled_at"),
        "since": occasion.moment("failing_since"),
    }
    gone = _(
        "On %(at)s the webhook endpoint of %(owner)s at %(host)s answered that it is gone (410), "
        "so we send it nothing more."
    )
    failing = _(
        "The webhook endpoint of %(owner)s at %(host)s has failed ever since %(since)s, so we send "
        "it nothing more."
    )
    path = "/admin/accounts/webhookendpoint/" if own else f"/developers/webhooks/{facts['id']}/"
    return Letter(
        subject=_("We stopped sending webhooks to %(host)s") % names,
        lead=(gone if facts["reason"] == DisabledReason.GONE else failing) % names,
        rows=((_("Address"), facts["url"]),),
        button=Button(_("Look at the endpoint"), page(path)),
        notes=(
            _(
                "Once it works again, enable it and send again what it missed. Events are kept "
                "for 90 days."
            ),
        ),
        reason=_("You get this because you can change the endpoint."),
    )


KINDS: Final = [
    Kind(
        code=DISABLED,
        name=gettext_lazy("Webhook endpoint disabled"),
        recipients=_recipients,
        load=_load,
        write=_write,
        sample={
            "id": "whk_example",
            "url": "https://app.example/hooks/tallybook",
            "reason": DisabledReason.FAILING,
            "disabled_at": "2026-03-10T12:00:00+00:00",
            "failing_since": "2026-03-07T11:58:00+00:00",
            "is_own": False,
        },
    )
]
