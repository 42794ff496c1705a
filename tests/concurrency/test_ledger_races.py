"""
Two at once on one ledger: each race is first shown to exist, then to be closed.

Without the organization's lock both read the same books before either writes. What the second
then does is refused by the database, or is wrong; with the lock it is answered as it should be.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction

from accounts.models import Organization
from accounts.organizations.locking import lock_organization
from metering import operations
from metering.ledger.audit import find_violations
from metering.models import CreditGrant, Hold, Meter, UsagePeriod, UsageReversal
from metering.operations import (
    AlreadyReversed,
    ClosedPeriod,
    HoldEnded,
    closing,
    releasing,
    reversals,
    usage,
)
from metering.usage.reports import HoldRequest, MeterTerms, UsageReport
from metering.usage.state import ask_for_ledger
from tests.factories.metering import ANCHOR, make_credit_meter, record, report, terms

NOON = ANCHOR + timedelta(hours=4)
OCTOBER = ANCHOR.replace(month=10)
DUE = OCTOBER + timedelta(hours=1)
GRACE_ENDS = DUE - timedelta(seconds=1)

Waiting = Callable[[Any, str], None]

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Ledger:
    """Acme's ledger, with 10 credits a month, all of them there."""

    acme: Organization
    meter: Meter
    plan: MeterTerms
    is_locked: bool = True

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with transaction.atomic():
            if self.is_locked:
                lock_organization(organization_id=self.acme.pk)
            yield

    def use(self, event: UsageReport, *, at: Any = NOON) -> str:
        with self.transaction():
            recorded = operations.record_usage(
                state=ask_for_ledger(organization_id=self.acme.pk, reports=[event], received_at=at),
                reports=[event],
                terms=[self.plan],
                api_key_id=None,
            )
        [receipt] = recorded.receipts
        return str(receipt.outcome)

    def hold(self) -> str:
        with self.transaction():
            return operations.hold_credits(
                state=ask_for_ledger(organization_id=self.acme.pk, received_at=NOON),
                request=HoldRequest(
                    key="hold-1",
                    quantity=Decimal(6),
                    body_sha256=b"hold-1".ljust(32),
                    lasts=timedelta(hours=1),
                    meter=self.meter.code,
                ),
                terms=[self.plan],
                api_key_id=None,
            ).public_id

    def settle(self, hold_id: str) -> str:
        event = report("evt-1", 4)
        with self.transaction():
            operations.settle_hold(
                state=ask_for_ledger(
                    organization_id=self.acme.pk, reports=[event], received_at=NOON
                ),
                hold_id=hold_id,
                report=event,
                terms=[self.plan],
                api_key_id=None,
            )
        return "settled"

    def release(self, hold_id: str) -> str:
        with self.transaction():
            operations.release_hold(organization_id=self.acme.pk, hold_id=hold_id, now=NOON)
        return "released"

    def reverse(self) -> str:
        with self.transaction():
            operations.reverse_usage(
                organization_id=self.acme.pk, event_id="evt-1", reason="", now=NOON
            )
        return "reversed"

    def close(self) -> list[ClosedPeriod]:
        with self.transaction():
            return [
                operations.close_period(
                    organization_id=self.acme.pk,
                    period=period,
                    policy=None,
                    anchor_at=ANCHOR,
                    now=DUE,
                )
                for period in operations.list_periods_to_close(
                    organization_id=self.acme.pk, now=DUE
                )
            ]

    def upgrade(self) -> Decimal | None:
        with self.transaction():
            given = operations.raise_allowance(
                organization_id=self.acme.pk,
                meter_id=self.meter.pk,
                source=self.plan.source,
                allowance=Decimal(30),
                share=Decimal("0.5"),
                at=NOON,
            )
        return None if given is None else given.amount


@pytest.fixture
def ledger() -> Ledger:
    meter = make_credit_meter()
    acme = Organization.objects.create(name="Acme", currency="USD")
    plan = terms(meter, allowance=10)
    record(acme, report("opens", 0), terms=plan, at=NOON)
    return Ledger(acme, meter, plan)


@pytest.fixture
def unlocked(ledger: Ledger) -> Ledger:
    """The same without its guard."""
    ledger.is_locked = False
    return ledger


