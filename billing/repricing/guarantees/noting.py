"""Write down what became of a guarantee, and announce it, in the transaction in which it does."""

from datetime import datetime
from typing import Any

from accounts.audit.actor import Actor
from accounts.audit.operations import record
from accounts.webhooks.outbox import announce
from accounts.webhooks.values import amount, instant

from ...events import EventType
from ...models import Guarantee, GuaranteeClaim


def note_guarantee(guarantee: Guarantee, event: EventType, *, actor: Actor, now: datetime) -> None:
    """Store that a guarantee began, or ended: once each. Its organization is loaded."""
    facts = told_of_guarantee(guarantee)
    record(
        actor=actor,
        action=str(event),
        target=guarantee.public_id,
        organization=guarantee.organization,
        changes={name: facts[name] for name in ("months", "rule", "starts_at", "end_reason")},
        now=now,
    )
    announce(
        organization_id=guarantee.organization_id,
        type=event,
        dedupe_key=f"{event}:{guarantee.public_id}",
        data=facts,
        now=now,
    )


def announce_credit(guarantee: Guarantee, claim: GuaranteeClaim, *, now: datetime) -> None:
    """Tell apps what a month gives back. The credit itself is written down where it is given."""
    credit = claim.money_credit
    assert credit is not None, claim
    announce(
        organization_id=guarantee.organization_id,
        type=EventType.GUARANTEE_CREDITED,
        dedupe_key=f"{EventType.GUARANTEE_CREDITED}:{guarantee.public_id}:{claim.month}",
        data={
            "guarantee": guarantee.public_id,
            "month": claim.month,
            "starts_at": instant(claim.starts_at),
            "ends_at": instant(claim.ends_at),
            "before": amount(claim.old_minor, guarantee.currency),
            "now": amount(claim.new_minor, guarantee.currency),
            "credit": amount(claim.credit_minor, guarantee.currency),
            "money_credit": credit.public_id,
        },
        now=now,
    )


def told_of_guarantee(guarantee: Guarantee) -> dict[str, Any]:
    """What events say of a guarantee, in the names that the API has for it."""
    return {
        "id": guarantee.public_id,
        "months": guarantee.months,
        "rule": str(guarantee.rule),
        "currency": guarantee.currency,
        "starts_at": instant(guarantee.starts_at),
        "ended_at": instant(guarantee.ended_at),
        "end_reason": str(guarantee.end_reason) or None,
    }
