"""Staff extend the rate card, and read the books without touching them."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.models import AuditEntry, Organization
from metering.models import Action, ActionRate, Meter
from tests.factories.accounts import make_person
from tests.factories.metering import ANCHOR, record, report, terms

BOOKS = ["ledgertransfer", "usageevent", "creditgrant", "usageperiod"]


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(make_person("Sam", is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize("page", [*BOOKS, "meter", "action", "actionrate"])
def test_each_list_opens(acme: Organization, meter: Meter, staff: Client, page: str) -> None:
    record(acme, report("evt-1", action="EXTRACT_TEXT"), terms=terms(meter), at=ANCHOR)
    answer = staff.get(f"/admin/metering/{page}/")
    assert answer.status_code == 200


@pytest.mark.parametrize("page", BOOKS)
def test_the_books_can_only_be_read(
    acme: Organization, meter: Meter, staff: Client, page: str
) -> None:
    record(acme, report("evt-1"), terms=terms(meter), at=ANCHOR)
    assert staff.get(f"/admin/metering/{page}/add/").status_code == 403
    assert staff.post(f"/admin/metering/{page}/1/delete/").status_code in {302, 403}


def test_a_new_rate_is_stored_with_its_costs_and_an_entry(meter: Meter, staff: Client) -> None:
    action = Action.objects.get(code="GENERATE_REPORT")
    form = {
        "action": action.pk,
        "effective_at_0": "2090-01-01",
        "effective_at_1": "00:00:00",
        "credits": "62",
        "customer_value": "150",
        "value_note": "saves 2 to 3 hours",
        "cost_components-TOTAL_FORMS": "2",
        "cost_components-INITIAL_FORMS": "0",
        "cost_components-0-name": "model",
        "cost_components-0-unit_cost": "1.10",
        "cost_components-1-name": "storage",
        "cost_components-1-unit_cost": "0.05",
    }
    answer = staff.post("/admin/metering/actionrate/add/", form)
    assert answer.status_code == 302, answer.content
    rate = ActionRate.objects.get(effective_at=datetime(2090, 1, 1, tzinfo=UTC))
    assert rate.credits == 62
    assert list(rate.cost_components.order_by("name").values_list("name", flat=True)) == [
        "model",
        "storage",
    ]
    entry = AuditEntry.objects.get(action="action_rate.set", target=action.code, user__isnull=False)
    assert entry.changes["cost"] == "1.15"


def test_a_rate_that_reaches_back_is_refused_beside_its_field(meter: Meter, staff: Client) -> None:
    form = {
        "action": Action.objects.get(code="GENERATE_REPORT").pk,
        "effective_at_0": "2025-01-01",
        "effective_at_1": "00:00:00",
        "credits": "62",
        "cost_components-TOTAL_FORMS": "0",
        "cost_components-INITIAL_FORMS": "0",
    }
    answer = staff.post("/admin/metering/actionrate/add/", form)
    assert "past usage keeps its price" in answer.content.decode()
    assert ActionRate.objects.count() == 3


def test_what_people_read_about_a_meter_can_change_and_is_audited(
    meter: Meter, staff: Client
) -> None:
    form = {"name": "AI credits", "unit": "token", "unit_plural": "tokens"}
    assert staff.post(f"/admin/metering/meter/{meter.pk}/change/", form).status_code == 302
    meter.refresh_from_db()
    assert (meter.code, meter.unit) == ("ai_credits", "token")
    entry = AuditEntry.objects.get(action="meter.updated")
    assert entry.changes == {"unit": ["credit", "token"], "unit_plural": ["credits", "tokens"]}


def test_an_action_keeps_its_code_in_the_admin(meter: Meter, staff: Client) -> None:
    action = Action.objects.get(code="EXTRACT_TEXT")
    form = {"code": "OTHER", "name": "Read text", "name_plural": "texts", "description": ""}
    form |= {"rates-TOTAL_FORMS": "0", "rates-INITIAL_FORMS": "0"}
    assert staff.post(f"/admin/metering/action/{action.pk}/change/", form).status_code == 302
    action.refresh_from_db()
    assert (action.code, action.name) == ("EXTRACT_TEXT", "Read text")
    assert AuditEntry.objects.get(action="action.updated").target == "EXTRACT_TEXT"
