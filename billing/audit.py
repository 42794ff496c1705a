"""
Proof of what follows from the books: agreements, settlements, rollover policies and top-ups.

`metering.ledger.audit` proves the books themselves; plans and prices are unknown there. Aliases:
`p` usage period, `s` settlement, `u` top-up, `a` agreement.
"""

from collections.abc import Iterator
from typing import Final

from metering.ledger.audit import INVARIANTS as OF_THE_LEDGER
from metering.ledger.audit import Invariant, Row, Violation, check

from .agreements.audit import AGREEMENTS
from .catalog.queries import get_plan_version_terms
from .settlements.charges import corrected_charge, period_charge

__all__ = ["INVARIANTS", "Violation", "find_violations"]

# What became of the credits that an agreement's grants had at a period's end.
_WITH_ENDINGS: Final = """
WITH ending AS (
    SELECT p.id AS period_id,
           coalesce(sum(t.amount) FILTER (WHERE t.kind = 'roll_over'), 0) AS rolled_over,
           coalesce(sum(t.amount) FILTER (WHERE t.kind = 'expire'), 0) AS expired,
           max(t.id) FILTER (WHERE t.kind = 'roll_over') AS last_id
    FROM metering_usageperiod p
    JOIN metering_creditgrant given ON (given.organization_id, given.meter_id, given.source)
        = (p.organization_id, p.meter_id, p.source) AND given.category IN ('allowance', 'rollover')
    JOIN metering_ledgertransfer t
        ON t.organization_id = given.organization_id AND t.debit_account_id = given.account_id
        AND t.kind IN ('roll_over', 'expire') AND num_nonnulls(t.event_key, t.hold_id) = 0
        AND t.occurred_at = p.ends_at
    WHERE {p} AND p.closed_at IS NOT NULL
    GROUP BY p.id
)
"""

_OTHER_FIGURES: Final = """
SELECT s.public_id, s.organization_id, s.used_credits, p.used_credits AS used,
       s.overage_credits, p.overage_credits AS overage, s.expired_credits, ending.expired,
       s.rolled_over_credits, ending.rolled_over
FROM billing_settlement s
JOIN metering_usageperiod p ON p.id = s.usage_period_id
LEFT JOIN ending ON ending.period_id = p.id
WHERE {s} AND s.kind = 'period'
    AND (s.used_credits, s.overage_credits, s.expired_credits, s.rolled_over_credits)
    <> (p.used_credits, CASE WHEN p.allowance IS NULL THEN 0 ELSE p.overage_credits END,
        coalesce(ending.expired, 0), coalesce(ending.rolled_over, 0))
"""
_AGAINST_THE_POLICY: Final = """
SELECT s.public_id, s.organization_id, terms.rollover_basis, terms.rollover_percent,
       terms.rollover_cap_percent, p.allowance, ending.rolled_over, ending.expired,
       pool.amount AS pool
FROM billing_settlement s
JOIN metering_usageperiod p ON p.id = s.usage_period_id
JOIN billing_planfeature terms
    ON terms.plan_version_id = s.plan_version_id AND terms.feature_id = s.feature_id
JOIN ending ON ending.period_id = p.id AND ending.rolled_over > 0
CROSS JOIN LATERAL (
    SELECT sum(CASE WHEN t.credit_account_id = rolled.account_id THEN t.amount
        ELSE -t.amount END) AS amount
    FROM metering_creditgrant rolled
    LEFT JOIN metering_grantend ended ON ended.grant_id = rolled.id
    JOIN metering_ledgertransfer t ON t.organization_id = rolled.organization_id
        AND rolled.account_id IN (t.debit_account_id, t.credit_account_id)
        AND t.id <= ending.last_id
        -- What holds have taken stays part of the pool.
        AND t.kind NOT IN ('hold', 'release')
    WHERE (rolled.organization_id, rolled.meter_id, rolled.source)
            = (p.organization_id, p.meter_id, p.source)
        AND rolled.category = 'rollover' AND rolled.effective_at <= p.ends_at
        AND coalesce(least(rolled.expires_at, ended.ended_at) > p.ends_at, TRUE)
) pool
WHERE {s} AND s.kind = 'period' AND (
    ending.rolled_over * 100 > terms.rollover_percent * CASE terms.rollover_basis
        WHEN 'unused' THEN ending.rolled_over + ending.expired
        WHEN 'allowance' THEN p.allowance
        ELSE 0 END
    OR pool.amount * 100 > terms.rollover_cap_percent * p.allowance)
"""

