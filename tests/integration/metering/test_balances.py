"""What an organization has left, and what its pages and answers are made of."""

from datetime import timedelta

from accounts.models import Organization
from metering.choices import GrantCategory
from metering.models import Meter
from metering.operations import end_terms
from metering.queries import get_balance, list_daily_usage, list_ledger, list_usage_by_action
from tests.factories.metering import ANCHOR, grant, hold, record, release, report, terms

NOON = ANCHOR + timedelta(hours=4)
DAY = timedelta(days=1)


def test_grants_are_listed_in_the_order_in_which_they_are_spent(
    acme: Organization, meter: Meter
) -> None:
    record(acme, report("evt-1", 10), terms=terms(meter, allowance=100), at=NOON)
    grant(acme, meter, 40, category=GrantCategory.PURCHASE)
    grant(acme, meter, 30)
    grant(acme, meter, 20, expires_at=NOON + DAY)
    balance = get_balance(organization_id=acme.pk, meter_id=meter.pk, at=NOON)
    assert (balance.granted, balance.remaining) == (190, 180)
    assert [given.amount for given in balance.grants] == [20, 100, 30, 40]


def test_an_allowance_that_ended_with_its_agreement_is_no_longer_counted(
    acme: Organization, meter: Meter
) -> None:
    record(acme, report("evt-1", 10), terms=terms(meter, allowance=100), at=NOON)
    end_terms(organization_id=acme.pk, source="agr_test", ended_at=NOON + DAY)
    anew = terms(meter, allowance=100, starts_at=NOON + DAY, source="agr_new")
    record(acme, report("evt-2", 40), terms=anew, at=NOON + DAY)
    balance = get_balance(organization_id=acme.pk, meter_id=meter.pk, at=NOON + DAY)
    assert (balance.granted, balance.remaining) == (100, 60)
    assert [given.amount for given in balance.grants] == [100]


def test_what_holds_have_set_aside_is_told_apart(acme: Organization, meter: Meter) -> None:
    plan = terms(meter, allowance=100)
    hold(acme, "h1", 30, terms=plan, at=NOON)
    over = hold(acme, "h2", 20, terms=plan, at=NOON)
    release(acme, over, at=NOON)
    balance = get_balance(organization_id=acme.pk, meter_id=meter.pk, at=NOON)
    assert (balance.granted, balance.remaining, balance.held) == (100, 70, 30)


def test_credits_spent_before_this_period_are_no_longer_counted(
    acme: Organization, meter: Meter
) -> None:
    plan = terms(meter, allowance=100)
    grant(acme, meter, 40, category=GrantCategory.PURCHASE)
    record(acme, report("evt-1", 140), terms=plan, at=NOON)
    spent = get_balance(organization_id=acme.pk, meter_id=meter.pk, at=NOON)
    assert (spent.granted, spent.used, spent.remaining) == (140, 140, 0)
    assert [(given.category, given.remaining) for given in spent.grants] == [("allowance", 0)]

    later = NOON + 31 * DAY
    record(acme, report("evt-2", 30, at=later), terms=plan, at=later)
    anew = get_balance(organization_id=acme.pk, meter_id=meter.pk, at=later)
    assert (anew.granted, anew.used, anew.remaining) == (100, 30, 70)
    assert [(given.amount, given.remaining) for given in anew.grants] == [(100, 70)]


def test_overage_was_never_there_to_spend(acme: Organization, meter: Meter) -> None:
    record(acme, report("evt-1", 130), terms=terms(meter, allowance=100), at=NOON)
    balance = get_balance(organization_id=acme.pk, meter_id=meter.pk, at=NOON)
    assert (balance.granted, balance.used, balance.remaining) == (100, 130, 0)


def test_credits_for_some_actions_only_are_listed_but_not_added_up(
    acme: Organization, meter: Meter
) -> None:
    record(acme, report("evt-1", 10), terms=terms(meter, allowance=100), at=NOON)
    grant(acme, meter, 40, actions=("SUMMARIZE_SHORT", "EXTRACT_TEXT"), priority=50)
    balance = get_balance(organization_id=acme.pk, meter_id=meter.pk, at=NOON)
    assert (balance.granted, balance.remaining) == (100, 90)
    assert [(given.remaining, given.actions) for given in balance.grants] == [
        (40, ("EXTRACT_TEXT", "SUMMARIZE_SHORT")),
        (90, ()),
    ]


def test_a_day_begins_where_the_organization_is(acme: Organization, meter: Meter) -> None:
    late_evening_utc = NOON.replace(hour=23)
    record(
        acme,
        report("evt-1", 2, action="EXTRACT_TEXT", at=late_evening_utc),
        report("evt-2", 1, action="GENERATE_REPORT", at=late_evening_utc),
        terms=terms(meter),
        at=late_evening_utc,
    )
    usage = {
        zone: list_daily_usage(
            organization_id=acme.pk,
            meter_id=meter.pk,
            time_zone=zone,
            starts_at=ANCHOR,
            ends_at=ANCHOR + 30 * DAY,
        )
        for zone in ("UTC", "Europe/Berlin")
    }
    assert [(row.day.day, row.action, row.credits) for row in usage["UTC"]] == [
        (10, "EXTRACT_TEXT", 10),
        (10, "GENERATE_REPORT", 50),
    ]
    assert [row.day.day for row in usage["Europe/Berlin"]] == [11, 11]


def test_usage_by_action_puts_the_most_credits_first(acme: Organization, meter: Meter) -> None:
    record(
        acme,
        report("evt-1", 3, action="EXTRACT_TEXT"),
        report("evt-2", 1, action="GENERATE_REPORT"),
        report("evt-3", 7),
        terms=terms(meter, allowance=60),
        at=NOON,
    )
    rows = list_usage_by_action(
        organization_id=acme.pk, meter_id=meter.pk, starts_at=ANCHOR, ends_at=ANCHOR + DAY
    )
    assert [(row.action, row.quantity, row.credits, row.overage) for row in rows] == [
        ("GENERATE_REPORT", 1, 50, 5),
        ("EXTRACT_TEXT", 3, 15, 0),
        (None, 7, 7, 7),
    ]
    assert [str(row.cost.normalize()) for row in rows] == ["1.58", "0.105", "0"]


def test_the_ledger_shows_what_came_in_and_what_went_out(
    acme: Organization, globex: Organization, meter: Meter
) -> None:
    plan = terms(meter, allowance=100)
    record(globex, report("theirs", 5), terms=plan, at=NOON)
    record(acme, report("evt-1", 120, member="bob"), terms=plan, at=NOON)
    rows = list_ledger(organization_id=acme.pk, meter_id=meter.pk, limit=10)
    assert [(row.kind, row.amount, row.event_id, row.member) for row in rows] == [
        ("overage", -20, "evt-1", "bob"),
        ("consume", -100, "evt-1", "bob"),
        ("issue", 100, None, ""),
    ]
    assert [row.category for row in rows] == [None, "allowance", "allowance"]
    older = list_ledger(organization_id=acme.pk, meter_id=meter.pk, limit=10, before_id=rows[0].id)
    assert older == rows[1:]
