"""What staff do to agreements, and see of settlements."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Organization, User
from billing.admin import settlements as settlement_pages
from billing.agreements.operations import cancel_agreement
from billing.models import Agreement, PlanChange, Settlement
from billing.settlements.operations import close_due_periods
from billing.usage.operations import reverse_usage
from tests.factories.accounts import make_person
from tests.factories.agreements import SUBSCRIBED, make_agreement, use
from tests.factories.catalog import STAFF, ArticleCatalog

DAY = timedelta(days=1)
SETTLED = SUBSCRIBED.replace(month=10) + timedelta(hours=1)
DEEDS = [
    "change_plan",
    "fewer_seats",
    "undo_change",
    "cancel",
    "go_on",
    "end_now",
    "past_due",
    "paid",
]


@pytest.fixture
def sam(db: None) -> User:
    """Runs the installation."""
    return make_person("Sam", email="sam@tallybook.example", is_staff=True, is_superuser=True)


@pytest.fixture
def staff(client: Client, sam: User) -> Client:
    """Sam's browser."""
    client.force_login(sam)
    return client


def agreement_page(name: str, agreement: Agreement) -> str:
    return reverse(f"admin:billing_agreement_{name}", args=[agreement.pk])


def shown(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, response
    return response.content.decode()


class TestAgreements:
    def test_staff_move_an_agreement_to_any_plan(
        self, staff: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme)
        url = agreement_page("change_plan", agreement)
        assert url in shown(staff, agreement_page("change", agreement))
        assert "Starter (Current plans)" in shown(staff, url)
        entered = {"plan": catalog.starter.plan.pk, "reason": "Agreed by mail"}
        response = staff.post(url, entered)
        assert response.headers["Location"] == agreement_page("change", agreement)
        change = PlanChange.objects.get()
        assert (change.from_version, change.to_version) == (catalog.professional, catalog.starter)
        entry = AuditEntry.objects.get(action="agreement.plan_changed")
        assert (entry.actor, entry.reason) == ("sam@tallybook.example", "Agreed by mail")
        page = shown(staff, agreement_page("change", agreement))
        assert "Professional v1" in page
        assert "Starter v1" in page

    def test_a_refusal_is_shown_above_the_form(
        self, staff: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme)
        entered = {"plan": catalog.professional.plan.pk, "reason": "Again"}
        response = staff.post(agreement_page("change_plan", agreement), entered)
        assert "The agreement is on Professional already." in response.content.decode()
        assert not PlanChange.objects.exists()

    def test_staff_mark_a_payment_as_overdue_and_as_settled(
        self, staff: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement = make_agreement(acme)
        overdue, paid = (agreement_page(name, agreement) for name in ("past_due", "paid"))
        page = shown(staff, agreement_page("change", agreement))
        assert (overdue in page, paid in page) == (True, False)
        staff.post(overdue, {"reason": "Card declined"})
        assert Agreement.objects.get().status == "past_due"
        page = shown(staff, agreement_page("change", agreement))
        assert (overdue in page, paid in page) == (False, True)
        staff.post(paid, {"reason": "Paid by transfer"})
        assert Agreement.objects.get().status == "active"
        reasons = AuditEntry.objects.filter(action__startswith="agreement.payment")
        assert set(reasons.values_list("reason", flat=True)) == {
            "Card declined",
            "Paid by transfer",
        }

    @pytest.mark.parametrize("deed", DEEDS)
    def test_what_has_ended_is_only_shown(
        self, staff: Client, catalog: ArticleCatalog, acme: Organization, deed: str
    ) -> None:
        agreement = make_agreement(acme)
        cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=SUBSCRIBED + DAY)
        response = staff.get(agreement_page(deed, agreement))
        assert response.headers["Location"] == agreement_page("change", agreement)
        assert agreement_page(deed, agreement) not in shown(
            staff, agreement_page("change", agreement)
        )

    @pytest.mark.parametrize("deed", DEEDS)
    def test_whoever_may_only_look_may_do_nothing(
        self, client: Client, catalog: ArticleCatalog, acme: Organization, deed: str
    ) -> None:
        vera = make_person("Vera", email="vera@tallybook.example", is_staff=True)
        vera.user_permissions.add(Permission.objects.get(codename="view_agreement"))
        client.force_login(vera)
        agreement = make_agreement(acme)
        assert client.post(agreement_page(deed, agreement), {"reason": "x"}).status_code == 403
        assert agreement_page(deed, agreement) not in shown(
            client, agreement_page("change", agreement)
        )


class TestSettlements:
    def change_page(self, settlement: Settlement) -> str:
        return reverse("admin:billing_settlement_change", args=[settlement.pk])

    def test_a_settlement_is_shown_with_the_events_that_it_covers(
        self, staff: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "starter")
        use(acme, "evt_kept", 1_000, at=SUBSCRIBED + DAY)
        use(acme, "evt_gone", 800, at=SUBSCRIBED + DAY)
        close_due_periods(now=SETTLED)
        reverse_usage(organization_id=acme.pk, event_id="evt_gone", reason="", now=SETTLED)
        period, correction = Settlement.objects.order_by("pk")
        listed = shown(staff, reverse("admin:billing_settlement_changelist"))
        assert "$120" in listed
        assert "-$120" in listed
        page = shown(staff, self.change_page(period))
        for text in ("evt_kept", "1,000", "evt_gone", "taken back on"):
            assert text in page
        assert "Further events" not in page
        assert "evt_kept" not in shown(staff, self.change_page(correction))

    def test_many_events_come_in_pages(
        self,
        staff: Client,
        catalog: ArticleCatalog,
        acme: Organization,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(settlement_pages, "EVENTS_ON_A_PAGE", 2)
        make_agreement(acme, "starter")
        for number in range(3):
            use(acme, f"evt_{number}", 1, at=SUBSCRIBED + DAY)
        close_due_periods(now=SETTLED)
        url = self.change_page(Settlement.objects.get())
        assert 'href="?after=evt_1"' in shown(staff, url)
        last = shown(staff, f"{url}?after=evt_1")
        assert "evt_2" in last
        assert "evt_0" not in last
        assert "Further events" not in last

    @pytest.mark.parametrize("after", ["", "no_such_event"])
    def test_a_page_after_no_event_of_the_books_is_the_first(
        self, staff: Client, catalog: ArticleCatalog, acme: Organization, after: str
    ) -> None:
        make_agreement(acme, "starter")
        use(acme, "evt_0", 1, at=SUBSCRIBED + DAY)
        close_due_periods(now=SETTLED)
        url = self.change_page(Settlement.objects.get())
        assert "evt_0" in shown(staff, f"{url}?after={after}")

    def test_nothing_about_it_can_be_changed(
        self, staff: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "starter")
        close_due_periods(now=SETTLED)
        settlement = Settlement.objects.get()
        assert "Nothing was used." in shown(staff, self.change_page(settlement))
        assert staff.post(self.change_page(settlement), {"amount_minor": 1}).status_code == 403
        delete = reverse("admin:billing_settlement_delete", args=[settlement.pk])
        assert staff.post(delete, {"post": "yes"}).status_code == 403
        assert staff.get(reverse("admin:billing_settlement_add")).status_code == 403

    def test_an_unknown_settlement_is_a_missing_page(self, staff: Client, db: None) -> None:
        response = staff.get(reverse("admin:billing_settlement_change", args=[7]))
        assert response.status_code == 302
