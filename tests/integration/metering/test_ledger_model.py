"""The ledger against a plain model of itself, through random histories."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import Organization
from config.kernel.periods import Interval, period_at
from metering.choices import GrantCategory
from metering.ledger.audit import find_violations
from metering.models import Meter, UsageEvent
from metering.queries import get_balance
from metering.usage.reports import MeterTerms, Outcome, UsageReport
from tests.factories.metering import ANCHOR, grant, record, report, terms

QUANTITIES = st.decimals("0.000001", 400, places=6)
# Few different ends, so that grants often tie and the rest of the order decides.
EXPIRY_DAYS = [None, 20, 30, 61]
STEPS = st.timedeltas(timedelta(0), timedelta(days=12))


@dataclass
class ModelGrant:
    """What one grant is in the model: its terms, and what is left."""

    rank: int
    remaining: Decimal
    priority: int
    effective_at: datetime
    expires_at: datetime | None
    is_purchased: bool

    def key(self) -> tuple[object, ...]:
        """The published burn order, written down a second time."""
        never = self.expires_at is None
        return (
            self.priority,
            never,
            self.expires_at or self.effective_at,
            self.is_purchased,
            self.effective_at,
            self.rank,
        )

    def is_active(self, at: datetime) -> bool:
        return self.effective_at <= at and (self.expires_at is None or self.expires_at > at)


@dataclass
class Model:
    """The ledger in thirty lines: no database, no cache, no batch."""

    allowance: int
    grants: list[ModelGrant] = field(default_factory=list)
    opened_until: datetime = ANCHOR
    used: Decimal = Decimal(0)
    overage: Decimal = Decimal(0)

    def open_periods(self, through: datetime) -> None:
        while self.opened_until <= through:
            period = period_at(ANCHOR, interval=Interval.MONTH, at=self.opened_until)
            if self.allowance:
                self.give(self.allowance, period.starts_at, period.ends_at)
            self.opened_until = period.ends_at

    def give(
        self,
        amount: int | Decimal,
        effective_at: datetime,
        expires_at: datetime | None,
        *,
        priority: int = 100,
        is_purchased: bool = False,
    ) -> None:
        self.grants.append(
            ModelGrant(
                rank=len(self.grants),
                remaining=Decimal(amount),
                priority=priority,
                effective_at=effective_at,
                expires_at=expires_at,
                is_purchased=is_purchased,
            )
        )

    def use(self, quantity: Decimal, at: datetime) -> tuple[Decimal, Decimal]:
        """Pay for usage and return its overage and what is left to spend."""
        unpaid = quantity
        for payer in self.active(at):
            taken = min(payer.remaining, unpaid)
            payer.remaining -= taken
            unpaid -= taken
        self.used += quantity
        self.overage += unpaid
        return unpaid, self.spendable(at)

    def active(self, at: datetime) -> list[ModelGrant]:
        return sorted((g for g in self.grants if g.is_active(at)), key=ModelGrant.key)

    def spendable(self, at: datetime) -> Decimal:
        return sum((g.remaining for g in self.active(at)), Decimal(0))


class LedgerMachine(RuleBasedStateMachine):
    """Random histories of one organization; time only moves forward, events may lie back."""

    meter: Meter

    def __init__(self) -> None:
        super().__init__()
        self.now = ANCHOR
        self.booked: list[tuple[UsageReport, Decimal, Decimal]] = []

    @initialize(allowance=st.sampled_from([0, 0, 50, 1_000]))
    def begin(self, allowance: int) -> None:
        self.organization = Organization.objects.create(name="Model", currency="USD")
        self.terms: MeterTerms = terms(self.meter, allowance=allowance)
        self.model = Model(allowance)

    @rule(step=STEPS)
    def time_passes(self, step: timedelta) -> None:
        self.now += step

    # Mostly right now: what lies back meets few of the grants.
    @rule(
        quantities=st.lists(QUANTITIES, min_size=1, max_size=4),
        back=st.just(timedelta(0)) | st.just(timedelta(0)) | STEPS,
    )
    def use(self, quantities: list[Decimal], back: timedelta) -> None:
        at = max(ANCHOR, self.now - back)
        first = len(self.booked)
        reports = [
            report(f"evt-{first + index}", str(quantity), at=at)
            for index, quantity in enumerate(quantities)
        ]
        receipts = record(self.organization, *reports, terms=self.terms, at=self.now)
        self.model.open_periods(self.now)
        for sent, receipt in zip(reports, receipts, strict=True):
            overage, remaining = self.model.use(sent.quantity, at)
            assert receipt.outcome is Outcome.ACCEPTED
            assert (receipt.overage, receipt.remaining) == (overage, remaining)
            self.booked.append((sent, overage, remaining))

    @precondition(lambda self: self.booked)
    @rule(data=st.data())
    def send_again(self, data: st.DataObject) -> None:
        sent, overage, remaining = data.draw(st.sampled_from(self.booked))
        (receipt,) = record(self.organization, sent, terms=self.terms, at=self.now)
        assert receipt.outcome is Outcome.DUPLICATE
        assert (receipt.overage, receipt.remaining) == (overage, remaining)

    @precondition(lambda self: self.booked)
    @rule(data=st.data())
    def send_another_body_under_the_same_id(self, data: st.DataObject) -> None:
        sent, _, _ = data.draw(st.sampled_from(self.booked))
        forged = report(sent.event_id, str(sent.quantity + 1), at=sent.occurred_at)
        (receipt,) = record(self.organization, forged, terms=self.terms, at=self.now)
        assert receipt.outcome is Outcome.CONFLICT

    @rule(
        amount=QUANTITIES,
        ends_on_day=st.sampled_from(EXPIRY_DAYS),
        priority=st.sampled_from([99, 100, 100, 100]),
        category=st.sampled_from([GrantCategory.PROMOTION, GrantCategory.PURCHASE]),
    )
    def give(
        self, amount: Decimal, ends_on_day: int | None, priority: int, category: GrantCategory
    ) -> None:
        expires_at = None if ends_on_day is None else ANCHOR + timedelta(days=ends_on_day)
        if expires_at is not None and expires_at <= self.now:
            return
        grant(
            self.organization,
            self.meter,
            str(amount),
            category=category,
            effective_at=self.now,
            expires_at=expires_at,
            priority=priority,
        )
        self.model.give(
            amount,
            self.now,
            expires_at,
            priority=priority,
            is_purchased=category is GrantCategory.PURCHASE,
        )

    @invariant()
    def books_agree_with_the_model(self) -> None:
        if not hasattr(self, "organization"):
            return
        balance = get_balance(
            organization_id=self.organization.pk, meter_id=self.meter.pk, at=self.now
        )
        if self.model.opened_until > self.now:
            # Grant by grant: the sum alone would not tell which of them paid.
            assert [given.remaining for given in balance.grants] == [
                given.remaining for given in self.model.active(self.now)
            ]
        assert UsageEvent.objects.owned_by(self.organization).count() == len(self.booked)

    def teardown(self) -> None:
        if hasattr(self, "organization"):
            assert list(find_violations(organization_id=self.organization.pk)) == []


@pytest.mark.django_db
def test_random_histories_end_as_the_model_says(meter: Meter) -> None:
    class Machine(LedgerMachine):
        pass

    Machine.meter = meter
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            # Each step talks to a database: making a failure smaller would take minutes.
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        ),
    )
