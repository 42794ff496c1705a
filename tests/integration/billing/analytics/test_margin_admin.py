"""Staff's pages of margins: who sees them, what they say, and that nobody else learns of it."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from billing.agreements.scheduling import schedule_change
from billing.analytics.contraction import (
    find_contraction,
    list_idle_seats,
    list_scheduled_contractions,
)
from billing.models import Agreement, CustomerCost
from metering.usage.rollups import fill_all_rollups
from tests.factories.accounts import make_person
from tests.factories.analytics import (
    MID_OCTOBER,
    MID_SEPTEMBER,
    make_cost,
    make_customer_of_seats,
    price_documents,
    process,
)
from tests.factories.catalog import STAFF, ArticleCatalog

pytestmark = pytest.mark.django_db

PAGES = ("", "_customers", "_plans", "_actions", "_weeks", "_seats")
NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture(autouse=True)
def documents(catalog: ArticleCatalog) -> None:
    price_documents(catalog)


@pytest.fixture
def sam(db: None) -> User:
    """Works for the company, and may read margins."""
    sam = make_person("Sam", email="sam@tallybook.example", is_staff=True)
    sam.user_permissions.set(
        Permission.objects.filter(
            codename__in=["view_customercost", "add_customercost", "change_customercost"]
        )
    )
    return sam


@pytest.fixture
def staff(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


def page(client: Client, name: str = "", **query: str) -> str:
    with time_machine.travel(MID_OCTOBER, tick=False):
        response = client.get(reverse(f"admin:report_margins{name}"), query)
    assert response.status_code == 200, response
    return response.content.decode().replace(NBSP, " ")


def table(client: Client, name: str, **query: str) -> list[dict[str, str]]:
    with time_machine.travel(MID_OCTOBER, tick=False):
        response = client.get(reverse(f"admin:report_margins{name}"), {"format": "csv", **query})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(StringIO(b"".join(response).decode())))


def test_both_margins_stand_side_by_side(staff: Client) -> None:
    """The Math That Broke Per-Seat Pricing: customer C."""
    make_customer_of_seats("Cobalt", 85_000)
    make_cost("100")
    shown = page(staff)
    for words in ("Cobalt", "$5,000.00", "$10,200.00", "-$5,300.00", "-104.0 %", "-106.0 %"):
        assert words in shown
    assert "Worth a look" in shown


def test_three_of_the_largest_below_forty_percent_are_urgent(staff: Client) -> None:
    for name in "ABC":
        make_customer_of_seats(name, 85_000)
    shown = page(staff)
    assert "Urgent" in shown
    assert "3 of the 3 customers" in shown


def test_an_installation_without_customers_has_calm_pages(staff: Client) -> None:
    for name in PAGES:
        page(staff, name)
    assert "No revenue in this span" in page(staff)


def test_every_page_takes_every_span(staff: Client) -> None:
    make_customer_of_seats("A", 2_000)
    for span in ("last", "2026-10", "2026-09", "3m", "12m"):
        for name in PAGES[:4]:
            page(staff, name, span=span)
    assert "A" in page(staff, "_customers", order="margin")


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("", {"span": "2019-01"}),
        ("", {"span": "'; DROP TABLE"}),
        ("_customers", {"order": "mood"}),
    ],
)
def test_a_span_or_an_order_that_there_is_not_is_a_missing_page(
    staff: Client, name: str, query: dict[str, str]
) -> None:
    assert staff.get(reverse(f"admin:report_margins{name}"), query).status_code == 404


def test_a_customer_that_cannot_be_called_so_is_a_missing_page(staff: Client) -> None:
    assert staff.get("/admin/reports/margins/customers/%00").status_code == 404


def test_parts_are_those_of_the_actions_beside_them(staff: Client) -> None:
    make_customer_of_seats("Eastgate", 500)
    Agreement.objects.update(currency="EUR")
    make_customer_of_seats("A", 1_000)
    with time_machine.travel(MID_OCTOBER, tick=False):
        answer = staff.get(reverse("admin:report_margins_actions"))
    actions, parts = answer.context["rows"], answer.context["parts"]
    assert sum(part.cost for part in parts) == sum(row.economics.ai_cost for row in actions) == 120


def test_usage_of_who_pays_in_another_currency_is_not_called_nothing(staff: Client) -> None:
    eastgate = make_customer_of_seats("Eastgate", 500)
    Agreement.objects.update(currency="EUR")
    address = reverse("admin:report_margins_customer", args=[eastgate.public_id])
    with time_machine.travel(MID_OCTOBER, tick=False):
        shown = staff.get(address).content.decode()
    assert "Nothing was used" not in shown and "in another currency" in shown


def test_a_customer_is_shown_month_by_month_with_the_parts_of_its_cost(staff: Client) -> None:
    organization = make_customer_of_seats("Brightwater", 21_000)
    with time_machine.travel(MID_OCTOBER, tick=False):
        url = reverse("admin:report_margins_customer", args=[organization.public_id])
        shown = staff.get(url).content.decode().replace(NBSP, " ")
        assert staff.get(reverse("admin:report_margins_customer", args=["x"])).status_code == 404
    # Half of $2,520 is the first call: $0.06 of $0.12.
    for words in ("September 2026", "$2,520.00", "GPT-4 call", "$1,260.00", "50.0 %", "$0.12"):
        assert words in shown


def test_tables_open_in_spreadsheets_and_run_nothing(staff: Client) -> None:
    make_customer_of_seats("=HYPERLINK(1)", 85_000)
    make_cost("100")
    [row] = table(staff, "_customers")
    assert row["Customer"] == "'=HYPERLINK(1)"
    assert (row["Revenue"], row["Cost of AI in USD"], row["Left in USD"]) == (
        "5000.00",
        "10200.00",
        "-5300.00",
    )
    assert (row["Margin after AI (percent)"], row["Gross margin (percent)"]) == ("-104.0", "-106.0")
    [plan] = table(staff, "_plans", span="2026-09")
    assert (plan["Plan"], plan["At a loss"]) == ("Per seat", "1")
    [action] = table(staff, "_actions", span="2026-09")
    assert (action["Action"], action["Quantity"]) == ("PROCESS_DOCUMENT", "85000")
    assert table(staff, "_weeks") == []


@pytest.mark.parametrize("name", PAGES)
def test_nobody_reads_margins_without_the_permission(client: Client, sam: User, name: str) -> None:
    sam.user_permissions.clear()
    client.force_login(sam)
    assert client.get(reverse(f"admin:report_margins{name}")).status_code == 403
    client.logout()
    assert client.get(reverse(f"admin:report_margins{name}")).status_code == 302


def test_staff_say_what_serving_costs_and_change_it(staff: Client, sam: User) -> None:
    add = reverse("admin:billing_customercost_add")
    form = {
        "name": "Hosting",
        "organization": "",
        "basis": "seat",
        "monthly_cost": "2",
        "first_date": "2026-01-01",
        "last_date": "",
    }
    assert staff.post(add, form).status_code == 302
    cost = CustomerCost.objects.get()
    assert (cost.name, cost.monthly_cost, cost.organization) == ("Hosting", 2, None)
    change = reverse("admin:billing_customercost_change", args=[cost.pk])
    assert staff.post(change, {**form, "last_date": "2026-12-31"}).status_code == 302
    entries = AuditEntry.objects.filter(target=cost.public_id).order_by("pk")
    assert [entry.action for entry in entries] == ["customer_cost.added", "customer_cost.changed"]
    assert entries[1].changes == {"last_date": [None, "2026-12-31"]}
    assert {entry.actor for entry in entries} == {"sam@tallybook.example"}


def test_a_cost_that_ends_before_it_begins_is_refused(staff: Client) -> None:
    form = {
        "name": "Hosting",
        "basis": "organization",
        "monthly_cost": "2",
        "first_date": "2026-02-01",
        "last_date": "2026-01-31",
    }
    staff.post(reverse("admin:billing_customercost_add"), form)
    assert not CustomerCost.objects.exists()


def test_customers_never_read_what_serving_them_costs() -> None:
    organization = make_customer_of_seats("A")
    make_cost("60", organization=organization)
    assert not AuditEntry.objects.filter(
        organization=organization, action__startswith="customer_cost"
    ).exists()


def fewer_seats(name: str, *, seats: int = 10) -> Agreement:
    """A customer with 50 seats at $100 who goes down, and uses half as much again."""
    organization = make_customer_of_seats(name)
    process(organization, 200, at=MID_SEPTEMBER - timedelta(days=3))
    process(organization, 300, at=MID_OCTOBER - timedelta(days=1))
    agreement = Agreement.objects.get(organization=organization)
    schedule_change(
        agreement=agreement,
        to_version=agreement.plan_version,
        interval="month",
        seats=seats,
        effective_at=MID_OCTOBER + timedelta(days=17),
        actor=STAFF,
        now=MID_OCTOBER,
    )
    return agreement


def test_fifty_seats_that_become_ten_are_announced_with_what_they_take_along() -> None:
    """The article's first lines: $5,000 to $1,000, while use grows."""
    agreement = fewer_seats("Acme")
    [found] = list_scheduled_contractions(now=MID_OCTOBER)
    figures = found.figures
    assert (figures.seats_before, figures.seats_after) == (50, 10)
    assert (figures.change, figures.change_share) == (-4_000, figures.change / 5_000)
    assert str(figures.usage_trend) == "0.5"
    assert figures.is_replaced_by_use
    assert find_contraction(agreement=agreement, now=MID_OCTOBER) == found


