"""What an organization has: now, and at any moment before."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from config.kernel.quantities import ZERO
from config.kernel.sql import Row, ask, fetch

from ..models import RollupMark


@dataclass(frozen=True, slots=True)
class GrantBalance:
    """A grant and what is left of it. It pays for `actions` only; without any, for everything."""

    public_id: str
    category: str
    amount: Decimal
    remaining: Decimal
    effective_at: datetime
    expires_at: datetime | None
    actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PeriodTotals:
    """
    A usage period with what was used in it, and the part of it that no grant paid for.

    `allowance` is the highest that was agreed in it. None means that usage is unlimited in all of
    the period, also after a move to terms with a bound: nothing of it is charged.
    """

    starts_at: datetime
    ends_at: datetime
    allowance: Decimal | None
    used: Decimal
    overage: Decimal

    @property
    def is_unlimited(self) -> bool:
        """Whether usage is booked without credits, and costs nothing."""
        return self.allowance is None

    @property
    def charged_overage(self) -> Decimal:
        """What is charged as overage, if it is sold."""
        return ZERO if self.is_unlimited else self.overage


@dataclass(frozen=True, slots=True)
class Balance:
    """
    What an organization has on one meter at a moment.

    `remaining` is what the active grants that pay for everything still hold: it can be spent on
    any action. What grants restricted to some actions hold is not in it; `grants` lists them with
    the others, in the order in which all are spent, and without those that are empty, unless they
    are the allowance or the rollover of this period. `held` is what open holds have set aside.
    `period` is None until one is opened.
    """

    remaining: Decimal
    grants: tuple[GrantBalance, ...]
    period: PeriodTotals | None
    held: Decimal = ZERO

    @property
    def granted(self) -> Decimal:
        """
        What there was to spend in the period: what it took from credits, what is held, and what
        remains. Credits that earlier periods spent are not in it.
        """
        return self._paid + self.held + self.remaining

    @property
    def _paid(self) -> Decimal:
        return ZERO if self.period is None else self.period.used - self.period.overage

    def is_unlimited(self, *, agreed: bool) -> bool:
        """Whether usage is unlimited: as the period says, or as `agreed` before there is one."""
        return agreed if self.period is None else self.period.is_unlimited

    @property
    def used(self) -> Decimal:
        """What was used in the period."""
        return ZERO if self.period is None else self.period.used

    @property
    def charged_overage(self) -> Decimal:
        """What is charged as overage of the period, if it is sold."""
        return ZERO if self.period is None else self.period.charged_overage


@dataclass(frozen=True, slots=True)
class PastBalance:
    """
    What an organization could spend on one meter at a moment, as the books tell it today.

    `remaining` and `grants` are as in `Balance`: what holds had set aside is not in them.
    """

    at: datetime
    remaining: Decimal
    grants: tuple[GrantBalance, ...]


EMPTY = Balance(remaining=ZERO, grants=(), period=None)

# The grants alive at a moment, with the actions that each is restricted to.
_ALIVE: Final = """
WITH given AS (
    SELECT given.*, ARRAY(
        SELECT action.code FROM metering_grantrestriction AS restriction
        JOIN metering_action AS action ON action.id = restriction.action_id
        WHERE restriction.grant_id = given.id
        ORDER BY action.code
    ) AS actions
    FROM metering_creditgrant AS given
    WHERE given.organization_id = %(organization)s
      AND given.effective_at <= %(at)s
      AND (given.expires_at IS NULL OR given.expires_at > %(at)s)
      AND NOT EXISTS (
          SELECT FROM metering_grantend AS early_end
          WHERE early_end.organization_id = given.organization_id
            AND early_end.grant_id = given.id AND early_end.ended_at <= %(at)s
      )
)"""
_IN_BURN_ORDER: Final = """
ORDER BY given.priority, given.expires_at NULLS LAST, given.category = 'purchase',
         given.effective_at, given.account_id
"""
# An empty one tells something only while it is what this period brought.
_OF_THIS_PERIOD: Final = """(
    given.category = 'allowance' OR (
        given.category = 'rollover' AND EXISTS (
            SELECT FROM metering_usageperiod AS period
            WHERE period.organization_id = given.organization_id
              AND period.meter_id = given.meter_id
              AND period.starts_at <= %(at)s AND period.ends_at > %(at)s
              AND period.starts_at <= given.effective_at
        )
    )
)"""
# A row for each grant, and one for a meter without any. Each begins with what its meter has.
_BALANCES: Final = """, left_of AS (
    SELECT given.*, account.balance AS remaining
    FROM given
    JOIN metering_ledgeraccount AS account
        ON account.organization_id = given.organization_id AND account.id = given.account_id
    WHERE account.balance > 0 OR {of_this_period}
), current AS (
    SELECT meter_id, starts_at, ends_at, allowance, used_credits, overage_credits
    FROM metering_usageperiod
    WHERE organization_id = %(organization)s AND starts_at <= %(at)s AND ends_at > %(at)s
), held AS (
    SELECT meter_id, balance FROM metering_ledgeraccount
    WHERE organization_id = %(organization)s AND kind = 'held' AND balance > 0
)
SELECT meter_id, coalesce(held.balance, 0), current.starts_at, current.ends_at, current.allowance,
       current.used_credits, current.overage_credits, given.public_id, given.category,
       given.amount, given.remaining, given.effective_at, given.expires_at, given.actions
