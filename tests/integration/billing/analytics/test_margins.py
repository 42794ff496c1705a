"""What serving customers costs, what they pay, and what is left: the article's numbers."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Organization
from billing.analytics.margins import (
    CustomerMargin,
    MarginReport,
    by_action,
    by_plan,
    report_margins,
)
from billing.analytics.windows import Days, months_before, of_days, of_last_months
from billing.models import Agreement
from billing.rating.margins import in_percent
from billing.rating.serving import audit_margins, losses
from billing.usage.operations import reverse_usage
from metering.usage.rollups import fill_rollups
from tests.factories.accounts import make_organization
from tests.factories.agreements import make_agreement, use
from tests.factories.analytics import (
    MID_OCTOBER,
    MID_SEPTEMBER,
    SEPTEMBER,
    make_cost,
    make_customer_of_seats,
    price_documents,
    process,
)
from tests.factories.catalog import ArticleCatalog

pytestmark = pytest.mark.django_db

IN_SEPTEMBER = Days(date(2026, 9, 1), date(2026, 10, 1))


@pytest.fixture(autouse=True)
def documents(catalog: ArticleCatalog) -> None:
    """The article's plan of seats with unlimited documents, at $0.12 each."""
    price_documents(catalog)


def september(*, now: datetime = MID_OCTOBER) -> MarginReport:
    [report] = report_margins(of_days(IN_SEPTEMBER, now=now))
    return report


def figures(row: CustomerMargin) -> tuple[str, str, str, str]:
    """Revenue, cost of AI, and both margins in percent."""
    whole = row.economics
    assert whole.ai_margin is not None and whole.margin is not None
    return (
        f"{whole.revenue:.2f}",
        f"{whole.ai_cost:.2f}",
        str(in_percent(whole.ai_margin)),
        str(in_percent(whole.margin)),
    )


def test_the_three_customers_of_the_article_from_the_books() -> None:
    """The Math That Broke Per-Seat Pricing: A, B and C, by both definitions of the margin."""
    for name, count in (("A", 2_000), ("B", 21_000), ("C", 85_000)):
        make_customer_of_seats(name, count)
    make_cost("100")
    report = september()
    assert [figures(row) for row in report.customers] == [
        ("5000.00", "240.00", "95.2", "93.2"),
        ("5000.00", "2520.00", "49.6", "47.6"),
        ("5000.00", "10200.00", "-104.0", "-106.0"),
    ]
    assert [row.key.name for row in losses(report.ranked())] == ["C"]


def test_other_cost_by_the_seat_is_two_dollars_times_fifty() -> None:
    """The Math That Broke Per-Seat Pricing: "Cost to serve one additional user: about $2/month"."""
    make_customer_of_seats("B", 21_000)
    make_cost("2", basis="seat")
    [row] = september().customers
    assert row.economics.other_cost == 100
    assert figures(row)[3] == "47.6"


def test_the_last_month_of_each_customer_is_its_own(catalog: ArticleCatalog) -> None:
    late = datetime.fromisoformat("2026-09-10T08:00:00+00:00")
    organization = make_customer_of_seats("B", at=late)
    process(organization, 21_000)
    make_cost("100")
    assert report_margins(of_last_months(now=MID_SEPTEMBER))[0].customers == ()
    [report] = report_margins(of_last_months(now=MID_OCTOBER))
    [row] = report.customers
    assert figures(row) == ("5000.00", "2520.00", "49.6", "47.6")


def test_a_month_in_progress_counts_what_has_passed() -> None:
    make_customer_of_seats("A", 2_000)
    make_cost("100")
    [row] = september(now=datetime.fromisoformat("2026-09-16T00:00:00+00:00")).customers
    assert (row.economics.revenue, row.economics.other_cost) == (2500, 50)
    assert row.economics.ai_cost == 240


def test_what_is_not_summed_up_yet_counts_once() -> None:
    organization = make_customer_of_seats("A", 1_500)
    assert september().whole.ai_cost == 180
    fill_rollups(organization_id=organization.pk)
    process(organization, 500, name="late")
    assert september().whole.ai_cost == 240
    reverse_usage(
        organization_id=organization.pk, event_id="late", reason="Twice", now=MID_SEPTEMBER
    )
    assert september().whole.ai_cost == 180
    fill_rollups(organization_id=organization.pk)
    assert september().whole.ai_cost == 180


