"""Offers are moved by Stripe's own schedule, planned in the last days before the renewal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from billing.agreements.operations import bring_all_current
from billing.models import Invoice, RepricingOffer, ScheduledChange
from billing.repricing.offers.errors import MoveIsDue, OfferDatePassed
from billing.repricing.offers.operations import (
    accept_offer,
    decline_offer,
    move_due_offers,
)
from billing.stripe.gateway.errors import StripeUnavailable
from billing.stripe.journeys import changes
from billing.stripe.journeys.changes import make_change, preview_change, undo_change
from billing.stripe.journeys.proposals import Wish
from billing.stripe.journeys.schedules import schedule_at_stripe
from billing.stripe.publishing import publish_waiting
from tests.factories.catalog import fixed, make_version, metered
from tests.factories.offers import days, make_offer, offer_of

from .conftest import Acme

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def told(acme: Acme, **campaign: bool) -> RepricingOffer:
    """Acme pays $299 a month for Professional, and is told of Starter for $99."""
    acme.subscribe("professional")
    acme.stripe.deliver()
    return make_offer(
        acme.agreement,
        acme.catalog.starter,
        at=acme.stripe.now,
        now_minor=29_900,
        then_minor=9_900,
        **campaign,
    )


def wait_until(acme: Acme, offer: RepricingOffer, *, before: timedelta) -> None:
    """Let day after day pass, with what the clock rings for, until shortly before the move."""
    assert offer.effective_at is not None
    while acme.stripe.now < offer.effective_at - before:
        rest = offer.effective_at - before - acme.stripe.now
        acme.stripe.now += min(rest, days(10))
        acme.stripe.run_due()
        acme.stripe.deliver()
        bring_all_current(now=acme.stripe.now)
        move_due_offers(now=acme.stripe.now)


def schedules(acme: Acme) -> list[str]:
    found = acme.stripe.ask("subscription_schedules.list")["data"]
    return sorted(schedule["status"] for schedule in found)


def test_the_move_waits_with_us_until_the_last_days_and_then_with_stripe(acme: Acme) -> None:
    offer = told(acme)
    accept_offer(offer=offer, actor=acme.alice, now=acme.stripe.now)

    wait_until(acme, offer, before=days(3) + MINUTE)
    assert schedules(acme) == []
    assert not ScheduledChange.objects.exists()
    wait_until(acme, offer, before=days(3))
    assert schedules(acme) == ["active"]
    planned = ScheduledChange.objects.get()
    assert (planned.status, planned.effective_at) == ("waiting", offer.effective_at)
    assert offer_of(acme.organization).scheduled_change == planned

    wait_until(acme, offer, before=-timedelta(hours=3))
    moved = offer_of(acme.organization)
    assert (moved.status, moved.effective_at) == ("applied", offer.effective_at)
    assert acme.agreement.plan_version == acme.catalog.starter
    assert acme.agreement.current_period_start == offer.effective_at
    bills = Invoice.objects.filter(billing_reason="subscription_cycle").order_by("pk")
    # Three or four times the old price, and once the new one: nothing was prorated.
    amounts = [bill.subtotal_minor for bill in bills]
    assert amounts == [29_900] * (len(amounts) - 1) + [9_900]
    assert move_due_offers(now=acme.stripe.now) == 0


def test_who_takes_it_back_in_the_last_days_stays(acme: Acme) -> None:
    offer = told(acme)
    accept_offer(offer=offer, actor=acme.alice, now=acme.stripe.now)
    wait_until(acme, offer, before=days(2))
    assert schedules(acme) == ["active"]

    decline_offer(offer=offer, actor=acme.alice, now=acme.stripe.now)
    acme.stripe.now += timedelta(minutes=16)
    move_due_offers(now=acme.stripe.now)

    assert schedules(acme) == ["released"]
    wait_until(acme, offer, before=-timedelta(hours=3))
    assert acme.agreement.plan_version == acme.catalog.professional


def test_undoing_the_planned_change_takes_the_answer_back(acme: Acme) -> None:
    offer = told(acme)
    accept_offer(offer=offer, actor=acme.alice, now=acme.stripe.now)
    wait_until(acme, offer, before=days(2))

    undo_change(agreement=acme.agreement, actor=acme.alice, now=acme.stripe.now)
    move_due_offers(now=acme.stripe.now)

    assert offer_of(acme.organization).status == "declined"


def test_what_takes_the_place_of_the_move_is_no_undoing_between_two_calls(
    acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is planned at Stripe has to go before something else can be: a sweep comes between."""
    offer = told(acme)
    accept_offer(offer=offer, actor=acme.alice, now=acme.stripe.now)
    wait_until(acme, offer, before=days(2))

    def after_a_sweep(*args: Any, now: datetime) -> None:
        assert schedules(acme) == ["released"]
        move_due_offers(now=now)
        schedule_at_stripe(*args, now=now)

    monkeypatch.setattr(changes, "schedule_at_stripe", after_a_sweep)
    wish = Wish(interval="year")
    shown = preview_change(agreement=acme.agreement, wish=wish, now=acme.stripe.now)
    make_change(
        agreement=acme.agreement,
        wish=wish,
        proration_at=shown.proration_at,
        expected=shown.due_now,
        actor=acme.alice,
        now=acme.stripe.now,
    )
    acme.stripe.deliver()
    move_due_offers(now=acme.stripe.now)

    assert offer_of(acme.organization).status == "accepted"
    assert ScheduledChange.objects.get(status="waiting").to_version == acme.catalog.starter


