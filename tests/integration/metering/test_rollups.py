"""Sums that are kept: exact at any moment, whoever fills them, however often and how far."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import Organization
from config.kernel.quantities import ZERO
from metering.ledger.audit import find_violations
from metering.models import (
    AccountDay,
    CallerUsage,
    DailyUsage,
    HourlyUsage,
    Meter,
    RollupMark,
    UsageEvent,
)
from metering.queries import (
    By,
    get_used_between,
    list_daily_usage,
    list_usage_by_action,
    summarize_usage,
)
from metering.usage.rollups import (
    fill_all_rollups,
    fill_rollups,
    list_organizations_behind,
    rebuild_rollups,
)
from tests.factories.metering import ANCHOR, grant, record, report, reverse, terms

from .histories import History, entries_of, plain_sums

NOON = ANCHOR + timedelta(hours=4)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
ROLLUPS = (HourlyUsage, DailyUsage, CallerUsage, AccountDay)

# Clocks change in October or November in the first four; the next two are not at full hours.
ZONES = [
    "Europe/Berlin",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "UTC",
]


@pytest.fixture
def history(acme: Organization, meter: Meter, request: pytest.FixtureRequest) -> History:
    """Acme's life in a zone."""
    seed, acme.time_zone = request.param
    acme.save()
    return History.of(acme, meter, seed=seed)


@pytest.mark.parametrize("history", list(enumerate(ZONES)), indirect=True, ids=ZONES)
def test_what_is_kept_says_what_the_events_say(history: History) -> None:
    for _ in range(3):
        history.live(25)
        _expect_plain_sums(history)
    assert {"filled", "reversed", "covered"} <= history.happened
    fill_rollups(organization_id=history.organization.pk)
    _expect_plain_sums(history)
    assert list(find_violations(organization_id=history.organization.pk)) == []


def _expect_plain_sums(history: History) -> None:
    entries = entries_of(history)
    zones = [history.organization.time_zone, history.chance.choice(ZONES)]
    for starts_at, ends_at in history.spans(6):
        span: dict[str, Any] = {
            "organization_id": history.organization.pk,
            "meter_id": history.meter.pk,
            "starts_at": starts_at,
            "ends_at": ends_at,
        }
        for by in By:
            for zone in zones if by is By.DAY else zones[:1]:
                found = {
                    row.key: (row.quantity, row.credits, row.overage, row.cost, row.event_count)
                    for row in summarize_usage(**span, by=by, time_zone=zone)
                }
                expected = plain_sums(entries, starts_at, ends_at, by=by, time_zone=zone)
                assert found == expected, (by, zone, starts_at, ends_at)
        by_action = plain_sums(entries, starts_at, ends_at, by=By.ACTION, time_zone="UTC")
        assert {
            row.action: (row.quantity, row.credits, row.overage, row.cost, row.event_count)
            for row in list_usage_by_action(**span)
        } == by_action
        total = sum((sums[1] for sums in by_action.values()), ZERO)
        assert get_used_between(**span) == total
        by_day = list_daily_usage(**span, time_zone=zones[1])
        assert sum((row.credits for row in by_day), ZERO) == total


@pytest.mark.parametrize("history", [(7, "Asia/Kolkata"), (8, "Europe/Berlin")], indirect=True)
def test_many_small_steps_end_where_one_rebuild_does(history: History) -> None:
    history.live(60)
    fill_rollups(organization_id=history.organization.pk, step=1)
    in_steps = _contents(history.organization)
    rebuild_rollups(organization_id=history.organization.pk)
    assert _contents(history.organization) == in_steps


def test_filling_again_changes_nothing(acme: Organization, meter: Meter) -> None:
    record(acme, report("e1", 5), report("e2", 7), terms=terms(meter), at=NOON)
    fill_rollups(organization_id=acme.pk)
    filled = _contents(acme)
    fill_rollups(organization_id=acme.pk)
    assert _contents(acme) == filled
    assert [(row.credits, row.event_count) for row in HourlyUsage.objects.all()] == [(12, 2)]


def test_what_was_taken_back_leaves_nothing_behind(acme: Organization, meter: Meter) -> None:
    record(acme, report("e1", 5, member="ann"), terms=terms(meter, allowance=3), at=NOON)
    fill_rollups(organization_id=acme.pk)
    grant(acme, meter, 1)
    reverse(acme, "e1", at=NOON + DAY)
    fill_rollups(organization_id=acme.pk)
    for row in (HourlyUsage.objects.get(), DailyUsage.objects.get(), CallerUsage.objects.get()):
        assert (row.quantity, row.credits, row.overage_credits, row.event_count) == (0, 0, 0, 0)
    for by in By:
        assert _summarize(acme, meter, by=by) == []


def test_credits_that_pay_afterwards_count_once_at_the_edge_of_a_span(
    acme: Organization, meter: Meter
) -> None:
    record(acme, report("e1", 5), terms=terms(meter, allowance=0), at=NOON)
    fill_rollups(organization_id=acme.pk)
    grant(acme, meter, 2)
    for _ in range(2):
        [row] = list_usage_by_action(
            organization_id=acme.pk, meter_id=meter.pk, starts_at=NOON, ends_at=NOON + MINUTE
        )
        assert (row.credits, row.overage) == (5, 3)
        fill_rollups(organization_id=acme.pk)


