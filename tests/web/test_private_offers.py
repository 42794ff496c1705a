"""What a customer alone is offered, and legacy plans that are left knowingly, on the pages."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.choices import Role
from accounts.models import AuditEntry, Organization, User
from billing.catalog.operations import PlanDetails, PlanGroupDetails, update_plan, update_plan_group
from billing.choices import Visibility
from billing.legacy.offers import OfferOrder, make_private_offer
from billing.models import Agreement, PrivateOffer, ScheduledChange
from tests.factories.accounts import make_member, make_person
from tests.factories.agreements import make_agreement
from tests.factories.catalog import STAFF, ArticleCatalog
from tests.support.statements import at_most

from .buying import hidden
from .conftest import NOW, SignIn
from .reading import part_of, text_of

CONSENT = "I know that I cannot choose this plan again."
EXPIRES = NOW + timedelta(days=14)


@pytest.fixture
def alices(alice: User, acme: Organization, sign_in: SignIn) -> Client:
    """Alice's browser."""
    return sign_in(alice)


def offer(organization: Organization, plan: str = "per_seat", **order: Any) -> PrivateOffer:
    terms = {"expires_at": EXPIRES} | order
    return make_private_offer(
        organization=organization, order=OfferOrder(plan, **terms), actor=STAFF, now=NOW
    )


class TestOffered:
    def test_the_plan_page_shows_it_with_price_message_and_end(
        self, alices: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "starter")
        offer(acme, seats=10, message="Welcome back to the old terms.")
        shown = part_of(alices.get("/plan/"), "offered-title")
        assert shown.startswith(
            "Offered to you Per seat Welcome back to the old terms. $1,000.00 a month"
        )
        assert "Only for you, until 4 Oct 2026, 12:00 UTC." in shown
        assert shown.endswith("Take Per seat You see the amount first")

    def test_it_leads_to_the_normal_change(
        self, alices: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "starter")
        offer(acme, seats=10)
        page = alices.get("/plan/").content.decode()
        assert "/plan/change/?plan=per_seat&amp;interval=month&amp;seats=10" in page
        address = "/plan/change/?plan=per_seat&interval=month&seats=10"
        assert "Change to Per seat" in text_of(alices.get(address))
        made = alices.post("/plan/change/", hidden(alices, address))
        assert made.status_code == 302
        agreement = Agreement.objects.get()
        assert (agreement.plan_version, agreement.seats) == (catalog.per_seat, 10)
        assert PrivateOffer.objects.get().status == "accepted"

    def test_an_organization_without_a_plan_is_led_to_the_checkout(
        self, alices: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        offer(acme, seats=10)
        page = alices.get("/plan/")
        assert "Take Per seat" in part_of(page, "offered-title")
        assert "/plan/start/?plan=per_seat&amp;interval=month&amp;seats=10" in page.content.decode()
        start = alices.get("/plan/start/?plan=per_seat&interval=month&seats=10")
        assert "Per seat" in text_of(start)
        entered = {"plan": "per_seat", "interval": "month", "seats": "10"}
        assert alices.post("/plan/start/", entered).status_code == 302
        assert Agreement.objects.get().seats == 10

    def test_other_seats_than_offered_are_refused_in_words(
        self, alices: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        offer(acme, seats=10)
        entered = {"plan": "per_seat", "interval": "month", "seats": "3"}
        shown = text_of(alices.post("/plan/start/", entered))
        assert "The offer is for this number of seats: 10." in shown
        assert not Agreement.objects.exists()

    def test_a_member_sees_no_button(
        self, catalog: ArticleCatalog, acme: Organization, sign_in: SignIn
    ) -> None:
        make_agreement(acme, "starter")
        offer(acme)
        reader = make_person("Dora")
        make_member(acme, reader, Role.BILLING)
        assert "Take Per seat" in part_of(sign_in(reader).get("/plan/"), "offered-title")
        admin = make_person("Erik")
        make_member(acme, admin, Role.DEVELOPER)
        assert sign_in(admin).get("/plan/").status_code in {200, 403}

    def test_it_costs_few_statements(
        self, alices: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "starter")
        alices.get("/plan/")
        with at_most(12):
            alices.get("/plan/")


class TestLeaving:
    def test_a_change_asks_for_consent_and_is_not_made_without(
        self, alices: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "per_seat", seats=10)
        address = "/plan/change/?plan=starter"
        preview = alices.get(address)
        assert "Per seat is not sold any more: once you have left it" in text_of(preview)
        assert CONSENT in text_of(preview)
        refused = alices.post("/plan/change/", hidden(alices, address))
        assert refused.status_code == 200
        assert "there is no way back. Confirm that you know." in refused.content.decode()
        assert not ScheduledChange.objects.exists()

        consented = hidden(alices, address) | {"leaves_legacy_plan": "on"}
        assert alices.post("/plan/change/", consented).status_code == 302
        assert ScheduledChange.objects.get().to_version == catalog.starter
        told = AuditEntry.objects.get(action="agreement.legacy_plan_given_up")
        assert told.organization == acme

    def test_an_end_asks_for_consent_and_is_not_made_without(
        self, alices: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "per_seat", seats=10)
        page = alices.get("/plan/cancel/")
        assert CONSENT in text_of(page)
        refused = alices.post("/plan/cancel/", {"comment": ""})
        assert "there is no way back. Confirm that you know." in text_of(refused)
        assert Agreement.objects.get().cancel_at is None
        alices.post("/plan/cancel/", {"comment": "", "leaves_legacy_plan": "on"})
        assert Agreement.objects.get().cancel_at is not None

    def test_who_leaves_a_plan_on_sale_is_not_asked(
        self, alices: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "starter")
        for address in ("/plan/change/?plan=professional", "/plan/cancel/"):
            assert CONSENT not in text_of(alices.get(address))


class TestGroups:
    def test_customers_are_told_until_when_their_plan_goes_on(
        self, alices: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        details = PlanGroupDetails(
            "legacy",
            "Legacy plans",
            visibility=Visibility.LEGACY,
            grandfathered_until=NOW.date() + timedelta(days=365),
        )
        update_plan_group(group=catalog.legacy, details=details, actor=STAFF, now=NOW)
        make_agreement(acme, "per_seat")
        assert (
            "The plan is no longer sold. Yours goes on as it is, at your price. "
            "At least until 20 Sep 2027. Once you have left it, you cannot choose it again."
        ) in text_of(alices.get("/plan/"))

    def test_plans_for_new_customers_are_not_shown_to_others(
        self, alices: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        details = PlanGroupDetails(
            "current", "Current plans", is_default=True, for_new_customers_only=True
        )
        update_plan_group(group=catalog.current, details=details, actor=STAFF, now=NOW)
        assert "Starter" in text_of(alices.get("/plan/start/"))
        make_agreement(acme, "per_seat")
        assert "Other plans" not in text_of(alices.get("/plan/"))
        asked = alices.get("/plan/change/?plan=starter", follow=True)
        assert "This plan is for new customers." in asked.content.decode()

    def test_a_plan_that_became_legacy_is_left_knowingly_too(
        self, alices: Client, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "starter")
        starter = catalog.starter.plan
        details = PlanDetails(code="starter", name="Starter", group=catalog.legacy)
        update_plan(plan=starter, details=details, actor=STAFF, now=NOW)
        assert CONSENT in text_of(alices.get("/plan/change/?plan=professional"))
