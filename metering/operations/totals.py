"""Reports that say what a period's total is, instead of adding to it."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from accounts.choices import Scope
from config.kernel.quantities import ZERO

from ..ledger.returning import expire_returned, let_credits_pay
from ..models import UsageEvent, UsageReversal
from ..usage.decision import Decision
from ..usage.intake import RatedReport
from ..usage.periods import PeriodRow
from ..usage.reports import Outcome, Receipt, Rejection
from ..usage.state import LedgerState
from .booking import decide_run
from .reversals import take_back

LARGEST_TAKE_BACK: Final = 1_000
# Platform keys and we ourselves have no organization.
_BY_WHO_MAY_LOWER: Final = Q(api_key__organization=None) | Q(
    api_key__scopes__contains=[Scope.CREDITS_WRITE]
)


def decide_total(item: RatedReport, *, state: LedgerState) -> Decision:
    """
    Decide an event that brings its period's total to what it says: the difference is its credits.

    A lower total first takes events back, the newest first, until it is reached; what the last
    of them held beyond it is booked anew. A report that is late, or older than another event of
    the period, changes nothing; one that would take back more than `LARGEST_TAKE_BACK` events, or
    any although it may not, is rejected.
    """
    period = _period_of(item, state)
    if item.is_late or _is_outdated(item, period, organization_id=state.organization_id):
        return _book(item, ZERO, state=state)
    if item.quantity < period.used_credits:
        if not item.report.may_lower:
            return _rejected(item, Rejection.TAKES_USAGE_BACK, state=state)
        events = _newest_above(item.quantity, period, organization_id=state.organization_id)
        if len(events) > LARGEST_TAKE_BACK:
            return _rejected(item, Rejection.TOO_MANY_TO_TAKE_BACK, state=state)
        _take_back(events, item, state=state)
        state = state.read_again()
        period = _period_of(item, state)
        # To report less than before is always allowed.
        item = replace(item, report=replace(item.report, enforce=False))
    return _book(item, item.quantity - period.used_credits, state=state)


def _book(item: RatedReport, credits: Decimal, *, state: LedgerState) -> Decision:
    return decide_run([replace(item, quantity=credits)], state=state)


def _rejected(item: RatedReport, reason: Rejection, *, state: LedgerState) -> Decision:
    decision = decide_run([], state=state)
    decision.receipts[item.report.event_id] = Receipt(
        event_id=item.report.event_id, outcome=Outcome.REJECTED, reason=reason
    )
    return decision


def _period_of(item: RatedReport, state: LedgerState) -> PeriodRow:
    return next(period for period in state.periods if period.id == item.period_id)


def _is_outdated(item: RatedReport, period: PeriodRow, *, organization_id: int) -> bool:
    """
    Whether something that occurred later was reported before. What came late did not, and what a
    key reported that may lower nothing does not keep another from reporting more.
    """
    in_time = _standing_events(period, organization_id=organization_id).filter(
        counted_at=F("occurred_at")
    )
    if item.report.may_lower and item.quantity > period.used_credits:
        in_time = in_time.filter(_BY_WHO_MAY_LOWER)
    newest = in_time.aggregate(at=Max("counted_at"))["at"]
    return newest is not None and item.counted_at < newest


def _newest_above(target: Decimal, period: PeriodRow, *, organization_id: int) -> list[UsageEvent]:
    """The newest events whose credits stand above a total; at most one too many."""
    newest_first = (
        _standing_events(period, organization_id=organization_id)
        .filter(credits__gt=ZERO)
        .select_related("period")
        .order_by("-counted_at", "-pk")
    )
    total = period.used_credits
    events = []
    for event in newest_first[: LARGEST_TAKE_BACK + 1]:
        if total <= target:
            break
        events.append(event)
        total -= event.credits
    return events


def _take_back(events: Sequence[UsageEvent], item: RatedReport, *, state: LedgerState) -> None:
    taken_back = take_back(
        organization_id=state.organization_id,
        events=events,
        now=state.received_at,
        replaced_by=item.report.event_id,
    )
    let_credits_pay(
        organization_id=state.organization_id,
        meter_id=item.terms.meter_id,
        account_ids={
            account_id for _, account_ids in taken_back.values() for account_id in account_ids
        },
    )
    for event_id, (_, account_ids) in taken_back.items():
        expire_returned(
            organization_id=state.organization_id,
            account_ids=account_ids,
            at=state.received_at,
            event_key=event_id,
        )


def _standing_events(period: PeriodRow, *, organization_id: int) -> QuerySet[UsageEvent]:
    """The events of a period that were not taken back."""
    reversals = UsageReversal.objects.filter(
        organization_id=organization_id, event_key=OuterRef("event_id")
    )
    return UsageEvent.objects.filter(
        organization_id=organization_id,
        meter_id=period.meter_id,
        period_id=period.id,
        counted_at__gte=period.starts_at,
    ).exclude(Exists(reversals))
