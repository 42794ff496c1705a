"""Links by which a reader ends mails of a sort without signing in (RFC 8058)."""

from dataclasses import dataclass
from typing import Final

from django.core.signing import BadSignature, Signer
from django.db import transaction

from config.kernel.errors import NotFound

from ..choices import MailAlert
from ..models import Mail, MailOptOut, Organization, User
from .kinds import find_kind
from .letters import page

_SALT: Final = "accounts.mails.unsubscribe"


@dataclass(frozen=True, slots=True)
class Subscription:
    """Mails of one sort about one organization to one reader."""

    organization: Organization
    alert: MailAlert
    address: str
    user: User | None


def unsubscribe_url(*, mail_id: str) -> str:
    """The address that ends mails like this one for its reader. It stays good."""
    return page(f"/unsubscribe/{Signer(salt=_SALT).sign(mail_id)}/")


def find_subscription(*, token: str) -> Subscription:
    """
    Return what a link ends. Raises `NotFound` for a link that we did not make, and for one of a
    mail of which there is nothing to end.
    """
    missing = NotFound("This link ends nothing.")
    try:
        mail_id = Signer(salt=_SALT).unsign(token)
    except BadSignature as forgery:
        raise missing from forgery
    rows = Mail.objects.select_related("organization", "notice", "user")
    mail = rows.filter(public_id=mail_id).first()
    kind = None if mail is None else find_kind(mail.notice.kind)
    if mail is None or mail.organization is None or kind is None or kind.alert is None:
        raise missing
    return Subscription(mail.organization, kind.alert, mail.address, mail.user)


def is_unsubscribed(subscription: Subscription) -> bool:
    """Whether the reader wants none of these mails."""
    return MailOptOut.objects.filter(**_row(subscription)).exists()


@transaction.atomic
def unsubscribe(subscription: Subscription) -> None:
    """End these mails for their reader; harmless when they have ended already."""
    MailOptOut.objects.bulk_create([MailOptOut(**_row(subscription))], ignore_conflicts=True)


def subscribe(subscription: Subscription) -> None:
    """Let the reader have these mails again."""
    MailOptOut.objects.filter(**_row(subscription)).delete()


def _row(subscription: Subscription) -> dict[str, object]:
    return {
        "organization": subscription.organization,
        "user": subscription.user,
        "address": "" if subscription.user else subscription.address,
        "alert": subscription.alert,
    }