def test_a_new_time_zone_counts_the_days_anew(acme: Organization, meter: Meter) -> None:
    late_evening = NOON.replace(hour=20)
    record(acme, report("e1", 5), terms=terms(meter), at=late_evening)
    fill_rollups(organization_id=acme.pk)
    Organization.objects.filter(pk=acme.pk).update(time_zone="Asia/Kolkata")
    assert [row.key.day for row in _summarize(acme, meter, by=By.DAY, zone="Asia/Kolkata")] == [11]
    assert list_organizations_behind() == [acme.pk]
    fill_rollups(organization_id=acme.pk)
    assert DailyUsage.objects.get().day.day == 11
    assert RollupMark.objects.get().time_zone == "Asia/Kolkata"
    assert list_organizations_behind() == []


def test_the_sweep_fills_whoever_has_something_new(
    acme: Organization, globex: Organization, meter: Meter
) -> None:
    assert fill_all_rollups() == 0
    record(acme, report("e1", 5), terms=terms(meter), at=NOON)
    record(globex, report("e1", 6), terms=terms(meter), at=NOON)
    assert list_organizations_behind() == [acme.pk, globex.pk]
    assert fill_all_rollups() == 2
    assert list_organizations_behind() == []
    reverse(globex, "e1", at=NOON + DAY)
    assert list_organizations_behind() == [globex.pk]
    fill_all_rollups()
    assert sorted(HourlyUsage.objects.values_list("organization_id", "credits")) == [
        (acme.pk, 5),
        (globex.pk, 0),
    ]


def test_another_organizations_sums_are_never_shown(
    acme: Organization, globex: Organization, meter: Meter
) -> None:
    record(acme, report("e1", 5), terms=terms(meter), at=NOON)
    fill_all_rollups()
    assert [row.credits for row in _summarize(acme, meter, by=By.ACTION)] == [5]
    assert _summarize(globex, meter, by=By.ACTION) == []


def test_the_command_makes_the_sums_anew(
    acme: Organization, globex: Organization, meter: Meter, capsys: pytest.CaptureFixture[str]
) -> None:
    record(acme, report("e1", 5), terms=terms(meter), at=NOON)
    record(globex, report("e1", 6), terms=terms(meter), at=NOON)
    fill_all_rollups()
    DailyUsage.objects.update(credits=0)
    call_command("rebuild_rollups", org=acme.public_id)
    assert sorted(DailyUsage.objects.values_list("credits", flat=True)) == [0, 5]
    call_command("rebuild_rollups")
    assert sorted(DailyUsage.objects.values_list("credits", flat=True)) == [5, 6]
    assert capsys.readouterr().out == "1 organization rebuilt\n2 organizations rebuilt\n"


def test_a_summary_costs_a_look_at_the_mark_and_one_statement(
    acme: Organization, meter: Meter, django_assert_num_queries: Any
) -> None:
    record(acme, report("e1", 5), terms=terms(meter), at=NOON)
    fill_rollups(organization_id=acme.pk)
    with django_assert_num_queries(2):
        _summarize(acme, meter, by=By.MEMBER)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kathmandu"])
@pytest.mark.parametrize("is_filled", [True, False])
def test_the_day_between_two_periods_is_told_for_each(
    acme: Organization, meter: Meter, zone: str, *, is_filled: bool
) -> None:
    acme.time_zone = "Europe/Berlin"
    acme.save()
    turn = ANCHOR.replace(month=10)
    plan = terms(meter)
    record(acme, report("before", 5), terms=plan, at=turn - MINUTE)
    record(acme, report("after", 7), terms=plan, at=turn + MINUTE)
    if is_filled:
        fill_rollups(organization_id=acme.pk)
    rows = list_daily_usage(
        organization_id=acme.pk,
        meter_id=meter.pk,
        starts_at=ANCHOR,
        ends_at=turn.replace(month=11),
        time_zone=zone,
    )
    assert [(row.period_starts_at, row.day, row.credits) for row in rows] == [
        (ANCHOR, turn.date(), 5),
        (turn, turn.date(), 7),
    ]


def test_usage_of_an_empty_span_is_none(acme: Organization, meter: Meter) -> None:
    record(acme, report("e1", 5), terms=terms(meter), at=NOON)
    assert (
        get_used_between(
            organization_id=acme.pk, meter_id=meter.pk, starts_at=NOON + DAY, ends_at=NOON + DAY
        )
        == 0
    )


def _summarize(organization: Organization, meter: Meter, *, by: By, zone: str = "UTC") -> Any:
    return summarize_usage(
        organization_id=organization.pk,
        meter_id=meter.pk,
        starts_at=ANCHOR,
        ends_at=datetime(2026, 10, 1, tzinfo=UTC),
        by=by,
        time_zone=zone,
    )


def _contents(organization: Organization) -> list[set[tuple[Any, ...]]]:
    """The rows of each kind of sum, without the ids that they happened to get."""
    assert UsageEvent.objects.owned_by(organization).exists()
    return [
        {
            row[1:]
            for row in model.objects.filter(organization=organization).values_list(
                *[field.attname for field in model._meta.concrete_fields]
            )
        }
        for model in ROLLUPS
    ]
