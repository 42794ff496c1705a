"""Set credits aside for what is about to happen, and settle for what did."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Final

from django.utils.crypto import salted_hmac

from config.kernel.errors import DomainError
from config.kernel.quantities import ZERO

from ..choices import AccountKind, Aggregation, HoldOutcome, TransferKind
from ..credits.burn_down import BurnDown
from ..ledger.books import Book, ensure_account
from ..ledger.posting import TransferEntry, post_transfers
from ..ledger.returning import expire_returned, let_credits_pay
from ..models import Hold, UsageEvent
from ..usage.decision import Decision, available_within, payment_of, refusal_of
from ..usage.intake import Rated, RatedReport, Refused, price
from ..usage.periods import PeriodRow, place
from ..usage.recall import answer_again
from ..usage.reports import (
    Held,
    HoldRequest,
    MeterTerms,
    Recorded,
    Rejection,
    UsageReport,
)
from ..usage.state import LedgerState, ask_for_ledger
from .booking import decide_run, write_decision
from .releasing import (
    HoldEnded,
    HoldReceipt,
    describe_hold,
    find_hold,
    is_of_platform,
    mark_ended,
    receipt_of,
    return_transfers,
)
from .usage import rate_reports, with_periods

_SALT: Final = "metering.holds"


class HoldConflict(DomainError):
    """A hold was made with this id before, with other content."""

    code = "hold_conflict"
    title = "Another hold has this id"


class EventBookedApart(DomainError):
    """The event that should settle a hold was booked before, without it."""

    code = "event_booked_apart"
    title = "The event was booked apart from the hold"


class UsageRejected(DomainError):
    """What is asked for cannot be booked on these terms, whatever the balance: see `reason`."""

    code = "usage_rejected"
    title = "The usage cannot be booked"
    status = 422

    def __init__(self, reason: Rejection) -> None:
        super().__init__(f"It cannot be held: {reason}.", reason=reason)
        self.reason = reason


class HoldRefused(DomainError):
    """
    What is asked for is not covered: `reason`, `required`, `available` and `resets_at` say why.

    As much as is `available` would not be refused.
    """

    code = "insufficient_credits"
    title = "Not covered"
    status: ClassVar[int] = 402

    def __init__(
        self,
        reason: Rejection,
        *,
        required: Decimal,
        available: Decimal | None,
        resets_at: datetime,
    ) -> None:
        super().__init__(f"{required} are asked for, and {available} can be spent.")
        self.reason = reason
        self.required = required
        self.available = available
        self.resets_at = resets_at


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a hold would set aside, in which period, and who would pay."""

    rated: Rated
    terms: MeterTerms
    period: PeriodRow
    payment: BurnDown
    spendable: Decimal
    book: Book


def hold_credits(
    *,
    state: LedgerState,
    request: HoldRequest,
    terms: Sequence[MeterTerms] | None,
    api_key_id: int | None,
) -> HoldReceipt:
    """
    Set aside what the request comes to, out of the grants that would pay for it now.

    `state` was asked for under the organization's lock, for this request. The same request again
    answers with the same hold. What grants do not cover is authorized only as far as the terms
    allow overage.

    Raises `HoldConflict`, `HoldRefused`, and `UsageRejected` with the reason as its code.
    """
    known = (
        Hold.objects.filter(organization_id=state.organization_id, key=request.key)
        .select_related("meter", "action")
        .first()
    )
    if known is not None:
        if bytes(known.body_sha256) != request.body_sha256:
            raise HoldConflict(f"A hold “{request.key}” was made with other content.")
        return describe_hold(known, is_replay=True)
    state = with_periods(state, terms=terms)
    wanted = _wanted(request, state=state, terms=terms)
    _check_allowed(wanted, held=state.held[wanted.terms.meter_id])
    hold = Hold.objects.create(
        organization_id=state.organization_id,
        meter_id=wanted.terms.meter_id,
        key=request.key,
        body_sha256=request.body_sha256,
        action_id=wanted.rated.action_id,
        api_key_id=api_key_id,
        member=request.member,
        quantity=request.quantity,
        credits=wanted.rated.credits,
        uncovered_credits=wanted.payment.overage,
        balance_after=None
        if wanted.period.allowance is None
        else wanted.spendable - (wanted.rated.credits - wanted.payment.overage),
        held_at=state.received_at,
        expires_at=state.received_at + request.lasts,
    )
    _set_aside(hold, wanted)
    return receipt_of(hold, meter=wanted.terms.meter, action=request.action)


