"""Promises about credit grants. Aliases: `g` grant, `t` transfer, `p` period."""

from typing import Final

from .invariant import Invariant

GRANTS: Final = (
    Invariant(
        "grant_is_given_once",
        "A grant is issued once and wholly; a rollover comes wholly out of its parent.",
        """
        SELECT g.public_id, g.organization_id, g.category, g.amount,
               count(given.id) AS transfers, sum(given.amount) AS given
        FROM metering_creditgrant g
        LEFT JOIN metering_creditgrant parent ON parent.id = g.parent_id
        LEFT JOIN metering_ledgertransfer given
            ON given.organization_id = g.organization_id
            AND given.credit_account_id = g.account_id
            AND given.event_key IS NULL AND given.kind IN ('issue', 'roll_over')
        WHERE {g}
        GROUP BY g.id, parent.id
        HAVING count(given.id) <> 1 OR sum(given.amount) <> g.amount
            OR (g.category = 'rollover') <> (min(given.kind) = 'roll_over')
            OR (g.category = 'rollover') <> (parent.id IS NOT NULL)
            OR min(given.debit_account_id) <> parent.account_id
        """,
    ),
    Invariant(
        "grant_is_accounted_for",
        "What was granted is consumed, held, expired, rolled over or still there.",
        """
        SELECT g.public_id, g.organization_id, g.amount, account.balance,
               coalesce(went.consumed, 0) AS consumed, coalesce(went.held, 0) AS held,
               coalesce(went.lapsed, 0) AS lapsed
        FROM metering_creditgrant g
        JOIN metering_ledgeraccount account ON account.id = g.account_id
        LEFT JOIN (
            SELECT account_id,
                   coalesce(sum(amount) FILTER (WHERE kind IN ('consume', 'cover')), 0) AS consumed,
                   coalesce(sum(amount) FILTER (WHERE kind = 'hold'), 0) AS held,
                   coalesce(sum(amount) FILTER (WHERE kind IN ('expire', 'roll_over')), 0) AS lapsed
            FROM (
                SELECT t.debit_account_id AS account_id, t.kind, t.amount
                FROM metering_ledgertransfer t WHERE {t}
                UNION ALL
                SELECT t.credit_account_id, 'hold', -t.amount
                FROM metering_ledgertransfer t WHERE {t} AND t.kind = 'release'
                UNION ALL
                SELECT t.credit_account_id, 'consume', -t.amount
                FROM metering_ledgertransfer t WHERE {t} AND t.kind = 'reverse'
            ) leg GROUP BY account_id
        ) went ON went.account_id = g.account_id
        WHERE {g} AND (
            g.amount <> account.balance + coalesce(went.consumed + went.held + went.lapsed, 0)
            OR least(account.balance, went.consumed, went.held, went.lapsed) < 0)
        """,
    ),
    Invariant(
        "grant_spent_within_its_life",
        "Nothing is taken from a grant before it takes effect or after it expires, but what a hold "
        "set aside in time.",
        """
        SELECT t.id, t.organization_id, t.kind, g.public_id,
               coalesce(event.counted_at, hold.held_at) AS spent_at
        FROM metering_ledgertransfer t
        JOIN metering_creditgrant g ON g.account_id = t.debit_account_id
        LEFT JOIN metering_grantend ended ON ended.grant_id = g.id
        LEFT JOIN metering_usageevent event
            ON event.organization_id = t.organization_id AND event.event_id = t.event_key
        LEFT JOIN metering_hold hold ON hold.id = t.hold_id
        LEFT JOIN metering_ledgertransfer held
            ON held.organization_id = t.organization_id AND held.kind = 'hold'
            AND held.hold_id = event.hold_id AND held.debit_account_id = t.debit_account_id
        WHERE {t} AND t.kind IN ('consume', 'cover', 'hold') AND held.id IS NULL
            AND (coalesce(event.counted_at, hold.held_at) < g.effective_at
                OR coalesce(event.counted_at, hold.held_at) >= least(g.expires_at, ended.ended_at))
        """,
    ),
    Invariant(
        "grant_pays_for_its_actions",
        "A grant that is restricted to actions pays for nothing else, and only for actions of its "
        "own meter.",
        """
        SELECT t.id, t.organization_id, t.kind, g.public_id,
               coalesce(event.action_id, hold.action_id) AS action_id
        FROM metering_creditgrant g
        JOIN metering_ledgertransfer t
            ON t.organization_id = g.organization_id AND t.debit_account_id = g.account_id
            AND t.kind IN ('consume', 'cover', 'hold')
        LEFT JOIN metering_usageevent event
            ON event.organization_id = t.organization_id AND event.event_id = t.event_key
        LEFT JOIN metering_hold hold ON hold.id = coalesce(t.hold_id, event.hold_id)
        WHERE {g} AND g.id IN (SELECT grant_id FROM metering_grantrestriction)
            AND NOT EXISTS (
                SELECT FROM metering_grantrestriction may
                WHERE may.grant_id = g.id AND may.action_id IN (event.action_id, hold.action_id))
        UNION ALL
        SELECT NULL, g.organization_id, 'restriction', g.public_id, action.id
        FROM metering_creditgrant g
        JOIN metering_grantrestriction may ON may.grant_id = g.id
        JOIN metering_action action ON action.id = may.action_id
        WHERE {g} AND action.meter_id <> g.meter_id
        """,
    ),
    Invariant(
        "grant_lapses_once_in_its_time",
        "A grant expires once and rolls over once, at its end; before that only a cap takes from "
        "a rollover. What returns to it later expires with what returned it.",
        """
        SELECT g.public_id, g.organization_id, g.category, life.ends_at,
               count(*) FILTER (WHERE t.kind = 'roll_over') AS rolled_over,
               count(*) FILTER (WHERE is_final) AS expired, min(t.occurred_at) AS first_at
        FROM metering_ledgertransfer t
        JOIN metering_creditgrant g ON g.account_id = t.debit_account_id
        LEFT JOIN metering_grantend ended ON ended.grant_id = g.id
        CROSS JOIN LATERAL (
            SELECT coalesce(least(g.expires_at, ended.ended_at), 'infinity') AS ends_at
        ) life
        CROSS JOIN LATERAL (
            SELECT t.kind = 'expire' AND num_nonnulls(t.event_key, t.hold_id) = 0
                AND t.occurred_at >= life.ends_at AS is_final
        ) expiry
        WHERE {t} AND t.kind IN ('expire', 'roll_over')
        GROUP BY g.id, life.ends_at
        HAVING count(*) FILTER (WHERE t.kind = 'roll_over') > 1
            OR count(*) FILTER (WHERE is_final) > 1
            OR bool_or(t.occurred_at < life.ends_at
                AND (g.category <> 'rollover' OR t.kind = 'roll_over'))
            OR bool_or(t.kind = 'roll_over' AND g.category NOT IN ('allowance', 'rollover'))
        """,
    ),
    Invariant(
        "allowance_within_its_level",
        "The allowances of a period never add up to more than the highest level that was agreed in "
        "it, and each level is granted once.",
        """
        SELECT p.id, p.organization_id, p.meter_id, p.allowance, sum(g.amount) AS granted,
               max(g.level) AS level, count(*) - count(DISTINCT g.level) AS granted_again
        FROM metering_usageperiod p
        JOIN metering_creditgrant g ON g.period_id = p.id AND g.category = 'allowance'
        WHERE {p}
        GROUP BY p.id
        HAVING sum(g.amount) > max(g.level) OR max(g.level) > p.allowance
            OR count(*) > count(DISTINCT g.level)
        """,
    ),
    Invariant(
        "allowance_belongs_to_its_period",
        "An allowance takes effect in its own period, on its agreement's account.",
        """
        SELECT g.public_id, g.organization_id, g.source, g.effective_at, p.starts_at, p.ends_at
        FROM metering_creditgrant g JOIN metering_usageperiod p ON p.id = g.period_id
        WHERE {g} AND (g.source <> p.source OR g.expires_at IS NULL
            OR g.effective_at < p.starts_at OR g.effective_at >= p.ends_at)
        """,
    ),
    Invariant(
        "rollover_starts_where_its_period_ended",
        "A rollover takes effect at the end of a closed period of the agreement that gave it.",
        """
        SELECT g.public_id, g.organization_id, g.source, g.effective_at
        FROM metering_creditgrant g
        WHERE {g} AND g.category = 'rollover' AND NOT EXISTS (
            SELECT FROM metering_usageperiod p
            WHERE (p.organization_id, p.meter_id, p.source, p.ends_at)
                = (g.organization_id, g.meter_id, g.source, g.effective_at)
                AND p.closed_at IS NOT NULL)
        """,
    ),
)
