"""
Usage under the terms of an organization's agreement: reported, held, and taken back.

Each operation is one transaction under the organization's lock. What is due by then is seen to
first (holds that are over, periods to settle), so that no answer depends on when a sweep ran.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from accounts.organizations.locking import lock_organization
from config.kernel.sql import one_round_trip
from metering import operations as metering
from metering.operations import HoldReceipt, HoldRefused, Reversal
from metering.price_book.reported import with_costs
from metering.usage.reports import (
    HoldRequest,
    MeterTerms,
    Movement,
    Receipt,
    Recorded,
    Rejection,
    UsageReport,
)
from metering.usage.state import LedgerState, ask_for_ledger

from ..agreements.advancing import advance_if_due
from ..agreements.terms import AgreedTerms, agreed_terms, ask_for_agreement
from ..limits.bounds import bounds_of, features_share_a_cap
from ..limits.notes import note_cap, note_movements
from ..limits.terms import NO_LIMITS, Limits, ask_for_limits, read_limits
from ..settlements.operations import settle_correction, settle_due_periods
from ..top_ups.operations import order_due_top_ups
from ..top_ups.state import AutomaticTopUps, ask_for_automatic_top_ups


@dataclass(frozen=True, slots=True)
class _Situation:
    """What an organization has agreed to and set, and its books, as read under its lock."""

    organization_id: int
    agreed: AgreedTerms | None
    limits: Limits
    automatic: AutomaticTopUps | None
    state: LedgerState
    at: datetime

    @property
    def is_behind(self) -> bool:
        """Whether something was to happen by now, and nobody has seen to it."""
        comes_to_a_turn = self.agreed is not None and self.agreed.comes_to_a_turn
        return comes_to_a_turn or self.state.is_behind(at=self.at)

    def terms(self, *, enforced: bool) -> list[MeterTerms] | None:
        """What the agreement grants on each meter, with the bounds of enforced use if asked."""
        if self.agreed is None or not enforced:
            return None if self.agreed is None else self.agreed.meters
        bounds = bounds_of(
            terms=self.agreed.version,
            currency=self.agreed.currency,
            is_past_due=self.agreed.is_past_due,
            limits=self.limits,
            at=self.at,
        )
        return [replace(item, bounds=bounds[item.meter_id]) for item in self.agreed.meters]

    def follow_up(self, recorded: Recorded) -> None:
        """Tell of limits that were reached, and order what is running out."""
        if self.agreed is None:
            return
        if recorded.movements:
            note_movements(
                organization_id=self.organization_id,
                terms=self.agreed.version,
                currency=self.agreed.currency,
                limits=self.limits,
                movements=recorded.movements,
                at=self.at,
            )
        if recorded.movements and self.automatic is not None:
            order_due_top_ups(
                organization_id=self.organization_id,
                movements=recorded.movements,
                automatic=self.automatic,
                at=self.at,
            )
        reasons = (receipt.reason for receipt in recorded.receipts)
        self.tell_of_refusals(reasons, movements=recorded.movements)

    def tell_of_refusals(
        self, reasons: Iterable[str], *, movements: Sequence[Movement] = ()
    ) -> None:
        """A cap that stopped something is reached, even if the charges stay below it."""
        if self.agreed is None or Rejection.SPEND_CAP_REACHED not in set(reasons):
            return
        period = self.agreed.month_at(self.at)
        note_cap(
            organization_id=self.organization_id,
            terms=self.agreed.version,
            currency=self.agreed.currency,
            limits=self.limits,
            movements=movements,
            period_starts_at=period.starts_at,
            at=self.at,
        )

    def runs_of(self, reports: Sequence[UsageReport]) -> Sequence[Sequence[UsageReport]]:
        """
        The reports in the runs in which they are booked: all at once, unless a cap bounds what
        several meters spend together. The bounds of one then change with the use of another, so
        enforced use is not booked in a run in which another meter came before it.
        """
        if (
            self.agreed is None
            or not any(report.enforce for report in reports)
            or not features_share_a_cap(
                terms=self.agreed.version, currency=self.agreed.currency, limits=self.limits
            )
        ):
            return [reports]
        meter_ids = {item.meter: item.meter_id for item in self.agreed.meters}

        def meter_of(report: UsageReport) -> int | None:
            if report.action is None:
                return meter_ids.get(report.meter or "")
            action = self.state.actions.get(report.action)
            return None if action is None else action.meter_id

        runs: list[list[UsageReport]] = []
        moved: set[int | None] = set()
        for report in reports:
            meter_id = meter_of(report)
            if not runs or (report.enforce and moved - {meter_id}):
                runs.append([])
                moved.clear()
            runs[-1].append(report)
            moved.add(meter_id)
        return runs


def report_usage(
    *,
    organization_id: int,
    reports: Sequence[UsageReport],
    api_key_id: int | None,
    received_at: datetime,
) -> list[Receipt]:
    """
    Book usage events of one organization, and return a receipt for each, in order.

    All of them are booked in one transaction, under the agreement that is live once the
    organization's lock is held, or has ended so shortly ago that what occurred before its end
    is still taken. Without one an event that is not in the books yet is rejected as such.
    """
    with transaction.atomic(durable=True):
        return book_usage(
            organization_id=organization_id,
            reports=with_costs(reports, received_at=received_at),
            api_key_id=api_key_id,
            received_at=received_at,
        )


def book_usage(
    *,
    organization_id: int,
    reports: Sequence[UsageReport],
    api_key_id: int | None,
    received_at: datetime,
) -> list[Receipt]:
    """
    Do what `report_usage` does in the caller's transaction, for what is used by its doing.

    Takes the organization's lock, unless the caller holds it.
    """
    situation = _up_to_date(organization_id, reports, at=received_at)
    first, *others = situation.runs_of(reports)
    receipts = _book(situation, first, api_key_id=api_key_id)
    for run in others:
        situation = _read(organization_id, run, at=received_at)
        receipts += _book(situation, run, api_key_id=api_key_id)
    return receipts


def _book(
    situation: _Situation, reports: Sequence[UsageReport], *, api_key_id: int | None
) -> list[Receipt]:
    recorded = metering.record_usage(
        state=situation.state,
        reports=reports,
        terms=situation.terms(enforced=any(report.enforce for report in reports)),
        api_key_id=api_key_id,
    )
    situation.follow_up(recorded)
    return recorded.receipts


def hold_usage(
    *,
    organization_id: int,
    request: HoldRequest,
    api_key_id: int | None,
    received_at: datetime,
) -> HoldReceipt:
    """
    Set credits aside for what is about to happen, if the agreement allows it.

    Raises what `metering.operations.hold_credits` raises. A refusal by the spend cap is told of
    all the same.
    """
    with _situation(organization_id, [request], at=received_at) as situation:
        try:
            return metering.hold_credits(
                state=situation.state,
                request=request,
                terms=situation.terms(enforced=True),
                api_key_id=api_key_id,
            )
        except HoldRefused as refusal:
            situation.tell_of_refusals([refusal.reason])
            refused = refusal
    raise refused


def settle_hold(
    *,
    organization_id: int,
    hold_id: str,
    report: UsageReport,
    api_key_id: int | None,
    received_at: datetime,
) -> Receipt:
    """
    Book what was really used and end the hold: see `metering.operations.settle_hold`.
    """
    [report] = with_costs([report], received_at=received_at)
    with _situation(organization_id, [report], at=received_at) as situation:
        recorded = metering.settle_hold(
            state=situation.state,
            hold_id=hold_id,
            report=report,
            terms=situation.terms(enforced=False),
            api_key_id=api_key_id,
        )
        situation.follow_up(recorded)
        [receipt] = recorded.receipts
        return receipt


@transaction.atomic(durable=True)
def release_hold(*, organization_id: int, hold_id: str, now: datetime) -> HoldReceipt:
    """Return everything that a hold has set aside: see `metering.operations.release_hold`."""
    lock_organization(organization_id=organization_id)
    _see_to_what_is_due(organization_id, at=now)
    return metering.release_hold(organization_id=organization_id, hold_id=hold_id, now=now)


@transaction.atomic(durable=True)
def reverse_usage(*, organization_id: int, event_id: str, reason: str, now: datetime) -> Reversal:
    """
    Take one event back. For a period that was settled, what is owed for it is written down.

    Raises what `metering.operations.reverse_usage` raises.
    """
    return take_usage_back(
        organization_id=organization_id, event_id=event_id, reason=reason, now=now
    )


def take_usage_back(*, organization_id: int, event_id: str, reason: str, now: datetime) -> Reversal:
    """
    Do what `reverse_usage` does in the caller's transaction.

    Takes the organization's lock, unless the caller holds it.
    """
    lock_organization(organization_id=organization_id)
    _see_to_what_is_due(organization_id, at=now)
    reversal = metering.reverse_usage(
        organization_id=organization_id, event_id=event_id, reason=reason, now=now
    )
    settle_correction(organization_id=organization_id, reversal=reversal, now=now)
    return reversal


@contextmanager
def _situation(
    organization_id: int, asked: Collection[UsageReport | HoldRequest], *, at: datetime
) -> Iterator[_Situation]:
    """Begin the transaction, take the lock, and read everything that a decision needs."""
    with transaction.atomic(durable=True):
        yield _up_to_date(organization_id, asked, at=at)


def _up_to_date(
    organization_id: int, asked: Collection[UsageReport | HoldRequest], *, at: datetime
) -> _Situation:
    situation = _read(organization_id, asked, at=at)
    if situation.is_behind:
        _see_to_what_is_due(organization_id, at=at)
        situation = _read(organization_id, asked, at=at)
    return situation


def _read(
    organization_id: int, asked: Collection[UsageReport | HoldRequest], *, at: datetime
) -> _Situation:
    reports = [item for item in asked if isinstance(item, UsageReport)]
    with one_round_trip():
        lock_organization(organization_id=organization_id)
        agreement = ask_for_agreement(organization_id=organization_id, received_at=at)
        state = ask_for_ledger(
            organization_id=organization_id,
            reports=reports,
            actions=[item.action for item in asked if item.action],
            received_at=at,
        )
    agreed = agreed_terms(agreement)
    limits, automatic = NO_LIMITS, None
    if agreed is not None and agreed.has_limits:
        limits = read_limits(ask_for_limits(organization_id=organization_id))
    if agreed is not None and agreed.tops_up:
        automatic = ask_for_automatic_top_ups(organization_id=organization_id)
    return _Situation(organization_id, agreed, limits, automatic, state, at)


def _see_to_what_is_due(organization_id: int, *, at: datetime) -> None:
    advance_if_due(organization_id=organization_id, now=at)
    # A period releases the holds that were over when it was due; the others come after it.
    settle_due_periods(organization_id=organization_id, now=at)
    metering.release_due_holds(organization_id=organization_id, now=at)
