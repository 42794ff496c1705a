"""
Keep the sums that reads are answered from.

All writes of an organization happen one after the other and are committed before the next
begins, so the ids of its events, reversals and transfers grow in the order in which they become
visible: a mark for each says exactly what has been added up. Nobody who writes usage waits for
this, and reads take what lies beyond the mark from the books themselves.
"""

from dataclasses import dataclass, replace
from typing import Final

from django.db import transaction

from accounts.organizations.sweeping import sweep
from config.kernel.sql import ask, execute, fetch

from ..models import AccountDay, CallerUsage, DailyUsage, HourlyUsage

STEP: Final = 50_000

# An index look-up each for every organization, however many events there are.
_BEHIND: Final = """
SELECT organization.id
FROM accounts_organization AS organization
LEFT JOIN metering_rollupmark AS mark ON mark.organization_id = organization.id
WHERE mark.time_zone <> organization.time_zone
   OR (SELECT max(id) FROM metering_ledgertransfer
       WHERE organization_id = organization.id) > coalesce(mark.transfer_id, 0)
   OR (SELECT max(id) FROM metering_usageevent
       WHERE organization_id = organization.id) > coalesce(mark.event_id, 0)
   OR (SELECT max(id) FROM metering_usagereversal
       WHERE organization_id = organization.id) > coalesce(mark.reversal_id, 0)
ORDER BY organization.id
"""

_FIRST_MARK: Final = """
INSERT INTO metering_rollupmark (organization_id, event_id, reversal_id, transfer_id, time_zone)
SELECT id, 0, 0, 0, time_zone FROM accounts_organization WHERE id = %(organization)s
ON CONFLICT DO NOTHING
"""

_LOCK_MARK: Final = """
SELECT mark.event_id, mark.reversal_id, mark.transfer_id, organization.time_zone,
       mark.time_zone = organization.time_zone
FROM metering_rollupmark AS mark
JOIN accounts_organization AS organization ON organization.id = mark.organization_id
WHERE mark.organization_id = %(organization)s
FOR UPDATE OF mark
"""

_FIRST_MARK_AGAIN: Final = """
UPDATE metering_rollupmark
SET event_id = 0, reversal_id = 0, transfer_id = 0, time_zone = %(time_zone)s
WHERE organization_id = %(organization)s
"""

# The next events, reversals and transfers. A reversal takes its event back where it was counted,
# and credits that paid for overage afterwards take that much overage from it.
_NEXT: Final = """
WITH event AS MATERIALIZED (
    SELECT * FROM metering_usageevent
    WHERE organization_id = %(organization)s AND id > %(event_id)s
    ORDER BY id LIMIT %(step)s
), reversal AS MATERIALIZED (
    SELECT * FROM metering_usagereversal
    WHERE organization_id = %(organization)s AND id > %(reversal_id)s
    ORDER BY id LIMIT %(step)s
), transfer AS MATERIALIZED (
    SELECT * FROM metering_ledgertransfer
    WHERE organization_id = %(organization)s AND id > %(transfer_id)s
    ORDER BY id LIMIT %(step)s
), entry AS MATERIALIZED (
    SELECT meter_id, period_id, action_id, api_key_id, member, counted_at,
           quantity, credits, overage_credits, cost, 1 AS event_count
    FROM event
    UNION ALL
    SELECT event.meter_id, event.period_id, event.action_id, event.api_key_id, event.member,
           event.counted_at, -event.quantity, -event.credits, -reversal.overage_credits,
           -event.cost, -1
    FROM reversal
    JOIN metering_usageevent AS event
        ON event.organization_id = reversal.organization_id
       AND event.event_id = reversal.event_key
    UNION ALL
    SELECT event.meter_id, event.period_id, event.action_id, event.api_key_id, event.member,
           event.counted_at, 0, 0, -cover.amount, 0, 0
    FROM transfer AS cover
    JOIN metering_usageevent AS event
        ON event.organization_id = cover.organization_id AND event.event_id = cover.event_key
    WHERE cover.kind = 'cover'
), movement AS (
    SELECT id, debit_account_id AS account_id, kind, occurred_at, -amount AS amount FROM transfer
    UNION ALL
    SELECT id, credit_account_id, kind, occurred_at, amount FROM transfer
)"""

_ADD_SUMS: Final = """
    quantity = rollup.quantity + excluded.quantity,
    credits = rollup.credits + excluded.credits,
    overage_credits = rollup.overage_credits + excluded.overage_credits,
    cost = rollup.cost + excluded.cost,
    event_count = rollup.event_count + excluded.event_count
)"""

_ADD_HOURS: Final = """, hourly AS (
    INSERT INTO metering_hourlyusage AS rollup (
        organization_id, meter_id, period_id, hour, action_id, quantity, credits,
        overage_credits, cost, event_count
    )
    SELECT %(organization)s, meter_id, period_id, date_trunc('hour', counted_at, 'UTC'),
           action_id, sum(quantity), sum(credits), sum(overage_credits), sum(cost),
           sum(event_count)
    FROM entry
    GROUP BY 2, 3, 4, 5
    ON CONFLICT ON CONSTRAINT hourly_usage_once DO UPDATE SET"""

_ADD_DAYS: Final = """, daily AS (
    INSERT INTO metering_dailyusage AS rollup (
        organization_id, meter_id, period_id, day, action_id, quantity, credits,
        overage_credits, cost, event_count
    )
    SELECT %(organization)s, meter_id, period_id, (counted_at AT TIME ZONE %(time_zone)s)::date,
           action_id, sum(quantity), sum(credits), sum(overage_credits), sum(cost),
           sum(event_count)
    FROM entry
    GROUP BY 2, 3, 4, 5
    ON CONFLICT ON CONSTRAINT daily_usage_once DO UPDATE SET"""

