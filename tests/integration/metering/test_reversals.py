"""Usage that is taken back."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import Organization
from metering.choices import Aggregation, GrantCategory
from metering.ledger.audit import find_violations
from metering.models import LedgerTransfer, Meter, UsagePeriod, UsageReversal
from metering.operations import AlreadyReversed, EventNotFound, NotReversible
from metering.queries import get_balance
from tests.factories.metering import (
    ANCHOR,
    close,
    grant,
    make_meter,
    open_through,
    record,
    report,
    reverse,
    terms,
)

NOON = ANCHOR + timedelta(hours=4)
MINUTE = timedelta(minutes=1)
OCTOBER = ANCHOR + timedelta(days=30)


def totals(organization: Organization) -> list[tuple[Decimal, Decimal]]:
    return list(
        UsagePeriod.objects.filter(organization=organization)
        .order_by("starts_at")
        .values_list("used_credits", "overage_credits")
    )


def test_credits_return_to_the_grants_that_paid(acme: Organization, meter: Meter) -> None:
    agreed = terms(meter, allowance=100)
    grant(acme, meter, 30, priority=50)
    record(acme, report("evt-1", 140, at=NOON), terms=agreed, at=NOON)
    reversal = reverse(acme, "evt-1", at=NOON + MINUTE, reason="the model timed out")
    assert (reversal.credits, reversal.overage, reversal.is_settled) == (140, 10, False)
    balance = get_balance(organization_id=acme.pk, meter_id=meter.pk, at=NOON + MINUTE)
    assert [given.remaining for given in balance.grants] == [30, 100]
    assert totals(acme) == [(0, 0)]
    stored = UsageReversal.objects.get()
    assert (stored.event_key, stored.reason) == ("evt-1", "the model timed out")
    mirrored = LedgerTransfer.objects.filter(kind="reverse").select_related("reverses")
    assert len(mirrored) == 3
    assert all(
        (entry.debit_account_id, entry.credit_account_id, entry.amount)
        == (
            entry.reverses.credit_account_id,
            entry.reverses.debit_account_id,
            entry.reverses.amount,
        )
        for entry in mirrored
        if entry.reverses is not None
    )


def test_an_event_is_taken_back_once(acme: Organization, meter: Meter) -> None:
    record(acme, report("evt-1", 10, at=NOON), terms=terms(meter), at=NOON)
    reverse(acme, "evt-1", at=NOON)
    with pytest.raises(AlreadyReversed):
        reverse(acme, "evt-1", at=NOON)
    assert totals(acme) == [(0, 0)]


def test_a_stranger_has_no_such_event(
    acme: Organization, globex: Organization, meter: Meter
) -> None:
    record(acme, report("evt-1", 10, at=NOON), terms=terms(meter), at=NOON)
    with pytest.raises(EventNotFound):
        reverse(globex, "evt-1", at=NOON)


def test_what_comes_back_pays_for_overage_of_the_same_period(
    acme: Organization, meter: Meter
) -> None:
    agreed = terms(meter, allowance=100)
    for number in range(1, 4):
        record(acme, report(f"evt-{number}", 60, at=NOON), terms=agreed, at=NOON)
    assert totals(acme) == [(180, 80)]
    reverse(acme, "evt-1", at=NOON + MINUTE)
    assert totals(acme) == [(120, 20)]
    covers = LedgerTransfer.objects.filter(kind="cover").order_by("pk")
    assert [(cover.event_key, cover.amount) for cover in covers] == [("evt-2", 20), ("evt-3", 40)]


def test_taking_back_what_was_covered_frees_the_credits_again(
    acme: Organization, meter: Meter
) -> None:
    agreed = terms(meter, allowance=100)
    for number in range(1, 4):
        record(acme, report(f"evt-{number}", 60, at=NOON), terms=agreed, at=NOON)
    reverse(acme, "evt-1", at=NOON)
    reversal = reverse(acme, "evt-2", at=NOON)
    assert (reversal.credits, reversal.overage) == (60, 0)
    assert totals(acme) == [(60, 0)]
    balance = get_balance(organization_id=acme.pk, meter_id=meter.pk, at=NOON)
    assert balance.remaining == 40
    assert list(find_violations(organization_id=acme.pk)) == []


def test_in_a_settled_period_the_overage_that_would_not_have_been_is_named(
    acme: Organization, meter: Meter
) -> None:
    agreed = terms(meter, allowance=100)
    record(acme, report("evt-1", 60, at=NOON), terms=agreed, at=NOON)
    record(acme, report("evt-2", 60, at=NOON), terms=agreed, at=NOON)
    open_through(acme, agreed, at=OCTOBER)
    close(acme, at=OCTOBER + timedelta(hours=1))
    reversal = reverse(acme, "evt-1", at=OCTOBER + timedelta(days=1))
    assert (reversal.is_settled, reversal.overage, reversal.overage_undone) == (True, 0, 20)
    assert totals(acme) == [(120, 20), (0, 0)]
    expired = LedgerTransfer.objects.get(kind="expire")
    assert (expired.amount, expired.event_key) == (40, "evt-1")
    assert list(find_violations(organization_id=acme.pk)) == []


def test_in_a_settled_period_a_lasting_grant_gets_its_credits_back(
    acme: Organization, meter: Meter
) -> None:
    agreed = terms(meter, allowance=0)
    grant(acme, meter, 100, category=GrantCategory.PURCHASE)
    record(acme, report("evt-1", 60, at=NOON), terms=agreed, at=NOON)
    open_through(acme, agreed, at=OCTOBER)
    close(acme, at=OCTOBER + timedelta(hours=1))
    reversal = reverse(acme, "evt-1", at=OCTOBER + timedelta(days=1))
    assert (reversal.credits, reversal.overage_undone) == (60, 0)
    later = OCTOBER + timedelta(days=2)
    balance = get_balance(organization_id=acme.pk, meter_id=meter.pk, at=later)
    assert balance.remaining == 100


@pytest.mark.parametrize("aggregation", [Aggregation.MAX, Aggregation.LATEST, Aggregation.UNIQUE])
def test_a_level_is_not_reversed_but_reported_anew(
    acme: Organization, db: None, aggregation: Aggregation
) -> None:
    level = make_meter(
        "storage",
        unit="gigabyte",
        aggregation=aggregation,
        unique_property="member" if aggregation is Aggregation.UNIQUE else "",
    )
    agreed = terms(level, allowance=10)
    event = report("evt-1", 4, meter="storage", at=NOON, member="bob")
    record(acme, event, terms=agreed, at=NOON)
    with pytest.raises(NotReversible):
        reverse(acme, "evt-1", at=NOON)
