"""
Promises about agreements, and what their usage periods follow from.

Aliases: `a` agreement, `h` agreed seats, `c` plan change or scheduled change, `p` usage period,
`s` settlement.
"""

from typing import Final

from metering.ledger.audit import Invariant

AGREEMENTS: Final = (
    Invariant(
        "plan_changes_lead_to_the_plan",
        "The plan changes of an agreement follow from one another, and lead to the plan that it is "
        "on.",
        """
        SELECT a.public_id, a.organization_id, a.plan_version_id, step.*
        FROM billing_agreement a
        JOIN (
            SELECT c.agreement_id, c.effective_at, c.from_version_id, c.to_version_id,
                   lag(c.to_version_id) OVER moves AS came_to,
                   lead(c.id) OVER moves IS NULL AS is_last
            FROM billing_planchange c WHERE {c}
            WINDOW moves AS (PARTITION BY c.agreement_id ORDER BY c.effective_at)
        ) step ON step.agreement_id = a.id
        WHERE {a} AND (step.came_to <> step.from_version_id
            OR (step.is_last AND step.to_version_id <> a.plan_version_id))
        """,
    ),
    Invariant(
        "agreed_seats_lead_to_those_there_are",
        "What is kept of an agreement's seats and interval begins with it, and leads to those that "
        "it has.",
        """
        SELECT a.public_id, a.organization_id, a.seats, a.interval, kept.*
        FROM billing_agreement a
        LEFT JOIN (
            SELECT h.agreement_id, min(h.effective_at) AS since,
                   (array_agg(h.seats ORDER BY h.effective_at DESC))[1] AS last_seats,
                   (array_agg(h.interval ORDER BY h.effective_at DESC))[1] AS last_interval
            FROM billing_agreedseats h WHERE {h}
            GROUP BY h.agreement_id
        ) kept ON kept.agreement_id = a.id
        WHERE {a} AND (kept.since, kept.last_seats, kept.last_interval)
            IS DISTINCT FROM (a.started_at, a.seats::integer, a.interval)
        """,
    ),
    Invariant(
        "scheduled_change_takes_effect_in_time",
        "A scheduled change takes effect at its instant, and none waits for an agreement that has "
        "ended.",
        """
        SELECT c.public_id, c.organization_id, c.status, c.effective_at, a.ended_at
        FROM billing_scheduledchange c
        JOIN billing_agreement a ON a.id = c.agreement_id
        WHERE {c} AND CASE c.status
            WHEN 'waiting' THEN a.ended_at IS NOT NULL
            WHEN 'applied' THEN c.to_version_id <> coalesce(
                (SELECT move.to_version_id FROM billing_planchange move
                 WHERE move.agreement_id = a.id
                    AND move.effective_at <= c.effective_at + interval '1 microsecond'
                 ORDER BY move.effective_at DESC LIMIT 1),
                (SELECT move.from_version_id FROM billing_planchange move
                 WHERE move.agreement_id = a.id ORDER BY move.effective_at LIMIT 1),
                a.plan_version_id)
            ELSE FALSE END
        """,
    ),
    Invariant(
        "periods_are_counted_from_the_anchor",
        "A usage period ends whole months from what its agreement was counted from, unless the "
        "agreement ended in it.",
        """
        SELECT p.id, p.organization_id, p.source, p.starts_at, p.ends_at, counted.anchor
        FROM metering_usageperiod p
        JOIN billing_agreement a ON a.public_id = p.source
        CROSS JOIN LATERAL (
            SELECT p.ends_at AT TIME ZONE 'UTC' AS until, coalesce(
                (SELECT c.previous_anchor_at FROM billing_scheduledchange c
                 WHERE c.agreement_id = a.id AND c.previous_anchor_at IS NOT NULL
                    AND c.effective_at > p.starts_at
                 ORDER BY c.effective_at LIMIT 1),
                a.anchor_at) AT TIME ZONE 'UTC' AS anchor
        ) counted
        WHERE {p} AND (a.ended_at IS NULL OR p.ends_at < a.ended_at)
            AND counted.until <> counted.anchor + make_interval(months => CAST(
                (extract(year FROM counted.until) - extract(year FROM counted.anchor)) * 12
                + extract(month FROM counted.until) - extract(month FROM counted.anchor) AS integer
            ))
        """,
    ),
    Invariant(
        "periods_lie_within_their_agreement",
        "No usage period begins before its agreement does, or once that has ended.",
        """
        SELECT p.id, p.organization_id, p.source, p.starts_at, a.started_at, a.ended_at
        FROM metering_usageperiod p
        JOIN billing_agreement a ON a.public_id = p.source
        WHERE {p} AND (p.starts_at < a.started_at OR p.starts_at >= a.ended_at)
        """,
    ),
    Invariant(
        "trial_costs_nothing",
        "What was used on trial is charged nothing, and nothing of it rolls over.",
        """
        SELECT s.public_id, s.organization_id, s.ends_at, a.trial_ends_at, s.amount_minor,
               s.rolled_over_credits
        FROM billing_settlement s
        JOIN billing_agreement a ON a.id = s.agreement_id
        WHERE {s} AND s.ends_at <= a.trial_ends_at
            AND (s.amount_minor <> 0 OR s.rolled_over_credits <> 0)
        """,
    ),
)
