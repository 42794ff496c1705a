"""What staff read of guarantees: what was given back, who claimed it, what it may still cost."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import Organization, User
from billing.choices import GuaranteeRule
from billing.models import Guarantee
from billing.repricing.guarantees.operations import begin_guarantee
from billing.repricing.guarantees.queries import list_all_guarantees, sum_promises
from config.kernel.money import Money
from tests.factories.accounts import make_person
from tests.factories.agreements import make_agreement
from tests.factories.catalog import ArticleCatalog
from tests.factories.guarantees import (
    MOVED,
    live_through,
    make_campaign,
    make_guarantee,
    make_legacy_plan,
    make_plain_plan,
    move_by_offer,
)

REPORT = "/admin/reports/guarantees"


@pytest.fixture(autouse=True)
def plans(catalog: ArticleCatalog) -> None:
    make_legacy_plan(catalog)
    make_plain_plan(catalog)


@pytest.fixture
def moved(acme: Organization, globex: Organization) -> None:
    """Acme had two months, one of them $60 dearer; Globex has one, and all count together."""
    make_guarantee(acme, "plain")
    live_through(acme, 210, 100)
    make_guarantee(globex, "plain", rule=GuaranteeRule.CUMULATIVE)
    live_through(globex, 160)


@pytest.fixture
def staff(db: None) -> User:
    person = make_person("Sam", email="sam@tallybook.example")
    person.is_staff = True
    person.save()
    return person


def browser_of(person: User, *permissions: str) -> Client:
    person.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def usd(dollars: int) -> Money:
    return Money(dollars * 100, "USD")


def test_campaigns_are_summed_up_with_who_claimed_and_what_is_to_be_expected(
    moved: None,
) -> None:
    # Acme's four months left at $30 each on average; Globex's five at $10, and $10 so far.
    views = list_all_guarantees()
    assert {view.organization: view.expected for view in views} == {
        "Acme": usd(120),
        "Globex": usd(60),
    }
    [promises] = sum_promises(views)
    assert (promises.customers, promises.open, promises.claimed) == (2, 2, 1)
    assert (promises.credited, promises.expected) == (usd(60), usd(180))


def test_before_the_first_month_the_offer_says_what_to_expect(acme: Organization) -> None:
    figures = {
        "months": [
            {
                "starts_at": "2026-08-10T08:00:00Z",
                "ends_at": "2026-09-10T08:00:00Z",
                "used": {},
                "now_minor": 750_00,
                "then_minor": then,
            }
            for then in (800_00, 700_00)
        ],
        "current": {"worst_minor": 750_00},
        "plans": [],
    }
    agreement = make_agreement(acme, "team_seats", seats=10)
    campaign = make_campaign()
    offer = move_by_offer(agreement, "plain", campaign=campaign, figures=figures)
    begin_guarantee(offer=offer, now=MOVED)
    [view] = list_all_guarantees()
    assert view.expected == usd(150)  # $25 a month on average, six months


def test_the_page_says_all_of_it(moved: None, staff: User) -> None:
    page = browser_of(staff, "view_guarantee").get(REPORT).content.decode()
    assert "50.0\N{NO-BREAK SPACE}%" in page
    for amount in ("$60.00", "$180.00", "$120.00", "$810.00", "$750.00"):
        assert amount in page
    assert "month 1 of 6" in page


def test_the_file_has_every_month_that_was_compared(moved: None, staff: User) -> None:
    answer: Any = browser_of(staff, "view_guarantee").get(f"{REPORT}?format=csv")
    text = b"".join(answer.streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    told = [(row["organization"], row["month"], row["now"], row["credit"]) for row in rows]
    assert sorted(told) == [
        ("Acme", "1", "810.00", "60.00"),
        ("Acme", "2", "700.00", "0.00"),
        ("Globex", "1", "760.00", "0.00"),
    ]


def test_only_those_with_the_permission_see_it(moved: None, staff: User) -> None:
    assert browser_of(staff).get(REPORT).status_code == 403
    assert browser_of(staff).get("/admin/billing/guarantee/").status_code == 403


def test_a_guarantee_is_read_with_its_months_and_never_changed(moved: None, staff: User) -> None:
    browser = browser_of(staff, "view_guarantee", "change_guarantee", "view_guaranteeclaim")
    guarantee = Guarantee.objects.get(organization__name="Acme")
    listed = browser.get("/admin/billing/guarantee/").content.decode()
    assert guarantee.public_id in listed
    address = f"/admin/billing/guarantee/{guarantee.pk}/change/"
    page = browser.get(address).content.decode()
    assert "$810" in page
    assert "$60" in page
    assert browser.post(address, {"months": 1}).status_code == 403


def test_a_rehearsal_by_a_test_clock_owes_nobody_anything(
    acme: Organization, globex: Organization, moved: None
) -> None:
    Organization.objects.filter(pk=globex.pk).update(clock_ahead=timedelta(days=1))
    views = list_all_guarantees()
    assert {view.organization: view.is_rehearsal for view in views} == {
        "Acme": False,
        "Globex": True,
    }
    assert sum(promises.customers for promises in sum_promises(views)) == 1
