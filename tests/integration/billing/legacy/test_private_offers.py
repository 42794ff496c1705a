"""A plan that is offered to one customer: who may choose it, on which terms, and until when."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.audit.actor import Actor
from accounts.models import AuditEntry, Organization, User
from accounts.organizations.operations import close_organization
from billing.agreements.changes import change_plan
from billing.agreements.errors import NotEnoughSeats, OrganizationClosed, PriceNotOffered, SamePlan
from billing.agreements.operations import create_agreement
from billing.agreements.scheduling import schedule_change, undo_scheduled_change
from billing.catalog.choosing import OfferedOtherwise, choose_plan, list_offered_plans
from billing.catalog.queries import PlanNotOffered
from billing.choices import PrivateOfferStatus
from billing.legacy.offers import (
    OfferEnded,
    OfferOrder,
    OfferTaken,
    let_offers_lapse,
    make_private_offer,
    withdraw_private_offer,
)
from billing.models import PlanVersion, PrivateOffer
from config.kernel.errors import Invalid
from tests.factories.accounts import make_member, make_person
from tests.factories.agreements import SUBSCRIBED, make_agreement
from tests.factories.catalog import STAFF, ArticleCatalog

NOW = SUBSCRIBED
EXPIRES = NOW + timedelta(days=14)
DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)


def offer(organization: Organization, plan: str = "per_seat", **order: Any) -> PrivateOffer:
    terms = {"expires_at": EXPIRES} | order
    return make_private_offer(
        organization=organization, order=OfferOrder(plan, **terms), actor=STAFF, now=NOW
    )


def status_of(made: PrivateOffer) -> str:
    return PrivateOffer.objects.get(pk=made.pk).status


class TestChoosing:
    def test_whoever_is_offered_a_legacy_plan_may_choose_it_and_nobody_else(
        self, catalog: ArticleCatalog, acme: Organization, globex: Organization
    ) -> None:
        made = offer(acme)
        chosen = choose_plan(organization=acme, live=None, plan_code="per_seat", at=NOW)
        assert (chosen.version, chosen.offer) == (catalog.per_seat, made)
        with pytest.raises(PlanNotOffered):
            choose_plan(organization=globex, live=None, plan_code="per_seat", at=NOW)
        assert [each.offer for each in list_offered_plans(organization=acme, at=NOW)] == [made]
        assert list_offered_plans(organization=globex, at=NOW) == []

    def test_it_stands_until_just_before_it_expires(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        offer(acme)
        choose_plan(organization=acme, live=None, plan_code="per_seat", at=EXPIRES - MOMENT)
        with pytest.raises(PlanNotOffered):
            choose_plan(organization=acme, live=None, plan_code="per_seat", at=EXPIRES)
        assert list_offered_plans(organization=acme, at=EXPIRES) == []

    def test_an_agreement_accepts_it(
        self, catalog: ArticleCatalog, acme: Organization, alice: User
    ) -> None:
        made = offer(acme)
        agreement = create_agreement(
            organization=acme,
            plan_code="per_seat",
            interval="month",
            actor=Actor.for_user(alice),
            now=NOW,
        )
        stored = PrivateOffer.objects.get(pk=made.pk)
        assert (stored.status, stored.agreement, stored.ended_at) == ("accepted", agreement, NOW)
        told = AuditEntry.objects.get(action="private_offer.accepted")
        assert (told.actor, told.organization) == (alice.email, acme)

    def test_a_change_at_once_accepts_it(self, catalog: ArticleCatalog, acme: Organization) -> None:
        agreement = make_agreement(acme, "starter")
        made = offer(acme, "enterprise")
        change_plan(agreement=agreement, plan_code="enterprise", actor=STAFF, now=NOW + DAY)
        assert status_of(made) == PrivateOfferStatus.ACCEPTED

    def test_what_it_is_for_is_so_unless_something_else_is_asked_for(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        offer(acme, interval="month", seats=10)
        choice = choose_plan(organization=acme, live=None, plan_code="per_seat", at=NOW)
        assert (choice.interval(None), choice.seats(None)) == ("month", 10)
        assert (choice.interval("month"), choice.seats(10)) == ("month", 10)
        with pytest.raises(OfferedOtherwise):
            choice.interval("year")
        with pytest.raises(OfferedOtherwise):
            choice.seats(9)

    def test_an_agreement_has_the_seats_of_the_offer(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        offer(acme, seats=10)
        agreement = create_agreement(
            organization=acme, plan_code="per_seat", interval="month", actor=STAFF, now=NOW
        )
        assert agreement.seats == 10


class TestMaking:
    def test_it_is_told_in_the_audit_log(self, catalog: ArticleCatalog, acme: Organization) -> None:
        made = offer(acme, seats=10, message="Welcome back.")
        told = AuditEntry.objects.get(action="private_offer.made")
        assert (told.target, told.actor) == (made.public_id, STAFF.label)
        assert told.changes == {
            "plan": [None, "per_seat"],
            "interval": [None, None],
            "seats": [None, 10],
            "expires_at": [None, "2026-09-24T08:00:00+00:00"],
        }

    def test_a_newer_offer_of_a_plan_takes_the_place_of_the_older_one(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        first, second = offer(acme, seats=10), offer(acme, seats=20)
        assert (status_of(first), status_of(second)) == ("withdrawn", "open")

    @pytest.mark.parametrize(
        ("order", "refusal"),
        [
            ({"plan": "nothing"}, PlanNotOffered),
            ({"plan": "starter"}, Invalid),
            ({"interval": "year"}, PriceNotOffered),
            ({"interval": "week"}, Invalid),
            ({"expires_at": NOW}, Invalid),
            ({"expires_at": NOW + timedelta(days=367)}, Invalid),
            ({"message": "x" * 501}, Invalid),
            ({"seats": 0}, Invalid),
            ({"seats": 1}, NotEnoughSeats),
        ],
    )
    def test_what_could_not_be_taken_is_not_offered(
        self,
        catalog: ArticleCatalog,
        acme: Organization,
        order: dict[str, Any],
        refusal: type[Exception],
    ) -> None:
        with pytest.raises(refusal):
            offer(acme, **{"plan": "per_seat"} | order)
        assert not PrivateOffer.objects.exists()

    def test_what_the_customer_has_is_not_offered(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        make_agreement(acme, "per_seat")
        with pytest.raises(SamePlan):
            offer(acme)

    def test_a_closed_organization_is_offered_nothing(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        close_organization(organization=acme, actor=STAFF, now=NOW)
        with pytest.raises(OrganizationClosed):
            offer(acme)


class TestEnding:
    def test_what_is_withdrawn_cannot_be_chosen(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        made = offer(acme)
        withdraw_private_offer(offer=made, actor=STAFF, reason="A mistake", now=NOW + DAY)
        assert status_of(made) == "withdrawn"
        told = AuditEntry.objects.get(action="private_offer.withdrawn")
        assert (told.reason, told.organization) == ("A mistake", acme)
        with pytest.raises(PlanNotOffered):
            choose_plan(organization=acme, live=None, plan_code="per_seat", at=NOW + DAY)
        with pytest.raises(OfferEnded):
            withdraw_private_offer(offer=made, actor=STAFF, reason="Again", now=NOW + DAY)

    def test_it_lapses_a_day_after_it_expired_so_that_open_pages_can_be_paid(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        made = offer(acme)
        assert let_offers_lapse(now=EXPIRES + DAY - MOMENT) == 0
        assert let_offers_lapse(now=EXPIRES + DAY) == 1
        assert let_offers_lapse(now=EXPIRES + DAY) == 0
        assert status_of(made) == "lapsed"
        assert AuditEntry.objects.get(action="private_offer.lapsed").actor == "system"

    def test_one_that_is_taken_waits_for_the_end_of_the_period(
        self, catalog: ArticleCatalog, acme: Organization
    ) -> None:
        agreement, made = make_agreement(acme, "starter"), offer(acme)
        schedule_change(
            agreement=agreement,
            to_version=PlanVersion.objects.get(pk=catalog.per_seat.pk),
            interval="month",
            seats=5,
            effective_at=agreement.current_period_end,
            actor=STAFF,
            now=NOW + DAY,
        )
        with pytest.raises(OfferTaken):
            withdraw_private_offer(offer=made, actor=STAFF, reason="Too late", now=NOW + DAY)
        assert let_offers_lapse(now=EXPIRES + DAY) == 0
        undo_scheduled_change(agreement=agreement, actor=STAFF, now=NOW + 2 * DAY)
        assert let_offers_lapse(now=EXPIRES + DAY) == 1


def test_those_with_a_seat_for_each_member_are_offered_enough(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    make_member(acme, make_person("Carol"))
    assert offer(acme, seats=3).seats == 3
