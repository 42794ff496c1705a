"""The books as the customer may read them: each kind with its sign, each filter, each page."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Organization
from metering.choices import GrantCategory, TransferKind
from metering.credits.rollover import Basis, RolloverPolicy
from metering.models import CreditGrant, LedgerTransfer, Meter
from metering.queries import (
    LedgerFilter,
    LedgerRow,
    get_balance,
    list_events,
    list_ledger,
)
from metering.usage.rollups import fill_rollups
from tests.factories.accounts import make_api_key
from tests.factories.metering import (
    ANCHOR,
    close,
    grant,
    hold,
    open_through,
    record,
    release,
    report,
    reverse,
    settle,
    terms,
)

from .histories import History

NOON = ANCHOR + timedelta(hours=4)
DAY = timedelta(days=1)


def ledger(organization: Organization, meter: Meter, **filters: Any) -> list[LedgerRow]:
    """The whole ledger, as far as the filter lets it through."""
    return list_ledger(
        organization_id=organization.pk,
        meter_id=meter.pk,
        limit=10_000,
        only=LedgerFilter(**filters),
    )


def read_pages(organization: Organization, meter: Meter, only: LedgerFilter) -> list[LedgerRow]:
    rows: list[LedgerRow] = []
    while page := list_ledger(
        organization_id=organization.pk,
        meter_id=meter.pk,
        limit=7,
        before_id=rows[-1].id if rows else None,
        only=only,
    ):
        rows += page
    return rows


def test_each_kind_shows_what_it_does_to_the_customers_credits(
    acme: Organization, meter: Meter
) -> None:
    plan = terms(meter, allowance=100)
    record(acme, report("e1", 120), terms=plan, at=NOON)
    promotion = grant(acme, meter, 30)
    held = hold(acme, "h1", 5, terms=plan, at=NOON + DAY)
    release(acme, held, at=NOON + DAY)
    reverse(acme, "e1", at=NOON + 2 * DAY)
    rows = ledger(acme, meter)
    assert [(row.kind, row.amount, row.category) for row in reversed(rows)] == [
        ("issue", 100, "allowance"),
        ("consume", -100, "allowance"),
        ("overage", -20, None),
        ("issue", 30, "promotion"),
        ("cover", -20, "promotion"),
        ("hold", -5, "promotion"),
        ("release", 5, "promotion"),
        ("reverse", 100, "allowance"),
        ("reverse", 20, None),
        ("reverse", 20, "promotion"),
    ]
    assert [row.hold for row in rows if row.hold] == [held.public_id] * 2
    assert {row.kind for row in rows if row.is_reversed} == {"consume", "overage", "cover"}
    assert {row.grant for row in rows if row.category == "promotion"} == {promotion.public_id}


def test_a_rollover_comes_in_and_seen_from_where_it_came_goes_out(
    acme: Organization, meter: Meter
) -> None:
    open_through(acme, terms(meter, allowance=100), at=NOON)
    close(acme, at=ANCHOR + 31 * DAY, policy=RolloverPolicy(Basis.UNUSED, 25, term_periods=1))
    parent = CreditGrant.objects.get(category=GrantCategory.ALLOWANCE)
    child = CreditGrant.objects.get(category=GrantCategory.ROLLOVER)
    [row] = ledger(acme, meter, kind=TransferKind.ROLL_OVER)
    assert (row.amount, row.from_grant, row.grant) == (25, parent.public_id, child.public_id)
    assert row.category == "rollover"
    assert [(row.kind, row.amount) for row in ledger(acme, meter, grant=parent.public_id)] == [
        ("expire", -75),
        ("roll_over", -25),
        ("issue", 100),
    ]
    assert [(row.kind, row.amount) for row in ledger(acme, meter, grant=child.public_id)] == [
        ("roll_over", 25)
    ]


def test_late_usage_is_marked(acme: Organization, meter: Meter) -> None:
    plan = terms(meter, allowance=100)
    in_october = ANCHOR + 32 * DAY
    open_through(acme, plan, at=in_october)
    record(acme, report("late", 3, at=NOON), terms=plan, at=in_october)
    record(acme, report("in-time", 4, at=in_october), terms=plan, at=in_october)
    assert {row.event_id: row.is_late for row in ledger(acme, meter, kind="consume")} == {
        "late": True,
        "in-time": False,
    }


@pytest.mark.parametrize("is_filled", [False, True])
def test_the_filters_let_through_what_they_say(
    acme: Organization, meter: Meter, *, is_filled: bool
) -> None:
    plan = terms(meter, allowance=100)
    record(acme, report("e1", 1, action="EXTRACT_TEXT", member="ann"), terms=plan, at=NOON)
    record(acme, report("e2", 2, member="bob"), terms=plan, at=NOON + DAY)
    if is_filled:
        fill_rollups(organization_id=acme.pk)
    record(acme, report("e3", 3, member="ann", at=NOON), terms=plan, at=NOON + 2 * DAY)

    def events(**filters: Any) -> list[str | None]:
        return [row.event_id for row in ledger(acme, meter, **filters)]

    allowance = CreditGrant.objects.get()
    assert events() == ["e3", "e2", "e1", None]
    assert events(member="ann") == ["e3", "e1"]
    assert events(member="nobody") == []
    assert events(action="EXTRACT_TEXT") == ["e1"]
    assert events(action="GENERATE_REPORT") == []
    assert events(action="") == ["e3", "e2"]
    assert events(member="") == []
    assert events(api_key="") == ["e3", "e2", "e1"]
    assert events(kind="issue") == [None]
    assert events(grant=allowance.public_id) == ["e3", "e2", "e1", None]
    assert events(grant="crg_nobodys") == []
    assert events(occurred_from=NOON) == ["e3", "e2", "e1"]
    assert events(occurred_from=NOON, occurred_before=NOON + DAY) == ["e3", "e1"]
    assert events(occurred_before=NOON) == [None]
    assert events(occurred_before=NOON + DAY, member="ann", kind="consume") == ["e3", "e1"]


@pytest.mark.parametrize("is_filled", [False, True])
def test_what_came_by_a_key_is_found_by_its_id_unless_the_key_is_the_platforms(
    acme: Organization, globex: Organization, meter: Meter, *, is_filled: bool
) -> None:
    keys = {
        "own": make_api_key(acme).api_key,
        "platform": make_api_key(None).api_key,
        "stranger": make_api_key(globex).api_key,
    }
    plan = terms(meter)
    for day, name in enumerate(("own", "platform")):
        record(acme, report(name), terms=plan, at=NOON + day * DAY, api_key_id=keys[name].pk)
    if is_filled:
        fill_rollups(organization_id=acme.pk)

    def events(key: str) -> list[tuple[str | None, str | None]]:
        return [(row.event_id, row.api_key) for row in ledger(acme, meter, api_key=key)]

    own = keys["own"].public_id
    assert events(own) == [("own", own)]
    assert events("") == [("platform", None)]
    assert events(keys["platform"].public_id) == []
    assert events(keys["stranger"].public_id) == []


def test_what_a_member_used_is_found_with_what_became_of_it_later(
    acme: Organization, meter: Meter
) -> None:
    plan = terms(meter, allowance=10)
    record(acme, report("e1", 15, member="ann"), terms=plan, at=NOON)
    record(acme, report("e2", 1, member="bob"), terms=plan, at=NOON + DAY)
    grant(acme, meter, 4)
    reverse(acme, "e1", at=NOON + 3 * DAY)
    fill_rollups(organization_id=acme.pk)
    record(acme, report("e3", 1, member="bob"), terms=plan, at=NOON + 4 * DAY)
    assert [(row.kind, row.amount) for row in ledger(acme, meter, member="ann")] == [
        ("reverse", 4),
        ("reverse", 5),
        ("reverse", 10),
        ("cover", -4),
        ("overage", -5),
        ("consume", -10),
    ]
    assert [row.event_id for row in _events(acme, meter, member="ann")] == ["e1"]
    assert [row.event_id for row in _events(acme, meter, member="bob")] == ["e3", "e2"]


def test_the_pages_of_any_filter_join_without_a_gap(acme: Organization, meter: Meter) -> None:
    history = History.of(acme, meter, seed=21)
    for _ in range(3):
        history.live(20)
        grants = [None, *CreditGrant.objects.values_list("public_id", flat=True)]
        everything = ledger(acme, meter)
        assert {row.id for row in everything} == set(
            LedgerTransfer.objects.values_list("pk", flat=True)
        )
        for since, until in history.spans(3):
            for given in history.chance.sample(grants, 2):
                keys = [None, "", *(row.api_key for row in everything if row.api_key)]
                for member, action in ((None, None), ("ann", None), (None, ""), ("", None)):
                    only = LedgerFilter(
                        grant=given,
                        member=member,
                        action=action,
                        api_key=history.chance.choice(keys),
                        occurred_from=since,
                        occurred_before=until,
                    )
                    found = [row.id for row in read_pages(acme, meter, only)]
                    assert found == [row.id for row in everything if _is_meant(row, only)]


def _is_meant(row: LedgerRow, only: LedgerFilter) -> bool:
    assert only.occurred_from is not None and only.occurred_before is not None
    return (
        only.occurred_from <= row.occurred_at < only.occurred_before
        and (only.grant is None or only.grant in (row.grant, row.from_grant))
        and (only.member is None or row.member == only.member)
        and (only.action is None or (row.action or "") == only.action)
        and (only.api_key is None or (row.api_key or "") == only.api_key)
        and (row.event_id is not None or not only.is_of_use)
    )


def test_the_amounts_add_up_to_what_is_left(acme: Organization, meter: Meter) -> None:
    """Rollovers aside, which only move: what came in, less what went out, less what was owed."""
    plan = terms(meter, allowance=50)
    record(acme, report("e1", 70), report("e2", 10), terms=plan, at=NOON)
    grant(acme, meter, 100, effective_at=NOON)
    reverse(acme, "e2", at=NOON + DAY)
    hold(acme, "h1", 7, terms=plan, at=NOON + DAY)
    balance = get_balance(organization_id=acme.pk, meter_id=meter.pk, at=NOON + DAY)
    gross_overage = 20
    total = sum((row.amount for row in ledger(acme, meter)), Decimal(0))
    assert total == balance.remaining - gross_overage


def test_events_are_listed_with_what_became_of_them(acme: Organization, meter: Meter) -> None:
    plan = terms(meter, allowance=10)
    in_october = ANCHOR + 32 * DAY
    record(acme, report("e1", 15, member="ann"), terms=plan, at=NOON)
    grant(acme, meter, 3)
    open_through(acme, plan, at=in_october)
    record(acme, report("late", 2, at=NOON), terms=plan, at=in_october)
    held = hold(acme, "h1", 1, terms=plan, at=in_october + DAY)
    settle(acme, held, 1, terms=plan, at=in_october + DAY, event_id="e2")
    reverse(acme, "late", at=in_october + 2 * DAY, reason="sent twice")
    rows = list_events(organization_id=acme.pk, meter_id=meter.pk, limit=10)
    assert [(row.event_id, row.credits, row.overage, row.is_late) for row in rows] == [
        ("e2", 1, 0, False),
        ("late", 2, 0, True),
        ("e1", 15, 2, False),
    ]
    assert [row.hold for row in rows] == [held.public_id, None, None]
    assert (rows[1].reversed_at, rows[1].reversal_reason) == (
        in_october + 2 * DAY,
        "sent twice",
    )
    assert [row.event_id for row in _events(acme, meter, member="ann")] == ["e1"]
    assert _events(acme, meter, action="EXTRACT_TEXT") == []
    assert _events(acme, meter, before_id=rows[0].id) == rows[1:]
    assert _events(acme, meter, before_id=10**12) == []


def _events(organization: Organization, meter: Meter, **wanted: Any) -> list[Any]:
    return list_events(organization_id=organization.pk, meter_id=meter.pk, limit=10, **wanted)


def test_events_counted_at_one_moment_are_read_page_by_page(
    acme: Organization, meter: Meter
) -> None:
    plan = terms(meter)
    at: datetime = NOON
    record(acme, *[report(f"e{number}", 1, at=at) for number in range(9)], terms=plan, at=at)
    seen: list[Any] = []
    while page := list_events(
        organization_id=acme.pk,
        meter_id=meter.pk,
        limit=4,
        before_id=seen[-1].id if seen else None,
    ):
        seen += page
    assert [row.event_id for row in seen] == [f"e{number}" for number in reversed(range(9))]


@pytest.mark.parametrize("count", [1, 20])
def test_a_page_costs_the_same_however_long_it_is(
    acme: Organization, meter: Meter, count: int, django_assert_num_queries: Any
) -> None:
    reports = [report(f"e{number}", 1) for number in range(count)]
    record(acme, *reports, terms=terms(meter), at=NOON)
    with django_assert_num_queries(2):
        list_ledger(organization_id=acme.pk, meter_id=meter.pk, limit=25)
