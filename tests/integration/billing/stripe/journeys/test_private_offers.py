"""Legacy plans at Stripe: archived, sold again to whoever is offered one, and left knowingly."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry
from billing.catalog.queries import PlanNotOffered
from billing.choices import CheckoutStatus, PrivateOfferStatus
from billing.legacy.leaving import LeavesLegacyPlan
from billing.legacy.offers import OfferOrder
from billing.models import Checkout, PrivateOffer, ScheduledChange, StripeProduct
from billing.stripe.journeys.changes import make_change, preview_change, undo_change
from billing.stripe.journeys.checkout import start_checkout
from billing.stripe.journeys.endings import end_at_period_end, end_now, go_on
from billing.stripe.journeys.private_offers import offer_privately, withdraw_offer
from billing.stripe.journeys.proposals import Wish
from billing.stripe.journeys.staff import lower_seats_by_staff, move_by_staff
from billing.stripe.publishing import publish_waiting
from tests.factories.catalog import STAFF
from tests.support.paying import VISA, pay

from .conftest import RETURNS, Acme

DAY = timedelta(days=1)
TO_STARTER = Wish(plan_code="starter")
TO_LEGACY = Wish(plan_code="per_seat")


def offer(acme: Acme, **order: Any) -> PrivateOffer:
    terms = {"expires_at": acme.stripe.now + 14 * DAY} | order
    return offer_privately(
        organization=acme.organization,
        order=OfferOrder("per_seat", **terms),
        actor=STAFF,
        now=acme.stripe.now,
    )


def is_sold_at_stripe(acme: Acme) -> bool:
    product = StripeProduct.objects.get(plan=acme.catalog.per_seat.plan)
    known: bool = acme.stripe.ask("products.retrieve", target=product.stripe_id)["active"]
    assert known == product.is_active
    return known


def change(acme: Acme, wish: Wish, *, leaves_legacy_plan: bool = False) -> None:
    now = acme.stripe.now
    shown = preview_change(agreement=acme.agreement, wish=wish, now=now)
    make_change(
        agreement=acme.agreement,
        wish=wish,
        proration_at=shown.proration_at,
        expected=shown.due_now,
        actor=acme.alice,
        now=now,
        leaves_legacy_plan=leaves_legacy_plan,
    )


@pytest.fixture
def grandfathered(acme: Acme) -> Acme:
    """Acme took an offer: ten seats of the plan that is not sold any more, $1,000 a month."""
    offer(acme, seats=10)
    agreement = acme.subscribe("per_seat")
    assert agreement.seats == 10
    return acme


class TestSellingAgain:
    def test_the_plan_can_be_bought_while_somebody_is_offered_it(self, acme: Acme) -> None:
        assert not is_sold_at_stripe(acme)
        made = offer(acme)
        assert is_sold_at_stripe(acme)
        withdraw_offer(offer=made, actor=STAFF, reason="A mistake", now=acme.stripe.now)
        assert not is_sold_at_stripe(acme)

    def test_it_is_taken_by_the_normal_checkout(self, grandfathered: Acme) -> None:
        agreement = grandfathered.agreement
        assert (agreement.plan_version, agreement.collection) == (
            grandfathered.catalog.per_seat,
            "stripe",
        )
        made = PrivateOffer.objects.get()
        assert (made.status, made.agreement) == (PrivateOfferStatus.ACCEPTED, agreement)
        publish_waiting(now=grandfathered.stripe.now)
        assert not is_sold_at_stripe(grandfathered)

    def test_without_an_offer_there_is_no_checkout(self, acme: Acme) -> None:
        with pytest.raises(PlanNotOffered):
            acme.subscribe("per_seat")

    def test_a_withdrawn_offer_cannot_be_paid_for_any_more(self, acme: Acme) -> None:
        made = offer(acme)
        visit = start_checkout(
            organization=acme.organization,
            plan_code="per_seat",
            interval="month",
            returns=RETURNS,
            actor=acme.alice,
            now=acme.stripe.now,
        )
        withdraw_offer(offer=made, actor=STAFF, reason="A mistake", now=acme.stripe.now)
        assert Checkout.objects.get().status == CheckoutStatus.EXPIRED
        assert pay(acme.stripe, visit.url, card=VISA) != 303

    def test_staff_let_somebody_return(self, acme: Acme) -> None:
        """$299 become 2 x $100: that is less, so it begins when what is paid for is over."""
        acme.subscribe("professional")
        offer(acme, seats=2)
        shown = preview_change(agreement=acme.agreement, wish=TO_LEGACY, now=acme.stripe.now)
        assert (shown.proposal.seats, shown.leaves_legacy_plan) == (2, False)
        change(acme, TO_LEGACY)
        waiting = ScheduledChange.objects.get()
        assert (waiting.to_version, waiting.seats) == (acme.catalog.per_seat, 2)
        publish_waiting(now=acme.stripe.now)
        assert is_sold_at_stripe(acme)
        acme.stripe.now = waiting.effective_at + timedelta(hours=2)
        acme.stripe.run_due()
        assert acme.agreement.plan_version == acme.catalog.per_seat
        assert PrivateOffer.objects.get().status == PrivateOfferStatus.ACCEPTED

    def test_staff_may_move_a_customer_who_is_offered_it(self, acme: Acme) -> None:
        acme.subscribe("starter")
        offer(acme)
        move_by_staff(
            agreement=acme.agreement,
            plan_code="per_seat",
            charges_now=False,
            actor=STAFF,
            reason="Asked for it",
            now=acme.stripe.now,
        )
        assert acme.agreement.plan_version == acme.catalog.per_seat
        assert PrivateOffer.objects.get().status == PrivateOfferStatus.ACCEPTED


class TestLeaving:
    def test_a_change_is_made_only_by_whoever_knows(self, grandfathered: Acme) -> None:
        acme = grandfathered
        shown = preview_change(agreement=acme.agreement, wish=TO_STARTER, now=acme.stripe.now)
        assert shown.leaves_legacy_plan
        with pytest.raises(LeavesLegacyPlan) as refusal:
            change(acme, TO_STARTER)
        assert refusal.value.extra == {"plan": "per_seat"}
        assert not ScheduledChange.objects.exists()
        assert acme.agreement.plan_version == acme.catalog.per_seat

        change(acme, TO_STARTER, leaves_legacy_plan=True)
        assert ScheduledChange.objects.get().to_version == acme.catalog.starter
        told = AuditEntry.objects.get(action="agreement.legacy_plan_given_up")
        assert (told.actor, told.changes) == (acme.alice.label, {"plan": ["per_seat", "starter"]})

    def test_it_can_be_taken_back_until_it_takes_effect(self, grandfathered: Acme) -> None:
        acme = grandfathered
        change(acme, TO_STARTER, leaves_legacy_plan=True)
        undo_change(agreement=acme.agreement, actor=acme.alice, now=acme.stripe.now)
        acme.stripe.now += 31 * DAY
        acme.stripe.run_due()
        assert acme.agreement.plan_version == acme.catalog.per_seat

    def test_an_end_is_asked_for_only_by_whoever_knows(self, grandfathered: Acme) -> None:
        acme = grandfathered
        asked: dict[str, Any] = {
            "agreement": acme.agreement,
            "feedback": None,
            "comment": "",
            "actor": acme.alice,
            "now": acme.stripe.now,
        }
        with pytest.raises(LeavesLegacyPlan):
            end_at_period_end(**asked)
        assert acme.agreement.cancel_at is None
        end_at_period_end(**asked, leaves_legacy_plan=True)
        assert acme.agreement.cancel_at == acme.agreement.current_period_end
        told = AuditEntry.objects.get(action="agreement.legacy_plan_given_up")
        assert told.changes == {"plan": ["per_seat", None]}
        go_on(agreement=acme.agreement, actor=acme.alice, now=acme.stripe.now)
        assert acme.agreement.cancel_at is None

    def test_staff_say_so_too(self, grandfathered: Acme) -> None:
        acme = grandfathered
        ended: dict[str, Any] = {
            "agreement": acme.agreement,
            "refunds_rest": False,
            "actor": STAFF,
            "reason": "Asked for it",
            "now": acme.stripe.now,
        }
        with pytest.raises(LeavesLegacyPlan):
            end_now(**ended)
        moved: dict[str, Any] = {
            "agreement": acme.agreement,
            "plan_code": "starter",
            "charges_now": False,
            "actor": STAFF,
            "reason": "Asked for it",
            "now": acme.stripe.now,
        }
        with pytest.raises(LeavesLegacyPlan):
            move_by_staff(**moved)
        move_by_staff(**moved, leaves_legacy_plan=True)
        assert acme.agreement.plan_version == acme.catalog.starter

    def test_more_seats_of_it_are_no_leaving(self, grandfathered: Acme) -> None:
        change(grandfathered, Wish(seats=12))
        assert grandfathered.agreement.seats == 12

    def test_what_is_on_sale_is_left_as_ever(self, acme: Acme) -> None:
        acme.subscribe("starter")
        change(acme, Wish(plan_code="professional"))
        assert acme.agreement.plan_version == acme.catalog.professional


def test_staff_lower_the_seats_of_a_plan_that_is_paid_by_the_seat(grandfathered: Acme) -> None:
    agreement = grandfathered.agreement
    lower_seats_by_staff(
        agreement=agreement, seats=4, actor=STAFF, reason="They asked", now=grandfathered.stripe.now
    )
    grandfathered.stripe.deliver()
    waiting = ScheduledChange.objects.get()
    assert (waiting.seats, waiting.effective_at) == (4, agreement.current_period_end)
    asked = AuditEntry.objects.get(action="agreement.change_requested")
    assert (asked.reason, asked.changes["seats"]) == ("They asked", [10, 4])
