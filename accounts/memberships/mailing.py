"""Mail an invitation: claim it, send it, remember that it left. Never inside a transaction."""

from datetime import datetime, timedelta
from typing import Final

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from ..models import Invitation
from .tokens import digest, link, token_of

INVITATION_LIFETIME: Final = timedelta(days=7)
FIRST_PAUSE: Final = timedelta(minutes=5)


def send_invitation(*, invitation_id: int, now: datetime) -> bool:
    """
    Mail an invitation if that is due, and say whether a mail left now.

    Called twice at once, one of the two mails. When the mail server fails (its error is raised) or
    the process dies, the mail is due again after a pause, which doubles each time until the
    invitation expires. A death between sending and remembering sends the same link once more.
    """
    invitation = (
        Invitation.objects.select_related("organization", "invited_by")
        .filter(
            pk=invitation_id,
            mailed_at=None,
            accepted_at=None,
            revoked_at=None,
            mail_due_at__lte=now,
            expires_at__gt=now,
        )
        .first()
    )
    if invitation is None or not _claim(invitation, now=now):
        return False
    token = token_of(invitation_id=invitation.public_id)
    _message(invitation, token=token).send()
    # The link is derived from the installation's secret, which may have changed meanwhile.
    Invitation.objects.filter(pk=invitation.pk).update(mailed_at=now, token_sha256=digest(token))
    return True


def _claim(invitation: Invitation, *, now: datetime) -> bool:
    waited = now - (invitation.expires_at - INVITATION_LIFETIME)
    claimed = Invitation.objects.filter(
        pk=invitation.pk, mailed_at=None, mail_due_at=invitation.mail_due_at
    ).update(mail_due_at=now + max(FIRST_PAUSE, waited))
    return claimed == 1


def _message(invitation: Invitation, *, token: str) -> EmailMultiAlternatives:
    context = {
        "organization": invitation.organization.name,
        "invited_by": invitation.invited_by.get_full_name(),
        "role": invitation.get_role_display(),
        "email": invitation.email,
        "expires_at": invitation.expires_at,
        "link": link(token),
    }
    subject = render_to_string("emails/invitation/subject.txt", context)
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string("emails/invitation/body.txt", context),
        to=[invitation.email],
    )
    message.attach_alternative(
        render_to_string("emails/invitation/body.html", context), "text/html"
    )
    return message
