"""Reports that say what a period's total is, instead of adding to it."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.db.models import Exists, Max, OuterRef, QuerySet

from config.kernel.quantities import ZERO

from ..choices import Aggregation
from ..ledger.returning import expire_returned, let_credits_pay
from ..models import UsageEvent, UsageReversal
from ..usage.decision import Decision, decide
from ..usage.intake import RatedReport
from ..usage.periods import PeriodRow
from ..usage.state import LedgerState, ask_for_ledger
from .reversals import take_back


def decide_total(item: RatedReport, *, state: LedgerState, received_at: datetime) -> Decision:
    """
    Decide an event that brings its period's total to what it says: the difference is its credits.

    A lower total first takes events back, the newest first, until it is reached; what the last
    of them held beyond it is booked anew. On a meter of latest values a report that is older
    than another one changes nothing.
    """
    period = next(period for period in state.periods if period.id == item.period_id)
    target = _target(item, period, organization_id=state.organization_id)
    if target < period.used_credits:
        _take_back_down_to(target, item, period, state=state, received_at=received_at)
        state = ask_for_ledger(organization_id=state.organization_id, received_at=item.counted_at)
        period = next(period for period in state.periods if period.id == item.period_id)
        # To report less than before is always allowed.
        item = replace(item, report=replace(item.report, enforce=False))
    return decide(
        [replace(item, quantity=target - period.used_credits)],
        organization_id=state.organization_id,
        books=state.books(),
        periods=state.periods,
        held=state.held,
    )


def _target(item: RatedReport, period: PeriodRow, *, organization_id: int) -> Decimal:
    if item.terms.aggregation != Aggregation.LATEST:
        return item.quantity
    newest = _standing_events(period, organization_id=organization_id).aggregate(
        at=Max("counted_at")
    )["at"]
    is_outdated = item.is_late or (newest is not None and item.counted_at < newest)
    return period.used_credits if is_outdated else item.quantity


def _take_back_down_to(
    target: Decimal,
    item: RatedReport,
    period: PeriodRow,
    *,
    state: LedgerState,
    received_at: datetime,
) -> None:
    """Take the newest events back until the total is no more than the target."""
    total = period.used_credits
    events = []
    newest_first = (
        _standing_events(period, organization_id=state.organization_id)
        .filter(credits__gt=ZERO)
        .select_related("period")
        .order_by("-counted_at", "-pk")
    )
    for event in newest_first.iterator(chunk_size=500):
        if total <= target:
            break
        events.append(event)
        total -= event.credits
    taken_back = take_back(
        organization_id=state.organization_id,
        events=events,
        now=received_at,
        replaced_by=item.report.event_id,
    )
    let_credits_pay(organization_id=state.organization_id, meter_id=period.meter_id)
    for event_id, (_, account_ids) in taken_back.items():
        expire_returned(
            organization_id=state.organization_id,
            account_ids=account_ids,
            at=received_at,
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
