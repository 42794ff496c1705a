"""Events that were booked before: an id that comes again is answered from the books."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

import msgspec

from config.kernel.quantities import EXACT, ZERO

from ..rate_card.queries import RatedAction
from .reports import Outcome, Receipt, UsageReport


@dataclass(frozen=True, slots=True)
class BookedEvent:
    """The fingerprint of what a client sent first under an id, and the receipt it got."""

    body_sha256: bytes
    receipt: Receipt


class BookedRow(msgspec.Struct, frozen=True):
    """One event that is in the books, as `BOOKED` finds it."""

    event_id: str
    body_sha256: str
    meter: str
    credits: Decimal
    overage_credits: Decimal
    balance_after: Decimal | None
    quantity: Decimal
    action: str | None
    occurred_at: datetime


# One look-up by the unique key for each id, however many events the organization has.
BOOKED: Final = """
SELECT event.event_id, encode(event.body_sha256, 'hex') AS body_sha256, meter.code AS meter,
       event.credits, event.overage_credits, event.balance_after, event.quantity,
       action.code AS action, event.occurred_at
FROM unnest(%(event_ids)s::text[]) AS asked (event_id)
CROSS JOIN LATERAL (
    SELECT * FROM metering_usageevent AS known
    WHERE known.organization_id = %(organization)s AND known.event_id = asked.event_id
    LIMIT 1
) AS event
JOIN metering_meter AS meter ON meter.id = event.meter_id
LEFT JOIN metering_action AS action ON action.id = event.action_id
"""


def booked_events(
    rows: Iterable[BookedRow], *, actions: Mapping[str, RatedAction]
) -> dict[str, BookedEvent]:
    """Return the events that are in the books already, by id."""
    return {
        row.event_id: BookedEvent(
            bytes.fromhex(row.body_sha256),
            Receipt(
                event_id=row.event_id,
                outcome=Outcome.ACCEPTED,
                meter=row.meter,
                credits=row.credits,
                overage=ZERO if row.balance_after is None else row.overage_credits,
                remaining=row.balance_after,
                value=_value(row, actions),
            ),
        )
        for row in rows
    }


def _value(row: BookedRow, actions: Mapping[str, RatedAction]) -> Decimal | None:
    if row.action is None or row.action not in actions:
        return None
    rate = actions[row.action].rate_at(row.occurred_at)
    if rate is None or rate.customer_value is None:
        return None
    return EXACT.multiply(row.quantity, rate.customer_value)


def answer_again(report: UsageReport, known: BookedEvent) -> Receipt:
    """
    The first receipt again for the same body, or a conflict that reveals nothing of it.

    Whatever was booked, late or not, is a duplicate now; what was rejected is rejected again.
    """
    if report.body_sha256 != known.body_sha256:
        return Receipt(event_id=report.event_id, outcome=Outcome.CONFLICT)
    if known.receipt.outcome is Outcome.REJECTED:
        return known.receipt
    return replace(known.receipt, outcome=Outcome.DUPLICATE)