_CHARGES: Final = """
SELECT first.public_id, s.organization_id, first.plan_version_id, first.feature_id, first.currency,
       p.allowance IS NULL AS is_unlimited, first.overage_credits AS settled,
       first.amount_minor AS charged, sum(s.overage_credits) AS left_,
       sum(s.amount_minor) AS due
FROM billing_settlement s
JOIN billing_settlement first
    ON first.usage_period_id = s.usage_period_id AND first.kind = 'period'
JOIN metering_usageperiod p ON p.id = s.usage_period_id
WHERE {s}
GROUP BY first.id, s.organization_id, p.id
"""


def _is_mispriced(settlement: Row) -> bool:
    """Whether a settlement, or what its corrections leave of it, is not what its terms charge."""
    terms = get_plan_version_terms(plan_version_id=settlement["plan_version_id"])
    [feature] = [item for item in terms.metered if item.feature_id == settlement["feature_id"]]
    currency, settled, charged = (settlement[name] for name in ("currency", "settled", "charged"))
    expected = (
        0
        if settlement["is_unlimited"]
        else (period_charge(feature, overage=settled, currency=currency).minor)
    )
    left = corrected_charge(feature, settled=settled, left=settlement["left_"], currency=currency)
    # A month that nobody agreed to is charged nothing, whatever was used in it.
    return charged not in (0, expected) or settlement["due"] != min(left.minor, charged)


_SETTLEMENTS: Final = (
    Invariant(
        "closed_period_is_settled_once",
        "A usage period of an agreement has one settlement once it is closed, and none before.",
        """
        SELECT p.id, p.organization_id, p.source, p.closed_at, count(s.id) AS settlements
        FROM metering_usageperiod p
        JOIN billing_agreement agreement ON agreement.public_id = p.source
        LEFT JOIN billing_settlement s ON s.usage_period_id = p.id AND s.kind = 'period'
        WHERE {p}
        GROUP BY p.id HAVING count(s.id) <> CASE WHEN p.closed_at IS NULL THEN 0 ELSE 1 END
        """,
    ),
    Invariant(
        "settlement_is_of_its_period",
        "A settlement belongs to the organization, the agreement and the meter of its usage "
        "period, and is in the agreement's currency.",
        """
        SELECT s.public_id, s.organization_id, p.id AS period_id, p.source, agreement.public_id
        FROM billing_settlement s
        JOIN metering_usageperiod p ON p.id = s.usage_period_id
        JOIN metering_meter meter ON meter.id = p.meter_id
        JOIN billing_agreement agreement ON agreement.id = s.agreement_id
        JOIN billing_feature feature ON feature.id = s.feature_id
        WHERE {s} AND (s.organization_id, agreement.organization_id, s.starts_at, s.ends_at,
                agreement.public_id, agreement.currency, feature.meter_id)
            IS DISTINCT FROM (p.organization_id, p.organization_id, p.starts_at, p.ends_at,
                p.source, s.currency, meter.code)
        """,
    ),
    Invariant(
        "settlement_says_what_its_period_came_to",
        "The settlement of a period has its totals, and what expired and rolled over at its end; "
        "without a bound nothing is overage.",
        _WITH_ENDINGS + _OTHER_FIGURES,
    ),
    Invariant(
        "settlements_add_up_to_their_events",
        "A settlement and its corrections add up to the events of the period that stand, and to "
        "the overage of those that nothing has paid for.",
        """
        SELECT settled.*, coalesce(booked.used, 0) AS standing,
               coalesce(booked.overage, 0) AS unpaid
        FROM (
            SELECT s.usage_period_id, s.organization_id, sum(s.used_credits) AS used,
                   sum(s.overage_credits) AS overage
            FROM billing_settlement s WHERE {s} GROUP BY s.usage_period_id, s.organization_id
        ) settled
        JOIN metering_usageperiod p ON p.id = settled.usage_period_id
        LEFT JOIN (
            SELECT e.period_id, sum(e.credits) AS used,
                   sum(e.overage_credits - coalesce(cover.amount, 0)) AS overage
            FROM metering_usageevent e
            LEFT JOIN (
                SELECT t.organization_id, t.event_key, sum(t.amount) AS amount
                FROM metering_ledgertransfer t WHERE {t} AND t.kind = 'cover'
                GROUP BY t.organization_id, t.event_key
            ) cover ON cover.organization_id = e.organization_id AND cover.event_key = e.event_id
            WHERE {e} AND NOT EXISTS (
                SELECT FROM metering_usagereversal reversal
                WHERE reversal.organization_id = e.organization_id
                    AND reversal.event_key = e.event_id)
            GROUP BY e.period_id
        ) booked ON booked.period_id = settled.usage_period_id
        WHERE (settled.used, settled.overage) <> (coalesce(booked.used, 0),
            CASE WHEN p.allowance IS NULL THEN 0 ELSE coalesce(booked.overage, 0) END)
        """,
    ),
    Invariant(
        "correction_follows_from_a_reversal",
        "A correction takes back one event of its period that was reversed after it was settled.",
        """
        SELECT s.public_id, s.organization_id, s.event_key, s.used_credits, r.credits
        FROM billing_settlement s
        LEFT JOIN metering_usagereversal r
            ON r.organization_id = s.organization_id AND r.event_key = s.event_key
        WHERE {s} AND s.kind = 'correction'
            AND (r.period_id, -r.credits) IS DISTINCT FROM (s.usage_period_id, s.used_credits)
        """,
    ),
    Invariant(
        "settlement_is_priced_by_its_terms",
        "A settlement charges what its plan's price makes of the overage, or nothing, and with its "
        "corrections what the price makes of what is left.",
        _CHARGES,
        _is_mispriced,
    ),
    Invariant(
        "charge_never_falls_below_nothing",
        "The corrections of a period never give back more than it was charged.",
        """
        SELECT s.usage_period_id, s.organization_id, sum(s.amount_minor) AS amount_minor
        FROM billing_settlement s WHERE {s}
        GROUP BY s.usage_period_id, s.organization_id HAVING sum(s.amount_minor) < 0
        """,
    ),
)

