"""Overage that is reported to a Billing Meter: once for each month, and never billed twice."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import Organization
from billing.agreements.operations import cancel_agreement
from billing.choices import OverageCollection
from billing.models import Agreement, Invoice, PlanVersion, SettlementCharge, StripeMeter
from billing.stripe.gateway.client import ask_for_all
from billing.stripe.reconcile.operations import reconcile
from billing.usage.operations import reverse_usage
from tests.factories.agreements import SUBSCRIBED, use
from tests.factories.catalog import STAFF, ArticleCatalog, fixed, make_plan, make_version, metered

from .collecting import Collecting, Line, charges

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
OCTOBER = datetime(2026, 10, 10, 8, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 10, 8, tzinfo=UTC)


@pytest.fixture
def version(catalog: ArticleCatalog) -> PlanVersion:
    """A plan whose overage is counted at Stripe."""
    return make_version(
        make_plan(catalog.current, "counted"),
        metered(catalog.credits, 1_000, overage="0.15"),
        prices=(fixed("99"), fixed("990", interval="year")),
        overage_collection=OverageCollection.BILLING_METER,
    )


@pytest.fixture
def agreement(collecting: Collecting, version: PlanVersion, acme: Organization) -> Agreement:
    """Acme's, with 460 credits beyond the 1,000 of its first month."""
    sold = collecting.sell(acme, version)
    use(acme, "evt_1", 1_460, at=SUBSCRIBED + DAY)
    return sold


def renew(collecting: Collecting, at: datetime = OCTOBER) -> None:
    """Let a renewal come, and all that follows from it within three hours."""
    collecting.move_to(at + MINUTE)
    collecting.move_to(at + HOUR + MINUTE)
    collecting.sweep()
    collecting.move_to(at + 3 * HOUR)
    collecting.sweep()


def counted(collecting: Collecting, agreement: Agreement) -> Decimal:
    """What Stripe's meter has counted for the customer since the beginning."""
    summaries = ask_for_all(
        "billing.meters.event_summaries.list",
        {
            "customer": collecting.customer_of(agreement),
            "start_time": int(SUBSCRIBED.timestamp()),
            "end_time": int((SUBSCRIBED + 90 * DAY).timestamp()),
        },
        target=StripeMeter.objects.get().stripe_id,
    )
    return sum((Decimal(str(each["aggregated_value"])) for each in summaries), Decimal(0))


def test_the_overage_of_a_month_is_reported_once_and_billed_with_the_renewal(
    collecting: Collecting, agreement: Agreement
) -> None:
    renew(collecting)
    assert counted(collecting, agreement) == 460
    [_, renewal] = collecting.invoices(agreement)
    assert sorted(line.amount for line in renewal.lines) == [69_00, 99_00]
    assert (renewal.status, renewal.total) == ("paid", 168_00)
    assert collecting.lines_of_overage(agreement) == []
    [charge] = SettlementCharge.objects.all()
    assert (charge.method, charge.status) == ("billing_meter", "invoiced")
    assert charge.stripe_invoice_id == renewal.id
    assert reconcile(now=collecting.now) == []


def test_months_that_turn_within_a_minute_are_counted_apart(
    collecting: Collecting, version: PlanVersion, acme: Organization
) -> None:
    """Stripe tells what it has counted by whole minutes only."""
    seconds = timedelta(seconds=30)
    collecting.time.now = SUBSCRIBED + seconds
    agreement = collecting.sell(acme, version)
    for event_id, at, turns_at in (
        ("evt_1", SUBSCRIBED + DAY, OCTOBER),
        ("evt_2", OCTOBER + DAY, NOVEMBER),
    ):
        collecting.move_to(at)
        use(acme, event_id, 1_460, at=at)
        renew(collecting, turns_at + seconds)

    totals = [(invoice.status, invoice.total) for invoice in collecting.invoices(agreement)]
    assert totals == [("paid", 99_00), ("paid", 168_00), ("paid", 168_00)]


def test_usage_within_the_allowance_is_not_reported(
    collecting: Collecting, version: PlanVersion, acme: Organization
) -> None:
    agreement = collecting.sell(acme, version)
    use(acme, "evt_1", 1_000, at=SUBSCRIBED + DAY)
    renew(collecting)
    assert counted(collecting, agreement) == 0
    assert charges() == []


def test_a_month_that_stripe_has_invoiced_already_is_a_finished_line(
    collecting: Collecting, agreement: Agreement
) -> None:
    for at in (OCTOBER + MINUTE, OCTOBER + 2 * HOUR):
        collecting.time.now = at
        collecting.sandbox.run_due()
    collecting.sweep()
    collecting.move_to(OCTOBER + 4 * HOUR)
    assert counted(collecting, agreement) == 0
    [line] = collecting.lines_of_overage(agreement)
    assert (line.status, line.amount) == ("paid", 69_00)
    assert SettlementCharge.objects.get().method == "invoice_item"


