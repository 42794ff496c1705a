"""Sums filled and read while usage is booked: nothing counts twice, and nothing is missing."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections, transaction

from accounts.models import Organization
from metering.ledger.audit import find_violations
from metering.models import HourlyUsage, Meter, RollupMark
from metering.queries import get_used_between, list_usage_by_action
from metering.usage import rollups
from metering.usage.rollups import fill_rollups, rebuild_rollups
from tests.factories.metering import ANCHOR, make_credit_meter, record, report, reverse, terms

NOON = ANCHOR + timedelta(hours=4)
DAY = timedelta(days=1)
EVENTS = 60

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def meter() -> Meter:
    return make_credit_meter()


@pytest.fixture
def acme() -> Organization:
    return Organization.objects.create(name="Acme", currency="USD")


def used(organization: Organization, meter: Meter) -> Decimal:
    return get_used_between(
        organization_id=organization.pk,
        meter_id=meter.pk,
        starts_at=ANCHOR,
        ends_at=ANCHOR + 30 * DAY,
    )


def at_once(*calls: Callable[[], None]) -> None:
    """Run the calls in threads of their own; none of them may fail."""

    def run(call: Callable[[], None]) -> None:
        try:
            call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        list(pool.map(run, calls))


def test_usage_is_counted_once_while_others_fill_rebuild_and_book(
    acme: Organization, meter: Meter
) -> None:
    plan = terms(meter)
    record(acme, report("first", 1), terms=plan, at=NOON)
    is_over = threading.Event()
    seen: list[Decimal] = []

    def book() -> None:
        try:
            for number in range(EVENTS):
                record(acme, report(f"e{number}", 1), terms=plan, at=NOON)
        finally:
            is_over.set()

    def repeat(act: Callable[[], None]) -> Callable[[], None]:
        def until_over() -> None:
            while not is_over.is_set():
                act()

        return until_over

    at_once(
        book,
        repeat(lambda: fill_rollups(organization_id=acme.pk, step=3)),
        repeat(lambda: fill_rollups(organization_id=acme.pk)),
        repeat(lambda: rebuild_rollups(organization_id=acme.pk)),
        repeat(lambda: seen.append(used(acme, meter))),
    )
    assert seen == sorted(seen)
    assert {total % 1 for total in seen} == {0}
    assert used(acme, meter) == EVENTS + 1
    fill_rollups(organization_id=acme.pk)
    assert HourlyUsage.objects.get().credits == EVENTS + 1
    assert list(find_violations(organization_id=acme.pk)) == []


def test_a_reader_between_two_steps_sees_everything(
    acme: Organization, meter: Meter, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(acme, *[report(f"e{number}", 1) for number in range(6)], terms=terms(meter), at=NOON)
    reverse(acme, "e5", at=NOON + DAY)
    seen: list[tuple[int, Decimal]] = []
    original = rollups._fill_some

    def look_and_fill(organization_id: int, *, step: int) -> int:
        mark = RollupMark.objects.filter(organization=acme).first()
        seen.append((mark.event_id if mark else 0, used(acme, meter)))
        return original(organization_id, step=step)

    monkeypatch.setattr(rollups, "_fill_some", look_and_fill)
    fill_rollups(organization_id=acme.pk, step=1)
    assert len({mark for mark, _ in seen}) > 5
    assert {total for _, total in seen} == {5}


def test_a_step_that_dies_midway_never_happened(
    acme: Organization, meter: Meter, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(acme, report("e1", 5), terms=terms(meter), at=NOON)
    original = rollups._add_next

    def die_after(*arguments: Any, **named: Any) -> int:
        original(*arguments, **named)
        assert HourlyUsage.objects.get().credits == 5
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        raise AssertionError("the backend survived")

    monkeypatch.setattr(rollups, "_add_next", die_after)
    with pytest.raises(Exception, match="terminat"):
        fill_rollups(organization_id=acme.pk)
    connections.close_all()
    monkeypatch.undo()
    assert not HourlyUsage.objects.exists()
    assert used(acme, meter) == 5
    fill_rollups(organization_id=acme.pk)
    assert HourlyUsage.objects.get().credits == 5


def test_without_the_marks_lock_two_fillers_count_twice(
    acme: Organization, meter: Meter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both read the same mark and add the same events: the lock is what keeps them apart."""
    record(acme, report("e1", 5), terms=terms(meter), at=NOON)
    fill_rollups(organization_id=acme.pk)
    record(acme, report("e2", 7), terms=terms(meter), at=NOON)
    both_have_read = threading.Barrier(2, timeout=10)
    original = rollups._lock_mark

    def read_and_wait(organization_id: int) -> object:
        with transaction.atomic():
            mark = original(organization_id)
            transaction.set_rollback(True)
        both_have_read.wait()
        return mark

    monkeypatch.setattr(rollups, "_lock_mark", read_and_wait)
    at_once(*[lambda: fill_rollups(organization_id=acme.pk)] * 2)
    assert HourlyUsage.objects.get().credits == 5 + 7 + 7
    monkeypatch.undo()
    rebuild_rollups(organization_id=acme.pk)
    at_once(*[lambda: fill_rollups(organization_id=acme.pk)] * 4)
    [row] = list_usage_by_action(
        organization_id=acme.pk, meter_id=meter.pk, starts_at=ANCHOR, ends_at=NOON + DAY
    )
    assert (row.credits, HourlyUsage.objects.get().credits) == (12, 12)