_ROLLOVERS: Final = (
    Invariant(
        "rollover_keeps_to_its_policy",
        "No more of a period's unused credits rolls over than the plan that it was settled by "
        "says, and the pool that they join stays within its cap.",
        _WITH_ENDINGS + _AGAINST_THE_POLICY,
    ),
    Invariant(
        "ended_agreement_leaves_no_credits",
        "Once an agreement has ended and its periods are closed, nothing that it gave is left.",
        """
        SELECT a.public_id, a.organization_id, a.ended_at, given.public_id AS grant,
               account.balance
        FROM billing_agreement a
        JOIN metering_creditgrant given ON given.organization_id = a.organization_id
            AND given.source = a.public_id AND given.category IN ('allowance', 'rollover')
        JOIN metering_ledgeraccount account ON account.id = given.account_id
        WHERE {a} AND a.ended_at IS NOT NULL AND account.balance > 0 AND NOT EXISTS (
            SELECT FROM metering_usageperiod p
            WHERE (p.organization_id, p.meter_id, p.source)
                    = (given.organization_id, given.meter_id, given.source)
                AND p.closed_at IS NULL)
        """,
    ),
)

_TOP_UPS: Final = (
    Invariant(
        "paid_top_up_is_granted_once",
        "A top-up has one grant of its credits once it is paid, and none otherwise.",
        """
        SELECT u.public_id, u.organization_id, u.status, u.credits, count(given.id) AS grants,
               sum(given.amount) AS granted
        FROM billing_topup u
        JOIN billing_feature feature ON feature.id = u.feature_id
        JOIN metering_meter meter ON meter.code = feature.meter_id
        LEFT JOIN metering_creditgrant given ON given.source = u.public_id
        WHERE {u}
        GROUP BY u.id, meter.id
        HAVING count(given.id) <> CASE u.status WHEN 'paid' THEN 1 ELSE 0 END
            OR sum(given.amount) <> u.credits
            OR NOT coalesce(bool_and((given.organization_id, given.meter_id, given.category)
                = (u.organization_id, meter.id, 'purchase')), TRUE)
        """,
    ),
)

INVARIANTS: Final = (*OF_THE_LEDGER, *AGREEMENTS, *_SETTLEMENTS, *_ROLLOVERS, *_TOP_UPS)


def find_violations(*, organization_id: int | None = None) -> Iterator[Violation]:
    """Check the books and what follows from them, and yield the promises that do not hold."""
    return check(INVARIANTS, organization_id=organization_id)
