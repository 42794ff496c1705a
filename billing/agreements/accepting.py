"""An agreement that is on a plan which its organization was offered privately accepts the offer."""

from datetime import datetime

from accounts.audit.actor import Actor

from ..catalog.choosing import note_taken
from ..choices import PrivateOfferStatus
from ..models import Agreement
from .private_offers import note_private_offer


def accept_private_offer(agreement: Agreement, *, actor: Actor, now: datetime) -> None:
    """Note it, if there is such an offer. The caller holds the lock, and plan and customer."""
    for offer in note_taken(agreement=agreement, now=now):
        note_private_offer(
            offer,
            changes={
                "status": [PrivateOfferStatus.OPEN, PrivateOfferStatus.ACCEPTED],
                "agreement": [None, agreement.public_id],
            },
            actor=actor,
            now=now,
        )
