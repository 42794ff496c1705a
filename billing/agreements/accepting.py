"""An agreement that is on a plan which its organization was offered privately accepts the offer."""

from datetime import datetime

from accounts.audit.actor import Actor
from accounts.audit.operations import record

from ..catalog.choosing import note_taken
from ..choices import PrivateOfferStatus
from ..models import Agreement


def accept_private_offer(agreement: Agreement, *, actor: Actor, now: datetime) -> None:
    """Note it, if there is such an offer. The caller holds the lock, and plan and customer."""
    for offer in note_taken(agreement=agreement, now=now):
        record(
            actor=actor,
            action="private_offer.accepted",
            target=offer.public_id,
            organization=agreement.organization,
            changes={
                "status": [PrivateOfferStatus.OPEN, PrivateOfferStatus.ACCEPTED],
                "agreement": [None, agreement.public_id],
            },
            now=now,
        )
