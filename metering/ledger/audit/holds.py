"""Promises about holds. Aliases: `h` hold, `a` account, `t` transfer, `e` event."""

from typing import Final

from .invariant import Invariant

HOLDS: Final = (
    Invariant(
        "held_is_what_open_holds_set_aside",
        "What an organization's `held` account has is what grants set aside for its open holds.",
        """
        SELECT coalesce(account.organization_id, open.organization_id) AS organization_id,
               coalesce(account.meter_id, open.meter_id) AS meter_id,
               coalesce(account.balance, 0) AS balance, coalesce(open.amount, 0) AS set_aside
        FROM (
            SELECT * FROM metering_ledgeraccount a WHERE {a} AND a.kind = 'held'
        ) account
        FULL JOIN (
            SELECT h.organization_id, h.meter_id, sum(h.credits - h.uncovered_credits) AS amount
            FROM metering_hold h WHERE {h} AND h.outcome IS NULL
            GROUP BY h.organization_id, h.meter_id
        ) open ON (open.organization_id, open.meter_id)
                = (account.organization_id, account.meter_id)
        WHERE coalesce(account.balance, 0) <> coalesce(open.amount, 0)
        """,
    ),
    Invariant(
        "hold_returns_what_it_took",
        "A hold takes its covered part out of grants, and each grant gets its share back once the "
        "hold has ended, not before.",
        """
        SELECT h.public_id, h.organization_id, h.outcome, h.credits, h.uncovered_credits,
               coalesce(sum(part.taken), 0) AS taken, coalesce(sum(part.returned), 0) AS returned
        FROM metering_hold h
        LEFT JOIN (
            SELECT t.hold_id,
                   CASE t.kind WHEN 'hold' THEN t.debit_account_id ELSE t.credit_account_id END
                       AS account_id,
                   coalesce(sum(t.amount) FILTER (WHERE t.kind = 'hold'), 0) AS taken,
                   coalesce(sum(t.amount) FILTER (WHERE t.kind = 'release'), 0) AS returned
            FROM metering_ledgertransfer t WHERE {t} AND t.kind IN ('hold', 'release')
            GROUP BY 1, 2
        ) part ON part.hold_id = h.id
        WHERE {h}
        GROUP BY h.id
        HAVING coalesce(sum(part.taken), 0) <> h.credits - h.uncovered_credits
            OR NOT coalesce(bool_and(part.returned
                = CASE WHEN h.outcome IS NULL THEN 0 ELSE part.taken END), TRUE)
        """,
    ),
    Invariant(
        "hold_ends_once",
        "A hold is open, or has ended in one way: settled by an event, released, or expired in its "
        "time.",
        """
        SELECT h.public_id, h.organization_id, h.outcome, h.ended_at, h.expires_at, h.event_key
        FROM metering_hold h
        WHERE {h} AND NOT CASE
            WHEN h.outcome IS NULL THEN num_nonnulls(h.ended_at, h.event_key) = 0
            WHEN h.outcome = 'settled' THEN num_nonnulls(h.ended_at, h.event_key) = 2
            WHEN h.outcome = 'expired'
                THEN coalesce(h.ended_at >= h.expires_at, FALSE) AND h.event_key IS NULL
            ELSE h.outcome = 'released' AND h.ended_at IS NOT NULL AND h.event_key IS NULL
        END
        """,
    ),
    Invariant(
        "settled_hold_has_its_event",
        "A hold that was settled names the event that settled it, and that event names the hold.",
        """
        SELECT h.public_id, h.organization_id, h.event_key, e.event_id, e.hold_id
        FROM (SELECT * FROM metering_hold h WHERE {h} AND h.outcome = 'settled') h
        FULL JOIN (SELECT * FROM metering_usageevent e WHERE {e} AND e.hold_id IS NOT NULL) e
            ON (e.organization_id, e.meter_id, e.hold_id, e.event_id)
             = (h.organization_id, h.meter_id, h.id, h.event_key)
        WHERE h.id IS NULL OR e.id IS NULL
        """,
    ),
)