def _wanted(
    request: HoldRequest, *, state: LedgerState, terms: Sequence[MeterTerms] | None
) -> _Wanted:
    at = state.received_at
    if terms is None:
        raise UsageRejected(Rejection.NO_AGREEMENT)
    terms_by_meter = {item.meter_id: item for item in terms}
    try:
        rated = price(request, actions=state.actions, terms_by_meter=terms_by_meter, at=at)
    except Refused as refusal:
        raise UsageRejected(refusal.reason) from None
    of_meter = terms_by_meter[rated.meter_id]
    if of_meter.aggregation != Aggregation.SUM or of_meter.is_our_count:
        raise UsageRejected(Rejection.NOT_HOLDABLE)
    placed = place(state.periods, meter_id=rated.meter_id, occurred_at=at, received_at=at)
    if placed is None or (of_meter.ends_at is not None and at >= of_meter.ends_at):
        raise UsageRejected(Rejection.NO_AGREEMENT)
    book = state.books()[rated.meter_id]
    period = placed.period
    payment = BurnDown(drawn=(), overage=rated.credits)
    if period.allowance is not None:
        payment = book.payment_of(rated.credits, at=at, action_id=rated.action_id)
    return _Wanted(
        rated=rated,
        terms=of_meter,
        period=period,
        payment=payment,
        spendable=book.spendable(at=at, action_id=rated.action_id),
        book=book,
    )


def _check_allowed(wanted: _Wanted, *, held: Held) -> None:
    refusal = refusal_of(
        wanted.terms.bounds,
        used=wanted.period.used_credits + wanted.rated.credits,
        overage=wanted.period.overage_credits + wanted.payment.overage,
        held=held,
        is_covered=wanted.payment.overage == ZERO or wanted.period.allowance is None,
    )
    if refusal is not None:
        raise HoldRefused(
            refusal,
            required=wanted.rated.credits,
            available=available_within(
                wanted.terms.bounds,
                used=wanted.period.used_credits,
                overage=wanted.period.overage_credits,
                held=held,
                spendable=None if wanted.period.allowance is None else wanted.spendable,
            ),
            resets_at=wanted.period.ends_at,
        )


def _set_aside(hold: Hold, wanted: _Wanted) -> None:
    held_id = ensure_account(
        book=wanted.book,
        organization_id=hold.organization_id,
        meter_id=hold.meter_id,
        kind=AccountKind.HELD,
    )
    post_transfers(
        organization_id=hold.organization_id,
        transfers=[
            TransferEntry(
                meter_id=hold.meter_id,
                kind=TransferKind.HOLD,
                debit_account_id=account_id,
                credit_account_id=held_id,
                amount=amount,
                occurred_at=hold.held_at,
                hold_id=hold.pk,
            )
            for account_id, amount in wanted.payment.drawn
        ],
    )


