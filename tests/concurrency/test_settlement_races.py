"""Two sweeps at once: what goes wrong without the lock, and that nothing does with it."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier, Event
from typing import Any

import pytest
from django.db import connections, transaction

from accounts.models import Organization
from accounts.organizations.locking import lock_organization, try_lock_organization
from billing.agreements.operations import bring_current
from billing.models import Settlement
from billing.seats.operations import count_all_seats
from billing.settlements import operations
from billing.settlements.operations import close_due_periods
from metering.choices import Aggregation, MeterSource
from metering.ledger.audit import find_violations
from metering.models import CreditGrant, UsageEvent, UsagePeriod
from metering.operations import list_periods_to_close
from tests.factories.accounts import make_member, make_organization, make_person
from tests.factories.agreements import SUBSCRIBED, make_agreement, use
from tests.factories.catalog import (
    fixed,
    make_article_catalog,
    make_metered,
    make_plan,
    make_version,
    metered,
)
from tests.factories.metering import make_meter

ORGANIZATIONS = 30
SWEEPS = 2
DAY = timedelta(days=1)
OCTOBER = SUBSCRIBED.replace(month=10)
DUE = OCTOBER + timedelta(hours=1)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def customers() -> list[Organization]:
    """Thirty organizations that used more than their allowance, or less."""
    make_article_catalog()
    organizations = [make_organization(f"Customer {number}") for number in range(ORGANIZATIONS)]
    for number, organization in enumerate(organizations):
        make_agreement(organization)
        use(organization, "evt_1", 300 * number, at=SUBSCRIBED + DAY)
        bring_current(organization=organization, now=OCTOBER)
    return organizations


def at_once(deed: Callable[[], object], *, times: int = SWEEPS) -> list[Any]:
    """Do the same thing in threads together; return what each returned or raised."""
    start = Barrier(times)

    def attempt(_number: int) -> Any:
        try:
            start.wait()
            return deed()
        except Exception as failure:
            return failure
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(attempt, range(times)))


def unlocked(*, organization_id: int) -> bool:
    return True


def test_without_the_lock_both_sweeps_settle_and_the_database_has_to_stop_one(
    customers: list[Organization], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have read the same due period before either closes it."""
    both_have_read = Barrier(SWEEPS, timeout=20)

    def read_and_wait(*, organization_id: int, now: datetime) -> Any:
        periods = list_periods_to_close(organization_id=organization_id, now=now)
        both_have_read.wait()
        return periods

    monkeypatch.setattr(operations, "try_lock_organization", unlocked)
    monkeypatch.setattr(operations, "list_periods_to_close", read_and_wait)
    outcomes = at_once(lambda: close_due_periods(now=DUE))
    failures = [failure for outcome in outcomes for failure in getattr(outcome, "exceptions", ())]
    assert len(failures) == ORGANIZATIONS
    assert Settlement.objects.count() == ORGANIZATIONS
    assert list(find_violations()) == []


def test_with_it_each_period_is_settled_once_and_no_sweep_fails(
    customers: list[Organization],
) -> None:
    outcomes = at_once(lambda: close_due_periods(now=DUE))
    assert sum(outcomes) == ORGANIZATIONS
    totals = Settlement.objects.order_by("organization_id").values_list(
        "used_credits", "overage_credits", "rolled_over_credits"
    )
    assert [tuple(map(int, row)) for row in totals] == [
        (300 * number, max(0, 300 * number - 5_000), max(0, 5_000 - 300 * number) // 4)
        for number in range(ORGANIZATIONS)
    ]
    assert CreditGrant.objects.filter(category="rollover").count() == 17
    assert not UsagePeriod.objects.filter(starts_at=SUBSCRIBED, closed_at=None).exists()
    assert list(find_violations()) == []


def test_one_sweep_goes_on_while_another_is_at_an_organization(
    customers: list[Organization], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty-nine are settled while one is locked, and that one as soon as it is free."""
    comes_to_wait = Event()
    settled_meanwhile = []

    def wait(*, organization_id: int) -> None:
        settled_meanwhile.append((organization_id, Settlement.objects.count()))
        comes_to_wait.set()
        lock_organization(organization_id=organization_id)

    def sweep() -> int:
        try:
            return close_due_periods(now=DUE)
        finally:
            connections.close_all()

    monkeypatch.setattr(operations, "lock_organization", wait)
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            assert try_lock_organization(organization_id=customers[0].pk)
            sweeping = threads.submit(sweep)
            assert comes_to_wait.wait(timeout=30)
        assert sweeping.result(timeout=30) == ORGANIZATIONS
    assert settled_meanwhile == [(customers[0].pk, ORGANIZATIONS - 1)]


def test_usage_and_sweeps_together_lose_nothing(customers: list[Organization]) -> None:
    """Usage that comes when the month closes is in it, or late: never both, never neither."""
    acme = customers[0]
    received = iter(range(1_000))

    def report() -> list[str]:
        return [
            use(
                acme, f"at_once_{next(received)}", 1, at=DUE, occurred_at=OCTOBER - DAY
            ).outcome.value
            for _ in range(5)
        ]

    outcomes = at_once(lambda: (report(), close_due_periods(now=DUE))[0], times=4)
    assert Counter(outcome for each in outcomes for outcome in each) == {"late": 20}
    settlement = Settlement.objects.get(organization=acme)
    assert settlement.used_credits == 0
    assert UsagePeriod.objects.get(organization=acme, starts_at=OCTOBER).used_credits == 20
    assert list(find_violations()) == []


def test_members_are_counted_once_by_many_sweeps() -> None:
    catalog = make_article_catalog()
    meter = make_meter(
        "seats", unit="seat", aggregation=Aggregation.LATEST, source=MeterSource.MEMBERSHIPS
    )
    make_version(
        make_plan(catalog.current, "team"),
        metered(make_metered(meter), 2, overage="10"),
        prices=(fixed("50"),),
    )
    acme = make_organization()
    for name in ("Alice", "Bob"):
        make_member(acme, make_person(name))
    make_agreement(acme, "team")
    at_once(lambda: count_all_seats(now=SUBSCRIBED + DAY), times=6)
    assert UsageEvent.objects.count() == 1
    assert UsagePeriod.objects.get().used_credits == 2
