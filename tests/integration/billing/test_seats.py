"""Members counted as usage: included seats are an allowance, further seats its overage."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.memberships.queries import count_members
from accounts.models import Membership, Organization, User
from accounts.organizations.operations import close_organization
from billing.agreements.changes import change_plan_by_staff
from billing.agreements.operations import bring_current, cancel_agreement
from billing.models import Agreement, Feature, Settlement
from billing.seats import operations
from billing.seats.operations import count_all_seats, count_seats
from billing.seats.queries import list_organizations_to_count
from billing.settlements.operations import close_due_periods
from billing.tasks import count_seats as count_seats_task
from config.schedule import BEAT_SCHEDULE
from metering.choices import Aggregation, MeterSource
from metering.ledger.audit import find_violations
from metering.models import UsageEvent, UsagePeriod
from tests.factories.accounts import make_member, make_organization, make_person
from tests.factories.agreements import SUBSCRIBED, make_agreement, use
from tests.factories.catalog import (
    STAFF,
    ArticleCatalog,
    fixed,
    make_metered,
    make_plan,
    make_version,
    metered,
)
from tests.factories.metering import make_meter

DAY = timedelta(days=1)
OCTOBER = SUBSCRIBED.replace(month=10)
SETTLED = OCTOBER + timedelta(hours=1)
NOVEMBER = SUBSCRIBED.replace(month=11)


@pytest.fixture(params=[Aggregation.LATEST, Aggregation.MAX])
def aggregation(request: pytest.FixtureRequest) -> Aggregation:
    return Aggregation(request.param)


@pytest.fixture
def seats(catalog: ArticleCatalog, aggregation: Aggregation) -> Feature:
    """A plan with two seats included and $10 for each further one."""
    meter = make_meter(
        "seats", unit="seat", aggregation=aggregation, source=MeterSource.MEMBERSHIPS
    )
    feature = make_metered(meter)
    make_version(
        make_plan(catalog.current, "team"),
        metered(feature, 2, overage="10"),
        prices=(fixed("50"),),
    )
    return feature


@pytest.fixture
def team(seats: Feature, acme: Organization) -> Agreement:
    """Alice and Bob, on that plan."""
    return make_agreement(acme, "team")


@pytest.fixture(autouse=True)
def _books_add_up() -> Iterator[None]:
    yield
    assert list(find_violations()) == []


def used(organization: Organization, *, at: Any = SUBSCRIBED) -> Any:
    return UsagePeriod.objects.get(
        organization=organization, starts_at__lte=at, ends_at__gt=at
    ).used_credits


def join(organization: Organization, name: str) -> Membership:
    return make_member(organization, make_person(name))


def test_members_are_counted_once_and_again_when_their_number_changes(
    team: Agreement, acme: Organization
) -> None:
    assert count_seats(organization_id=acme.pk, now=SUBSCRIBED) == 1
    assert count_seats(organization_id=acme.pk, now=SUBSCRIBED + DAY) == 0
    join(acme, "Dora")
    assert count_seats(organization_id=acme.pk, now=SUBSCRIBED + 2 * DAY) == 1
    assert used(acme) == 3
    event = UsageEvent.objects.order_by("pk").last()
    assert event is not None
    assert event.event_id.startswith("seats_")


def test_whoever_leaves_frees_a_seat_of_latest_but_not_of_the_highest(
    team: Agreement, acme: Organization, bob: User, aggregation: Aggregation
) -> None:
    dora = join(acme, "Dora")
    count_seats(organization_id=acme.pk, now=SUBSCRIBED)
    dora.delete()
    reports = count_seats(organization_id=acme.pk, now=SUBSCRIBED + DAY)
    close_due_periods(now=SETTLED)
    settlement = Settlement.objects.get(starts_at=SUBSCRIBED)
    if aggregation == Aggregation.MAX:
        assert (reports, settlement.overage_credits, settlement.amount_minor) == (0, 1, 1_000)
    else:
        assert (reports, settlement.overage_credits, settlement.amount_minor) == (1, 0, 0)


def test_up_and_down_and_up_again_is_three_counts(
    team: Agreement, acme: Organization, aggregation: Aggregation
) -> None:
    for number in range(3):
        dora = join(acme, f"Dora{number}")
        count_seats(organization_id=acme.pk, now=SUBSCRIBED + 2 * number * DAY)
        dora.delete()
        count_seats(organization_id=acme.pk, now=SUBSCRIBED + (2 * number + 1) * DAY)
    assert used(acme) == (3 if aggregation == Aggregation.MAX else 2)


def test_included_seats_are_the_allowance_and_further_ones_are_charged(
    team: Agreement, acme: Organization
) -> None:
    for name in ("Dora", "Emil", "Fay"):
        join(acme, name)
    count_all_seats(now=SUBSCRIBED)
    close_due_periods(now=SETTLED)
    settlement = Settlement.objects.get()
    assert (settlement.used_credits, settlement.overage_credits) == (5, 3)
    assert settlement.amount_minor == 3_000


def test_each_month_is_counted_anew(team: Agreement, acme: Organization) -> None:
    count_all_seats(now=SUBSCRIBED)
    bring_current(organization=acme, now=OCTOBER)
    assert count_all_seats(now=OCTOBER) == 1
    assert count_all_seats(now=OCTOBER) == 0
    assert used(acme, at=OCTOBER) == 2


def test_the_sweep_touches_only_those_whose_number_is_news(
    team: Agreement, acme: Organization, globex: Organization, catalog: ArticleCatalog
) -> None:
    make_agreement(globex, "starter")
    other = make_organization("Initech", owner=make_person("Gus"))
    make_agreement(other, "team")
    assert list_organizations_to_count(now=SUBSCRIBED) == [acme.pk, other.pk]
    assert count_all_seats(now=SUBSCRIBED) == 2
    with CaptureQueriesContext(connection) as queries:
        assert count_all_seats(now=SUBSCRIBED) == 0
    assert len(queries) == 1
    join(acme, "Dora")
    assert list_organizations_to_count(now=SUBSCRIBED) == [acme.pk]


def test_nobody_is_counted_without_a_plan_that_counts(
    team: Agreement, acme: Organization, globex: Organization, catalog: ArticleCatalog
) -> None:
    assert count_seats(organization_id=globex.pk, now=SUBSCRIBED) == 0
    change_plan_by_staff(
        agreement=team, plan_code="starter", actor=STAFF, reason="", now=SUBSCRIBED + DAY
    )
    assert list_organizations_to_count(now=SUBSCRIBED + DAY) == []
    assert count_seats(organization_id=acme.pk, now=SUBSCRIBED + DAY) == 0


def test_a_closed_organization_is_not_counted(team: Agreement, acme: Organization) -> None:
    close_organization(organization=acme, actor=STAFF, now=SUBSCRIBED)
    assert list_organizations_to_count(now=SUBSCRIBED) == []


def test_an_agreement_that_has_ended_is_not_counted(team: Agreement, acme: Organization) -> None:
    count_seats(organization_id=acme.pk, now=SUBSCRIBED)
    cancel_agreement(agreement=team, actor=STAFF, reason="", now=SUBSCRIBED + DAY)
    join(acme, "Dora")
    assert list_organizations_to_count(now=SUBSCRIBED + DAY) == []
    close_due_periods(now=SETTLED)
    assert Settlement.objects.get().used_credits == 2


def test_what_nobody_counted_in_time_is_counted_before_it_is_settled(
    team: Agreement, acme: Organization
) -> None:
    join(acme, "Dora")
    close_due_periods(now=NOVEMBER + timedelta(hours=1))
    rows = Settlement.objects.order_by("pk").values_list("used_credits", "amount_minor")
    assert list(rows) == [(3, 1_000), (3, 1_000)]


def test_a_count_that_was_made_is_not_replaced_by_a_later_one(
    team: Agreement, acme: Organization
) -> None:
    count_all_seats(now=SUBSCRIBED)
    join(acme, "Dora")
    close_due_periods(now=SETTLED)
    assert Settlement.objects.get(starts_at=SUBSCRIBED).used_credits == 2


def test_apps_do_not_report_seats(team: Agreement, acme: Organization) -> None:
    receipt = use(acme, "evt_1", 1, at=SUBSCRIBED, meter="seats")
    assert (receipt.outcome, receipt.reason) == ("rejected", "counted_by_us")


def test_a_name_for_a_count_cannot_be_guessed(team: Agreement, acme: Organization) -> None:
    count_seats(organization_id=acme.pk, now=SUBSCRIBED)
    period = UsagePeriod.objects.get()
    [event_id] = UsageEvent.objects.values_list("event_id", flat=True)
    assert str(period.pk) not in event_id.removeprefix("seats_").split("_")
    assert len(event_id) == len("seats_") + 32


def test_one_failure_does_not_hold_up_the_others(
    team: Agreement, acme: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_organization("Initech", owner=make_person("Gus"))
    make_agreement(other, "team")

    def fail_for_acme(*, organization: Organization) -> int:
        if organization == acme:
            raise ValueError("out of order")
        return count_members(organization=organization)

    monkeypatch.setattr(operations, "count_members", fail_for_acme)
    with pytest.raises(ExceptionGroup) as failures:
        count_all_seats(now=SUBSCRIBED)
    (failure,) = failures.value.exceptions
    assert failure.__notes__ == [f"while counting the seats of organization {acme.pk}"]
    assert UsageEvent.objects.get().organization == other


def test_the_clock_rings_for_it(db: None) -> None:
    assert "billing.count_seats" in {entry["task"] for entry in BEAT_SCHEDULE.values()}
    count_seats_task.delay()
