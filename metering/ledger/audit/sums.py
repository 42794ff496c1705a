"""
Promises about the sums that reads are answered from: up to the mark, they are what the books say.

Aliases: `e` event, `r` reversal, `t` transfer, `u` a row of sums.
"""

from typing import Final

from .invariant import Invariant

# What each event, reversal and cover up to the mark adds.
_ENTRIES: Final = """
WITH entry AS (
    SELECT e.*, e.quantity AS quantity_, e.credits AS credits_, e.overage_credits AS overage_,
           e.cost AS cost_, 1 AS events_, mark.time_zone
    FROM metering_usageevent e
    JOIN metering_rollupmark mark ON mark.organization_id = e.organization_id
    WHERE {e} AND e.id <= mark.event_id
    UNION ALL
    SELECT e.*, -e.quantity, -e.credits, -r.overage_credits, -e.cost, -1, mark.time_zone
    FROM metering_usagereversal r
    JOIN metering_rollupmark mark ON mark.organization_id = r.organization_id
    JOIN metering_usageevent e
        ON e.organization_id = r.organization_id AND e.event_id = r.event_key
    WHERE {r} AND r.id <= mark.reversal_id
    UNION ALL
    SELECT e.*, 0, 0, -t.amount, 0, 0, mark.time_zone
    FROM metering_ledgertransfer t
    JOIN metering_rollupmark mark ON mark.organization_id = t.organization_id
    JOIN metering_usageevent e
        ON e.organization_id = t.organization_id AND e.event_id = t.event_key
    WHERE {t} AND t.kind = 'cover' AND t.id <= mark.transfer_id
)
"""
_DIFFERENCE: Final = """
SELECT '{table}' AS sums, organization_id, period_id, slot::text, part::text,
       sum(quantity) AS quantity, sum(credits) AS credits, sum(overage) AS overage,
       sum(cost) AS cost, sum(events) AS events
FROM (
    SELECT organization_id, period_id, {slot} AS slot, {part} AS part, quantity_ AS quantity,
           credits_ AS credits, overage_ AS overage, cost_ AS cost, events_ AS events
    FROM entry
    UNION ALL
    SELECT u.organization_id, u.period_id, u.{column}, {part_of_sums}, -u.quantity, -u.credits,
           -u.overage_credits, -u.cost, -u.event_count
    FROM metering_{table} u WHERE {{u}}
) compared
GROUP BY organization_id, period_id, slot, part
HAVING (sum(quantity), sum(credits), sum(overage), sum(cost), sum(events)) <> (0, 0, 0, 0, 0)
"""
_DAY: Final = "(counted_at AT TIME ZONE time_zone)::date"


def _differences(table: str, *, column: str, slot: str, part: str) -> str:
    return _DIFFERENCE.format(table=table, column=column, slot=slot, part=part, part_of_sums=part)


SUMS: Final = (
    Invariant(
        "sums_of_usage_are_up_to_their_mark",
        "The sums of usage by hour, day and caller are those of the events up to their mark, less "
        "what was taken back and what credits covered.",
        _ENTRIES
        + "UNION ALL".join(
            [
                _differences(
                    "hourlyusage",
                    column="hour",
                    slot="date_trunc('hour', counted_at, 'UTC')",
                    part="action_id",
                ),
                _differences("dailyusage", column="day", slot=_DAY, part="action_id"),
                _differences("callerusage", column="day", slot=_DAY, part="(api_key_id, member)"),
            ]
        ),
    ),
    Invariant(
        "sums_of_accounts_are_up_to_their_mark",
        "What moved in and out of grants and overage on each day is what the transfers say.",
        """
        SELECT organization_id, account_id, kind, day, sum(amount) AS amount,
               sum(transfers) AS transfers, max(last_id) - min(last_id) AS last_differs
        FROM (
            SELECT t.organization_id, account.id AS account_id, t.kind,
                   (t.occurred_at AT TIME ZONE mark.time_zone)::date AS day,
                   sum(CASE account.id WHEN t.credit_account_id THEN t.amount ELSE -t.amount END)
                       AS amount,
                   count(*) AS transfers, min(t.id) AS first_id, max(t.id) AS last_id
            FROM metering_ledgertransfer t
            JOIN metering_rollupmark mark ON mark.organization_id = t.organization_id
            JOIN metering_ledgeraccount account
                ON account.id IN (t.debit_account_id, t.credit_account_id)
                AND account.kind IN ('grant', 'overage')
            WHERE {t} AND t.id <= mark.transfer_id
            GROUP BY 1, 2, 3, 4
            UNION ALL
            SELECT u.organization_id, u.account_id, u.kind, u.day, -u.amount, -u.transfer_count,
                   u.first_id, u.last_id
            FROM metering_accountday u WHERE {u}
        ) compared
        GROUP BY organization_id, account_id, kind, day
        HAVING (sum(amount), sum(transfers)) <> (0, 0)
            OR min(first_id) <> max(first_id) OR min(last_id) <> max(last_id)
        """,
    ),
)
