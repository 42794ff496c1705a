from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, Organization
from accounts.organizations.operations import close_organization
from billing.agreements import opening
from billing.agreements.operations import bring_all_current, bring_current, cancel_agreement
from billing.models import Agreement
from billing.tasks import bring_agreements_current
from config.schedule import BEAT_SCHEDULE
from metering.models import CreditGrant, UsagePeriod
from metering.operations import open_periods
from metering.queries import get_balance
from tests.factories.accounts import make_organization
from tests.factories.agreements import SUBSCRIBED, make_agreement
from tests.factories.catalog import STAFF, ArticleCatalog

OCTOBER = datetime(2026, 10, 10, 8, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 10, 8, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 10, 8, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


def query_count(deed: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        deed()
    return len(queries)


def test_nothing_happens_while_the_period_is_open(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    make_agreement(acme)
    assert query_count(lambda: bring_current(organization=acme, now=OCTOBER - INSTANT)) == 0
    assert UsagePeriod.objects.count() == 1


def test_an_organization_without_agreement_has_nothing_due(acme: Organization) -> None:
    assert query_count(lambda: bring_current(organization=acme, now=SUBSCRIBED)) == 0


def test_the_next_period_opens_with_its_allowance(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    make_agreement(acme)
    bring_current(organization=acme, now=OCTOBER)
    agreement = Agreement.objects.get()
    assert (agreement.current_period_start, agreement.current_period_end) == (OCTOBER, NOVEMBER)
    assert agreement.anchor_at == SUBSCRIBED
    balance = get_balance(organization_id=acme.pk, meter_id=catalog.meter.pk, at=OCTOBER)
    assert balance.period is not None
    assert (balance.period.starts_at, balance.period.ends_at) == (OCTOBER, NOVEMBER)
    assert balance.remaining == Decimal(5_000)
    entry = AuditEntry.objects.get(action="agreement.period_advanced")
    assert (entry.actor, entry.organization) == ("system", acme)
    assert entry.changes == {"current_period_start": [SUBSCRIBED.isoformat(), OCTOBER.isoformat()]}


def test_doing_it_again_changes_nothing(catalog: ArticleCatalog, acme: Organization) -> None:
    make_agreement(acme)
    for _ in range(3):
        bring_current(organization=acme, now=OCTOBER)
    assert UsagePeriod.objects.count() == 2
    assert CreditGrant.objects.count() == 2
    assert AuditEntry.objects.filter(action="agreement.period_advanced").count() == 1


def test_a_late_sweep_opens_every_missed_period_once(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    make_agreement(acme)
    bring_current(organization=acme, now=DECEMBER + timedelta(days=3))
    periods = UsagePeriod.objects.order_by("starts_at")
    assert [period.starts_at for period in periods] == [SUBSCRIBED, OCTOBER, NOVEMBER, DECEMBER]
    assert CreditGrant.objects.count() == 4
    assert Agreement.objects.get().current_period_start == DECEMBER


def test_a_clock_that_runs_behind_never_turns_a_period_back(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    make_agreement(acme)
    bring_current(organization=acme, now=NOVEMBER)
    bring_current(organization=acme, now=OCTOBER)
    assert Agreement.objects.get().current_period_start == NOVEMBER
    assert UsagePeriod.objects.count() == 3


def test_a_yearly_agreement_gets_twelve_allowances(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    make_agreement(acme, interval="year")
    last_instant = SUBSCRIBED.replace(year=2027) - INSTANT
    bring_current(organization=acme, now=last_instant)
    assert CreditGrant.objects.count() == 12
    agreement = Agreement.objects.get()
    assert agreement.current_period_start == SUBSCRIBED
    assert not AuditEntry.objects.filter(action="agreement.period_advanced").exists()
    bring_current(organization=acme, now=last_instant + INSTANT)
    assert CreditGrant.objects.count() == 13
    assert Agreement.objects.get().current_period_start == SUBSCRIBED.replace(year=2027)


def test_the_sweep_brings_everybody_due_up_to_date(
    catalog: ArticleCatalog, acme: Organization, globex: Organization
) -> None:
    make_agreement(acme)
    make_agreement(globex, "starter", interval="year")
    late = make_organization("Late")
    make_agreement(late, at=OCTOBER)
    gone = make_organization("Gone")
    cancel_agreement(agreement=make_agreement(gone), actor=STAFF, reason="", now=OCTOBER)

    assert bring_all_current(now=OCTOBER - INSTANT) == 0
    assert bring_all_current(now=OCTOBER) == 2
    assert bring_all_current(now=OCTOBER) == 0
    opened = UsagePeriod.objects.filter(starts_at=OCTOBER).values_list("organization", flat=True)
    assert set(opened) == {acme.pk, globex.pk, late.pk}


def test_a_closed_organization_comes_to_no_further_period(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    make_agreement(acme)
    close_organization(organization=acme, actor=STAFF, now=SUBSCRIBED + timedelta(days=1))
    bring_current(organization=acme, now=OCTOBER)
    assert bring_all_current(now=OCTOBER) == 0
    assert UsagePeriod.objects.count() == CreditGrant.objects.count() == 1
    assert Agreement.objects.get().current_period_start == SUBSCRIBED


def test_one_failure_does_not_hold_up_the_others(
    catalog: ArticleCatalog,
    acme: Organization,
    globex: Organization,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_agreement(acme)
    make_agreement(globex)

    def fail_for_acme(*, organization_id: int, **rest: Any) -> None:
        if organization_id == acme.pk:
            raise ValueError("out of order")
        open_periods(organization_id=organization_id, **rest)

    monkeypatch.setattr(opening, "open_periods", fail_for_acme)
    with pytest.raises(ExceptionGroup) as failures:
        bring_all_current(now=OCTOBER)
    (failure,) = failures.value.exceptions
    assert failure.__notes__ == [f"while opening the periods of organization {acme.pk}"]
    opened = UsagePeriod.objects.filter(starts_at=OCTOBER).values_list("organization", flat=True)
    assert list(opened) == [globex.pk]


def test_the_clock_rings_for_the_sweep(db: None) -> None:
    assert "billing.bring_agreements_current" in {entry["task"] for entry in BEAT_SCHEDULE.values()}
    bring_agreements_current.delay()
