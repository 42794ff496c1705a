"""Every page, by staff on a visit: it is seen or refused, and nothing of the customer changes."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Organization, StaffVisit, User
from accounts.visits.staff import start_staff_visit
from tests.api.conftest import NOW
from tests.factories.accounts import TESTER, make_person

from .cells import fingerprint_of
from .inventory import Operation
from .pages import BACKEND, POLICIES, Page
from .test_pages import PAGES
from .world import CANARY, TwoCustomers, make_two_customers

# What ends the visit, and what never asks who looks.
ENDS_IT = {"portal:end_staff_visit"}


@pytest.mark.django_db(transaction=True)
def test_staff_on_a_visit_change_nothing_anywhere() -> None:
    with time_machine.travel(NOW, tick=False):
        world = make_two_customers()
        staff = make_person("Stella", is_staff=True, is_superuser=True)
        browser = on_a_visit(staff, world.acme.organization)
        before = StaffVisit.objects.values().get()
        findings = [
            finding
            for operation in PAGES
            if operation.name not in ENDS_IT
            for finding in list_findings(operation, browser, world=world)
        ]
        after = StaffVisit.objects.values().get()
    assert not findings, "\n".join(findings)
    assert before == after


def on_a_visit(staff: User, organization: Organization) -> Client:
    """A browser of staff who look at an organization as its owner."""
    visit = start_staff_visit(
        organization=organization,
        user=staff,
        role="owner",
        reason="They asked.",
        actor=TESTER,
        now=NOW,
    )
    browser = Client(raise_request_exception=False)
    browser.force_login(staff, backend=BACKEND)
    session = browser.session
    session["staff_visit"] = visit.public_id
    session.save()
    return browser


def list_findings(operation: Operation, browser: Client, *, world: TwoCustomers) -> Iterator[str]:
    """Ask, and yield what is wrong with the answer or with the customers afterwards."""
    page = POLICIES[operation.short_name]
    customers = (world.acme.organization, world.crane.organization)
    before = [fingerprint_of(organization.pk) for organization in customers]
    response = ask(operation, page, browser, world=world)
    if operation.method == "POST" and response.status_code != 403:
        yield f"{operation}: {response.status_code} instead of a refusal"
    if response.status_code not in {200, 302, 403, 404, 410}:
        yield f"{operation}: {response.status_code}"
    if CANARY.encode() in response.content:
        yield f"{operation} told of Crane"
    if [fingerprint_of(organization.pk) for organization in customers] != before:
        yield f"{operation} changed something"


def ask(operation: Operation, page: Page, browser: Client, *, world: TwoCustomers) -> Any:
    """Ask for a page of Acme's."""
    ids = world.acme.ids
    in_address = {name: ids[name] for name in page.ids if f":{name}>" in operation.route}
    address = reverse(operation.name, kwargs={**in_address, **page.others})
    if operation.method == "POST":
        return browser.post(address, dict(page.form(ids)))
    return browser.get(address + page.query)
