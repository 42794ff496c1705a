"""How much actions really cost: the mean, and what nineteen of twenty stay below."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from config.kernel.sql import ask

LOOKED_BACK: Final = timedelta(days=90)
# However much was used: what was booked last says enough.
NEWEST_EVENTS: Final = 100_000
_PLACES: Final = Decimal(1).scaleb(-12)

# Rehearsals and what was taken back say nothing of costs.
_SPREADS: Final = """
SELECT action.code, count(*), avg(event.cost / event.quantity),
       percentile_disc(0.95) WITHIN GROUP (ORDER BY event.cost / event.quantity)
FROM (
    SELECT organization_id, event_id, action_id, quantity, cost, counted_at
    FROM metering_usageevent ORDER BY id DESC LIMIT %(newest)s
) AS event
JOIN metering_action AS action ON action.id = event.action_id
JOIN accounts_organization AS organization
    ON organization.id = event.organization_id AND organization.clock_ahead = interval '0'
WHERE event.quantity > 0 AND event.counted_at >= %(since)s AND event.counted_at < %(until)s
    AND NOT EXISTS (
        SELECT FROM metering_usagereversal AS reversal
        WHERE reversal.organization_id = event.organization_id
            AND reversal.event_key = event.event_id)
GROUP BY action.code
"""


@dataclass(frozen=True, slots=True)
class Spread:
    """What one of an action cost over the events that were looked at, in reporting currency."""

    event_count: int
    mean: Decimal
    p95: Decimal


def read_spreads(*, now: datetime) -> dict[str, Spread]:
    """
    Return what the actions cost that were used in the last 90 days, by code.

    At most the newest 100,000 events of the books are looked at.
    """
    parameters = {"newest": NEWEST_EVENTS, "since": now - LOOKED_BACK, "until": now}
    return {
        code: Spread(count, mean.quantize(_PLACES), p95.quantize(_PLACES))
        for code, count, mean, p95 in ask(_SPREADS, parameters).all()
    }