_ADD_CALLERS: Final = """, callers AS (
    INSERT INTO metering_callerusage AS rollup (
        organization_id, meter_id, period_id, day, api_key_id, member, quantity, credits,
        overage_credits, cost, event_count
    )
    SELECT %(organization)s, meter_id, period_id, (counted_at AT TIME ZONE %(time_zone)s)::date,
           api_key_id, member, sum(quantity), sum(credits), sum(overage_credits), sum(cost),
           sum(event_count)
    FROM entry
    GROUP BY 2, 3, 4, 5, 6
    ON CONFLICT ON CONSTRAINT caller_usage_once DO UPDATE SET"""

_ADD_MOVEMENTS: Final = """, account_days AS (
    INSERT INTO metering_accountday AS rollup (
        organization_id, meter_id, account_id, kind, day, amount, transfer_count,
        first_id, last_id
    )
    SELECT %(organization)s, account.meter_id, account.id, movement.kind,
           (movement.occurred_at AT TIME ZONE %(time_zone)s)::date, sum(movement.amount), count(*),
           min(movement.id), max(movement.id)
    FROM movement
    JOIN metering_ledgeraccount AS account
        ON account.organization_id = %(organization)s AND account.id = movement.account_id
    WHERE account.kind IN ('grant', 'overage')
    GROUP BY 2, 3, 4, 5
    ON CONFLICT ON CONSTRAINT account_day_once DO UPDATE SET
        amount = rollup.amount + excluded.amount,
        transfer_count = rollup.transfer_count + excluded.transfer_count,
        first_id = least(rollup.first_id, excluded.first_id),
        last_id = greatest(rollup.last_id, excluded.last_id)
)"""

_MOVE_MARK: Final = """
UPDATE metering_rollupmark AS moved
SET event_id = coalesce((SELECT max(id) FROM event), moved.event_id),
    reversal_id = coalesce((SELECT max(id) FROM reversal), moved.reversal_id),
    transfer_id = coalesce((SELECT max(id) FROM transfer), moved.transfer_id)
WHERE moved.organization_id = %(organization)s
RETURNING greatest((SELECT count(*) FROM event), (SELECT count(*) FROM reversal),
                   (SELECT count(*) FROM transfer))
"""

_ADD_NEXT: Final = (
    _NEXT
    + (_ADD_HOURS + _ADD_SUMS)
    + (_ADD_DAYS + _ADD_SUMS)
    + (_ADD_CALLERS + _ADD_SUMS)
    + _ADD_MOVEMENTS
    + _MOVE_MARK
)


def fill_rollups(*, organization_id: int, step: int = STEP) -> None:
    """
    Add up what an organization's books hold beyond the mark.

    Everything that was committed before the call is in the sums afterwards. Each step of at most
    `step` events, reversals and transfers is a transaction of its own: killed midway, none of it
    happened; two callers at once take turns. If the organization's time zone has changed, all
    sums are made anew, in one transaction.
    """
    while _fill_some(organization_id, step=step) >= step:
        pass


@transaction.atomic(durable=True)
def rebuild_rollups(*, organization_id: int) -> None:
    """Forget an organization's sums and make them anew. Who reads meanwhile sees the old ones."""
    _fill_anew(_lock_mark(organization_id), organization_id)


def fill_all_rollups() -> int:
    """
    Fill the sums of every organization that has something new, and return their number.

    One that fails does not hold up the others: the failures are raised together at the end.
    """
    filled = sweep(
        list_organizations_behind(),
        lambda organization_id: fill_rollups(organization_id=organization_id),
        doing="adding up the usage of",
    )
    return len(filled)


def list_organizations_behind() -> list[int]:
    """Return the organizations whose books hold something beyond their mark."""
    return [organization_id for (organization_id,) in ask(_BEHIND, ()).all()]


@dataclass(frozen=True, slots=True)
class _Mark:
    """How far the sums reach, and whether their days are those of the organization's zone."""

    event_id: int
    reversal_id: int
    transfer_id: int
    time_zone: str
    is_in_zone: bool


@transaction.atomic(durable=True)
def _fill_some(organization_id: int, *, step: int) -> int:
    """Take one step, and return how far it went; a rebuild goes all the way at once."""
    mark = _lock_mark(organization_id)
    if mark.is_in_zone:
        return _add_next(mark, organization_id, step=step)
    _fill_anew(mark, organization_id)
    return 0


def _lock_mark(organization_id: int) -> _Mark:
    """Wait for the right to move the mark, and return where it is."""
    execute(_FIRST_MARK, {"organization": organization_id})
    row = ask(_LOCK_MARK, {"organization": organization_id}).first()
    assert row is not None, organization_id
    return _Mark(*row)


def _fill_anew(mark: _Mark, organization_id: int) -> None:
    for sums in (HourlyUsage, DailyUsage, CallerUsage, AccountDay):
        sums.objects.filter(organization_id=organization_id).delete()
    execute(_FIRST_MARK_AGAIN, {"organization": organization_id, "time_zone": mark.time_zone})
    reached = replace(mark, event_id=0, reversal_id=0, transfer_id=0)
    while _add_next(reached, organization_id, step=STEP) >= STEP:
        reached = replace(_lock_mark(organization_id), time_zone=mark.time_zone)


def _add_next(mark: _Mark, organization_id: int, *, step: int) -> int:
    """Add what comes next, at most `step` of each, and return how many there were."""
    [(count,)] = fetch(
        _ADD_NEXT,
        {
            "organization": organization_id,
            "event_id": mark.event_id,
            "reversal_id": mark.reversal_id,
            "transfer_id": mark.transfer_id,
            "time_zone": mark.time_zone,
            "step": step,
        },
    )
    return int(count)
