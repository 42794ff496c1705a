"""
What follows when credits come back or arrive late: they pay for overage, or they expire.

Credits never lie idle beside overage that they could have paid for. Whoever returns or adds
some therefore calls `let_credits_pay` before the transaction ends.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from config.kernel.quantities import ZERO
from config.kernel.sql import ask

from ..choices import AccountKind, TransferKind
from ..credits.burn_down import BurnDown
from ..credits.grace import GRACE
from .accounts import account_of
from .books import Book, list_grants_with_credits
from .posting import PeriodEntry, TransferEntry, post_transfers

PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class UnpaidEvent:
    """An event and the part of it that nothing has paid for."""

    id: int
    event_id: str
    period_id: int
    is_settled: bool
    action_id: int | None
    counted_at: datetime
    unpaid: Decimal


@dataclass(frozen=True, slots=True)
class Leftover:
    """What is left on the account of a grant, and when it ends."""

    meter_id: int
    account_id: int
    credits: Decimal
    ends_at: datetime


# The index of an event's transfers serves the sum; a condition on their kind would tempt the
# planner to read every cover that there is.
_UNPAID: Final = """
SELECT event.id, event.event_id, event.period_id, period.closed_at IS NOT NULL,
       event.action_id, event.counted_at, event.overage_credits - paid.covered
FROM metering_usageevent AS event
JOIN metering_usageperiod AS period
    ON period.organization_id = event.organization_id AND period.id = event.period_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(entry.amount) FILTER (WHERE entry.kind = 'cover'), 0) AS covered
    FROM metering_ledgertransfer AS entry
    WHERE entry.organization_id = event.organization_id AND entry.event_key = event.event_id
) AS paid
WHERE event.organization_id = %(organization)s AND event.meter_id = %(meter)s
  AND event.overage_credits > 0
  AND event.overage_credits > paid.covered
  AND period.allowance IS NOT NULL
  AND (period.closed_at IS NULL OR period.id = %(settled)s)
  AND event.counted_at >= %(since)s AND event.counted_at < %(until)s
  AND event.counted_at >= (
      SELECT min(starts_at) FROM metering_usageperiod
      WHERE organization_id = %(organization)s AND meter_id = %(meter)s
        AND (closed_at IS NULL OR id = %(settled)s)
  )
  AND NOT EXISTS (
      SELECT FROM metering_usagereversal AS reversal
      WHERE reversal.organization_id = event.organization_id
        AND reversal.event_key = event.event_id
  )
  AND (event.counted_at, event.id) > (%(after_at)s, %(after_id)s)
ORDER BY event.counted_at, event.id
LIMIT %(page)s
"""


def let_credits_pay(
    *,
    organization_id: int,
    meter_id: int,
    account_ids: Collection[int],
    reserved: Mapping[int, Decimal] = MappingProxyType({}),
    settled_period_id: int | None = None,
) -> Decimal:
    """
    Let the grants that got credits pay for overage within their life, the oldest event first.

    `account_ids` are the accounts of those grants, and `reserved` what is to stay on each. Open
    periods are seen to, and one settled period if it is named. Returns how much of that one's
    overage was paid. Doing it again changes nothing.
    """
    grants = [
        replace(grant, remaining=grant.remaining - reserved.get(grant.grant_id, ZERO))
        for grant in list_grants_with_credits(organization_id=organization_id, meter_id=meter_id)
        if grant.grant_id in account_ids
    ]
    book = Book(grants=[grant for grant in grants if grant.remaining > ZERO])
    if not book.grants:
        return ZERO
    ends = [grant.expires_at for grant in book.grants if grant.expires_at is not None]
    span: dict[str, object] = {
        "since": min(grant.effective_at for grant in book.grants),
        "until": max(ends) if len(ends) == len(book.grants) else "infinity",
    }
    paid_in_settled = ZERO
    after: tuple[datetime | str, int] = ("-infinity", 0)
    while book.grants:
        page = [
            UnpaidEvent(*row)
            for row in ask(
                _UNPAID,
                {
                    "organization": organization_id,
                    "meter": meter_id,
                    "settled": settled_period_id,
                    "after_at": after[0],
                    "after_id": after[1],
                    "page": PAGE,
                    **span,
                },
            ).all()
        ]
        paid_in_settled += _cover(organization_id, meter_id, page, book=book)
        if len(page) < PAGE:
            break
        after = (page[-1].counted_at, page[-1].id)
    return paid_in_settled


def _cover(
    organization_id: int, meter_id: int, events: Iterable[UnpaidEvent], *, book: Book
) -> Decimal:
    """Book what the grants pay of these events, and return how much was of a settled period."""
    paid = _payments(events, book=book)
    if not paid:
        return ZERO
    overage_id = account_of(
        organization_id=organization_id, meter_id=meter_id, kind=AccountKind.OVERAGE
    )
    post_transfers(
        organization_id=organization_id,
        transfers=[
            TransferEntry(
                meter_id=meter_id,
                kind=TransferKind.COVER,
                debit_account_id=account_id,
                credit_account_id=overage_id,
                amount=amount,
                occurred_at=event.counted_at,
                event_key=event.event_id,
            )
            for event, payment in paid
            for account_id, amount in payment.drawn
        ],
        periods=[
            PeriodEntry(period_id=period_id, used_credits=ZERO, overage_credits=-credits)
            for period_id, credits in _by_open_period(paid).items()
        ],
    )
    settled = (event.unpaid - payment.overage for event, payment in paid if event.is_settled)
    return sum(settled, ZERO)


def _payments(events: Iterable[UnpaidEvent], *, book: Book) -> list[tuple[UnpaidEvent, BurnDown]]:
    """Let the grants pay for each event in turn, and return those for which they do."""
    paid = []
    for event in events:
        payment = book.payment_of(event.unpaid, at=event.counted_at, action_id=event.action_id)
        if payment.drawn:
            book.take(payment)
            paid.append((event, payment))
    return paid


def _by_open_period(paid: Iterable[tuple[UnpaidEvent, BurnDown]]) -> dict[int, Decimal]:
    """How much of the overage of each open period was paid."""
    totals: dict[int, Decimal] = {}
    for event, payment in paid:
        if not event.is_settled:
            covered = event.unpaid - payment.overage
            totals[event.period_id] = totals.get(event.period_id, ZERO) + covered
    return totals


# What an agreement granted waits for the period that it ends with: there it may roll over. Once
# that is closed, and for any other grant once its end is booked, it is over whatever the clock
# says that the caller read.
_OVER: Final = """
SELECT given.meter_id, given.account_id, account.balance
FROM metering_creditgrant AS given
JOIN metering_ledgeraccount AS account
    ON account.organization_id = given.organization_id AND account.id = given.account_id
