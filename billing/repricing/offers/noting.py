"""Write down what became of an offer, and announce it, in the transaction in which it does."""

from datetime import datetime
from typing import Any

from accounts.audit.actor import Actor
from accounts.audit.operations import record
from accounts.webhooks.outbox import announce
from accounts.webhooks.values import amount, instant
from config.kernel.ids import new_id

from ...events import EventType
from ...models import RepricingOffer


def note_offer(
    offer: RepricingOffer,
    event: EventType,
    *,
    before: dict[str, Any],
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> None:
    """
    Store the audit entry of what became of an offer, and the event that tells apps of it.

    `before` is what `standing_of` said before; the deed is named as the event. The offer's
    organization, campaign and plans are loaded, and the caller holds the organization's lock.
    """
    after = standing_of(offer)
    record(
        actor=actor,
        action=str(event),
        target=offer.public_id,
        organization=offer.organization,
        changes={
            name: [before[name], value] for name, value in after.items() if before[name] != value
        },
        reason=reason,
        now=now,
    )
    announce(
        organization_id=offer.organization_id,
        type=event,
        dedupe_key=new_id(event),
        data=facts_of(offer),
        now=now,
    )


def standing_of(offer: RepricingOffer) -> dict[str, Any]:
    """Where an offer stands, in the words of the audit log."""
    return {
        "status": str(offer.status),
        "noticed_at": instant(offer.noticed_at),
        "effective_at": instant(offer.effective_at),
        "waived_at": instant(offer.waived_at),
    }


def facts_of(offer: RepricingOffer) -> dict[str, Any]:
    """What events say of an offer, in the names that the API has for it."""
    before, after = offer.from_version, offer.to_version
    return {
        "id": offer.public_id,
        "campaign": offer.campaign.public_id,
        "status": str(offer.status),
        "verdict": str(offer.verdict),
        "must_move": offer.campaign.must_move,
        "from_plan": before.plan.code,
        "from_plan_name": before.plan.name,
        "plan": after.plan.code,
        "plan_name": after.plan.name,
        "plan_version": after.number,
        "interval": str(offer.interval),
        "seats": offer.seats,
        "current_average": amount(offer.current_average_minor, offer.currency),
        "new_average": amount(offer.new_average_minor, offer.currency),
        "notice_days": offer.notice_days,
        "noticed_at": instant(offer.noticed_at),
        "effective_at": instant(offer.effective_at),
        "answered_at": instant(offer.answered_at),
        "waives_notice": offer.waived_at is not None,
        "ended_at": instant(offer.ended_at),
    }
