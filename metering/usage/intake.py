"""
From reports to entries: rate each event, decide who pays, and write the receipt.

Everything here happens under the organization's lock and before anything is written.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from config.kernel.quantities import EXACT, SMALLEST, ZERO

from ..choices import AccountKind, TransferKind
from ..credits.burn_down import BurnDown
from ..ledger.books import Book, ensure_account
from ..ledger.posting import EventEntry, TransferEntry
from ..rate_card.queries import RatedAction
from .periods import PeriodRow
from .reports import LARGEST_QUANTITY, MeterTerms, Outcome, Receipt, Rejection, UsageReport

CLOCK_SKEW: Final = timedelta(minutes=5)
_COST_PLACES: Final = Decimal(1).scaleb(-12)
_LARGEST_COST: Final = Decimal(10) ** 9


@dataclass(frozen=True, slots=True)
class RatedReport:
    """A report that can be booked: its terms, and what the rate card makes of it."""

    report: UsageReport
    terms: MeterTerms
    action_id: int | None
    credits: Decimal
    cost: Decimal
    value: Decimal | None
    occurred_at: datetime


@dataclass(slots=True)
class Decision:
    """What to book for a batch, and what to tell the app, by event id."""

    events: list[EventEntry] = field(default_factory=list)
    transfers: list[TransferEntry] = field(default_factory=list)
    receipts: dict[str, Receipt] = field(default_factory=dict)


class Refused(Exception):
    """An event cannot be booked; the reason goes into its receipt."""

    def __init__(self, reason: Rejection) -> None:
        super().__init__(reason)
        self.reason = reason


def rate(
    report: UsageReport,
    *,
    actions: Mapping[str, RatedAction],
    terms_by_meter: Mapping[int, MeterTerms],
    received_at: datetime,
) -> RatedReport:
    """
    Apply the rate card and the agreement's terms to one report.

    Usage cannot have happened after it was reported: a client's clock may run ahead by up to
    five minutes, and is then read as the moment of receipt. Raises `Refused`.
    """
    occurred_at = report.occurred_at or received_at
    if occurred_at > received_at + CLOCK_SKEW:
        raise Refused(Rejection.OCCURRED_IN_FUTURE)
    occurred_at = min(occurred_at, received_at)
    if report.quantity >= LARGEST_QUANTITY:
        raise Refused(Rejection.QUANTITY_TOO_LARGE)
    if report.action is not None:
        action_id, meter_id, credits, cost, value = _price(report, actions, occurred_at)
    else:
        action_id, credits, cost, value = None, report.quantity, ZERO, None
        meter_id = next(
            (terms.meter_id for terms in terms_by_meter.values() if terms.meter == report.meter), 0
        )
    terms = terms_by_meter.get(meter_id)
    if terms is None:
        raise Refused(Rejection.FEATURE_NOT_IN_PLAN)
    if occurred_at < terms.starts_at:
        raise Refused(Rejection.OCCURRED_BEFORE_AGREEMENT)
    if report.cost is not None:
        cost = report.cost
    if credits >= LARGEST_QUANTITY or cost >= _LARGEST_COST:
        raise Refused(Rejection.QUANTITY_TOO_LARGE)
    return RatedReport(report, terms, action_id, credits, cost, value, occurred_at)


def _price(
    report: UsageReport, actions: Mapping[str, RatedAction], occurred_at: datetime
) -> tuple[int, int, Decimal, Decimal, Decimal | None]:
    assert report.action is not None
    action = actions.get(report.action)
    if action is None:
        raise Refused(Rejection.UNKNOWN_ACTION)
    rate = action.rate_at(occurred_at)
    if rate is None:
        raise Refused(Rejection.NO_RATE)
    quantity = report.quantity
    return (
        action.action_id,
        action.meter_id,
        _product(quantity, rate.credits, SMALLEST),
        _product(quantity, rate.unit_cost, _COST_PLACES),
        None if rate.customer_value is None else EXACT.multiply(quantity, rate.customer_value),
    )


def _product(quantity: Decimal, each: Decimal, smallest: Decimal) -> Decimal:
    return EXACT.multiply(quantity, each).quantize(smallest, ROUND_HALF_UP, context=EXACT)


def decide(
    *,
    organization_id: int,
    rated: Iterable[RatedReport],
    books: Mapping[int, Book],
    periods: Sequence[PeriodRow],
) -> Decision:
    """Let the grants pay for each event in the order given; what they do not cover is overage."""
    decision = Decision()
    for item in rated:
        book = books[item.terms.meter_id]
        _book(decision, item, book=book, organization_id=organization_id, periods=periods)
    return decision


def _book(
    decision: Decision,
    item: RatedReport,
    *,
    book: Book,
    organization_id: int,
    periods: Sequence[PeriodRow],
) -> None:
    report = item.report
    burnt = book.draw(item.credits, at=item.occurred_at)
    decision.transfers.extend(
        _transfers(item, burnt=burnt, book=book, organization_id=organization_id)
    )
    is_unlimited = item.terms.allowance is None
    remaining = None if is_unlimited else book.spendable(at=item.occurred_at)
    decision.events.append(
        EventEntry(
            event_id=report.event_id,
            meter_id=item.terms.meter_id,
            period_id=_period_of(item, periods),
            action_id=item.action_id,
            member=report.member,
            quantity=report.quantity,
            credits=item.credits,
            overage_credits=burnt.overage,
            balance_after=remaining,
            cost=item.cost,
            properties=report.properties,
            body_sha256=report.body_sha256,
            occurred_at=item.occurred_at,
        )
    )
    decision.receipts[report.event_id] = Receipt(
        event_id=report.event_id,
        outcome=Outcome.ACCEPTED,
        meter=item.terms.meter,
        credits=item.credits,
        overage=ZERO if is_unlimited else burnt.overage,
        remaining=remaining,
        value=item.value,
    )


def _transfers(
    item: RatedReport, *, burnt: BurnDown, book: Book, organization_id: int
) -> list[TransferEntry]:
    """One transfer for each grant that pays, and one for what none of them pays."""

    def account(kind: AccountKind) -> int:
        return ensure_account(
            book=book, organization_id=organization_id, meter_id=item.terms.meter_id, kind=kind
        )

    payers = [(TransferKind.CONSUME, account_id, amount) for account_id, amount in burnt.drawn]
    if burnt.overage > ZERO:
        payers.append((TransferKind.OVERAGE, account(AccountKind.OVERAGE), burnt.overage))
    return [
        TransferEntry(
            meter_id=item.terms.meter_id,
            kind=kind,
            debit_account_id=account_id,
            credit_account_id=account(AccountKind.CONSUMED),
            amount=amount,
            occurred_at=item.occurred_at,
            event_key=item.report.event_id,
        )
        for kind, account_id, amount in payers
    ]


def _period_of(item: RatedReport, periods: Sequence[PeriodRow]) -> int:
    for period in periods:
        if (
            period.meter_id == item.terms.meter_id
            and period.starts_at <= item.occurred_at < period.ends_at
        ):
            return period.id
    raise AssertionError(f"no period of {item.terms.source} contains {item.occurred_at}")