LEFT JOIN metering_grantend AS early ON early.grant_id = given.id
CROSS JOIN LATERAL (SELECT least(given.expires_at, early.ended_at) AS at) AS ends
WHERE given.organization_id = %(organization)s AND given.account_id = ANY(%(accounts)s)
  AND account.balance > 0 AND ends.at IS NOT NULL
  AND CASE WHEN given.category IN ('allowance', 'rollover') THEN
      NOT EXISTS (
          SELECT FROM metering_usageperiod AS period
          WHERE period.organization_id = given.organization_id
            AND period.meter_id = given.meter_id AND period.source = given.source
            AND period.closed_at IS NULL AND period.starts_at < ends.at
      ) AND (ends.at <= %(latest)s OR EXISTS (
          SELECT FROM metering_usageperiod AS period
          WHERE period.organization_id = given.organization_id
            AND period.meter_id = given.meter_id AND period.source = given.source
            AND period.closed_at IS NOT NULL AND period.ends_at >= ends.at
      ))
  ELSE
      ends.at <= %(latest)s OR EXISTS (
          SELECT FROM metering_ledgertransfer AS expiry
          WHERE expiry.organization_id = given.organization_id
            AND expiry.debit_account_id = given.account_id AND expiry.kind = 'expire'
            AND expiry.event_key IS NULL AND expiry.hold_id IS NULL
      )
  END
"""


def expire_returned(
    *,
    organization_id: int,
    account_ids: Iterable[int],
    at: datetime,
    event_key: str | None = None,
    hold_id: int | None = None,
) -> None:
    """
    Expire what came back to grants whose time, and their grace, is over.

    The event that was reversed, or the hold that ended, is named as the cause. What an agreement
    granted waits for the period that it ends with, if that has still to be closed.
    """
    post_expiry(
        organization_id=organization_id,
        leftovers=_find_over(organization_id, account_ids, at),
        event_key=event_key,
        hold_id=hold_id,
    )


def post_expiry(
    *,
    organization_id: int,
    leftovers: Collection[Leftover],
    event_key: str | None = None,
    hold_id: int | None = None,
) -> None:
    """Book that what is left of these grants is over, with the cause if it is not their time."""
    expired_ids = {
        meter_id: account_of(
            organization_id=organization_id, meter_id=meter_id, kind=AccountKind.EXPIRED
        )
        for meter_id in {leftover.meter_id for leftover in leftovers}
    }
    post_transfers(
        organization_id=organization_id,
        transfers=[
            TransferEntry(
                meter_id=leftover.meter_id,
                kind=TransferKind.EXPIRE,
                debit_account_id=leftover.account_id,
                credit_account_id=expired_ids[leftover.meter_id],
                amount=leftover.credits,
                occurred_at=leftover.ends_at,
                event_key=event_key,
                hold_id=hold_id,
            )
            for leftover in leftovers
        ],
    )


def is_any_over(*, organization_id: int, account_ids: Iterable[int], at: datetime) -> bool:
    """Whether the time of any of these grants is over, with credits left on it."""
    return bool(_find_over(organization_id, account_ids, at))


def _find_over(organization_id: int, account_ids: Iterable[int], at: datetime) -> list[Leftover]:
    """What is left of each of these grants that is over. It ends when it came back."""
    over = ask(
        _OVER,
        {"organization": organization_id, "accounts": list(account_ids), "latest": at - GRACE},
    )
    return [
        Leftover(meter_id, account_id, credits, ends_at=at)
        for meter_id, account_id, credits in over.all()
    ]
