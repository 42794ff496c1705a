"""Record what apps report."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..usage import intake
from ..usage.decision import Decision, merge_movements
from ..usage.intake import RatedReport, Refused
from ..usage.recall import BookedEvent, answer_again
from ..usage.reports import (
    LARGEST_BATCH,
    MeterTerms,
    Movement,
    Outcome,
    Receipt,
    Recorded,
    Rejection,
    UsageReport,
)
from ..usage.state import LedgerState
from .booking import decide_run, write_decision
from .periods import open_periods
from .totals import decide_total


def record_usage(
    *,
    state: LedgerState,
    reports: Sequence[UsageReport],
    terms: Sequence[MeterTerms] | None,
    api_key_id: int | None,
) -> Recorded:
    """
    Book a batch of usage events, at most `LARGEST_BATCH`, with a receipt for each, in order.

    `state` was asked for under the organization's lock, for these reports. An id that is in the
    books already, or stands earlier in the batch, is a duplicate (the first receipt again) or,
    with another body, a conflict. Plain usage is never refused for lack of credits: what grants
    do not cover is overage. An event outside the terms, an enforced one beyond their bounds, or
    any new one without terms, is rejected with its reason and not stored, so it can be sent
    again once the reason is gone.
    """
    assert len(reports) <= LARGEST_BATCH, len(reports)
    booked = state.booked
    fresh: dict[str, UsageReport] = {}
    for report in reports:
        if report.event_id not in booked:
            fresh.setdefault(report.event_id, report)

    movements: list[Movement] = []
    if fresh:
        state = with_periods(state, terms=terms)
    rated, settled = rate_reports(fresh.values(), state=state, terms=terms)
    for number, run in enumerate(_runs(rated)):
        if number > 0:
            state = state.read_again()
        decision = _decide(run, state=state)
        write_decision(decision, api_key_id=api_key_id)
        settled |= decision.receipts
        movements.extend(decision.movements())

    return Recorded(
        receipts=_answers(reports, settled=settled, booked=booked),
        movements=merge_movements(movements),
    )


def rate_reports(
    reports: Iterable[UsageReport],
    *,
    state: LedgerState,
    terms: Sequence[MeterTerms] | None,
) -> tuple[list[RatedReport], dict[str, Receipt]]:
    """What can be booked, and the receipts of what cannot."""
    if terms is None:
        return [], {item.event_id: _rejected(item, Rejection.NO_AGREEMENT) for item in reports}
    rated: list[RatedReport] = []
    rejected: dict[str, Receipt] = {}
    terms_by_meter = {item.meter_id: item for item in terms}
    for report in reports:
        try:
            rated.append(
                intake.rate(
                    report,
                    actions=state.actions,
                    terms_by_meter=terms_by_meter,
                    periods=state.periods,
                    received_at=state.received_at,
                )
            )
        except Refused as refusal:
            rejected[report.event_id] = _rejected(report, refusal.reason)
    return rated, rejected


def _runs(rated: Sequence[RatedReport]) -> Iterator[list[RatedReport]]:
    """
    Split a batch into runs that are booked together.

    A report that sets a total may take earlier events back, which have to be in the books then:
    it is a run of its own.
    """
    run: list[RatedReport] = []
    for item in rated:
        if item.sets_the_total:
            if run:
                yield run
            yield [item]
            run = []
        else:
            run.append(item)
    if run:
        yield run


def _decide(run: Sequence[RatedReport], *, state: LedgerState) -> Decision:
    if run[0].sets_the_total:
        return decide_total(run[0], state=state)
    return decide_run(run, state=state)


def with_periods(state: LedgerState, *, terms: Sequence[MeterTerms] | None) -> LedgerState:
    """Return the state once the current period of every meter is open; the same if they all are."""
    received_at = state.received_at
    current = {period.meter_id for period in state.periods if received_at < period.ends_at}
    missing = [
        item for item in terms or () if item.meter_id not in current and item.ends_at is None
    ]
    if not missing:
        return state
    for item in missing:
        open_periods(organization_id=state.organization_id, terms=item, through=received_at)
    return state.read_again()


def _rejected(report: UsageReport, reason: Rejection) -> Receipt:
    return Receipt(event_id=report.event_id, outcome=Outcome.REJECTED, reason=reason)


def _answers(
    reports: Iterable[UsageReport],
    *,
    settled: Mapping[str, Receipt],
    booked: Mapping[str, BookedEvent],
) -> list[Receipt]:
    """A receipt for each report, in order: of an id that is known by then, its first again."""
    known = dict(booked)
    receipts = []
    for report in reports:
        if report.event_id in known:
            receipts.append(answer_again(report, known[report.event_id]))
        else:
            receipt = settled[report.event_id]
            known[report.event_id] = BookedEvent(report.body_sha256, receipt)
            receipts.append(receipt)
    return receipts
