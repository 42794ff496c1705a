"""
Promises about usage periods and what is counted in them.

Aliases: `p` period, `e` event, `r` reversal, `t` transfer, `s` seen value, `g` grant.
"""

from typing import Final

from .invariant import Invariant

PERIODS: Final = (
    Invariant(
        "periods_are_contiguous",
        "The periods of one agreement and meter follow each other without gap or overlap, and no "
        "two periods of an organization and meter overlap.",
        """
        SELECT * FROM (
            SELECT p.id, p.organization_id, p.meter_id, p.source, p.starts_at,
                   lag(p.ends_at) OVER (
                       PARTITION BY p.organization_id, p.meter_id, p.source ORDER BY p.starts_at
                   ) AS previous_end,
                   lag(p.ends_at) OVER (
                       PARTITION BY p.organization_id, p.meter_id ORDER BY p.starts_at
                   ) AS last_end
            FROM metering_usageperiod p WHERE {p}
        ) step WHERE previous_end <> starts_at OR last_end > starts_at
        """,
    ),
    Invariant(
        "periods_close_in_order",
        "A period closes when its grace is over, never before an earlier one, and nothing is left "
        "then of its allowance and of the rollovers that end with it.",
        """
        SELECT p.id, p.organization_id, p.closes_at, p.closed_at, NULL AS public_id, NULL AS left_
        FROM (
            SELECT p.*, bool_or(p.closed_at IS NULL) OVER (
                PARTITION BY p.organization_id, p.meter_id ORDER BY p.starts_at
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) AS follows_an_open_one
            FROM metering_usageperiod p WHERE {p}
        ) p
        WHERE p.closed_at IS NOT NULL AND (p.closed_at < p.closes_at OR p.follows_an_open_one)
        UNION ALL
        SELECT p.id, p.organization_id, p.closes_at, p.closed_at, g.public_id, account.balance
        FROM metering_creditgrant g
        LEFT JOIN metering_grantend ended ON ended.grant_id = g.id
        JOIN metering_ledgeraccount account ON account.id = g.account_id AND account.balance > 0
        JOIN metering_usageperiod p ON (p.organization_id, p.meter_id, p.source)
            = (g.organization_id, g.meter_id, g.source) AND p.closed_at IS NOT NULL
        WHERE {g} AND g.category IN ('allowance', 'rollover')
            AND (p.id = g.period_id OR least(g.expires_at, ended.ended_at) <= p.ends_at)
        """,
    ),
    Invariant(
        "event_lies_in_its_period",
        "Each event is counted within the period that it is booked in.",
        """
        SELECT e.organization_id, e.event_id, e.counted_at, p.starts_at, p.ends_at
        FROM metering_usageevent e JOIN metering_usageperiod p ON p.id = e.period_id
        WHERE {e} AND (e.counted_at < p.starts_at OR e.counted_at >= p.ends_at)
        """,
    ),
    Invariant(
        "event_is_late_for_a_reason",
        "An event is counted when it occurred, or later because the period in which it occurred "
        "took no more events.",
        """
        SELECT e.organization_id, e.event_id, e.occurred_at, e.counted_at, p.closes_at
        FROM metering_usageevent e
        JOIN metering_usageperiod booked ON booked.id = e.period_id
        LEFT JOIN metering_usageperiod p
            ON (p.organization_id, p.meter_id) = (e.organization_id, e.meter_id)
            AND p.starts_at <= e.occurred_at AND e.occurred_at < p.ends_at
            AND p.closes_at > e.counted_at
        WHERE {e} AND (e.counted_at < e.occurred_at
            OR (e.counted_at > e.occurred_at AND p.id IS NOT NULL
                -- After an agreement's end, its last moment stands for all that came later.
                AND e.counted_at <> booked.ends_at - interval '1 microsecond'))
        """,
    ),
    Invariant(
        "period_totals_are_sums",
        "The totals of a period are the sums of its events, less what was taken back and what "
        "credits covered; those of a closed period stand as they were when it closed.",
        """
        SELECT p.id, p.organization_id, p.used_credits, p.overage_credits,
               coalesce(booked.used, 0) - coalesce(reversed.used, 0) AS used,
               coalesce(booked.overage, 0) - coalesce(reversed.overage, 0) AS overage
        FROM metering_usageperiod p
        LEFT JOIN (
            SELECT e.period_id, sum(e.credits) AS used,
                   sum(e.overage_credits - coalesce(cover.amount, 0)) AS overage
            FROM metering_usageevent e
            LEFT JOIN (
                SELECT t.organization_id, t.event_key, sum(t.amount) AS amount
                FROM metering_ledgertransfer t WHERE {t} AND t.kind = 'cover'
                GROUP BY t.organization_id, t.event_key
            ) cover ON cover.organization_id = e.organization_id AND cover.event_key = e.event_id
            WHERE {e} GROUP BY e.period_id
        ) booked ON booked.period_id = p.id
        LEFT JOIN (
            SELECT r.period_id, sum(r.credits) AS used, sum(r.overage_credits) AS overage,
                   max(r.reversed_at) AS last_at
            FROM metering_usagereversal r WHERE {r} GROUP BY r.period_id
        ) reversed ON reversed.period_id = p.id
        WHERE {p} AND CASE
            WHEN reversed.last_at >= p.closed_at
                THEN p.used_credits < booked.used - reversed.used OR p.used_credits > booked.used
                    OR p.overage_credits < booked.overage - reversed.overage
            ELSE p.used_credits <> coalesce(booked.used, 0) - coalesce(reversed.used, 0)
                OR p.overage_credits <> coalesce(booked.overage, 0) - coalesce(reversed.overage, 0)
        END
        """,
    ),
    Invariant(
        "period_value_follows_its_meter",
        "The value of a period is what its meter makes of the reports: their number, the highest, "
        "the latest, or how many different values they name.",
        """
        SELECT p.id, p.organization_id, meter.aggregation, p.used_credits, counted.*
        FROM metering_usageperiod p
        JOIN metering_meter meter ON meter.id = p.meter_id
        JOIN (
            SELECT e.period_id, count(*) AS reports, max(e.quantity) AS highest,
                   (array_agg(e.quantity ORDER BY e.counted_at DESC, e.id DESC)
                       FILTER (WHERE e.counted_at = e.occurred_at))[1] AS latest,
                   count(DISTINCT CASE kind.unique_property WHEN 'member' THEN e.member
                       ELSE e.properties ->> kind.unique_property END) AS different,
                   bool_or(e.action_id IS NOT NULL) AS has_rates
            FROM metering_usageevent e
            JOIN metering_meter kind ON kind.id = e.meter_id AND kind.aggregation <> 'sum'
            LEFT JOIN metering_usagereversal r
                ON r.organization_id = e.organization_id AND r.event_key = e.event_id
            WHERE {e} AND r.id IS NULL
            GROUP BY e.period_id
        ) counted ON counted.period_id = p.id
        WHERE {p} AND CASE meter.aggregation
                WHEN 'count' THEN counted.reports
                WHEN 'unique' THEN counted.different
                WHEN 'max' THEN CASE WHEN NOT has_rates THEN counted.highest END
                WHEN 'latest' THEN CASE WHEN NOT has_rates THEN coalesce(counted.latest, 0) END
            END <> p.used_credits
            AND NOT EXISTS (
                SELECT FROM metering_usagereversal later
                WHERE later.period_id = p.id AND later.reversed_at >= p.closed_at)
        """,
    ),
    Invariant(
        "seen_values_are_those_reported",
        "A meter of unique values has seen each value once in a period, and as many as it counted.",
        """
        SELECT p.id, p.organization_id, p.used_credits, count(s.id) AS seen,
               count(DISTINCT s.value) AS different
        FROM metering_usageperiod p
        JOIN metering_meter meter ON meter.id = p.meter_id
        LEFT JOIN metering_seenvalue s ON s.period_id = p.id
        WHERE {p} AND (meter.aggregation = 'unique' OR s.id IS NOT NULL)
        GROUP BY p.id
        HAVING count(s.id) <> p.used_credits OR count(s.id) > count(DISTINCT s.value)
        """,
    ),
)