def settle_hold(
    *,
    state: LedgerState,
    hold_id: str,
    report: UsageReport,
    terms: Sequence[MeterTerms] | None,
    api_key_id: int | None,
) -> Recorded:
    """
    Book what was really used and end the hold.

    `report` is the event, and `state` was asked for under the organization's lock, for it. The
    grants that the hold took from pay first, even if their time is over by now; more than was
    held is paid like any usage, and what was not needed goes back. Settling again with the same
    event answers as a duplicate; an event that cannot be booked leaves the hold open. Where a key
    of the customer took the id of a hold of the company, it is settled under another.

    Raises `HoldNotFound`, `HoldEnded` if it ended in another way, and `EventBookedApart` if the
    event is in the books without the hold, which then stays open.
    """
    hold = find_hold(organization_id=state.organization_id, hold_id=hold_id)
    if report.event_id in state.booked and _is_name_taken(hold, report):
        report = replace(report, event_id=_secret_name(hold))
        state = ask_for_ledger(
            organization_id=state.organization_id, received_at=state.received_at, reports=[report]
        )
    if report.event_id in state.booked:
        if hold.event_key != report.event_id:
            raise EventBookedApart(f"The event “{report.event_id}” is in the books already.")
        return Recorded([answer_again(report, state.booked[report.event_id])], [])
    if hold.outcome is not None:
        raise HoldEnded(f"The hold was {hold.get_outcome_display().lower()}.", outcome=hold.outcome)
    state = with_periods(state, terms=terms)
    rated, rejected = rate_reports([report], state=state, terms=terms)
    if rejected or rated[0].terms.meter_id != hold.meter_id:
        receipt = rejected.get(report.event_id)
        if receipt is None:
            raise HoldEnded("The event is counted on another meter than the hold.")
        return Recorded([receipt], [])
    decision = _settle(rated[0], hold, state=state, api_key_id=api_key_id)
    return Recorded(list(decision.receipts.values()), decision.movements())


def _is_name_taken(hold: Hold, report: UsageReport) -> bool:
    """Whether a customer's own key reported an event under the key of what the company holds."""
    taken = UsageEvent.objects.filter(
        organization_id=hold.organization_id,
        event_id=hold.key,
        api_key__organization__isnull=False,
    )
    return (
        report.event_id == hold.key != hold.event_key
        and is_of_platform(organization_id=hold.organization_id, hold_id=hold.public_id)
        and taken.exists()
    )


def _secret_name(hold: Hold) -> str:
    """The id of an event that follows from the hold and cannot be guessed."""
    name = salted_hmac(_SALT, hold.public_id, algorithm="sha256").hexdigest()[:32]
    return f"settled_{name}"


def _settle(
    item: RatedReport, hold: Hold, *, state: LedgerState, api_key_id: int | None
) -> Decision:
    at = state.received_at
    returned = return_transfers(hold, at=at)
    needed = _needed_of(returned, item.quantity)
    account_ids = {entry.credit_account_id for entry in returned}
    is_all_needed = sum(entry.amount for entry in returned) == sum(needed.values())
    post_transfers(organization_id=state.organization_id, transfers=returned)
    if not is_all_needed:
        let_credits_pay(
            organization_id=state.organization_id,
            meter_id=hold.meter_id,
            account_ids=account_ids,
            reserved=needed,
        )
    state = state.read_again()
    decision = _decide_settlement(item, hold, needed, state=state)
    write_decision(decision, api_key_id=api_key_id)
    mark_ended(hold, outcome=HoldOutcome.SETTLED, at=at, event_key=item.report.event_id)
    if not is_all_needed:
        expire_returned(
            organization_id=state.organization_id,
            account_ids=account_ids,
            at=at,
            hold_id=hold.pk,
        )
    return decision


def _needed_of(returned: Iterable[TransferEntry], quantity: Decimal) -> dict[int, Decimal]:
    """What the event needs of the credits that were held, in the order in which they were taken."""
    needed: dict[int, Decimal] = {}
    unpaid = quantity
    for entry in returned:
        paid = min(entry.amount, unpaid)
        if paid > ZERO:
            needed[entry.credit_account_id] = paid
            unpaid -= paid
    return needed


def _decide_settlement(
    item: RatedReport, hold: Hold, needed: Mapping[int, Decimal], *, state: LedgerState
) -> Decision:
    """The credits that were held pay first, then the others."""
    decision = decide_run([], state=state)
    period = decision.periods[item.period_id]
    book = decision.books[hold.meter_id]
    book.take(BurnDown(drawn=tuple(needed.items()), overage=ZERO))
    unpaid = item.quantity - sum(needed.values(), ZERO)
    rest = payment_of(item, unpaid, book=book, period=period)
    book.take(rest)
    drawn = dict(needed)
    for account_id, paid in rest.drawn:
        drawn[account_id] = drawn.get(account_id, ZERO) + paid
    decision.book(
        item,
        item.quantity,
        BurnDown(drawn=tuple(drawn.items()), overage=rest.overage),
        period=period,
        hold_id=hold.pk,
    )
    return decision
