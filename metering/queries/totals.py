"""What is left on each meter, without saying of which grants: all that an entitlement needs."""

from datetime import datetime
from typing import Final

from config.kernel.sql import ask

from .balances import Balance, PeriodTotals

# The same grants and periods as in `balances`, added up.
_TOTALS: Final = """
WITH period AS (
    SELECT meter_id, starts_at, ends_at, allowance, used_credits, overage_credits
    FROM metering_usageperiod
    WHERE organization_id = %(organization)s AND starts_at <= %(at)s AND ends_at > %(at)s
), credit AS (
    SELECT given.meter_id, sum(account.balance) AS remaining
    FROM metering_creditgrant AS given
    JOIN metering_ledgeraccount AS account
        ON account.organization_id = given.organization_id AND account.id = given.account_id
    WHERE given.organization_id = %(organization)s
      AND given.effective_at <= %(at)s
      AND (given.expires_at IS NULL OR given.expires_at > %(at)s)
      AND account.balance > 0
      AND NOT EXISTS (SELECT FROM metering_grantrestriction WHERE grant_id = given.id)
      AND NOT EXISTS (
          SELECT FROM metering_grantend AS early_end
          WHERE early_end.organization_id = given.organization_id
            AND early_end.grant_id = given.id AND early_end.ended_at <= %(at)s
      )
    GROUP BY given.meter_id
)
SELECT meter_id, coalesce(remaining, 0), starts_at, ends_at, allowance, used_credits,
       overage_credits
FROM period FULL JOIN credit USING (meter_id)
"""


def list_totals(*, organization_id: int, at: datetime) -> dict[int, Balance]:
    """
    Return the balance of each meter with a period or credits, but neither its grants nor what is
    held. One statement.
    """
    rows = ask(_TOTALS, {"organization": organization_id, "at": at}).all()
    return {
        meter_id: Balance(
            remaining=remaining,
            grants=(),
            period=None if starts_at is None else PeriodTotals(starts_at, *totals),
        )
        for meter_id, remaining, starts_at, *totals in rows
    }