FROM current
FULL JOIN held USING (meter_id)
FULL JOIN left_of AS given USING (meter_id)
"""
_OF_THE_METER: Final = 6  # columns

# What moved after a moment: whole days from their sums, the rest of its day and whatever is not
# summed up yet from the transfers. Days are told as the sums tell them: a midnight may come twice.
_WITH_PAST_BALANCE: Final = """, mark AS (
    SELECT coalesce(max(transfer_id), 0) AS transfer_id, max(time_zone) AS time_zone,
           (%(at)s AT TIME ZONE max(time_zone))::date AS day
    FROM metering_rollupmark WHERE organization_id = %(organization)s
), later AS (
    SELECT summed.account_id, summed.amount
    FROM mark, given
    JOIN metering_accountday AS summed
        ON summed.organization_id = %(organization)s AND summed.meter_id = given.meter_id
       AND summed.account_id = given.account_id
    WHERE given.meter_id = %(meter)s AND summed.day > mark.day
    UNION ALL
    SELECT given.account_id, -paid.amount
    FROM mark, given
    JOIN metering_ledgertransfer AS paid
        ON paid.organization_id = %(organization)s AND paid.debit_account_id = given.account_id
    WHERE given.meter_id = %(meter)s
      AND paid.id <= mark.transfer_id
      AND paid.occurred_at > %(at)s AND paid.occurred_at <= %(next_day)s
      AND (paid.occurred_at AT TIME ZONE mark.time_zone)::date <= mark.day
    UNION ALL
    SELECT given.account_id, returned.amount
    FROM mark, given
    JOIN metering_ledgertransfer AS returned
        ON returned.organization_id = %(organization)s
       AND returned.credit_account_id = given.account_id
       AND returned.kind IN ('issue', 'roll_over', 'release', 'reverse')
    WHERE given.meter_id = %(meter)s
      AND returned.id <= mark.transfer_id
      AND returned.occurred_at > %(at)s AND returned.occurred_at <= %(next_day)s
      AND (returned.occurred_at AT TIME ZONE mark.time_zone)::date <= mark.day
    UNION ALL
    SELECT leg.account_id, leg.amount
    FROM mark
    JOIN metering_ledgertransfer AS recent
        ON recent.organization_id = %(organization)s AND recent.id > %(summed_to)s
       AND recent.id > mark.transfer_id AND recent.occurred_at > %(at)s
    CROSS JOIN LATERAL (
        VALUES (recent.debit_account_id, -recent.amount),
               (recent.credit_account_id, recent.amount)
    ) AS leg (account_id, amount)
)
SELECT given.public_id, given.category, given.amount, account.balance - coalesce(moved.amount, 0),
       given.effective_at, given.expires_at, given.actions
FROM given
JOIN metering_ledgeraccount AS account
    ON account.organization_id = %(organization)s AND account.id = given.account_id
LEFT JOIN (
    SELECT account_id, sum(amount) AS amount FROM later GROUP BY account_id
) AS moved ON moved.account_id = given.account_id
WHERE given.meter_id = %(meter)s AND (account.balance <> coalesce(moved.amount, 0) OR """

_NOW: Final = _ALIVE + _BALANCES.format(of_this_period=_OF_THIS_PERIOD) + _IN_BURN_ORDER
_PAST_GRANTS: Final = _ALIVE + _WITH_PAST_BALANCE + _OF_THIS_PERIOD + ")" + _IN_BURN_ORDER


def list_balances(*, organization_id: int, at: datetime) -> dict[int, Balance]:
    """Return the balance of each meter that the organization ever had credits or usage on."""
    rows: dict[int, list[Row]] = defaultdict(list)
    for meter_id, *row in ask(_NOW, {"organization": organization_id, "at": at}).all():
        rows[meter_id].append(tuple(row))
    return {meter_id: _balance(of_meter) for meter_id, of_meter in rows.items()}


def get_balance(*, organization_id: int, meter_id: int, at: datetime) -> Balance:
    """Return the balance on one meter; an empty one if nothing was ever granted or used."""
    return list_balances(organization_id=organization_id, at=at).get(meter_id, EMPTY)


def get_balance_at(*, organization_id: int, meter_id: int, at: datetime) -> PastBalance:
    """
    Return what could be spent on one meter at a moment in the past.

    Usage counts from when it was counted, and the life of a grant decides whether it is in the
    balance, so that an expiry shows on time even while it is still to be booked. It costs the days
    since then and the movements of that one day, however many there were before and after.
    """
    summed_to = (
        RollupMark.objects.filter(organization_id=organization_id)
        .values_list("transfer_id", flat=True)
        .first()
    )
    asked = {
        "organization": organization_id,
        "meter": meter_id,
        "at": at,
        # No day is longer: the planner knows how little there is to read.
        "next_day": at + timedelta(hours=26),
        "summed_to": summed_to or 0,
    }
    grants = tuple(_grant_balance(row) for row in fetch(_PAST_GRANTS, asked))
    return PastBalance(
        at=at,
        remaining=sum((given.remaining for given in _unrestricted(grants)), ZERO),
        grants=grants,
    )


def _balance(rows: Sequence[Row]) -> Balance:
    """What the rows of one meter come to."""
    held, starts_at, *totals = rows[0][:_OF_THE_METER]
    given = (row[_OF_THE_METER:] for row in rows)
    grants = tuple(_grant_balance(one) for one in given if one[0] is not None)
    return Balance(
        remaining=sum((given.remaining for given in _unrestricted(grants)), ZERO),
        grants=grants,
        period=None if starts_at is None else PeriodTotals(starts_at, *totals),
        held=held,
    )


def _grant_balance(row: Sequence[Any]) -> GrantBalance:
    public_id, category, amount, remaining, effective_at, expires_at, actions = row
    return GrantBalance(
        public_id, category, amount, remaining, effective_at, expires_at, tuple(actions)
    )


def _unrestricted(grants: Iterable[GrantBalance]) -> Iterator[GrantBalance]:
    return (given for given in grants if not given.actions)
