"""What customers pay for a span: earned over the time that it is for, once, less what is not."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import Organization
from billing.agreements.changes import change_plan_by_staff
from billing.analytics.revenue import Revenue, list_revenue
from billing.analytics.windows import Days, of_days
from billing.choices import (
    ChargeStatus,
    InvoiceStatus,
    MoneyCreditCause,
    OverageCollection,
)
from billing.models import Agreement, MoneyCredit, Settlement, SettlementCharge
from tests.factories.accounts import make_organization
from tests.factories.agreements import begin, make_agreement, settle, use
from tests.factories.analytics import (
    MID_OCTOBER,
    MID_SEPTEMBER,
    OCTOBER,
    SEPTEMBER,
    make_invoice,
)
from tests.factories.catalog import STAFF, ArticleCatalog
from tests.factories.stripe import make_customer
from tests.factories.top_ups import make_pack, order

pytestmark = pytest.mark.django_db

IN_SEPTEMBER = Days(date(2026, 9, 1), date(2026, 10, 1))
IN_OCTOBER = Days(date(2026, 10, 1), date(2026, 11, 1))
NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def earned(days: Days = IN_SEPTEMBER, *, now: datetime = NOVEMBER) -> Revenue:
    """What the only customer pays."""
    [revenue] = list_revenue(of_days(days, now=now))
    return revenue


@pytest.fixture
def collected(catalog: ArticleCatalog, acme: Organization) -> Agreement:
    """Acme's agreement on Professional from 1 September, collected by Stripe."""
    make_customer(acme)
    return begin(acme, catalog.professional, at=SEPTEMBER)


def test_an_invoice_line_counts_over_its_own_period(
    collected: Agreement, acme: Organization
) -> None:
    middle = SEPTEMBER + timedelta(days=15)
    make_invoice(acme, (29_900, middle, middle + timedelta(days=30), None))
    assert earned().plan == Decimal("149.50")
    assert earned(IN_OCTOBER).plan == Decimal("149.50")


def test_a_year_counts_by_its_days(collected: Agreement, acme: Organization) -> None:
    make_invoice(acme, (365_000, SEPTEMBER, SEPTEMBER + timedelta(days=365), None))
    assert earned().plan == 300
    assert earned(IN_OCTOBER).plan == 310


def test_a_discount_comes_off_and_tax_is_no_revenue(
    collected: Agreement, acme: Organization
) -> None:
    make_invoice(acme, (20_000, SEPTEMBER, OCTOBER, None), discount=5_000, tax=2_850)
    assert earned().plan == 150


@pytest.mark.parametrize(
    "status", [InvoiceStatus.DRAFT, InvoiceStatus.VOID, InvoiceStatus.UNCOLLECTIBLE]
)
def test_what_nobody_will_pay_is_no_revenue(
    collected: Agreement, acme: Organization, status: str
) -> None:
    make_invoice(acme, (29_900, SEPTEMBER, OCTOBER, None), status=status)
    assert list_revenue(of_days(IN_SEPTEMBER, now=NOVEMBER)) == []


def test_what_is_not_paid_yet_is_revenue(collected: Agreement, acme: Organization) -> None:
    make_invoice(acme, (29_900, SEPTEMBER, OCTOBER, None), status=InvoiceStatus.OPEN)
    assert earned().total == 299


def test_settled_overage_counts_in_its_month_before_and_after_it_is_invoiced(
    collected: Agreement, acme: Organization
) -> None:
    use(acme, "sep", 6_000, at=MID_SEPTEMBER)
    [settlement] = settle(acme, at=OCTOBER + HOUR)
    assert earned().overage == 120
    make_invoice(
        acme,
        (29_900, OCTOBER, NOVEMBER, None),
        (12_000, OCTOBER, OCTOBER, settlement),
        discount=4_190,
    )
    assert earned().overage == 108
    assert earned(IN_OCTOBER).overage == 0
    assert earned(IN_OCTOBER).plan == Decimal("269.10")


