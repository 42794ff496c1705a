"""What happened to a grant, and what paid for an event."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Organization
from metering.choices import GrantCategory
from metering.credits.rollover import Basis, RolloverPolicy
from metering.models import CreditGrant, Meter
from metering.queries import (
    GrantNotFound,
    GrantStatement,
    get_grant_statement,
    list_payments_of,
)
from metering.usage.rollups import fill_rollups
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
QUARTER = RolloverPolicy(Basis.UNUSED, 25, term_periods=1)


def statement_of(
    organization: Organization, given: CreditGrant, *, limit: int = 50, before_id: int | None = None
) -> GrantStatement:
    return get_grant_statement(
        organization_id=organization.pk, grant=given.public_id, limit=limit, before_id=before_id
    )


def test_an_allowance_is_followed_to_its_end_and_beyond(acme: Organization, meter: Meter) -> None:
    plan = terms(meter, allowance=1_000)
    record(acme, report("e1", 2, action="GENERATE_REPORT", member="bob"), terms=plan, at=NOON)
    record(acme, report("e2", 500), terms=plan, at=NOON + DAY)
    reverse(acme, "e2", at=NOON + 2 * DAY)
    held = hold(acme, "h1", 50, terms=plan, at=NOON + 3 * DAY)
    release(acme, held, at=NOON + 4 * DAY)
    close(acme, at=ANCHOR + 31 * DAY, policy=QUARTER)
    allowance = CreditGrant.objects.get(category=GrantCategory.ALLOWANCE, amount=1_000)
    child = CreditGrant.objects.get(category=GrantCategory.ROLLOVER)

    told = statement_of(acme, allowance)
    assert (told.grant.amount, told.grant.remaining) == (1_000, 0)
    assert (told.consumed, told.held, told.expired, told.rolled_over) == (100, 0, 675, 225)
    assert (told.parent, told.child) == (None, child.public_id)
    assert (told.meter, told.unit_plural, told.source) == ("ai_credits", "credits", "agr_test")
    assert sorted((row.kind, row.amount) for row in told.movements[:2]) == [
        ("expire", -675),
        ("roll_over", -225),
    ]
    assert [(row.kind, row.amount) for row in told.movements[2:]] == [
        ("release", 50),
        ("hold", -50),
        ("reverse", 500),
        ("consume", -500),
        ("consume", -100),
        ("issue", 1_000),
    ]
    assert told.movements[2].hold == held.public_id
    used = told.movements[6]
    assert (used.event_id, used.action, used.member) == ("e1", "GENERATE_REPORT", "bob")

    heir = statement_of(acme, child)
    assert (heir.parent, heir.rolled_over, heir.grant.remaining) == (allowance.public_id, 0, 225)
    [got] = heir.movements
    assert (got.kind, got.amount, got.other_grant) == ("roll_over", 225, allowance.public_id)


def test_what_is_held_now_is_told_apart_from_what_is_spent(
    acme: Organization, meter: Meter
) -> None:
    plan = terms(meter, allowance=0)
    given = grant(acme, meter, 100)
    hold(acme, "h1", 30, terms=plan, at=NOON)
    held = hold(acme, "h2", 20, terms=plan, at=NOON)
    settle(acme, held, 15, terms=plan, at=NOON)
    told = statement_of(acme, given)
    assert (told.consumed, told.held, told.grant.remaining) == (15, 30, 55)


@pytest.mark.parametrize("seed", [11, 12])
def test_a_grant_is_accounted_for_whatever_happened(
    acme: Organization, meter: Meter, seed: int
) -> None:
    history = History.of(acme, meter, seed=seed)
    for _ in range(2):
        history.live(40)
        for given in CreditGrant.objects.owned_by(acme):
            told = statement_of(acme, given)
            went = told.consumed + told.held + told.expired + told.rolled_over
            assert told.grant.amount == went + told.grant.remaining
            assert sum((row.amount for row in told.movements), Decimal(0)) == told.grant.remaining
        fill_rollups(organization_id=acme.pk)


def test_the_movements_are_read_page_by_page_without_a_gap(
    acme: Organization, meter: Meter
) -> None:
    plan = terms(meter, allowance=100)
    record(acme, *[report(f"e{number}", 1, at=NOON) for number in range(9)], terms=plan, at=NOON)
    reverse(acme, "e3", at=NOON)
    allowance = CreditGrant.objects.get()
    everything = statement_of(acme, allowance).movements
    assert len(everything) == 11
    seen: list[Any] = []
    while page := statement_of(
        acme, allowance, limit=4, before_id=seen[-1].id if seen else None
    ).movements:
        seen += page
    assert tuple(seen) == everything


def test_a_restricted_grant_names_its_actions(acme: Organization, meter: Meter) -> None:
    given = grant(acme, meter, 50, actions=("SUMMARIZE_SHORT", "EXTRACT_TEXT"))
    assert statement_of(acme, given).grant.actions == ("EXTRACT_TEXT", "SUMMARIZE_SHORT")


def test_another_organizations_grant_is_not_found(
    acme: Organization, globex: Organization, meter: Meter
) -> None:
    given = grant(globex, meter, 50)
    with pytest.raises(GrantNotFound):
        statement_of(acme, given)


def test_what_paid_for_an_event_is_told_to_the_end(
    acme: Organization, globex: Organization, meter: Meter
) -> None:
    plan = terms(meter, allowance=10)
    record(acme, report("e1", 25), terms=plan, at=NOON)
    allowance = CreditGrant.objects.get()
    promotion = grant(acme, meter, 8)
    assert [
        (paid.grant, paid.category, paid.kind, paid.amount)
        for paid in list_payments_of(organization_id=acme.pk, event_id="e1")
    ] == [
        (allowance.public_id, "allowance", "consume", 10),
        (None, None, "overage", 15),
        (promotion.public_id, "promotion", "cover", 8),
    ]
    reverse(acme, "e1", at=NOON + DAY)
    paid = list_payments_of(organization_id=acme.pk, event_id="e1")
    assert [(row.grant, row.amount) for row in paid[3:]] == [
        (allowance.public_id, -10),
        (None, -15),
        (promotion.public_id, -8),
    ]
    assert list_payments_of(organization_id=globex.pk, event_id="e1") == []


def test_a_statement_does_not_cost_more_for_a_busy_grant(
    acme: Organization, meter: Meter, django_assert_num_queries: Any
) -> None:
    plan = terms(meter, allowance=100)
    open_through(acme, plan, at=NOON)
    record(acme, *[report(f"e{number}", 1) for number in range(50)], terms=plan, at=NOON)
    allowance = CreditGrant.objects.get()
    with django_assert_num_queries(6):
        statement_of(acme, allowance, limit=10)
