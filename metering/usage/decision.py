"""Decide what a run of events adds to its periods, which grants pay, and what the app is told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from config.kernel.quantities import ZERO

from ..choices import AccountKind, Aggregation, TransferKind
from ..credits.burn_down import BurnDown
from ..ledger.books import Book, ensure_account
from ..ledger.posting import EventEntry, TransferEntry
from .intake import ONE, RatedReport
from .periods import PeriodRow
from .reports import Bounds, Held, Movement, Outcome, Receipt, Rejection


@dataclass(frozen=True, slots=True)
class Totals:
    """What a period has come to."""

    used: Decimal
    overage: Decimal


@dataclass(slots=True)
class Decision:
    """
    What to book for a run of events, and what to tell the app, by event id.

    `at` is when it was received. `totals` are those of each period as they will be, `seen` the
    values that meters of unique values have counted in a period, and `newly_seen` those that
    this run adds.
    """

    organization_id: int
    books: Mapping[int, Book]
    periods: Mapping[int, PeriodRow]
    held: Mapping[int, Held]
    seen: set[tuple[int, str]]
    at: datetime
    totals: dict[int, Totals] = field(default_factory=dict)
    events: list[EventEntry] = field(default_factory=list)
    transfers: list[TransferEntry] = field(default_factory=list)
    receipts: dict[str, Receipt] = field(default_factory=dict)
    newly_seen: list[tuple[int, int, str]] = field(default_factory=list)

    def add(self, item: RatedReport) -> None:
        """Decide one event, after those before it."""
        period = self.periods[item.period_id]
        book = self.books[item.terms.meter_id]
        totals = self.totals_of(period)
        credits = self._credits_of(item, totals)
        payment = payment_of(item, credits, book=book, period=period)
        refusal = self._refusal(item, credits, payment, totals=totals)
        if refusal is not None:
            self.receipts[item.report.event_id] = self._refused(
                item, credits, refusal, totals=totals
            )
            return
        book.take(payment)
        self.book(item, credits, payment, period=period)

    def book(
        self,
        item: RatedReport,
        credits: Decimal,
        payment: BurnDown,
        *,
        period: PeriodRow,
        hold_id: int | None = None,
    ) -> None:
        """Note the entries of an event, and its receipt, once it is clear who pays."""
        book = self.books[item.terms.meter_id]
        totals = self.totals_of(period)
        self.totals[period.id] = Totals(totals.used + credits, totals.overage + payment.overage)
        if item.seen and credits:
            self.seen.add((period.id, item.seen))
            self.newly_seen.append((item.terms.meter_id, period.id, item.seen))
        self.transfers.extend(self._transfers(item, payment, book=book))
        is_unlimited = period.allowance is None
        remaining = (
            None if is_unlimited else book.spendable(at=item.counted_at, action_id=item.action_id)
        )
        self.events.append(_event_entry(item, credits, payment.overage, remaining, hold_id))
        self.receipts[item.report.event_id] = Receipt(
            event_id=item.report.event_id,
            outcome=Outcome.LATE if item.is_late else Outcome.ACCEPTED,
            meter=item.terms.meter,
            credits=credits,
            overage=ZERO if is_unlimited else payment.overage,
            remaining=remaining,
            value=item.value,
        )

    def movements(self) -> list[Movement]:
        """How each period moved, and what can be spent on its meter now."""
        return [
            Movement(
                meter_id=period.meter_id,
                period_starts_at=period.starts_at,
                period_ends_at=period.ends_at,
                allowance=period.allowance,
                used_before=period.used_credits,
                used_after=totals.used,
                overage_before=period.overage_credits,
                overage_after=totals.overage,
                remaining=None
                if period.allowance is None
                else self.books[period.meter_id].spendable(at=self.at),
            )
            for period, totals in (
                (self.periods[period_id], totals) for period_id, totals in self.totals.items()
            )
        ]

    def totals_of(self, period: PeriodRow) -> Totals:
        """What a period has come to, with the events decided so far."""
        return self.totals.get(period.id) or Totals(period.used_credits, period.overage_credits)

    def _credits_of(self, item: RatedReport, totals: Totals) -> Decimal:
        """What the event adds to its period."""
        match item.terms.aggregation:
            case Aggregation.COUNT:
                return ONE
            case Aggregation.UNIQUE:
                return ZERO if (item.period_id, item.seen) in self.seen else ONE
            case Aggregation.MAX:
                return max(ZERO, item.quantity - totals.used)
            case _:
                return item.quantity

    def _refusal(
        self, item: RatedReport, credits: Decimal, payment: BurnDown, *, totals: Totals
    ) -> Rejection | None:
        if not item.report.enforce:
            return None
        return refusal_of(
            item.terms.bounds,
            used=totals.used + credits,
            overage=totals.overage + payment.overage,
            held=self.held[item.terms.meter_id],
            is_covered=payment.overage == ZERO or self.periods[item.period_id].allowance is None,
        )

    def _refused(
        self, item: RatedReport, credits: Decimal, reason: Rejection, *, totals: Totals
    ) -> Receipt:
        period = self.periods[item.period_id]
        book = self.books[item.terms.meter_id]
        return Receipt(
            event_id=item.report.event_id,
            outcome=Outcome.REJECTED,
            reason=reason,
            meter=item.terms.meter,
            credits=credits,
            available=available_within(
                item.terms.bounds,
                used=totals.used,
                overage=totals.overage,
                held=self.held[item.terms.meter_id],
                spendable=None
                if period.allowance is None
                else book.spendable(at=item.counted_at, action_id=item.action_id),
            ),
            resets_at=period.ends_at,
        )

    def _transfers(
        self, item: RatedReport, payment: BurnDown, *, book: Book
    ) -> list[TransferEntry]:
        """One transfer for each grant that pays, and one for what none of them pays."""

        def account(kind: AccountKind) -> int:
            return ensure_account(
                book=book,
                organization_id=self.organization_id,
                meter_id=item.terms.meter_id,
                kind=kind,
            )

        payers = [(TransferKind.CONSUME, account_id, paid) for account_id, paid in payment.drawn]
        if payment.overage > ZERO:
            payers.append((TransferKind.OVERAGE, account(AccountKind.OVERAGE), payment.overage))
        return [
            TransferEntry(
                meter_id=item.terms.meter_id,
                kind=kind,
                debit_account_id=account_id,
                credit_account_id=account(AccountKind.CONSUMED),
                amount=amount,
                occurred_at=item.counted_at,
                event_key=item.report.event_id,
            )
            for kind, account_id, amount in payers
        ]


def payment_of(item: RatedReport, credits: Decimal, *, book: Book, period: PeriodRow) -> BurnDown:
    """Who would pay. Where usage is unlimited no grant is touched: all of it is overage."""
    if period.allowance is None:
        return BurnDown(drawn=(), overage=credits)
    return book.payment_of(credits, at=item.counted_at, action_id=item.action_id)


def refusal_of(
    bounds: Bounds,
    *,
    used: Decimal,
    overage: Decimal,
    held: Held,
    is_covered: bool,
) -> Rejection | None:
    """
    Return why enforced use that brings a period to these totals is not allowed; None if it is.

    What is held counts as if it had been used.
    """
    if bounds.refusal is not None:
        return bounds.refusal
    if bounds.limit is not None and used + held.credits > bounds.limit:
        return Rejection.LIMIT_REACHED
    if is_covered or bounds.overage is None or overage + held.uncovered <= bounds.overage:
        return None
    return bounds.overage_refusal


def available_within(
    bounds: Bounds,
    *,
    used: Decimal,
    overage: Decimal,
    held: Held,
    spendable: Decimal | None,
) -> Decimal | None:
    """
    Return the most that enforced use may still take of a period with these totals.

    `refusal_of` allows exactly as much, and no more. `spendable` is what grants would pay (None:
    usage is unlimited). None if nothing bounds it.
    """
    if bounds.refusal is not None:
        return ZERO
    rooms = []
    if bounds.limit is not None:
        rooms.append(bounds.limit - used - held.credits)
    if spendable is not None and bounds.overage is not None:
        rooms.append(spendable + max(ZERO, bounds.overage - overage - held.uncovered))
    return max(ZERO, min(rooms)) if rooms else None


def decide(
    rated: Iterable[RatedReport],
    *,
    organization_id: int,
    books: Mapping[int, Book],
    periods: Sequence[PeriodRow],
    held: Mapping[int, Held],
    at: datetime,
    seen: Iterable[tuple[int, str]] = (),
) -> Decision:
    """Let the grants pay for each event in the order given; what they do not cover is overage."""
    decision = Decision(
        organization_id=organization_id,
        books=books,
        periods={period.id: period for period in periods},
        held=held,
        seen=set(seen),
        at=at,
    )
    for item in rated:
        decision.add(item)
    return decision


def merge_movements(movements: Iterable[Movement]) -> list[Movement]:
    """Return one movement for each period, from where it first stood to where it stands now."""
    merged: dict[tuple[int, object], Movement] = {}
    for movement in movements:
        key = (movement.meter_id, movement.period_starts_at)
        first = merged.get(key, movement)
        merged[key] = replace(
            movement, used_before=first.used_before, overage_before=first.overage_before
        )
    return list(merged.values())


def _event_entry(
    item: RatedReport,
    credits: Decimal,
    overage: Decimal,
    remaining: Decimal | None,
    hold_id: int | None,
) -> EventEntry:
    report = item.report
    return EventEntry(
        event_id=report.event_id,
        meter_id=item.terms.meter_id,
        period_id=item.period_id,
        action_id=item.action_id,
        member=report.member,
        quantity=report.quantity,
        credits=credits,
        overage_credits=overage,
        balance_after=remaining,
        cost=item.cost,
        properties=report.properties,
        body_sha256=report.body_sha256,
        occurred_at=item.occurred_at,
        counted_at=item.counted_at,
        hold_id=hold_id,
        tokens=report.tokens,
    )