def test_overage_that_a_meter_reported_counts_by_its_line_alone(
    collected: Agreement, acme: Organization
) -> None:
    use(acme, "sep", 6_000, at=MID_SEPTEMBER)
    [settlement] = settle(acme, at=OCTOBER + HOUR)
    SettlementCharge.objects.create(
        organization=acme,
        settlement=settlement,
        method=OverageCollection.BILLING_METER,
        status=ChargeStatus.INVOICED,
        item_id="mtr_1",
        stripe_invoice_id="in_0",
        planned_at=OCTOBER,
        placed_at=OCTOBER,
        invoiced_at=OCTOBER,
    )
    make_invoice(acme, (12_000, SEPTEMBER, OCTOBER, None))
    assert earned().total == 120


def test_an_open_month_counts_what_it_has_come_to(collected: Agreement, acme: Organization) -> None:
    use(acme, "sep", 5_500, at=MID_SEPTEMBER)
    revenue = earned(now=MID_SEPTEMBER + HOUR)
    assert revenue.overage == 60
    assert not Settlement.objects.exists()


def test_money_given_back_comes_off_on_its_day(collected: Agreement, acme: Organization) -> None:
    make_invoice(acme, (29_900, SEPTEMBER, OCTOBER, None))
    MoneyCredit.objects.create(
        organization=acme,
        cause=MoneyCreditCause.GUARANTEE,
        source="test",
        reason="Because",
        currency="USD",
        amount_minor=2_900,
        granted_at=MID_SEPTEMBER,
    )
    assert (earned().given_back, earned().total) == (-29, 270)


def test_the_agreed_price_counts_where_nobody_collects(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    make_agreement(acme, "per_seat", seats=50, at=SEPTEMBER)
    assert earned().plan == 5_000
    assert earned(Days(date(2026, 9, 1), date(2026, 9, 16))).plan == 2_500


def test_a_move_within_a_month_counts_each_plan_for_its_days(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    agreement = make_agreement(acme, "starter", at=SEPTEMBER)
    change_plan_by_staff(
        agreement=agreement,
        plan_code="professional",
        actor=STAFF,
        reason="test",
        now=SEPTEMBER + timedelta(days=20),
    )
    assert round(earned().plan, 6) == round(99 * Decimal(2) / 3 + 299 / Decimal(3), 6)


def test_a_trial_earns_nothing(catalog: ArticleCatalog, acme: Organization) -> None:
    begin(acme, catalog.starter, at=SEPTEMBER, trial_ends_at=MID_OCTOBER)
    Agreement.objects.update(collection="not_connected")
    assert list_revenue(of_days(IN_SEPTEMBER, now=NOVEMBER)) == []


def test_a_pack_that_staff_sold_counts_when_it_is_paid(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    make_agreement(acme, "starter", at=SEPTEMBER)
    make_pack(catalog.credits)
    bought = order(acme, at=MID_SEPTEMBER)
    assert earned().plan == 99
    bought.__class__.objects.filter(pk=bought.pk).update(
        status="paid", ended_at=MID_SEPTEMBER, payment_reference="transfer 17"
    )
    assert earned().plan == 99 + Decimal(bought.amount_minor) / 100


def test_a_day_begins_where_the_customer_is(catalog: ArticleCatalog) -> None:
    tokyo = make_organization("Tokyo", time_zone="Asia/Tokyo")
    make_agreement(tokyo, "per_seat", seats=1, at=SEPTEMBER)
    make_customer(tokyo)
    [revenue] = list_revenue(of_days(IN_SEPTEMBER, now=NOVEMBER))
    # September there ends nine hours before the month that was agreed on.
    assert revenue.plan == 100 * (720 - 9) / Decimal(720)


@pytest.mark.parametrize(
    "days",
    [IN_OCTOBER, Days(date(2026, 10, 3), date(2026, 10, 9))],
    ids=["the month", "days in it"],
)
def test_days_that_have_not_begun_where_the_customer_is_earn_nothing(
    collected: Agreement, acme: Organization, days: Days
) -> None:
    Organization.objects.filter(pk=acme.pk).update(time_zone="America/Los_Angeles")
    make_invoice(acme, (30_000, SEPTEMBER, OCTOBER + timedelta(days=10), None))
    assert list_revenue(of_days(days, now=OCTOBER + 2 * HOUR)) == []


def test_shares_of_a_discount_add_up_to_what_is_paid(
    collected: Agreement, acme: Organization
) -> None:
    make_invoice(acme, *[(10_000, SEPTEMBER, OCTOBER, None)] * 7, discount=40_000)
    assert earned().plan == 300
