"""One-time links that open the portal of one organization for one of its members."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

from django.conf import settings
from django.db import transaction

from config.kernel.errors import DomainError, Invalid, NotFound

from ..audit.actor import Actor
from ..audit.operations import record
from ..models import Membership, PortalLink
from ..models.portal_link import LONGEST_LINK_LIFE, LONGEST_PORTAL_SESSION
from ..organizations.locking import lock_organization
from .return_urls import check_return_url

SHORTEST_LINK_LIFE: Final = timedelta(seconds=60)


class PortalLinkSpent(DomainError):
    """The link was opened before, has expired, or was never made: the three are not told apart."""

    code = "portal_link_spent"
    title = "The link can no longer be used"
    status: ClassVar[int] = 410


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A link with its secret, which is readable this once."""

    link: PortalLink
    url: str


def digest(token: str) -> str:
    """What is stored of the secret."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_portal_link(
    *,
    membership: Membership,
    page: str,
    return_url: str = "",
    life: timedelta = LONGEST_LINK_LIFE,
    actor: Actor,
    now: datetime,
) -> MadeLink:
    """
    Make an address that opens the portal for a member, once and within its life.

    The caller knows that the actor may act for this member, and that the portal has the page.
    Raises `ReturnUrlNotAllowed`, `Invalid` for a life of less than a minute or more than ten, and
    `NotFound` for a member who is removed at this moment.
    """
    if not SHORTEST_LINK_LIFE <= life <= LONGEST_LINK_LIFE:
        raise Invalid("A portal link is good for 60 to 600 seconds.")
    check_return_url(return_url)
    lock_organization(organization_id=membership.organization_id)
    if not Membership.objects.filter(pk=membership.pk).exists():
        raise NotFound("There is no such member.")
    token = secrets.token_urlsafe(32)
    link = PortalLink.objects.create(
        membership=membership,
        token_sha256=digest(token),
        made_by=actor.label,
        page=page,
        return_url=return_url,
        made_at=now,
        expires_at=now + life,
    )
    return MadeLink(link, f"{settings.PUBLIC_URL}/portal-links/{token}/")


@transaction.atomic(durable=True)
def open_portal_link(*, token: str, now: datetime) -> PortalLink:
    """
    Spend a link, and return it with the end of the session that it opens.

    Of those who come at the same moment one is let in. Raises `PortalLinkSpent`, also where the
    person may no longer log in or the organization was closed meanwhile.
    """
    link = (
        PortalLink.objects.select_for_update(of=("self",))
        .select_related("membership__organization", "membership__user")
        .filter(
            token_sha256=digest(token),
            membership__organization__closed_at=None,
            membership__user__is_active=True,
        )
        .first()
    )
    if link is None or link.opened_at is not None or not link.made_at <= now < link.expires_at:
        raise PortalLinkSpent("The link was used before or has expired. Ask for a new one.")
    link.opened_at = now
    link.session_ends_at = now + LONGEST_PORTAL_SESSION
    link.save(update_fields=["opened_at", "session_ends_at"])
    record(
        actor=Actor.for_user(link.membership.user),
        action="portal_link.opened",
        target=link.public_id,
        organization=link.membership.organization,
        changes={"made_by": link.made_by, "until": link.session_ends_at.isoformat()},
        now=now,
    )
    return link
