"""What staff see of plan groups, and do about offers and customers who leave a legacy plan."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import Organization, User
from billing.models import Agreement, PlanGroup, PrivateOffer
from metering.usage.rollups import fill_all_rollups
from tests.factories.accounts import make_person
from tests.factories.agreements import SUBSCRIBED, make_agreement, use
from tests.factories.catalog import ArticleCatalog

REPORT = "/admin/reports/plan-groups"
NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    """Sam's browser."""
    sam = make_person("Sam", email="sam@tallybook.example", is_staff=True, is_superuser=True)
    client.force_login(sam)
    return client


def page(name: str, *args: object) -> str:
    return reverse(f"admin:billing_{name}", args=args)


def entered(organization: Organization, catalog: ArticleCatalog, **more: str) -> dict[str, object]:
    """An offer as a browser sends it."""
    return {
        "organization": organization.pk,
        "plan": catalog.per_seat.plan.pk,
        "interval": "",
        "seats": "10",
        "expires_at_0": "2026-12-01",
        "expires_at_1": "23:59:00",
        "message": "Welcome back.",
    } | more


@pytest.fixture(autouse=True)
def _today() -> object:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


class TestOffers:
    def test_staff_offer_a_plan_and_take_it_back(
        self, staff: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        answer = staff.post(page("privateoffer_add"), entered(acme, catalog), follow=True)
        assert "Acme now sees Per seat on its plan page." in answer.content.decode()
        made = PrivateOffer.objects.get()
        assert (made.seats, made.interval, made.message) == (10, "", "Welcome back.")
        assert made.expires_at == datetime(2026, 12, 1, 23, 59, tzinfo=UTC)
        withdraw = page("privateoffer_withdraw", made.pk)
        assert withdraw in staff.get(page("privateoffer_change", made.pk)).content.decode()
        staff.post(withdraw, {"reason": "A mistake"})
        assert PrivateOffer.objects.get().status == "withdrawn"
        assert withdraw not in staff.get(page("privateoffer_change", made.pk)).content.decode()

    def test_a_refusal_is_shown_above_the_form(
        self, staff: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        wrong = entered(acme, catalog, plan=str(catalog.starter.plan.pk))
        answer = staff.post(page("privateoffer_add"), wrong)
        assert "can choose it without an offer" in answer.content.decode()
        assert not PrivateOffer.objects.exists()

    def test_the_page_of_an_agreement_leads_there_with_the_customer_filled_in(
        self, staff: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme, "starter")
        address = f"{page('privateoffer_add')}?organization={acme.pk}"
        assert address in staff.get(page("agreement_change", agreement.pk)).content.decode()
        assert f'<option value="{acme.pk}" selected>' in staff.get(address).content.decode()

    def test_an_offer_that_nobody_can_take_any_more_has_expired(
        self, staff: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        staff.post(page("privateoffer_add"), entered(acme, catalog))
        with time_machine.travel(datetime(2026, 12, 2, tzinfo=UTC), tick=False):
            staff.force_login(User.objects.get(email="sam@tallybook.example"))
            assert "Expired" in staff.get(page("privateoffer_changelist")).content.decode()

    def test_whoever_may_only_look_may_do_nothing(
        self, client: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        reader = make_person("Rita", is_staff=True)
        reader.user_permissions.add(Permission.objects.get(codename="view_privateoffer"))
        client.force_login(reader)
        assert client.get(page("privateoffer_changelist")).status_code == 200
        assert client.post(page("privateoffer_add"), entered(acme, catalog)).status_code == 403
        assert client.get(REPORT).status_code == 403


class TestLeaving:
    @pytest.mark.parametrize("deed", ["change_plan", "cancel", "end_now"])
    def test_staff_say_that_the_customer_knows(
        self, staff: Client, catalog: ArticleCatalog, acme: Organization, deed: str
    ) -> None:
        agreement = make_agreement(acme, "per_seat")
        address = page(f"agreement_{deed}", agreement.pk)
        asked = "The customer knows that there is no way back to a legacy plan"
        assert asked in staff.get(address).content.decode()
        sent = {"reason": "Asked for it", "plan": catalog.starter.plan.pk, "feedback": ""}
        refused = staff.post(address, sent)
        assert "there is no way back. Confirm that you know." in refused.content.decode()
        before = Agreement.objects.values().get()
        assert staff.post(address, sent | {"leaves_legacy_plan": "on"}).status_code == 302
        assert Agreement.objects.values().get() != before

    def test_nobody_is_asked_about_a_plan_on_sale(
        self, staff: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme, "starter")
        address = page("agreement_cancel", agreement.pk)
        assert "leaves_legacy_plan" not in staff.get(address).content.decode()


class TestGroups:
    @pytest.fixture
    def sold(self, catalog: ArticleCatalog, acme: Organization, globex: Organization) -> None:
        """Acme has ten seats of old for $1,000 and processed 1,800 documents; Globex is new."""
        make_agreement(acme, "per_seat", seats=10)
        make_agreement(globex, "starter", interval="year")
        use(acme, "event-1", 1_800, at=SUBSCRIBED + timedelta(days=1), meter="documents")
        fill_all_rollups()

    def test_customers_revenue_and_usage_are_on_one_page(self, staff: Client, sold: None) -> None:
        shown = staff.get(REPORT).content.decode()
        assert "Legacy since 1 Jan 2026, for 9 months." in shown
        for figure in ("$1,000.00", "$82.50", "1,800 documents", "Used in September 2026"):
            assert figure in shown, figure

    def test_the_file_has_a_line_for_each_plan(self, staff: Client, sold: None) -> None:
        answer = staff.get(REPORT, {"format": "csv"})
        text = b"".join(answer).decode("utf-8-sig")
        header, *lines = csv.reader(StringIO(text))
        assert header[4:] == [
            "Plan",
            "Code",
            "Customers",
            "Going to end",
            "A month, USD",
            "Used last month, Documents",
        ]
        assert lines[0][:2] == ["Legacy plans", "Legacy: hidden but honoured"]
        assert lines[0][2:] == [
            "2026-01-01",
            "",
            "Per seat",
            "per_seat",
            "1",
            "0",
            "1000.00",
            "1800.000000",
        ]
        assert lines[1][4:] == ["Starter", "starter", "1", "0", "82.50", "0"]
        assert len(lines) == 4

    def test_staff_are_told_when_a_campaign_is_due(
        self, staff: Client, sold: None, catalog: ArticleCatalog
    ) -> None:
        sent = {
            "code": "legacy",
            "name": "Legacy plans",
            "audience": "organizations",
            "visibility": "legacy",
            "grandfathered_until": "2027-01-01",
        }
        listed = page("plangroup_changelist")
        assert "a repricing campaign is due" not in staff.get(listed).content.decode()
        answer = staff.post(page("plangroup_change", catalog.legacy.pk), sent)
        assert answer.status_code == 302
        for address in (listed, REPORT):
            assert (
                "Legacy plans: a repricing campaign is due" in staff.get(address).content.decode()
            )

    def test_a_day_that_is_too_soon_is_refused_in_the_form(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        sent = {
            "code": "legacy",
            "name": "Legacy plans",
            "audience": "organizations",
            "visibility": "legacy",
            "grandfathered_until": "2026-12-31",
            "for_new_customers_only": "",
        }
        answer = staff.post(page("plangroup_change", catalog.legacy.pk), sent)
        assert "Customers of a legacy plan stay until a day from" in answer.content.decode()
        assert PlanGroup.objects.get(code="legacy").grandfathered_until is None

    def test_a_legacy_group_for_new_customers_is_refused_in_words(
        self, staff: Client, catalog: ArticleCatalog
    ) -> None:
        sent = {
            "code": "legacy",
            "name": "Legacy plans",
            "audience": "organizations",
            "visibility": "legacy",
            "for_new_customers_only": "on",
        }
        shown = staff.post(page("plangroup_change", catalog.legacy.pk), sent).content.decode()
        assert "so not for new customers only" in shown
        assert "is violated" not in shown
