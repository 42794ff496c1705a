"""Note that an offer has come to an end. The caller holds the organization's lock."""

from datetime import datetime

from accounts.audit.actor import Actor

from ...choices import OfferStatus
from ...events import EventType
from ...models import RepricingOffer
from .dates import next_renewal
from .notice_clock import end_of_notice
from .noting import note_offer, standing_of


def note_declined(offer: RepricingOffer, *, actor: Actor, now: datetime) -> None:
    """
    Note that a customer declined, or took back that it accepted: what was waived with the answer
    is not waived any more.
    """
    told = standing_of(offer)
    if offer.waived_at is not None:
        assert offer.noticed_at is not None, offer.public_id
        over_at = end_of_notice(noticed_at=offer.noticed_at, notice_days=offer.notice_days)
        offer.effective_at = next_renewal(offer, since=over_at)
    offer.status = OfferStatus.DECLINED
    offer.answered_at, offer.answered_by_id = now, actor.user_id
    offer.waived_at, offer.ended_at = None, now
    offer.save(
        update_fields=[
            "status",
            "answered_at",
            "answered_by",
            "waived_at",
            "effective_at",
            "ended_at",
        ]
    )
    note_offer(offer, EventType.REPRICING_OFFER_DECLINED, before=told, actor=actor, now=now)


def note_over(
    offer: RepricingOffer, status: OfferStatus, *, actor: Actor, now: datetime, reason: str = ""
) -> None:
    """Note that an offer has lapsed, or that staff took it back."""
    told = standing_of(offer)
    offer.status, offer.ended_at = status, now
    offer.save(update_fields=["status", "ended_at"])
    event = (
        EventType.REPRICING_OFFER_WITHDRAWN
        if status == OfferStatus.WITHDRAWN
        else EventType.REPRICING_OFFER_LAPSED
    )
    note_offer(offer, event, before=told, actor=actor, reason=reason, now=now)
