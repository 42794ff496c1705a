"""
Proof of the books: every promise of the ledger as a query that must return no row.

Each query compares what is stored with what follows from the transfers. A name in braces
stands for the scope of that table: one organization, or all of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

LARGEST_REPORT: Final = 100


@dataclass(frozen=True, slots=True)
class Invariant:
    """A promise, and the query that finds what breaks it."""

    name: str
    promise: str
    sql: str


@dataclass(frozen=True, slots=True)
class Violation:
    """Rows that break a promise (at most `LARGEST_REPORT` of them)."""

    invariant: Invariant
    rows: tuple[dict[str, Any], ...]


INVARIANTS: Final = (
    Invariant(
        "transfer_is_balanced",
        "Every transfer moves a positive amount between two accounts of its own organization "
        "and meter.",
        """
        SELECT t.id, t.organization_id, t.amount
        FROM metering_ledgertransfer t
        JOIN metering_ledgeraccount d ON d.id = t.debit_account_id
        JOIN metering_ledgeraccount c ON c.id = t.credit_account_id
        WHERE {t} AND (t.amount <= 0 OR t.debit_account_id = t.credit_account_id
            OR (d.organization_id, d.meter_id) <> (t.organization_id, t.meter_id)
            OR (c.organization_id, c.meter_id) <> (t.organization_id, t.meter_id))
        """,
    ),
    Invariant(
        "transfer_fits_its_kind",
        "Credits come from where their kind of transfer says, and go where it says.",
        """
        SELECT t.id, t.organization_id, t.kind, d.kind AS debited, c.kind AS credited
        FROM metering_ledgertransfer t
        JOIN metering_ledgeraccount d ON d.id = t.debit_account_id
        JOIN metering_ledgeraccount c ON c.id = t.credit_account_id
        WHERE {t} AND (t.kind, d.kind, c.kind) NOT IN (
            ('issue', 'issued', 'grant'),
            ('consume', 'grant', 'consumed'),
            ('overage', 'overage', 'consumed'),
            ('expire', 'grant', 'expired')
        )
        """,
    ),
    Invariant(
        "accounts_sum_to_zero",
        "The accounts of one organization and meter sum to zero.",
        """
        SELECT a.organization_id, a.meter_id, sum(a.balance) AS total
        FROM metering_ledgeraccount a WHERE {a}
        GROUP BY a.organization_id, a.meter_id HAVING sum(a.balance) <> 0
        """,
    ),
    Invariant(
        "balance_is_sum_of_transfers",
        "Each cached balance equals the sum of the transfers of its account.",
        """
        SELECT a.id, a.organization_id, a.kind, a.balance, coalesce(m.total, 0) AS recomputed
        FROM metering_ledgeraccount a
        LEFT JOIN (
            SELECT account_id, sum(amount) AS total
            FROM (
                SELECT t.debit_account_id AS account_id, -t.amount AS amount
                FROM metering_ledgertransfer t WHERE {t}
                UNION ALL
                SELECT t.credit_account_id, t.amount FROM metering_ledgertransfer t WHERE {t}
            ) leg GROUP BY account_id
        ) m ON m.account_id = a.id
        WHERE {a} AND a.balance <> coalesce(m.total, 0)
        """,
    ),
    Invariant(
        "grant_never_overdrawn",
        "No grant holds less than nothing or more than was given.",
        """
        SELECT g.public_id, g.organization_id, g.amount, a.balance
        FROM metering_creditgrant g JOIN metering_ledgeraccount a ON a.id = g.account_id
        WHERE {g} AND (a.balance < 0 OR a.balance > g.amount)
        """,
    ),
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
        "The transfers of each event sum to its rated quantity, and its overage to the part "
        "that came from the overage account.",
        """
        SELECT e.organization_id, e.event_id, e.credits, e.overage_credits,
               coalesce(p.total, 0) AS paid, coalesce(p.overage, 0) AS overage
        FROM metering_usageevent e
        LEFT JOIN (
            SELECT t.organization_id, t.event_key, sum(t.amount) AS total,
                   sum(t.amount) FILTER (WHERE t.kind = 'overage') AS overage
            FROM metering_ledgertransfer t WHERE {t} AND t.event_key IS NOT NULL
            GROUP BY t.organization_id, t.event_key
        ) p ON p.organization_id = e.organization_id AND p.event_key = e.event_id
        WHERE {e} AND (e.credits <> coalesce(p.total, 0)
            OR e.overage_credits <> coalesce(p.overage, 0))
        """,
    ),
    Invariant(
        "grant_is_accounted_for",
        "What was granted is consumed, expired or still there.",
        """
        SELECT g.public_id, g.organization_id, g.amount, a.balance, coalesce(m.spent, 0) AS spent
        FROM metering_creditgrant g
        JOIN metering_ledgeraccount a ON a.id = g.account_id
        LEFT JOIN (
            SELECT t.debit_account_id, sum(t.amount) AS spent
            FROM metering_ledgertransfer t WHERE {t} AND t.kind IN ('consume', 'expire')
            GROUP BY t.debit_account_id
        ) m ON m.debit_account_id = a.id
        WHERE {g} AND g.amount <> a.balance + coalesce(m.spent, 0)
        """,
    ),
    Invariant(
        "grant_spent_within_its_life",
        "Nothing is consumed from a grant before it takes effect or after it expires.",
        """
        SELECT t.id, g.public_id, g.organization_id, t.occurred_at
        FROM metering_ledgertransfer t
        JOIN metering_creditgrant g ON g.account_id = t.debit_account_id
        WHERE {t} AND t.kind = 'consume'
            AND (t.occurred_at < g.effective_at OR t.occurred_at >= g.expires_at)
        """,
    ),
    Invariant(
        "overage_only_when_grants_are_empty",
        "No event fell to overage while a grant that was there could have paid.",
        """
        SELECT e.organization_id, e.event_id, e.overage_credits, e.balance_after
        FROM metering_usageevent e
        WHERE {e} AND e.overage_credits > 0 AND e.balance_after > 0
        """,
    ),
    Invariant(
        "one_allowance_per_period",
        "An agreement grants one allowance per meter and period.",
        """
        SELECT g.organization_id, g.meter_id, g.period_id, g.source, count(*) AS grants
        FROM metering_creditgrant g WHERE {g} AND g.category = 'allowance'
        GROUP BY g.organization_id, g.meter_id, g.period_id, g.source HAVING count(*) > 1
        """,
    ),
    Invariant(
        "periods_are_contiguous",
        "The periods of one agreement and meter follow each other without gap or overlap.",
        """
        SELECT * FROM (
            SELECT p.id, p.organization_id, p.meter_id, p.source, p.starts_at,
                   lag(p.ends_at) OVER (
                       PARTITION BY p.organization_id, p.meter_id, p.source ORDER BY p.starts_at
                   ) AS previous_end
            FROM metering_usageperiod p WHERE {p}
        ) step WHERE previous_end <> starts_at
        """,
    ),
    Invariant(
        "event_lies_in_its_period",
        "Each event happened within the period that it is booked in.",
        """
        SELECT e.organization_id, e.event_id, e.occurred_at, p.starts_at, p.ends_at
        FROM metering_usageevent e JOIN metering_usageperiod p ON p.id = e.period_id
        WHERE {e} AND (e.occurred_at < p.starts_at OR e.occurred_at >= p.ends_at)
        """,
    ),
    Invariant(
        "period_totals_are_sums",
        "The cached totals of each period equal the sums of its events.",
        """
        SELECT p.id, p.organization_id, p.used_credits, p.overage_credits,
               coalesce(s.used, 0) AS used, coalesce(s.overage, 0) AS overage
        FROM metering_usageperiod p
        LEFT JOIN (
            SELECT e.period_id, sum(e.credits) AS used, sum(e.overage_credits) AS overage
            FROM metering_usageevent e WHERE {e} GROUP BY e.period_id
        ) s ON s.period_id = p.id
        WHERE {p} AND (p.used_credits <> coalesce(s.used, 0)
            OR p.overage_credits <> coalesce(s.overage, 0))
        """,
    ),
    Invariant(
        "references_stay_in_the_organization",
        "Rows that refer to each other belong to one organization and meter.",
        """
        SELECT 'grant' AS row, g.public_id AS id, g.organization_id
        FROM metering_creditgrant g JOIN metering_ledgeraccount a ON a.id = g.account_id
        WHERE {g} AND (a.organization_id, a.meter_id) <> (g.organization_id, g.meter_id)
        UNION ALL
        SELECT 'event', e.event_id, e.organization_id
        FROM metering_usageevent e JOIN metering_usageperiod p ON p.id = e.period_id
        WHERE {e} AND (p.organization_id, p.meter_id) <> (e.organization_id, e.meter_id)
        UNION ALL
        SELECT 'transfer', t.id::text, t.organization_id
        FROM metering_ledgertransfer t
        LEFT JOIN metering_usageevent e
            ON e.organization_id = t.organization_id AND e.event_id = t.event_key
        WHERE {t} AND t.event_key IS NOT NULL
            AND (e.id IS NULL OR e.meter_id <> t.meter_id)
        UNION ALL
        SELECT 'key', e.event_id, e.organization_id
        FROM metering_usageevent e JOIN accounts_apikey k ON k.id = e.api_key_id
        WHERE {e} AND k.organization_id <> e.organization_id
        """,
    ),
)


def find_violations(*, organization_id: int | None = None) -> Iterator[Violation]:
    """Check every invariant, for one organization or for all, and yield those that do not hold."""
    for invariant in INVARIANTS:
        rows = _run(invariant, organization_id)
        if rows:
            yield Violation(invariant, rows)


def _run(invariant: Invariant, organization_id: int | None) -> tuple[dict[str, Any], ...]:
    scope = "TRUE" if organization_id is None else "{alias}.organization_id = %(organization)s"
    sql = invariant.sql.format(**{alias: scope.format(alias=alias) for alias in "taegp"})
    with connection.cursor() as cursor:
        cursor.execute(sql, {"organization": organization_id})
        names = [column.name for column in cursor.description or ()]
        return tuple(dict(zip(names, row, strict=True)) for row in cursor.fetchmany(LARGEST_REPORT))
