"""Promises about usage events. Aliases: `e` event, `t` transfer, `r` reversal, `g` grant."""

from typing import Final

from .invariant import Invariant

USAGE: Final = (
    Invariant(
        "event_once_per_id",
        "An organization has one event per id.",
        """
        SELECT e.organization_id, e.event_id, count(*) AS events
        FROM metering_usageevent e WHERE {e}
        GROUP BY e.organization_id, e.event_id HAVING count(*) > 1
        """,
    ),
    Invariant(
        "event_is_paid_in_full",
        "What grants paid for an event and its overage sum to its credits, and no more overage is "
        "covered than there was.",
        """
        SELECT e.organization_id, e.event_id, e.credits, e.overage_credits,
               coalesce(paid.consumed, 0) AS consumed, coalesce(paid.overage, 0) AS overage,
               coalesce(paid.covered, 0) AS covered
        FROM metering_usageevent e
        LEFT JOIN (
            SELECT t.organization_id, t.event_key,
                   coalesce(sum(t.amount) FILTER (WHERE t.kind = 'consume'), 0) AS consumed,
                   coalesce(sum(t.amount) FILTER (WHERE t.kind = 'overage'), 0) AS overage,
                   coalesce(sum(t.amount) FILTER (WHERE t.kind = 'cover'), 0) AS covered
            FROM metering_ledgertransfer t
            WHERE {t} AND t.kind IN ('consume', 'overage', 'cover')
            GROUP BY t.organization_id, t.event_key
        ) paid ON paid.organization_id = e.organization_id AND paid.event_key = e.event_id
        WHERE {e} AND (e.credits <> coalesce(paid.consumed + paid.overage, 0)
            OR e.overage_credits <> coalesce(paid.overage, 0)
            OR paid.covered > paid.overage)
        """,
    ),
    Invariant(
        "reversal_takes_back_its_event",
        "An event is taken back at most once, with its own credits, and of its overage what no "
        "grant had covered.",
        """
        SELECT r.organization_id, r.event_key, r.credits, r.overage_credits,
               e.credits AS booked, e.overage_credits - coalesce(cover.amount, 0) AS net_overage
        FROM metering_usagereversal r
        LEFT JOIN metering_usageevent e
            ON e.organization_id = r.organization_id AND e.event_id = r.event_key
        LEFT JOIN (
            SELECT t.organization_id, t.event_key, sum(t.amount) AS amount
            FROM metering_ledgertransfer t WHERE {t} AND t.kind = 'cover'
            GROUP BY t.organization_id, t.event_key
        ) cover ON cover.organization_id = r.organization_id AND cover.event_key = r.event_key
        WHERE {r} AND ((r.credits, r.overage_credits, r.period_id, r.meter_id)
            = (e.credits, e.overage_credits - coalesce(cover.amount, 0), e.period_id, e.meter_id)
        ) IS NOT TRUE
        UNION ALL
        SELECT r.organization_id, r.event_key, count(*), NULL, NULL, NULL
        FROM metering_usagereversal r WHERE {r}
        GROUP BY r.organization_id, r.event_key HAVING count(*) > 1
        """,
    ),
    Invariant(
        "event_left_no_credits_unspent",
        "No event fell to overage while credits were left that could have paid for it.",
        """
        SELECT e.organization_id, e.event_id, e.overage_credits, e.balance_after
        FROM metering_usageevent e
        WHERE {e} AND e.overage_credits > 0 AND e.balance_after > 0
        """,
    ),
    Invariant(
        "no_credits_lie_idle_beside_overage",
        "In an open period with an allowance, no overage is left that credits still there could "
        "pay for.",
        """
        SELECT e.organization_id, e.event_id, e.overage_credits, coalesce(cover.amount, 0)
               AS covered, g.public_id, account.balance
        FROM metering_usageevent e
        JOIN metering_usageperiod period ON period.id = e.period_id
        LEFT JOIN metering_usagereversal r
            ON r.organization_id = e.organization_id AND r.event_key = e.event_id
        LEFT JOIN (
            SELECT t.organization_id, t.event_key, sum(t.amount) AS amount
            FROM metering_ledgertransfer t WHERE {t} AND t.kind = 'cover'
            GROUP BY t.organization_id, t.event_key
        ) cover ON cover.organization_id = e.organization_id AND cover.event_key = e.event_id
        JOIN metering_creditgrant g
            ON (g.organization_id, g.meter_id) = (e.organization_id, e.meter_id)
            AND g.effective_at <= e.counted_at
        LEFT JOIN metering_grantend ended ON ended.grant_id = g.id
        JOIN metering_ledgeraccount account ON account.id = g.account_id
        WHERE {e} AND e.overage_credits > 0 AND period.closed_at IS NULL AND r.id IS NULL
            AND period.allowance IS NOT NULL AND account.balance > 0
            AND coalesce(e.counted_at < least(g.expires_at, ended.ended_at), TRUE)
            AND e.overage_credits > coalesce(cover.amount, 0)
            AND (NOT EXISTS (SELECT FROM metering_grantrestriction may WHERE may.grant_id = g.id)
                OR EXISTS (SELECT FROM metering_grantrestriction may
                           WHERE may.grant_id = g.id AND may.action_id = e.action_id))
        """,
    ),
)