def test_staff_are_told_on_the_report_and_on_the_agreement(
    client: Client, catalog: ArticleCatalog
) -> None:
    agreement = fewer_seats("Acme")
    client.force_login(make_person("Root", is_staff=True, is_superuser=True))
    shown = page(client, "_seats")
    for words in ("-$4,000.00", "-80.0 %", "50.0 %", "not less than before"):
        assert words in shown
    with time_machine.travel(MID_OCTOBER, tick=False):
        url = reverse("admin:billing_agreement_change", args=[agreement.pk])
        shown = client.get(url).content.decode()
    assert "50 seats to 10: -$4,000 a month (-80.0 %)." in shown


def test_seats_that_nobody_uses_are_seen_before_they_go() -> None:
    organization = make_customer_of_seats("Acme")
    process(organization, 10, at=MID_SEPTEMBER - timedelta(days=10), member="u_3", name="3")
    process(organization, 10, at=MID_OCTOBER - timedelta(days=2), member="u_1", name="1")
    process(organization, 10, at=MID_OCTOBER - timedelta(days=1), member="u_2", name="2")
    silent = make_customer_of_seats("Silent")
    process(silent, 10, at=MID_OCTOBER - timedelta(days=1))
    fill_all_rollups()
    [found] = list_idle_seats(now=MID_OCTOBER)
    assert (found.name, found.effective_at) == ("Acme", None)
    assert (found.figures.seats_before, found.figures.seats_after) == (50, 2)
    assert found.figures.change == -4_800


def test_seats_that_are_given_up_already_are_no_idle_ones() -> None:
    """Two people: to keep ten seats leaves idle ones, to keep two leaves none."""
    staying, leaving = fewer_seats("Acme", seats=10), fewer_seats("Bolt", seats=2)
    for agreement in (staying, leaving):
        for member in ("u_1", "u_2"):
            at = MID_OCTOBER - timedelta(hours=6)
            process(agreement.organization, 10, at=at, member=member, name=f"by {member}")
    fill_all_rollups()
    [found] = list_idle_seats(now=MID_OCTOBER)
    assert (found.name, found.figures.seats_after) == ("Acme", 2)
