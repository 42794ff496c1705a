"""People whom a link let in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ..models import Membership, PortalLink
from .links import digest
from .return_urls import host_of, may_return_to

KEPT_FOR: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class LinkOffer:
    """What the holder of a link is about to open."""

    membership: Membership
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Guest:
    """
    A member who came by a link: they see this organization, and nothing of their own account.

    `return_url` and `return_host` are empty where nobody said where people came from.
    """

    link_id: str
    membership: Membership
    ends_at: datetime
    return_url: str
    return_host: str


def find_link_offer(*, token: str, now: datetime) -> LinkOffer | None:
    """Return what a link opens; None for one that cannot be opened any more. Spends nothing."""
    link = (
        PortalLink.objects.filter(
            token_sha256=digest(token),
            opened_at=None,
            expires_at__gt=now,
            membership__organization__closed_at=None,
            membership__user__is_active=True,
        )
        .select_related("membership__organization", "membership__user")
        .first()
    )
    return None if link is None else LinkOffer(link.membership, link.expires_at)


def find_guest(*, link_id: str, now: datetime) -> Guest | None:
    """
    Return whom a link let in.

    None is for a session that is over, a member who was removed or may no longer log in, and an
    organization that was closed. Takes one query.
    """
    link = (
        PortalLink.objects.filter(
            public_id=link_id,
            session_ends_at__gt=now,
            membership__organization__closed_at=None,
            membership__user__is_active=True,
        )
        .select_related("membership__organization", "membership__user")
        .first()
    )
    if link is None:
        return None
    assert link.session_ends_at is not None
    return_url = link.return_url if may_return_to(link.return_url) else ""
    return Guest(
        link_id=link.public_id,
        membership=link.membership,
        ends_at=link.session_ends_at,
        return_url=return_url,
        return_host=host_of(return_url),
    )


def forget_old_links(*, now: datetime) -> int:
    """Delete the links of more than thirty days ago; that they were opened stands in the audit."""
    return PortalLink.objects.filter(expires_at__lt=now - KEPT_FOR).delete()[0]