def test_what_everybody_does_is_not_undone(acme: Acme) -> None:
    offer = told(acme, must_move=True)
    wait_until(acme, offer, before=days(2))
    assert schedules(acme) == ["active"]
    with pytest.raises(MoveIsDue):
        undo_change(agreement=acme.agreement, actor=acme.alice, now=acme.stripe.now)
    wait_until(acme, offer, before=-timedelta(hours=3))
    assert offer_of(acme.organization).status == "applied"


def test_what_was_planned_by_a_worker_that_died_is_taken_up_and_not_planned_twice(
    acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = told(acme)
    accept_offer(offer=offer, actor=acme.alice, now=acme.stripe.now)

    class Killed(BaseException):
        pass

    def die(**_facts: object) -> None:
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr("billing.repricing.offers.moving._link", die)
        with pytest.raises(Killed):
            wait_until(acme, offer, before=days(2))
    assert offer_of(acme.organization).scheduled_change is None

    acme.stripe.now += MINUTE
    move_due_offers(now=acme.stripe.now)
    acme.stripe.now += timedelta(minutes=16)
    move_due_offers(now=acme.stripe.now)

    assert offer_of(acme.organization).scheduled_change == ScheduledChange.objects.get()
    assert schedules(acme) == ["active"]
    wait_until(acme, offer, before=-timedelta(hours=3))
    assert offer_of(acme.organization).status == "applied"


def test_when_stripe_does_not_answer_it_is_tried_again(acme: Acme) -> None:
    offer = told(acme)
    accept_offer(offer=offer, actor=acme.alice, now=acme.stripe.now)
    wait_until(acme, offer, before=days(3) + MINUTE)
    acme.stripe.break_with(server_error=100)
    acme.stripe.now += 2 * MINUTE
    with pytest.raises(ExceptionGroup) as failed:
        move_due_offers(now=acme.stripe.now)
    assert failed.group_contains(StripeUnavailable)

    acme.stripe.break_with(server_error=0)
    acme.stripe.now += timedelta(minutes=16)
    move_due_offers(now=acme.stripe.now)

    assert schedules(acme) == ["active"]
    assert offer_of(acme.organization).scheduled_change is not None


def test_what_was_offered_is_what_is_paid_even_if_the_plan_gets_dearer_meanwhile(
    acme: Acme,
) -> None:
    offer = told(acme)
    accept_offer(offer=offer, actor=acme.alice, now=acme.stripe.now)
    dearer = make_version(
        acme.catalog.starter.plan,
        metered(acme.catalog.credits, 500),
        prices=(fixed("149"),),
        published_at=acme.stripe.now,
    )
    publish_waiting(now=acme.stripe.now)

    wait_until(acme, offer, before=-timedelta(hours=3))

    assert acme.agreement.plan_version == acme.catalog.starter
    assert acme.agreement.plan_version != dearer
    newest = Invoice.objects.filter(billing_reason="subscription_cycle").latest("pk")
    assert newest.subtotal_minor == 9_900


def test_in_the_last_hour_nothing_is_taken_back_that_may_happen_all_the_same(acme: Acme) -> None:
    offer = told(acme)
    accept_offer(offer=offer, actor=acme.alice, now=acme.stripe.now)
    wait_until(acme, offer, before=days(1))
    assert offer.effective_at is not None
    with pytest.raises(OfferDatePassed):
        decline_offer(offer=offer, actor=acme.alice, now=offer.effective_at - timedelta(minutes=59))
