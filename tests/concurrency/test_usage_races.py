"""Many at once: each race is first shown to exist, then to be closed."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connections, transaction

from accounts.models import Organization
from accounts.organizations.locking import lock_organization
from metering import operations
from metering.ledger.audit import find_violations
from metering.ledger.books import AccountRow, Book, books_of
from metering.models import Meter, UsageEvent
from metering.queries import get_balance
from metering.usage.reports import MeterTerms, Receipt, UsageReport
from metering.usage.state import ask_for_ledger
from tests.factories.metering import ANCHOR, make_credit_meter, record, report, terms

NOON = ANCHOR + timedelta(hours=4)
THREADS = 8

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def meter() -> Meter:
    return make_credit_meter()


@pytest.fixture
def acme() -> Organization:
    return Organization.objects.create(name="Acme", currency="USD")


def try_at_once(
    *calls: Callable[[], list[Receipt]],
) -> list[list[Receipt] | IntegrityError]:
    """Run the calls in threads of their own and return what each returned or raised."""

    def run(call: Callable[[], list[Receipt]]) -> list[Receipt] | IntegrityError:
        try:
            return call()
        except IntegrityError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def at_once(*calls: Callable[[], list[Receipt]]) -> list[list[Receipt]]:
    """Run the calls in threads of their own; none of them may fail."""
    answers = []
    for answer in try_at_once(*calls):
        if isinstance(answer, IntegrityError):
            raise answer
        answers.append(answer)
    return answers


def test_without_the_lock_two_reports_spend_the_same_credits(
    acme: Organization, meter: Meter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both read 10 credits, both decide to spend 8: only the database's check stops the second."""
    plan = terms(meter, allowance=10)
    record(acme, report("opens", "0.000001"), terms=plan, at=NOON)
    both_have_read = threading.Barrier(2, timeout=10)

    def read_and_wait(rows: Iterable[AccountRow]) -> dict[int, Book]:
        books = books_of(rows)
        both_have_read.wait()
        return books

    monkeypatch.setattr("metering.usage.state.books_of", read_and_wait)
    outcomes = try_at_once(
        lambda: record_unlocked(acme, report("a", 8), plan),
        lambda: record_unlocked(acme, report("b", 8), plan),
    )
    assert Counter(type(outcome) for outcome in outcomes) == {list: 1, IntegrityError: 1}


def test_with_the_lock_both_are_booked_and_the_second_falls_to_overage(
    acme: Organization, meter: Meter
) -> None:
    plan = terms(meter, allowance=10)
    at_once(
        lambda: record(acme, report("a", 8), terms=plan, at=NOON),
        lambda: record(acme, report("b", 8), terms=plan, at=NOON),
    )
    balance = get_balance(organization_id=acme.pk, meter_id=meter.pk, at=NOON)
    assert balance.remaining == 0
    assert balance.period is not None
    assert (balance.period.used, balance.period.overage) == (16, 6)
    assert list(find_violations()) == []


def test_the_same_event_from_many_at_once_has_one_effect(acme: Organization, meter: Meter) -> None:
    plan = terms(meter, allowance=100)
    event = report("evt-1", 7)
    answers = at_once(*[lambda: record(acme, event, terms=plan, at=NOON)] * THREADS)
    outcomes = Counter(str(receipts[0].outcome) for receipts in answers)
    assert outcomes == {"accepted": 1, "duplicate": THREADS - 1}
    assert {receipts[0].remaining for receipts in answers} == {Decimal(93)}
    assert UsageEvent.objects.count() == 1


def test_one_id_with_many_bodies_is_accepted_once(acme: Organization, meter: Meter) -> None:
    plan = terms(meter)

    def send(quantity: int) -> Callable[[], list[Receipt]]:
        return lambda: record(acme, report("evt-1", quantity), terms=plan, at=NOON)

    answers = at_once(*[send(quantity) for quantity in range(1, THREADS + 1)])
    outcomes = Counter(str(receipts[0].outcome) for receipts in answers)
    assert outcomes == {"accepted": 1, "conflict": THREADS - 1}


def test_batches_in_opposite_order_never_deadlock(acme: Organization, meter: Meter) -> None:
    plan = terms(meter, allowance=10_000)
    events = [report(f"evt-{number}") for number in range(100)]
    answers = at_once(
        *[lambda: record(acme, *events, terms=plan, at=NOON)] * (THREADS // 2),
        *[lambda: record(acme, *reversed(events), terms=plan, at=NOON)] * (THREADS // 2),
    )
    assert [len(receipts) for receipts in answers] == [100] * THREADS
    assert UsageEvent.objects.count() == 100
    assert list(find_violations()) == []


def test_a_period_that_many_open_at_once_is_opened_once(acme: Organization, meter: Meter) -> None:
    plan = terms(meter, allowance=1_000)
    at_once(
        *[
            lambda number=number: record(acme, report(f"evt-{number}"), terms=plan, at=NOON)
            for number in range(THREADS)
        ]
    )
    balance = get_balance(organization_id=acme.pk, meter_id=meter.pk, at=NOON)
    assert balance.granted == 1_000
    assert balance.remaining == 1_000 - THREADS


def test_another_organization_does_not_wait(acme: Organization, meter: Meter) -> None:
    globex = Organization.objects.create(name="Globex", currency="USD")
    plan = terms(meter)
    with transaction.atomic():
        lock_organization(organization_id=acme.pk)
        (receipts,) = at_once(lambda: record(globex, report("evt-1"), terms=plan, at=NOON))
    assert receipts[0].outcome == "accepted"


def record_unlocked(
    organization: Organization, event: UsageReport, plan: MeterTerms
) -> list[Receipt]:
    """What `record` does, without the lock that makes it safe."""
    with transaction.atomic():
        return operations.record_usage(
            state=ask_for_ledger(
                organization_id=organization.pk, reports=[event], received_at=NOON
            ),
            reports=[event],
            terms=[plan],
            api_key_id=None,
        ).receipts
