"""What the end of a period finds in the books, read as one statement under the lock."""

from datetime import datetime
from decimal import Decimal
from typing import Final

import msgspec

from config.kernel.sql import ask


class EndingGrant(msgspec.Struct, frozen=True):
    """
    A grant of the period's agreement that has something left, at hand or in open holds.

    `ends_at` is when it stops to pay, early or in time; None if it never does.
    """

    grant_id: int
    account_id: int
    category: str
    balance: Decimal
    held: Decimal
    ends_at: datetime | None

    @property
    def pooled(self) -> Decimal:
        """What counts against a cap: what open holds have taken may come back."""
        return self.balance + self.held


class Ending(msgspec.Struct, frozen=True):
    """
    What a period came to, what is left at its end, and where that may go.

    `allowance` is None where usage was unlimited. `grants` stand in the order in which they end,
    allowances before rollovers. `has_due_holds` says that holds were over by then and not
    released yet, `has_overage` that a later period has some that credits could pay for.
    """

    allowance: Decimal | None
    used: Decimal
    overage: Decimal
    grants: tuple[EndingGrant, ...]
    expired_account_id: int | None
    has_due_holds: bool
    has_overage: bool


_ENDING: Final = """
WITH held AS (
    SELECT transfer.debit_account_id AS account_id, sum(transfer.amount) AS total
    FROM metering_hold AS hold
    JOIN metering_ledgertransfer AS transfer
        ON transfer.organization_id = hold.organization_id AND transfer.hold_id = hold.id
        AND transfer.kind = 'hold'
    WHERE hold.organization_id = %(organization)s AND hold.meter_id = %(meter)s
      AND hold.outcome IS NULL
    GROUP BY transfer.debit_account_id
), ending AS (
    SELECT given.id AS grant_id, given.account_id, given.category, account.balance,
           coalesce(held.total, 0) AS held, least(given.expires_at, early.ended_at) AS ends_at
    FROM metering_creditgrant AS given
    JOIN metering_ledgeraccount AS account
        ON account.organization_id = given.organization_id AND account.id = given.account_id
    LEFT JOIN metering_grantend AS early ON early.grant_id = given.id
    LEFT JOIN held ON held.account_id = account.id
    WHERE given.organization_id = %(organization)s AND given.meter_id = %(meter)s
      AND given.source = %(source)s AND given.category IN ('allowance', 'rollover')
      AND given.effective_at < %(ends_at)s
      AND (account.balance > 0 OR held.total IS NOT NULL)
    ORDER BY given.category, least(given.expires_at, early.ended_at) NULLS LAST, given.id
)
SELECT json_build_object(
    'allowance', period.allowance,
    'used', period.used_credits,
    'overage', period.overage_credits,
    'grants', (SELECT coalesce(json_agg(ending), '[]') FROM ending),
    'expired_account_id', (
        SELECT id FROM metering_ledgeraccount
        WHERE organization_id = %(organization)s AND meter_id = %(meter)s AND kind = 'expired'
    ),
    'has_due_holds', EXISTS (
        SELECT FROM metering_hold
        WHERE organization_id = %(organization)s AND meter_id = %(meter)s
          AND outcome IS NULL AND expires_at <= period.closes_at
    ),
    'has_overage', EXISTS (
        SELECT FROM metering_usageperiod AS later
        WHERE later.organization_id = %(organization)s AND later.meter_id = %(meter)s
          AND later.closed_at IS NULL AND later.starts_at >= period.ends_at
          AND later.allowance IS NOT NULL AND later.overage_credits > 0
    )
)::text
FROM metering_usageperiod AS period
WHERE period.organization_id = %(organization)s AND period.meter_id = %(meter)s
  AND period.id = %(period)s
"""
_read_ending: Final = msgspec.json.Decoder(Ending).decode


def find_ending(
    *, organization_id: int, meter_id: int, period_id: int, source: str, ends_at: datetime
) -> Ending:
    """Return what a period of an agreement came to, and what it leaves at its end."""
    row = ask(
        _ENDING,
        {
            "organization": organization_id,
            "meter": meter_id,
            "period": period_id,
            "source": source,
            "ends_at": ends_at,
        },
    ).first()
    assert row is not None
    return _read_ending(row[0])
