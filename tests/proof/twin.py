"""One organization kept twice, in the ledger and in the model; every step is taken in both."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import zip_longest
from typing import Any, Final

from django.db import transaction

from accounts.models import Organization
from accounts.organizations.locking import lock_organization
from config.kernel.sql import ask, one_round_trip
from metering import operations
from metering.choices import Aggregation, GrantCategory
from metering.credits.rollover import Basis, RolloverPolicy
from metering.models import Meter
from metering.operations.expiry import _expire
from metering.usage.reports import (
    Bounds,
    HoldRequest,
    MeterTerms,
    Mode,
    Outcome,
    Receipt,
    UsageReport,
)
from metering.usage.state import ask_for_ledger

from .model import ModelLedger
from .records import ZERO, ModelEvent, ModelGrant, ModelHold, ModelPeriod, ModelPolicy

# What an action of the meter takes.
RATES: Final = {"EXTRACT_TEXT": 5, "SUMMARIZE_SHORT": 10, "GENERATE_REPORT": 50}

_GRANTS: Final = """
SELECT given.category, given.amount, given.expires_at, account.balance
FROM metering_creditgrant AS given
JOIN metering_ledgeraccount AS account ON account.id = given.account_id
WHERE given.organization_id = %(organization)s ORDER BY given.account_id
"""
_PERIODS: Final = """
SELECT starts_at, ends_at, closed_at IS NOT NULL, allowance, used_credits, overage_credits
FROM metering_usageperiod WHERE organization_id = %(organization)s ORDER BY starts_at
"""
_HELD: Final = """
SELECT coalesce(sum(balance), 0) FROM metering_ledgeraccount
WHERE organization_id = %(organization)s AND kind = 'held'
"""


@dataclass
class Sent:
    """A report as it was sent first, and the receipt that it got."""

    report: UsageReport
    receipt: Receipt


@dataclass
class Twin:
    """The two ledgers of one organization and meter, and the clock that both go by."""

    organization: Organization
    meter: Meter
    terms: MeterTerms
    model: ModelLedger
    now: datetime
    sent: list[Sent] = field(default_factory=list)
    hold_ids: dict[str, str] = field(default_factory=dict)
    steps: int = 0

    @classmethod
    def begin(
        cls,
        organization: Organization,
        meter: Meter,
        *,
        anchor: datetime,
        allowance: Decimal | None,
    ) -> "Twin":
        """An agreement that starts now."""
        terms = MeterTerms(
            meter_id=meter.pk,
            meter=meter.code,
            starts_at=anchor,
            anchor_at=anchor,
            allowance=allowance,
            source=f"agr_{organization.pk}",
            aggregation=meter.aggregation,
            unique_property=meter.unique_property,
        )
        return cls(
            organization=organization,
            meter=meter,
            terms=terms,
            model=ModelLedger(anchor, allowance, meter.aggregation),
            now=anchor,
        )

    # --- usage ----------------------------------------------------------------------------

    def report(
        self,
        event_id: str,
        quantity: Decimal,
        *,
        action: str | None = None,
        at: datetime | None = None,
        **fields: Any,
    ) -> UsageReport:
        body = repr((event_id, quantity, action, at, sorted(fields.items())))
        return UsageReport(
            event_id=event_id,
            quantity=quantity,
            action=action,
            meter=None if action else self.meter.code,
            occurred_at=at,
            body_sha256=hashlib.sha256(body.encode()).digest(),
            **fields,
        )

    def use(self, *reports: UsageReport) -> None:
        """Report usage, possibly of the past, and compare each receipt."""
        self.model.open_through(self.now)
        receipts = self._record(reports)
        for report, receipt in zip(reports, receipts, strict=True):
            event = self._book(report)
            self._compare_receipt(receipt, event)
            self.sent.append(Sent(report, receipt))
        self._took(len(reports))

    def use_enforced(self, report: UsageReport, *, overage: Decimal | None) -> None:
        """Ask before the act: what is not covered, or beyond that much overage, is refused."""
        self.model.open_through(self.now)
        placed = self.model.place(self.now, self.now)
        assert placed is not None
        period, counted_at = placed
        credits = self._credits(report)
        covered = min(credits, self.model.spendable(counted_at, report.action))
        short = ZERO if period.allowance is None else credits - covered
        bound = self.model.overage(period) + short + self._held_uncovered()
        is_refused = short > ZERO and overage is not None and bound > overage
        terms = replace(self.terms, bounds=Bounds(overage=overage))
        [receipt] = self._record([report], terms=terms)
        if is_refused:
            assert receipt.outcome is Outcome.REJECTED, receipt
            assert receipt.reason == "insufficient_credits", receipt
        else:
            self._compare_receipt(receipt, self._book(report))
            self.sent.append(Sent(report, receipt))
        self._took(1)

    def send_again(self, sent: Sent, *, times: int = 1) -> None:
        """The same event again, in one batch: the first receipt again."""
        for receipt in self._record([sent.report] * times):
            assert receipt == replace(sent.receipt, outcome=Outcome.DUPLICATE), receipt
        self._took(times)

    def forge(self, sent: Sent) -> None:
        """Another body under the same id."""
        forged = replace(sent.report, body_sha256=hashlib.sha256(b"forged").digest())
        [receipt] = self._record([forged])
        assert receipt == Receipt(event_id=forged.event_id, outcome=Outcome.CONFLICT), receipt
        self._took(1)

    def reverse(self, event: ModelEvent) -> None:
        """Take an event back: once, and only where events make the sum."""
        is_reversible = self.meter.aggregation in (Aggregation.SUM, Aggregation.COUNT)
        if event.is_reversed or not is_reversible:
            refusal = operations.AlreadyReversed if is_reversible else operations.NotReversible
            with self._locked(), _refused_with(refusal):
                self._reverse(event)
        else:
            with self._locked():
                reversal = self._reverse(event)
            is_settled = event.period.closed is not None
            unpaid, undone = self.model.reverse(event, self.now)
            assert (reversal.credits, reversal.overage) == (event.credits, unpaid), reversal
            assert reversal.is_settled is is_settled, reversal
            if is_settled:
                assert reversal.overage_undone == undone, (reversal, undone)
        self._took(1)

    def _reverse(self, event: ModelEvent) -> operations.Reversal:
        return operations.reverse_usage(
            organization_id=self.organization.pk,
            event_id=event.event_id,
            reason="proof",
            now=self.now,
        )

    # --- holds ----------------------------------------------------------------------------

    def hold(
        self,
        key: str,
        quantity: Decimal,
        *,
        action: str | None,
        lasts: timedelta,
        overage: Decimal | None,
    ) -> None:
        """Set credits aside, or be refused."""
        self.model.open_through(self.now)
        self._open_periods()
        request = HoldRequest(
            key=key,
            quantity=quantity,
            body_sha256=hashlib.sha256(key.encode()).digest(),
            lasts=lasts,
            action=action,
            meter=None if action else self.meter.code,
        )
        credits = quantity * RATES[action] if action else quantity
        period = self.model.periods[-1]
        covered = min(credits, self.model.spendable(self.now, action))
        short = ZERO if period.allowance is None else credits - covered
        bound = self.model.overage(period) + short + self._held_uncovered()
        terms = replace(self.terms, bounds=Bounds(overage=overage))
        if short > ZERO and overage is not None and bound > overage:
            with self._locked(), _refused_with(operations.HoldRefused):
                self._hold(request, terms)
        else:
            with self._locked():
                receipt = self._hold(request, terms)
            held = self.model.hold(key, credits, at=self.now, lasts=lasts, action=action)
            assert (receipt.credits, receipt.uncovered) == (held.credits, held.uncovered), receipt
            self.hold_ids[key] = receipt.public_id
        self._took(1)

    def _hold(self, request: HoldRequest, terms: MeterTerms) -> operations.HoldReceipt:
        as_report = UsageReport(
            event_id=request.key,
            quantity=request.quantity,
            body_sha256=request.body_sha256,
            action=request.action,
            meter=request.meter,
        )
        return operations.hold_credits(
            state=ask_for_ledger(
                organization_id=self.organization.pk, reports=[as_report], received_at=self.now
            ),
            request=request,
            terms=[terms],
            api_key_id=None,
        )

    def settle(self, hold: ModelHold, report: UsageReport) -> None:
        """Book what was really used of a hold; once it has ended that is refused."""
        if hold.outcome is not None:
            with self._locked(), _refused_with(operations.HoldEnded):
                self._settle(hold, report)
        else:
            self.model.open_through(self.now)
            with self._locked():
                [receipt] = self._settle(hold, report).receipts
            event = self._book(report, hold=hold)
            self._compare_receipt(receipt, event)
            self.sent.append(Sent(report, receipt))
        self._took(1)

    def _settle(self, hold: ModelHold, report: UsageReport) -> Any:
        return operations.settle_hold(
            state=ask_for_ledger(
                organization_id=self.organization.pk, reports=[report], received_at=self.now
            ),
            hold_id=self.hold_ids[hold.key],
            report=report,
            terms=[self.terms],
            api_key_id=None,
        )

    def release(self, hold: ModelHold) -> None:
        """Give back what a hold set aside; releasing twice is once."""
        hold_id = self.hold_ids[hold.key]
        if hold.outcome in ("settled", "expired"):
            with self._locked(), _refused_with(operations.HoldEnded):
                operations.release_hold(
                    organization_id=self.organization.pk, hold_id=hold_id, now=self.now
                )
        else:
            with self._locked():
                operations.release_hold(
                    organization_id=self.organization.pk, hold_id=hold_id, now=self.now
                )
            if hold.outcome is None:
                self.model.end_hold(hold, "released", self.now)
        self._took(1)

    def release_due_holds(self) -> None:
        """The sweep of holds whose time is over."""
        with self._locked():
            operations.release_due_holds(organization_id=self.organization.pk, now=self.now)
        self.model.release_due_holds(self.now)
        self._took(1)

    # --- credits and periods --------------------------------------------------------------

    def give(
        self,
        category: GrantCategory,
        amount: Decimal,
        *,
        effective_at: datetime,
        expires_at: datetime | None,
        priority: int,
        actions: Sequence[tuple[int, str]] = (),
    ) -> None:
        """Give credits that no agreement stands behind, possibly effective in the past."""
        with self._locked():
            operations.grant_credits(
                organization_id=self.organization.pk,
                grant=operations.NewGrant(
                    meter_id=self.meter.pk,
                    category=category,
                    amount=amount,
                    effective_at=effective_at,
                    expires_at=expires_at,
                    priority=priority,
                    source=f"gift_{len(self.model.grants)}",
                    action_ids=[action_id for action_id, _ in actions],
                ),
            )
        self.model.give(
            category,
            amount,
            effective_at,
            expires_at,
            priority=priority,
            actions=[code for _, code in actions],
        )
        self._took(1)

    def expire(self) -> None:
        """The sweep of credits whose time is over, where it comes to this organization."""
        with self._locked():
            _expire(self.organization.pk, now=self.now)
        self.model.expire(self.now)
        self._took(1)

    def close_due(self, policy: ModelPolicy | None) -> None:
        """Close whatever is due, oldest first, and open what follows."""
        self.model.open_through(self.now)
        self._open_periods()
        with self._locked():
            due = operations.list_periods_to_close(
                organization_id=self.organization.pk, now=self.now
            )
            for period in due:
                closed = operations.close_period(
                    organization_id=self.organization.pk,
                    period=period,
                    policy=_policy(policy),
                    anchor_at=self.terms.anchor_at,
                    now=self.now,
                )
                expected = self.model.close(policy, self.now)
                found = (closed.used, closed.overage, closed.expired, closed.rolled_over)
                assert found == (
                    expected.used,
                    expected.overage,
                    expected.expired,
                    expected.rolled_over,
                ), (closed, expected)
        self._took(max(1, len(due)))

    def change_plan(self, allowance: Decimal | None, *, share: Decimal) -> None:
        """Upgrade at once; a smaller allowance holds from the next period on."""
        self.model.open_through(self.now)
        self._open_periods()
        with self._locked():
            operations.raise_allowance(
                organization_id=self.organization.pk,
                meter_id=self.meter.pk,
                source=self.terms.source,
                allowance=allowance,
                share=share,
                at=self.now,
            )
        self.terms = replace(self.terms, allowance=allowance)
        self.model.raise_allowance(allowance, share, self.now)
        self._took(1)

    def end(self) -> None:
        """The agreement ends now."""
        self.model.open_through(self.now)
        self._open_periods()
        with self._locked():
            operations.end_terms(
                organization_id=self.organization.pk, source=self.terms.source, ended_at=self.now
            )
        self.terms = replace(self.terms, ends_at=self.now)
        self.model.end(self.now)
        self._took(1)

    def wait(self, how_long: timedelta) -> None:
        self.now += how_long

    # --- comparing ------------------------------------------------------------------------

    def compare(self) -> None:
        """Every balance, total and held credit, against the model."""
        parameters = {"organization": self.organization.pk}
        with one_round_trip():
            grants, periods, held = (ask(sql, parameters) for sql in (_GRANTS, _PERIODS, _HELD))
        _check_same(grants.all(), [_grant_row(grant) for grant in self.model.grants])
        _check_same(periods.all(), [self._period_row(period) for period in self.model.periods])
        expected = (h.credits - h.uncovered for h in self.model.holds if h.outcome is None)
        _check_same(held.all(), [(sum(expected, ZERO),)])

    def _period_row(self, period: ModelPeriod) -> tuple[object, ...]:
        totals = self.model.totals(period)
        is_closed = period.closed is not None
        span = (period.starts_at, period.ends_at, is_closed)
        return (*span, period.allowance, totals.used, totals.overage)

    def _compare_receipt(self, receipt: Receipt, event: ModelEvent) -> None:
        is_late = event.counted_at != event.occurred_at
        is_unlimited = event.period.allowance is None
        assert receipt.outcome is (Outcome.LATE if is_late else Outcome.ACCEPTED), receipt
        assert receipt.credits == event.credits, (receipt, event)
        assert receipt.overage == (ZERO if is_unlimited else event.overage), (receipt, event)
        assert receipt.remaining == event.remaining, (receipt, event.remaining)

    # --- helpers --------------------------------------------------------------------------

    def _record(
        self, reports: Sequence[UsageReport], *, terms: MeterTerms | None = None
    ) -> list[Receipt]:
        with self._locked():
            return operations.record_usage(
                state=ask_for_ledger(
                    organization_id=self.organization.pk, reports=reports, received_at=self.now
                ),
                reports=reports,
                terms=[terms or self.terms],
                api_key_id=None,
            ).receipts

    def _book(self, report: UsageReport, *, hold: ModelHold | None = None) -> ModelEvent:
        occurred_at = min(report.occurred_at or self.now, self.now)
        if report.mode is Mode.ABSOLUTE or self.meter.aggregation == Aggregation.LATEST:
            return self.model.set_total(
                report.event_id, self._credits(report), at=self.now, occurred_at=occurred_at
            )
        return self.model.use(
            report.event_id,
            self._credits(report),
            at=self.now,
            occurred_at=occurred_at,
            action=report.action,
            seen=report.member if self.meter.aggregation == Aggregation.UNIQUE else "",
            hold=hold,
        )

    def _credits(self, report: UsageReport) -> Decimal:
        return report.quantity * RATES[report.action] if report.action else report.quantity

    def _held_uncovered(self) -> Decimal:
        return sum((h.uncovered for h in self.model.holds if h.outcome is None), ZERO)

    def _open_periods(self) -> None:
        if self.terms.ends_at is None:
            with self._locked():
                operations.open_periods(
                    organization_id=self.organization.pk, terms=self.terms, through=self.now
                )

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """A transaction that begins with the organization's lock, as every write does."""
        with transaction.atomic():
            lock_organization(organization_id=self.organization.pk)
            yield

    def _took(self, steps: int) -> None:
        # No two operations happen at the same instant.
        self.now += timedelta(microseconds=1)
        self.steps += steps


@contextmanager
def _refused_with(refusal: type[Exception]) -> Iterator[None]:
    try:
        yield
    except refusal:
        return
    raise AssertionError(f"not refused with {refusal.__name__}")


def _check_same(found: Sequence[tuple[Any, ...]], expected: Sequence[tuple[Any, ...]]) -> None:
    differences = [
        f"{number}: stored {one}, expected {other}"
        for number, (one, other) in enumerate(zip_longest(found, expected))
        if one != other
    ]
    assert not differences, "\n".join(differences)


def _grant_row(grant: ModelGrant) -> tuple[object, ...]:
    return (grant.category, grant.amount, grant.expires_at, grant.remaining)


def _policy(policy: ModelPolicy | None) -> RolloverPolicy | None:
    if policy is None:
        return None
    return RolloverPolicy(
        basis=Basis(policy.basis),
        percent=policy.percent,
        cap_percent=policy.cap_percent,
        term_periods=policy.term_periods,
        rerolls=policy.rerolls,
    )
