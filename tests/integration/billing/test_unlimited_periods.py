"""A month in which usage was unlimited once stays so, whatever the plan is moved to in it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import Organization
from billing.agreements.changes import change_plan_by_staff
from billing.audit import find_violations
from billing.entitlements.evaluation import Reason
from billing.entitlements.queries import get_entitlement
from billing.invoicing.queries import estimate_next_invoice
from billing.limits.operations import set_spend_cap
from billing.limits.queries import list_crossings
from billing.limits.terms import ask_for_limits, read_limits
from billing.usage.operations import report_usage
from billing.usage.queries import find_feature_balance
from config.kernel.money import Money
from metering.queries import read_books
from metering.usage.reports import Outcome, Receipt
from tests.factories.agreements import SUBSCRIBED, make_agreement, settle, use
from tests.factories.catalog import (
    STAFF,
    ArticleCatalog,
    fixed,
    make_plan,
    make_version,
    metered,
)
from tests.factories.metering import report
from tests.factories.pricing import per_unit

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = SUBSCRIBED + 3 * DAY
OCTOBER = datetime(2026, 10, 10, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _books_add_up(acme: Organization) -> Iterator[None]:
    yield
    assert list(find_violations(organization_id=acme.pk)) == []


@pytest.fixture(autouse=True)
def _moved_down(catalog: ArticleCatalog, acme: Organization) -> None:
    """
    Acme used 10,000 credits where they were unlimited. Staff then moved it to 100 credits and at
    least $10 for further ones, up to 12,000 in all, beside documents at $1.
    """
    make_version(
        make_plan(catalog.current, "boundless"),
        metered(catalog.credits, None),
        metered(catalog.documents, 0, overage="1"),
        prices=(fixed("500"),),
    )
    make_version(
        make_plan(catalog.current, "bounded"),
        metered(catalog.credits, 100, overage=per_unit("0.15", minimum=10), limit=12_000),
        metered(catalog.documents, 0, overage="1"),
        prices=(fixed("19"),),
    )
    agreement = make_agreement(acme, "boundless")
    use(acme, "evt_1", 10_000, at=SUBSCRIBED + DAY)
    change_plan_by_staff(
        agreement=agreement, plan_code="bounded", actor=STAFF, reason="asked", now=LATER - DAY
    )


def enforce(acme: Organization, event_id: str, quantity: int, *, meter: str) -> Receipt:
    [receipt] = report_usage(
        organization_id=acme.pk,
        reports=[report(event_id, quantity, meter=meter, at=LATER, enforce=True)],
        api_key_id=None,
        received_at=LATER,
    )
    return receipt


def cap_at(acme: Organization, minor: int) -> None:
    set_spend_cap(organization=acme, amount_minor=minor, action="stop", actor=STAFF, now=LATER)


def test_the_balance_has_no_overage_and_no_price_for_it(acme: Organization) -> None:
    found = find_feature_balance(organization=acme, feature="ai_credits", now=LATER)
    assert found is not None
    assert (found.unlimited, found.allowance, found.used) == (True, None, 10_000)
    assert (found.overage, found.overage_pricing, found.overage_amount) == (0, None, None)
    assert (found.overage_sentence, found.rollover_sentence) == ("", "")


def test_the_next_invoice_has_the_base_price_alone(acme: Organization) -> None:
    estimate = estimate_next_invoice(organization=acme, now=LATER)
    assert estimate is not None
    assert [line.amount for line in estimate.lines] == [Money(19_00, "USD")]


def test_the_entitlement_is_what_enforced_use_does(acme: Organization) -> None:
    found = get_entitlement(organization=acme, feature="ai_credits", now=LATER)
    assert (found.allowed, found.reason, found.unlimited) == (True, Reason.INCLUDED, True)
    assert (found.allowance, found.remaining, found.limit) == (None, None, 12_000)
    assert (found.used, found.overage) == (10_000, 0)
    receipt = enforce(acme, "evt_2", 2_000, meter="ai_credits")
    assert (receipt.outcome, receipt.overage, receipt.remaining) == (Outcome.ACCEPTED, 0, None)


def test_the_limit_of_the_plan_holds_from_the_move_on(acme: Organization) -> None:
    enforce(acme, "evt_2", 2_000, meter="ai_credits")
    found = get_entitlement(organization=acme, feature="ai_credits", now=LATER)
    assert (found.allowed, found.reason) == (False, Reason.LIMIT_REACHED)
    receipt = enforce(acme, "evt_3", 1, meter="ai_credits")
    assert (receipt.outcome, receipt.reason) == (Outcome.REJECTED, "limit_reached")


def test_a_cap_counts_nothing_of_it(catalog: ArticleCatalog, acme: Organization) -> None:
    cap_at(acme, 5_00)
    assert list_crossings(organization=acme) == []
    limits = read_limits(ask_for_limits(organization_id=acme.pk))
    assert limits.overage_at(LATER) == {catalog.meter.pk: None, catalog.documents_meter.pk: 0}
    assert enforce(acme, "evt_2", 1_000, meter="ai_credits").outcome is Outcome.ACCEPTED
    assert enforce(acme, "evt_3", 5, meter="documents").outcome is Outcome.ACCEPTED
    assert enforce(acme, "evt_4", 1, meter="documents").reason == "spend_cap_reached"
    assert [(found.limit.name, found.charged) for found in list_crossings(organization=acme)] == [
        ("spend_cap:500", Money(5_00, "USD"))
    ]


def test_it_is_settled_at_what_was_said(catalog: ArticleCatalog, acme: Organization) -> None:
    first, second = sorted(settle(acme, at=OCTOBER + HOUR), key=lambda row: -row.used_credits)
    assert (first.used_credits, first.overage_credits, first.amount_minor) == (10_000, 0, 0)
    assert (second.feature, second.amount_minor) == (catalog.documents, 0)
    books = read_books(organization_id=acme.pk, meter_id=catalog.meter.pk)
    october, september = books.periods
    assert (september.is_unlimited, september.overage) == (True, 10_000)
    assert september.charged_overage == 0
    assert october.allowance == Decimal(100)


def test_the_next_month_is_bounded(acme: Organization) -> None:
    settle(acme, at=OCTOBER + HOUR)
    use(acme, "evt_2", 200, at=OCTOBER + DAY)
    found = find_feature_balance(organization=acme, feature="ai_credits", now=OCTOBER + DAY)
    assert found is not None
    assert (found.unlimited, found.allowance, found.overage) == (False, 100, 100)
    assert found.overage_amount == Money(15_00, "USD")
