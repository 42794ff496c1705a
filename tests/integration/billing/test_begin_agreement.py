"""An agreement that was concluded elsewhere begins when it was, however late we are told."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import Organization
from accounts.organizations.operations import close_organization
from billing.agreements.errors import AgreementExists, OrganizationClosed
from billing.agreements.operations import cancel_agreement
from billing.audit import find_violations
from billing.choices import Collection
from billing.models import Agreement, PlanVersion
from metering.models import UsagePeriod
from tests.factories.agreements import SUBSCRIBED, begin, make_agreement, settle, use
from tests.factories.catalog import (
    STAFF,
    ArticleCatalog,
    fixed,
    make_plan,
    make_version,
    metered,
)

INSTANT, HOUR, DAY = timedelta(microseconds=1), timedelta(hours=1), timedelta(days=1)
PAID = SUBSCRIBED + 3 * DAY
OCTOBER = datetime(2026, 10, 13, 8, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 13, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _books_add_up() -> Iterator[None]:
    yield
    assert list(find_violations()) == []


@pytest.fixture
def free(catalog: ArticleCatalog) -> PlanVersion:
    return make_version(
        make_plan(catalog.current, "free"), metered(catalog.credits, 100), prices=(fixed("0"),)
    )


def months(agreement: Agreement) -> list[tuple[datetime, datetime, Decimal | None]]:
    periods = UsagePeriod.objects.filter(source=agreement.public_id).order_by("starts_at")
    return list(periods.values_list("starts_at", "ends_at", "allowance"))


def test_it_has_its_allowance_from_the_payment_on(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    agreement = begin(acme, catalog.professional, seats=20, at=PAID, now=PAID + 2 * HOUR)
    assert (agreement.status, agreement.collection) == ("active", Collection.STRIPE)
    assert (agreement.started_at, agreement.anchor_at) == (PAID, PAID)
    assert (agreement.current_period_start, agreement.current_period_end) == (PAID, OCTOBER)
    assert months(agreement) == [(PAID, OCTOBER, Decimal(5_000))]
    assert use(acme, "evt_1", 1, at=PAID + 2 * HOUR, occurred_at=PAID).outcome == "accepted"
    early = use(acme, "evt_2", 1, at=PAID + 2 * HOUR, occurred_at=PAID - INSTANT)
    assert early.reason == "occurred_before_agreement"


def test_months_are_counted_from_an_anchor_that_comes_later(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    agreement = begin(acme, catalog.starter, at=SUBSCRIBED, anchor_at=PAID, now=PAID)
    assert months(agreement) == [
        (SUBSCRIBED, PAID, Decimal(1_000)),
        (PAID, OCTOBER, Decimal(1_000)),
    ]
    assert (agreement.current_period_start, agreement.current_period_end) == (PAID, OCTOBER)


def test_one_that_costs_nothing_makes_way_at_that_instant(
    free: PlanVersion, catalog: ArticleCatalog, acme: Organization
) -> None:
    before = make_agreement(acme, "free")
    agreement = begin(acme, catalog.starter, at=PAID, now=PAID + HOUR)
    before.refresh_from_db()
    assert (before.status, before.ended_at) == ("canceled", PAID)
    assert agreement.started_at == PAID
    assert months(before) == [(SUBSCRIBED, PAID, Decimal(100))]


def test_it_waits_for_what_was_used_of_the_free_one_meanwhile(
    free: PlanVersion, catalog: ArticleCatalog, acme: Organization
) -> None:
    make_agreement(acme, "free")
    use(acme, "evt_1", 5, at=PAID + HOUR)
    agreement = begin(acme, catalog.starter, at=PAID, now=PAID + 2 * HOUR)
    assert agreement.started_at == agreement.current_period_start == PAID + HOUR + INSTANT
    assert (agreement.anchor_at, agreement.current_period_end) == (PAID, OCTOBER)
    assert months(agreement) == [(PAID + HOUR + INSTANT, OCTOBER, Decimal(1_000))]
    settle(acme, at=NOVEMBER + HOUR)
    assert months(agreement)[-1][:2] == (NOVEMBER, datetime(2026, 12, 13, 8, tzinfo=UTC))


def test_it_follows_one_that_has_just_ended(catalog: ArticleCatalog, acme: Organization) -> None:
    ended_at = PAID + timedelta(milliseconds=300)
    cancel_agreement(
        agreement=make_agreement(acme, "starter"), actor=STAFF, reason="", now=ended_at
    )
    agreement = begin(acme, catalog.professional, at=PAID, now=PAID + HOUR)
    assert (agreement.started_at, agreement.anchor_at) == (ended_at, PAID)


def test_nobody_pays_twice(catalog: ArticleCatalog, acme: Organization) -> None:
    make_agreement(acme, "starter")
    with pytest.raises(AgreementExists):
        begin(acme, catalog.professional, at=PAID)
    assert Agreement.objects.get().status == "active"


def test_a_closed_organization_agrees_to_nothing(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    close_organization(organization=acme, actor=STAFF, now=PAID)
    with pytest.raises(OrganizationClosed):
        begin(acme, catalog.professional, at=PAID)


def test_what_has_come_meanwhile_has_happened(catalog: ArticleCatalog, acme: Organization) -> None:
    agreement = begin(acme, catalog.starter, at=SUBSCRIBED, trial_ends_at=PAID, now=NOVEMBER)
    assert (agreement.status, agreement.trial_ends_at) == ("active", PAID)
    assert agreement.current_period_start == NOVEMBER
    assert [starts_at for starts_at, _, _ in months(agreement)] == [
        SUBSCRIBED,
        PAID,
        OCTOBER,
        NOVEMBER,
    ]
