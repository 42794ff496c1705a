"""Months in which the plan of an agreement did not have a feature cost nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import Organization
from billing.agreements.changes import change_plan_by_staff
from billing.agreements.operations import bring_current
from billing.audit import find_violations
from billing.choices import SettlementKind
from billing.models import Agreement, Settlement
from billing.usage.operations import reverse_usage
from metering.choices import Aggregation, MeterSource
from tests.factories.agreements import SUBSCRIBED, make_agreement, settle, use
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
from tests.factories.pricing import per_unit

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OCTOBER = datetime(2026, 10, 10, 8, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 10, 8, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 10, 8, tzinfo=UTC)
JANUARY = datetime(2027, 1, 10, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _books_add_up(acme: Organization) -> Iterator[None]:
    yield
    assert list(find_violations(organization_id=acme.pk)) == []


@pytest.fixture
def agreement(catalog: ArticleCatalog, acme: Organization) -> Agreement:
    """Acme is on a plan with ten documents, and at least $10 a month for further ones."""
    make_version(
        make_plan(catalog.current, "mini"),
        metered(catalog.documents, 10, overage=per_unit("0.15", minimum=10)),
        prices=(fixed("19.99"),),
    )
    return make_agreement(acme, "mini")


def move(agreement: Agreement, plan: str, *, at: datetime) -> None:
    agreement.refresh_from_db()
    change_plan_by_staff(agreement=agreement, plan_code=plan, actor=STAFF, reason="asked", now=at)


def settle_all(organization: Organization, *, until: datetime) -> None:
    for end in (OCTOBER, NOVEMBER, DECEMBER, JANUARY):
        if end < until:
            bring_current(organization=organization, now=end + HOUR)
            settle(organization, at=end + HOUR)
    settle(organization, at=until)


def of_documents(catalog: ArticleCatalog) -> list[tuple[datetime, Decimal, int]]:
    """(start, overage, cents) of each month, oldest first."""
    found = Settlement.objects.filter(feature=catalog.documents, kind=SettlementKind.PERIOD)
    rows = found.order_by("starts_at").values_list("starts_at", "overage_credits", "amount_minor")
    return list(rows)


def test_a_minimum_is_charged_for_the_months_that_have_the_feature(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement
) -> None:
    move(agreement, "starter", at=SUBSCRIBED + DAY)
    settle_all(acme, until=JANUARY - DAY)
    assert of_documents(catalog) == [(SUBSCRIBED, 0, 10_00)]
    move(agreement, "mini", at=JANUARY - DAY)
    settle_all(acme, until=JANUARY + HOUR)
    assert of_documents(catalog) == [
        (SUBSCRIBED, 0, 10_00),
        (OCTOBER, 0, 0),
        (NOVEMBER, 0, 0),
        (DECEMBER, 0, 10_00),
    ]


def test_the_month_without_it_is_free_to_the_instant(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement
) -> None:
    """Left with the last moment of September's month, and back with the first of November's."""
    move(agreement, "starter", at=OCTOBER)
    move(agreement, "mini", at=NOVEMBER)
    settle_all(acme, until=DECEMBER + HOUR)
    assert of_documents(catalog) == [
        (SUBSCRIBED, 0, 10_00),
        (OCTOBER, 0, 0),
        (NOVEMBER, 0, 10_00),
    ]


def test_usage_of_such_a_month_costs_nothing_and_nothing_is_owed_for_it(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement
) -> None:
    move(agreement, "starter", at=SUBSCRIBED + DAY)
    settle_all(acme, until=OCTOBER + HOUR)
    move(agreement, "mini", at=NOVEMBER + timedelta(minutes=5))
    at = NOVEMBER + timedelta(minutes=10)
    for name in ("one", "two"):
        use(acme, name, 100, at=at, occurred_at=NOVEMBER - DAY, meter="documents")
    settle_all(acme, until=NOVEMBER + HOUR)
    assert of_documents(catalog)[1:] == [(OCTOBER, 200, 0)]
    reverse_usage(organization_id=acme.pk, event_id="one", reason="wrong", now=NOVEMBER + DAY)
    [correction] = Settlement.objects.filter(kind=SettlementKind.CORRECTION)
    assert (correction.overage_credits, correction.amount_minor) == (-100, 0)


def test_nobody_counts_seats_of_a_month_without_them(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    seats = make_metered(
        make_meter(
            "seats", unit="seat", aggregation=Aggregation.LATEST, source=MeterSource.MEMBERSHIPS
        )
    )
    make_version(
        make_plan(catalog.current, "team"),
        metered(seats, 1, overage="9"),
        prices=(fixed("19.99"),),
    )
    agreement = make_agreement(acme, "team")
    move(agreement, "starter", at=SUBSCRIBED + DAY)
    settle_all(acme, until=DECEMBER - DAY)
    move(agreement, "team", at=DECEMBER)
    settle_all(acme, until=JANUARY + HOUR)
    found = Settlement.objects.filter(feature=seats).order_by("starts_at")
    assert list(found.values_list("used_credits", "amount_minor")) == [
        (2, 9_00),
        (0, 0),
        (0, 0),
        (2, 9_00),
    ]
