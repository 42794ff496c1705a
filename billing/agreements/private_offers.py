"""Note what became of a private offer, and announce it, in the transaction in which it does."""

from datetime import datetime
from typing import Any, Final

from accounts.audit.actor import Actor
from accounts.audit.operations import record
from accounts.webhooks.outbox import announce
from accounts.webhooks.values import instant

from ..choices import PrivateOfferStatus
from ..events import EventType
from ..models import PrivateOffer

_EVENTS: Final = {
    PrivateOfferStatus.OPEN: EventType.PRIVATE_OFFER_MADE,
    PrivateOfferStatus.ACCEPTED: EventType.PRIVATE_OFFER_ACCEPTED,
    PrivateOfferStatus.WITHDRAWN: EventType.PRIVATE_OFFER_WITHDRAWN,
    PrivateOfferStatus.LAPSED: EventType.PRIVATE_OFFER_LAPSED,
}


def note_private_offer(
    offer: PrivateOffer,
    *,
    changes: dict[str, Any],
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> None:
    """
    Store that an offer has the status that it has: in the audit log, and as an event, once each.

    The offer's organization and plan are loaded, and the caller holds the organization's lock.
    """
    event = _EVENTS[PrivateOfferStatus(offer.status)]
    record(
        actor=actor,
        action=str(event),
        target=offer.public_id,
        organization=offer.organization,
        changes=changes,
        reason=reason,
        now=now,
    )
    announce(
        organization_id=offer.organization_id,
        type=event,
        dedupe_key=f"{event}:{offer.public_id}",
        data=_facts_of(offer),
        now=now,
    )


def _facts_of(offer: PrivateOffer) -> dict[str, Any]:
    """What events say of a private offer; what is left to the customer is null."""
    return {
        "id": offer.public_id,
        "status": str(offer.status),
        "plan": offer.plan.code,
        "plan_name": offer.plan.name,
        "interval": offer.interval or None,
        "seats": offer.seats,
        "message": offer.message,
        "offered_at": instant(offer.offered_at),
        "expires_at": instant(offer.expires_at),
        "ended_at": instant(offer.ended_at),
    }
