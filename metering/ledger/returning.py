"""
What follows when credits come back or arrive late: they pay for overage, or they expire.

Credits never lie idle beside overage that they could have paid for. Whoever returns or adds
some therefore calls `let_credits_pay` before the transaction ends.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Least

from config.kernel.quantities import ZERO
from config.kernel.sql import ask

from ..choices import OF_AN_AGREEMENT, AccountKind, TransferKind
from ..credits.grace import GRACE
from ..models import CreditGrant, UsagePeriod
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


_UNPAID: Final = """
SELECT event.id, event.event_id, event.period_id, period.closed_at IS NOT NULL,
       event.action_id, event.counted_at, event.overage_credits - coalesce(covered.total, 0)
FROM metering_usageevent AS event
JOIN metering_usageperiod AS period
    ON period.organization_id = event.organization_id AND period.id = event.period_id
LEFT JOIN LATERAL (
    SELECT sum(cover.amount) AS total FROM metering_ledgertransfer AS cover
    WHERE cover.organization_id = event.organization_id AND cover.event_key = event.event_id
      AND cover.kind = 'cover'
) AS covered ON TRUE
WHERE event.organization_id = %(organization)s AND event.meter_id = %(meter)s
  AND event.overage_credits > coalesce(covered.total, 0)
  AND event.overage_credits > 0
  AND period.allowance IS NOT NULL
  AND (period.closed_at IS NULL OR period.id = %(settled)s)
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
    *, organization_id: int, meter_id: int, settled_period_id: int | None = None
) -> Decimal:
    """
    Let credits that are there pay for overage within their life, the oldest event first.

    Open periods are seen to, and one settled period if it is named. Returns how much of that
    one's overage was paid. Doing it again changes nothing.
    """
    grants = list_grants_with_credits(organization_id=organization_id, meter_id=meter_id)
    book = Book(grants=grants)
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
    transfers: list[TransferEntry] = []
    by_period: dict[int, Decimal] = {}
    paid_in_settled = ZERO
    for event in events:
        payment = book.payment_of(event.unpaid, at=event.counted_at, action_id=event.action_id)
        if not payment.drawn:
            continue
        book.take(payment)
        overage_id = account_of(
            organization_id=organization_id, meter_id=meter_id, kind=AccountKind.OVERAGE
        )
        transfers.extend(
            TransferEntry(
                meter_id=meter_id,
                kind=TransferKind.COVER,
                debit_account_id=account_id,
                credit_account_id=overage_id,
                amount=amount,
                occurred_at=event.counted_at,
                event_key=event.event_id,
            )
            for account_id, amount in payment.drawn
        )
        paid = event.unpaid - payment.overage
        if event.is_settled:
            paid_in_settled += paid
        else:
            by_period[event.period_id] = by_period.get(event.period_id, ZERO) + paid
    post_transfers(
        organization_id=organization_id,
        transfers=transfers,
        periods=[
            PeriodEntry(period_id=period_id, used_credits=ZERO, overage_credits=-paid)
            for period_id, paid in by_period.items()
        ],
    )
    return paid_in_settled


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
    granted waits for the period that it ends with, if that has still to be closed: there it may
    roll over.
    """
    to_close = UsagePeriod.objects.filter(
        organization_id=organization_id,
        meter_id=OuterRef("meter_id"),
        source=OuterRef("source"),
        closed_at=None,
        starts_at__lt=OuterRef("ends_at"),
    )
    over = (
        CreditGrant.objects.filter(
            organization_id=organization_id,
            account_id__in=list(account_ids),
            account__balance__gt=ZERO,
        )
        .annotate(ends_at=Least("expires_at", "early_end__ended_at"))
        .filter(ends_at__lte=at - GRACE)
        .filter(~Q(category__in=OF_AN_AGREEMENT) | ~Exists(to_close))
        .values_list("meter_id", "account_id", "account__balance")
    )
    post_transfers(
        organization_id=organization_id,
        transfers=[
            TransferEntry(
                meter_id=meter_id,
                kind=TransferKind.EXPIRE,
                debit_account_id=account_id,
                credit_account_id=account_of(
                    organization_id=organization_id, meter_id=meter_id, kind=AccountKind.EXPIRED
                ),
                amount=balance,
                occurred_at=at,
                event_key=event_key,
                hold_id=hold_id,
            )
            for meter_id, account_id, balance in over
        ],
    )