def test_the_last_month_of_an_agreement_that_has_ended_is_a_finished_line(
    collecting: Collecting, agreement: Agreement
) -> None:
    collecting.move_to(SUBSCRIBED + 2 * DAY)
    collecting.cancel(agreement)
    cancel_agreement(agreement=agreement, actor=STAFF, reason="asked for", now=collecting.now)
    collecting.move_to(SUBSCRIBED + 2 * DAY + 2 * HOUR)
    collecting.sweep()
    collecting.move_to(SUBSCRIBED + 3 * DAY)
    assert [line.amount for line in collecting.lines_of_overage(agreement)] == [69_00]


def test_a_month_of_a_yearly_agreement_is_reported_while_its_year_is_open(
    collecting: Collecting, version: PlanVersion, acme: Organization
) -> None:
    agreement = collecting.sell(acme, version, interval="year")
    use(acme, "evt_1", 1_460, at=SUBSCRIBED + DAY)
    collecting.move_to(OCTOBER + 2 * HOUR)
    collecting.sweep()
    assert counted(collecting, agreement) == 460
    assert charges() == [("placed", 69_00)]
    assert len(collecting.invoices(agreement)) == 1


def test_a_correction_before_the_invoice_takes_the_report_back_and_reports_what_is_left(
    collecting: Collecting, version: PlanVersion, acme: Organization
) -> None:
    agreement = collecting.sell(acme, version, interval="year")
    use(acme, "evt_1", 1_460, at=SUBSCRIBED + DAY)
    use(acme, "evt_2", 40, at=SUBSCRIBED + DAY)
    collecting.move_to(OCTOBER + 2 * HOUR)
    collecting.sweep()
    assert counted(collecting, agreement) == 500
    reverse_usage(
        organization_id=acme.pk, event_id="evt_2", reason="a mistake", now=OCTOBER + 3 * HOUR
    )
    collecting.move_to(OCTOBER + 3 * HOUR)
    collecting.sweep()
    collecting.sweep()
    assert counted(collecting, agreement) == 460
    assert charges() == [("placed", 75_00), ("placed", -6_00)]


def test_a_correction_of_all_that_was_reported_only_takes_it_back(
    collecting: Collecting, version: PlanVersion, acme: Organization
) -> None:
    agreement = collecting.sell(acme, version, interval="year")
    use(acme, "evt_1", 1_460, at=SUBSCRIBED + DAY)
    collecting.move_to(OCTOBER + 2 * HOUR)
    collecting.sweep()
    reverse_usage(
        organization_id=acme.pk, event_id="evt_1", reason="a mistake", now=OCTOBER + 3 * HOUR
    )
    collecting.move_to(OCTOBER + 3 * HOUR)
    collecting.sweep()
    assert counted(collecting, agreement) == 0
    assert charges() == [("placed", 69_00), ("placed", -69_00)]


def test_a_correction_after_a_day_is_a_line_on_the_next_invoice(
    collecting: Collecting, agreement: Agreement
) -> None:
    acme = agreement.organization
    use(acme, "evt_2", 40, at=SUBSCRIBED + DAY)
    renew(collecting)
    reverse_usage(
        organization_id=acme.pk, event_id="evt_2", reason="a mistake", now=OCTOBER + 2 * DAY
    )
    collecting.move_to(OCTOBER + 2 * DAY)
    collecting.sweep()
    renew(collecting, NOVEMBER)
    assert collecting.lines_of_overage(agreement) == [
        Line("paid", "40 AI credits taken back, 10 Sep \N{EN DASH} 10 Oct 2026", -6_00)
    ]
    assert counted(collecting, agreement) == 500
    assert Invoice.objects.latest("issued_at").total_minor == 93_00
    assert reconcile(now=collecting.now) == []


def test_usage_that_somebody_else_reports_is_a_difference(
    collecting: Collecting, version: PlanVersion, acme: Organization
) -> None:
    agreement = collecting.sell(acme, version, interval="year")
    use(acme, "evt_1", 1_460, at=SUBSCRIBED + DAY)
    collecting.move_to(OCTOBER + 2 * HOUR)
    collecting.sweep()
    collecting.send(
        "billing.meter_events.create",
        {
            "event_name": StripeMeter.objects.get().event_name,
            "payload": {"stripe_customer_id": collecting.customer_of(agreement), "value": "7"},
            "timestamp": int((OCTOBER - DAY).timestamp()),
        },
    )
    [row] = reconcile(now=OCTOBER + DAY)
    assert (row.kind, row.ours, row.theirs) == (
        "reported_usage_differs",
        "460 reported",
        "467 counted",
    )
