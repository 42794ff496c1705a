"""What is mailed about memberships: invitations."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..choices import Role
from ..mails.kinds import Departure, Kind
from ..mails.letters import Button, Letter, Occasion
from ..mails.recipients import Recipient
from ..models import Invitation, MailNotice, User
from ..people.language import language_of
from .tokens import digest, link, token_of

INVITATION: Final = "invitation"
INVITATION_LIFETIME: Final = timedelta(days=7)


def _recipients(notice: MailNotice) -> list[Recipient]:
    """Whoever reads mail at the invited address, whether or not they have an account here."""
    invitation = _find(notice)
    if invitation is None:
        return []
    user = User.objects.filter(email=invitation.email).first()
    language = language_of(user=user, organization=invitation.organization)
    return [Recipient(invitation.email, language)]


def _load(notice: MailNotice, now: datetime) -> Mapping[str, Any] | None:
    invitation = _find(notice)
    if invitation is None or invitation.expires_at <= now:
        return None
    return {
        "invited_by": invitation.invited_by.get_full_name(),
        "role": invitation.role,
        "email": invitation.email,
        "expires_at": invitation.expires_at.isoformat(),
        "link": link(token_of(invitation_id=invitation.public_id)),
    }


def _find(notice: MailNotice) -> Invitation | None:
    """The invitation that a notice is about, while it can be accepted."""
    return (
        Invitation.objects.select_related("organization", "invited_by")
        .filter(public_id=notice.fact, organization=notice.organization_id)
        .filter(accepted_at=None, revoked_at=None, organization__closed_at=None)
        .first()
    )


def _write(occasion: Occasion) -> Letter:
    facts = occasion.data
    names = {
        "person": facts["invited_by"],
        "organization": occasion.organization,
        "role": Role(facts["role"]).label,
        "email": facts["email"],
        "until": occasion.moment("expires_at"),
    }
    return Letter(
        subject=_("%(person)s invites you to %(organization)s on Tallybook") % names,
        lead=_(
            "%(person)s invites you to join %(organization)s on Tallybook as %(role)s. The link "
            "works until %(until)s, for %(email)s only."
        )
        % names,
        button=Button(_("Accept the invitation"), facts["link"]),
        notes=(_("If you have no account yet, you can make one with this address."),),
        reason=_("If you did not expect this, you need not do anything."),
    )


def _remember(departure: Departure) -> None:
    # The link is derived from the installation's secret, which may have changed meanwhile.
    invitation_id = departure.notice.fact
    token = token_of(invitation_id=invitation_id)
    Invitation.objects.filter(public_id=invitation_id).update(
        mailed_at=departure.at, token_sha256=digest(token)
    )


KINDS: Final = [
    Kind(
        code=INVITATION,
        name=gettext_lazy("Invitation"),
        recipients=_recipients,
        load=_load,
        write=_write,
        sent=_remember,
        sample={
            "invited_by": "Alice Archer",
            "role": Role.DEVELOPER,
            "email": "dora@example.com",
            "expires_at": "2026-03-17T12:00:00+00:00",
            "link": "https://billing.example/invitations/example/",
        },
    )
]
