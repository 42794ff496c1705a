"""The staff's pages of margins: accessible in both themes, at both widths, quiet, and fitting."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import Organization
from billing.agreements.scheduling import schedule_change
from billing.analytics.drift import take_weeks
from billing.models import Agreement
from billing.usage.operations import report_usage
from metering.rate_card.operations import NewRate, create_action, set_rate
from metering.usage.rollups import fill_all_rollups
from tests.factories.accounts import make_organization, make_person
from tests.factories.agreements import make_agreement
from tests.factories.analytics import make_cost, price_documents
from tests.factories.catalog import STAFF, fixed, make_article_catalog, make_plan, make_version
from tests.factories.catalog import metered as metered_terms
from tests.factories.catalog import per_seat as seat_price
from tests.factories.metering import BEGINNING, report
from tests.support.page_faults import list_page_faults
from tests.tenancy.pages import BACKEND

from .conftest import Watch
from .test_pages import OpenBrowser

DAYS = 100
PAGES = (
    "",
    "/customers?order=margin",
    "/plans?span=3m",
    "/actions",
    "/weeks",
    "/seats",
)


@pytest.fixture
def margins(transactional_db: None) -> Organization:
    """The customers of the article and others, three months behind them; returns the worst."""
    now = datetime.now(UTC)
    catalog = make_article_catalog()
    price_documents(catalog)
    make_version(
        make_plan(catalog.legacy, "writer_per_seat", name="Writer per seat"),
        metered_terms(catalog.documents, None),
        prices=(seat_price("50"),),
    )
    make_version(
        make_plan(catalog.current, "europe", name="Europe"),
        metered_terms(catalog.credits, 5_000, overage={"EUR": "0.12"}),
        prices=(fixed("299", currency="EUR"),),
    )
    generate = create_action(
        code="GENERATE_TEXT",
        name="Generate a text",
        name_plural="texts",
        meter=catalog.documents_meter,
        actor=STAFF,
        now=BEGINNING,
    )
    rate = NewRate(
        effective_at=BEGINNING, credits=Decimal(1), cost_components={"Model": Decimal("0.14")}
    )
    set_rate(action=generate, rate=rate, actor=STAFF, now=BEGINNING)
    monthly = (
        ("Alder Accounting", "per_seat", 50, "PROCESS_DOCUMENT", 2_000),
        ("Brightwater Logistics", "per_seat", 50, "PROCESS_DOCUMENT", 21_000),
        ("Cobalt Claims", "per_seat", 50, "PROCESS_DOCUMENT", 85_000),
        ("Marlowe Marketing", "writer_per_seat", 30, "GENERATE_TEXT", 126_000),
        ("Northwind Research", "professional", None, "GENERATE_REPORT", 60),
        ("Juniper Press", "starter", None, "EXTRACT_TEXT", 90),
        ("Starling Studio", "starter", None, "SUMMARIZE_SHORT", 60),
        ("Fernhill Foods", "starter", None, "EXTRACT_TEXT", 120),
        ("Eastgate Group", "europe", None, "EXTRACT_TEXT", 900),
    )
    for index, (name, plan, seats, action, count) in enumerate(monthly):
        currency = "EUR" if plan == "europe" else "USD"
        customer = make_organization(name, currency=currency)
        make_agreement(customer, plan, seats=seats, at=now - timedelta(days=DAYS - index))
        _use(customer, action, count // 30 or 1, now=now)
    fill_all_rollups()
    make_cost("100")
    take_weeks(now=now)
    worst = Organization.objects.get(name="Cobalt Claims")
    agreement = Agreement.objects.owned_by(worst).get()
    schedule_change(
        agreement=agreement,
        to_version=agreement.plan_version,
        interval="month",
        seats=10,
        effective_at=agreement.current_period_end,
        actor=STAFF,
        now=now,
    )
    return worst


def _use(customer: Organization, action: str, daily: int, *, now: datetime) -> None:
    for days in range(88, 0, -4):
        at = now - timedelta(days=days)
        # Some days cost more than the rate card says.
        cost = Decimal(daily * 4) * Decimal("0.17") if days % 12 == 0 else None
        report_usage(
            organization_id=customer.pk,
            reports=[
                report(
                    f"{days}",
                    daily * 4,
                    action=action,
                    at=at,
                    member=f"employee-{days % 20}",
                    cost=cost if action == "PROCESS_DOCUMENT" else None,
                )
            ],
            api_key_id=None,
            received_at=at,
        )


def staff_page(open_browser: OpenBrowser, live_server: LiveServer) -> Page:
    """A browser in which staff are signed in."""
    sam = make_person("Sam", email="sam@tallybook.example", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(sam, backend=BACKEND)
    name = settings.SESSION_COOKIE_NAME
    cookie: Any = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    context = open_browser()
    context.add_cookies([cookie])
    return context.new_page()


def test_pages_of_margins_are_accessible_quiet_and_fit(
    margins: Organization, open_browser: OpenBrowser, complaints: Watch, live_server: LiveServer
) -> None:
    page = staff_page(open_browser, live_server)
    heard = complaints(page)
    addresses = [f"/admin/reports/margins{path}" for path in PAGES]
    addresses.append(f"/admin/reports/margins/customers/{margins.public_id}")
    found = [fault for address in addresses for fault in list_page_faults(page, address)]
    assert not found, "\n".join(found)
    assert heard == []
