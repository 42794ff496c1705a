"""Events that were booked before: an id that comes again is answered from the books."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from config.kernel.quantities import EXACT, ZERO
from config.kernel.sql import Asked, ask

from ..rate_card.queries import RatedAction
from .reports import Outcome, Receipt, UsageReport


@dataclass(frozen=True, slots=True)
class BookedEvent:
    """The fingerprint of what a client sent first under an id, and the receipt it got."""

    body_sha256: bytes
    receipt: Receipt


# One look-up by the unique key for each id, however many events the organization has.
_BOOKED: Final = """
SELECT event.event_id, event.body_sha256, meter.code, event.credits, event.overage_credits,
       event.balance_after, event.quantity, action.code, event.occurred_at
FROM unnest(%s::text[]) AS asked (event_id)
CROSS JOIN LATERAL (
    SELECT * FROM metering_usageevent AS known
    WHERE known.organization_id = %s AND known.event_id = asked.event_id
    LIMIT 1
) AS event
JOIN metering_meter AS meter ON meter.id = event.meter_id
LEFT JOIN metering_action AS action ON action.id = event.action_id
"""


def ask_for_booked(*, organization_id: int, event_ids: Collection[str]) -> Asked:
    """Ask which of these ids are in the books already, for `booked_events` to read."""
    return ask(_BOOKED, [list(event_ids), organization_id])


def booked_events(asked: Asked, *, actions: Mapping[str, RatedAction]) -> dict[str, BookedEvent]:
    """Return the events that are in the books already, by id."""
    booked = {}
    for row in asked.all():
        event_id, sha256, meter, credits, overage, balance, quantity, action, occurred_at = row
        rate = actions[action].rate_at(occurred_at) if action in actions else None
        value: Decimal | None = None
        if rate is not None and rate.customer_value is not None:
            value = EXACT.multiply(quantity, rate.customer_value)
        receipt = Receipt(
            event_id=event_id,
            outcome=Outcome.ACCEPTED,
            meter=meter,
            credits=credits,
            overage=ZERO if balance is None else overage,
            remaining=balance,
            value=value,
        )
        booked[event_id] = BookedEvent(bytes(sha256), receipt)
    return booked


def answer_again(report: UsageReport, known: BookedEvent) -> Receipt:
    """The first receipt again for the same body, or a conflict that reveals nothing of it."""
    if report.body_sha256 != known.body_sha256:
        return Receipt(event_id=report.event_id, outcome=Outcome.CONFLICT)
    if known.receipt.outcome is Outcome.ACCEPTED:
        return replace(known.receipt, outcome=Outcome.DUPLICATE)
    return known.receipt