def test_an_explicit_cost_of_an_event_stands() -> None:
    organization = make_customer_of_seats("A")
    process(organization, 100, cost="33.5")
    assert september().whole.ai_cost == Decimal("33.5")


def test_other_costs_hold_from_a_day_to_a_day() -> None:
    organization = make_customer_of_seats("A", 1)
    make_cost("300", first=date(2026, 9, 16), last=date(2026, 9, 25))
    make_cost("60", organization=organization, name="Its own machine")
    make_cost("999", organization=make_organization("Other"), name="Not its own")
    [row, other] = september().customers
    assert row.economics.other_cost == 100 + 60
    assert other.economics == type(other.economics)(other_cost=Decimal(999))


def test_a_cost_for_everybody_counts_while_there_is_an_agreement() -> None:
    make_organization("Idle")
    make_customer_of_seats("A", at=datetime.fromisoformat("2026-09-16T00:00:00+00:00"))
    make_cost("100")
    [row] = september().customers
    assert (row.name, row.economics.other_cost) == ("A", 50)


def test_plans_and_actions_add_up_to_the_whole(catalog: ArticleCatalog) -> None:
    make_customer_of_seats("A", 2_000)
    make_customer_of_seats("C", 85_000)
    starter = make_organization("Starling")
    make_agreement(starter, "starter", at=SEPTEMBER)
    use(starter, "s-1", 200, at=MID_SEPTEMBER)
    report = september()
    plans = {plan.code: plan for plan in by_plan(report)}
    assert plans["per_seat"].economics.revenue == 10_000
    assert (plans["per_seat"].customer_count, plans["per_seat"].loss_count) == (2, 1)
    assert plans["starter"].economics.revenue == 99
    documents, plain = by_action(report)
    assert (documents.code, documents.quantity) == ("PROCESS_DOCUMENT", 87_000)
    assert (documents.economics.revenue, documents.unit_cost) == (10_000, Decimal("0.12"))
    assert (plain.code, plain.economics.revenue) == ("", 99)
    assert sum(action.economics.revenue for action in by_action(report)) == report.whole.revenue


def test_who_pays_in_another_currency_is_apart() -> None:
    organization = make_organization("Eastgate", currency="USD")
    make_agreement(organization, "starter", at=SEPTEMBER)
    make_customer_of_seats("A", 1_000)
    Organization.objects.filter(pk=organization.pk).update(currency="EUR")
    organization.refresh_from_db()
    Agreement.objects.filter(organization=organization).update(currency="EUR")
    report = september()
    assert [row.name for row in report.customers] == ["A"]
    [row] = report.elsewhere
    assert (row.name, row.currency, row.economics.revenue) == ("Eastgate", "EUR", 0)


def test_a_rehearsed_organization_is_no_customer() -> None:
    organization = make_customer_of_seats("A", 1_000)
    Organization.objects.filter(pk=organization.pk).update(clock_ahead="1 day")
    assert september().customers == ()
    assert report_margins(of_last_months(now=MID_OCTOBER))[0].customers == ()


def test_many_customers_take_no_more_statements() -> None:
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            report_margins(of_days(*months_before(date(2026, 10, 3), count=6), now=MID_OCTOBER))
        return len(seen)

    make_cost("100")
    make_customer_of_seats("A", 2_000)
    before = count()
    for index in range(5):
        make_customer_of_seats(f"More {index}", 1_000 + index)
    assert count() == before


def test_three_unprofitable_customers_of_the_top_are_urgent_and_two_are_not() -> None:
    """Your Next Steps: from the books, with sixteen who are well and four who are not."""
    for index in range(4):
        make_customer_of_seats(f"Fine {index}", 2_000, seats=51)
    for index in range(2):
        make_customer_of_seats(f"Bad {index}", 85_000)
    assert not audit_margins(september().ranked()).is_urgent
    make_customer_of_seats("Bad 2", 85_000)
    assert audit_margins(september().ranked()).is_urgent
