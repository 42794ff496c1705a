"""
What usage cost us: by customer, action and part, from the books.

The cost of an event is what the app reported with it, else what the rate card said. Sums by the
day are read, and what was booked since they were made, in one statement: nothing is late, and
nothing counts twice. What was taken back is in no sum.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, LiteralString

from config.kernel.quantities import ZERO
from config.kernel.sql import fetch
from metering.models import Action, CostComponent

from .windows import Windows

_ENTRIES: Final = """, entry AS (
    SELECT rollup.organization_id, rollup.period_id, rollup.day, rollup.action_id,
           rollup.quantity, rollup.credits, rollup.cost, rollup.event_count
    FROM metering_dailyusage AS rollup
    UNION ALL
    SELECT event.organization_id, event.period_id,
           (event.counted_at AT TIME ZONE organization.time_zone)::date, event.action_id,
           event.quantity, event.credits, event.cost, 1
    FROM accounts_organization AS organization
    LEFT JOIN metering_rollupmark AS mark ON mark.organization_id = organization.id
    JOIN metering_usageevent AS event
        ON event.organization_id = organization.id AND event.id > coalesce(mark.event_id, 0)
    UNION ALL
    SELECT event.organization_id, event.period_id,
           (event.counted_at AT TIME ZONE organization.time_zone)::date, event.action_id,
           -event.quantity, -event.credits, -event.cost, -1
    FROM accounts_organization AS organization
    LEFT JOIN metering_rollupmark AS mark ON mark.organization_id = organization.id
    JOIN metering_usagereversal AS reversal
        ON reversal.organization_id = organization.id
       AND reversal.id > coalesce(mark.reversal_id, 0)
    JOIN metering_usageevent AS event
        ON event.organization_id = reversal.organization_id
       AND event.event_id = reversal.event_key
)"""

_BY_DAY: Final = """, used AS (
    SELECT span.slot, entry.*
    FROM span
    JOIN entry
        ON entry.organization_id = span.organization_id
       AND entry.day >= span.first_date AND entry.day < span.end_date
)"""

_BY_PERIOD: Final = """, used AS (
    SELECT span.slot, entry.*
    FROM span
    JOIN metering_usageperiod AS period
        ON period.organization_id = span.organization_id
       AND period.starts_at >= span.starts_at AND period.ends_at <= span.ends_at
    JOIN entry
        ON entry.organization_id = span.organization_id AND entry.period_id = period.id
)"""

_BY_ACTION: Final = """
SELECT slot, organization_id, action_id, sum(quantity), sum(credits), sum(cost), sum(event_count)
FROM used
GROUP BY slot, organization_id, action_id
HAVING sum(event_count) <> 0
ORDER BY slot, organization_id, action_id
"""

# A day is divided as the rate in force at its end says.
_BY_RATE: Final = """, per_day AS (
    SELECT slot, action_id, day, sum(cost) AS cost
    FROM used
    WHERE %(among)s::bigint[] IS NULL OR organization_id = ANY(%(among)s::bigint[])
    GROUP BY slot, action_id, day
)
SELECT slot, action_id, rate.id, sum(cost)
FROM per_day
LEFT JOIN LATERAL (
    SELECT id FROM metering_actionrate
    WHERE action_id = per_day.action_id
      AND effective_at < (per_day.day + 1)::timestamp AT TIME ZONE 'UTC'
    ORDER BY effective_at DESC LIMIT 1
) AS rate ON TRUE
GROUP BY slot, action_id, rate.id
HAVING sum(cost) <> 0
ORDER BY slot, action_id, rate.id
"""


@dataclass(frozen=True, slots=True)
class ActionCosts:
    """
    What one customer did of one action within a span (None: reported without an action): how
    often, the credits that it took, and what it cost us, in major units of the reporting currency.
    """

    slot: int
    organization_id: int
    action_id: int | None
    quantity: Decimal
    credits: Decimal
    cost: Decimal
    event_count: int


@dataclass(frozen=True, slots=True)
class PartCost:
    """What one part of an action cost, such as a model call; `part` is empty for what has none."""

    slot: int
    action_id: int | None
    part: str
    cost: Decimal


@dataclass(frozen=True, slots=True)
class ActionName:
    """What an action is called, and where it is counted."""

    code: str
    name: str


def list_action_costs(windows: Windows) -> list[ActionCosts]:
    """Return what was used and what it cost, by span, customer and action. One statement."""
    return [
        ActionCosts(slot, organization_id, action_id, quantity, credits, cost, int(count))
        for slot, organization_id, action_id, quantity, credits, cost, count in fetch(
            windows.spans + _ENTRIES + _used_in(windows) + _BY_ACTION, windows.parameters
        )
    ]


def list_part_costs(windows: Windows, *, among: Collection[int] | None = None) -> list[PartCost]:
    """
    Return the cost of usage by the parts that the rate card knows, by span and action; with `among`
    that of these organizations alone.

    What an app reports with an event is one sum: it is divided as the rate card's parts are, so
    that the parts always add up to the whole. Where the card has none, the part is empty.
    """
    parameters = windows.parameters | {"among": None if among is None else list(among)}
    rows = fetch(windows.spans + _ENTRIES + _used_in(windows) + _BY_RATE, parameters)
    parts = _parts_of_rates({rate_id for _, _, rate_id, _ in rows if rate_id is not None})
    sums: dict[tuple[int, int | None, str], Decimal] = defaultdict(Decimal)
    for slot, action_id, rate_id, cost in rows:
        for part, share in divide(cost, parts.get(rate_id, {})).items():
            sums[slot, action_id, part] += share
    return [PartCost(slot, action_id, part, cost) for (slot, action_id, part), cost in sums.items()]


def divide(cost: Decimal, parts: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Divide a cost in proportion to parts; the last one takes what rounding leaves."""
    whole = sum(parts.values(), ZERO)
    if whole <= ZERO:
        return {"": cost}
    shares = {name: cost * unit_cost / whole for name, unit_cost in parts.items()}
    last = list(shares)[-1]
    shares[last] += cost - sum(shares.values(), ZERO)
    return shares


def map_action_names() -> dict[int, ActionName]:
    """Return what actions are called, by their keys."""
    rows = Action.objects.values_list("pk", "code", "name")
    return {key: ActionName(code, name) for key, code, name in rows}


def _used_in(windows: Windows) -> LiteralString:
    return _BY_DAY if windows.is_of_calendar else _BY_PERIOD


def _parts_of_rates(rate_ids: Sequence[int] | set[int]) -> dict[int, dict[str, Decimal]]:
    parts: dict[int, dict[str, Decimal]] = defaultdict(dict)
    components = CostComponent.objects.filter(rate_id__in=rate_ids).order_by("pk")
    for rate_id, name, unit_cost in components.values_list("rate_id", "name", "unit_cost"):
        parts[rate_id][name] = unit_cost
    return parts