@pytest.fixture
def both_wait_before(monkeypatch: pytest.MonkeyPatch) -> Waiting:
    """Let both of two threads come to a function, having read, before either goes on."""

    def patch(owner: Any, name: str) -> None:
        original = getattr(owner, name)
        both_have_read = threading.Barrier(2, timeout=10)

        def wait_and_go_on(*arguments: Any, **named: Any) -> Any:
            both_have_read.wait()
            return original(*arguments, **named)

        monkeypatch.setattr(owner, name, wait_and_go_on)

    return patch


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call returned, or the refusal that it met."""

    def run(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except (IntegrityError, AlreadyReversed, HoldEnded) as refusal:
            return type(refusal)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(pool.map(run, calls), key=str)


def books_hold() -> bool:
    return list(find_violations()) == []


class TestTheLastCredits:
    """Ten ask first for 4 credits each, where there are 10."""

    @staticmethod
    def ask(ledger: Ledger, number: int) -> Callable[[], str]:
        return lambda: ledger.use(report(f"evt-{number}", 4, enforce=True))

    def test_two_spend_the_same(self, unlocked: Ledger, both_wait_before: Waiting) -> None:
        unlocked.use(report("before", 4))
        both_wait_before(usage, "write_decision")
        found = at_once(self.ask(unlocked, 1), self.ask(unlocked, 2))
        assert found == [IntegrityError, "accepted"]

    def test_two_get_them_and_eight_are_refused(self, ledger: Ledger) -> None:
        found = at_once(*[self.ask(ledger, number) for number in range(10)])
        assert found == ["accepted"] * 2 + ["rejected"] * 8
        assert books_hold()


class TestAHold:
    """Settled and released at once."""

    def test_it_would_end_twice(self, unlocked: Ledger, both_wait_before: Waiting) -> None:
        hold_id = unlocked.hold()
        both_wait_before(releasing, "mark_ended")
        found = at_once(lambda: unlocked.release(hold_id), lambda: unlocked.release(hold_id))
        assert found == [IntegrityError, "released"]

    def test_it_ends_once(self, ledger: Ledger) -> None:
        hold_id = ledger.hold()
        found = at_once(lambda: ledger.settle(hold_id), lambda: ledger.release(hold_id))
        assert found in ([HoldEnded, "settled"], [HoldEnded, "released"])
        assert Hold.objects.get().outcome == found[1]
        assert books_hold()


class TestAReversal:
    """One event taken back twice at once."""

    def test_its_credits_would_come_back_twice(
        self, unlocked: Ledger, both_wait_before: Waiting
    ) -> None:
        unlocked.use(report("evt-1", 4))
        both_wait_before(reversals, "take_back")
        assert at_once(unlocked.reverse, unlocked.reverse) == [IntegrityError, "reversed"]

    def test_it_happens_once(self, ledger: Ledger) -> None:
        ledger.use(report("evt-1", 4))
        assert at_once(ledger.reverse, ledger.reverse) == [AlreadyReversed, "reversed"]
        assert UsageReversal.objects.count() == 1
        assert books_hold()


class TestThePeriodsEnd:
    """Closed while it is used, and closed twice."""

    def test_usage_would_slip_past_the_settlement(
        self, unlocked: Ledger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        unlocked.use(report("all-of-it", 10))
        has_read, has_used = threading.Event(), threading.Event()
        decide = closing._fate_of

        def read_and_wait(*arguments: Any, **named: Any) -> Any:
            has_read.set()
            assert has_used.wait(10)
            return decide(*arguments, **named)

        def use() -> str:
            assert has_read.wait(10)
            try:
                return unlocked.use(report("evt-1", 3, at=NOON), at=GRACE_ENDS)
            finally:
                has_used.set()

        monkeypatch.setattr(closing, "_fate_of", read_and_wait)
        found = at_once(unlocked.close, use)
        closed = next(item for item in found if isinstance(item, list))
        period = UsagePeriod.objects.order_by("starts_at")[0]
        assert [(item.used, item.overage) for item in closed] == [(10, 0)]
        assert (period.used_credits, period.overage_credits) == (13, 3)

    def test_usage_is_in_the_period_or_in_the_next(self, ledger: Ledger) -> None:
        event = report("evt-1", 3, at=NOON)
        outcome, [closed] = sorted(
            at_once(lambda: ledger.use(event, at=DUE), ledger.close), key=lambda it: str(type(it))
        )[::-1]
        assert outcome == "late"
        assert closed.used == UsagePeriod.objects.get(pk=closed.period_id).used_credits == 0
        assert books_hold()

    def test_it_would_be_closed_twice(self, unlocked: Ledger, both_wait_before: Waiting) -> None:
        both_wait_before(closing, "_fate_of")
        found = at_once(unlocked.close, unlocked.close)
        assert IntegrityError in found

    def test_it_is_closed_once(self, ledger: Ledger) -> None:
        found = at_once(ledger.close, ledger.close)
        assert sorted(len(closed) for closed in found) == [0, 1]
        assert books_hold()


class TestAnUpgrade:
    """Ordered twice at once."""

    def test_the_difference_would_be_granted_twice(
        self, unlocked: Ledger, both_wait_before: Waiting
    ) -> None:
        both_wait_before(UsagePeriod, "save")
        found = at_once(unlocked.upgrade, unlocked.upgrade)
        assert found == [10, IntegrityError]

    def test_it_is_granted_once(self, ledger: Ledger) -> None:
        assert at_once(ledger.upgrade, ledger.upgrade) == [10, None]
        assert sorted(CreditGrant.objects.values_list("amount", flat=True)) == [10, 10]
        assert books_hold()
