"""
The process dies in the middle of a journey: before a call to Stripe, after it and before its
outcome is stored, after the outcome and before our books follow; and webhooks are lost.

Each time the sweeps ring afterwards, whoever was interrupted does it again, and everything is as if
nothing had happened: the same agreement, the same invoices to the cent, the same credits.

Here everybody dies once; in `make verify` at each moment of each call.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from billing.agreements.errors import AgreementEnded, AgreementExists, NothingChanges
from billing.agreements.operations import bring_all_current
from billing.agreements.waiting import find_waiting_change
from billing.choices import InboxStatus, IntentStatus
from billing.models import (
    Agreement,
    Invoice,
    SettlementCharge,
    StripeDifference,
    StripeEvent,
    StripeIntent,
    TopUp,
)
from billing.settlements.operations import close_due_periods
from billing.stripe.inbox import catch_up, handle_waiting
from billing.stripe.intents import finish_open_intents
from billing.stripe.journeys.changes import undo_change
from billing.stripe.journeys.endings import end_at_period_end, end_now, go_on
from billing.stripe.journeys.returning import complete_checkout
from billing.stripe.journeys.top_ups import pay_automatic_top_ups, pay_with_card, take_back
from billing.stripe.publishing import publish_waiting
from billing.stripe.settling.operations import collect_all_overage
from billing.top_ups.errors import TopUpEnded
from metering.queries import list_balances
from tests.factories.agreements import use
from tests.factories.catalog import STAFF, make_article_catalog, make_plan, make_version, per_seat
from tests.factories.top_ups import make_pack, order
from tests.support.dying import MOMENTS, Death, Died, mortal
from tests.support.extent import extent
from tests.support.haste import hasty
from tests.support.paying import pay
from tests.support.shopping import Shopper, make_shopper
from tests.support.stripe_at_hand import NOW, StripeAtHand, stripe

__all__ = ["hasty", "stripe"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hasty")]

# What somebody is told who asks for what has been done meanwhile.
DONE_ALREADY = (NothingChanges, AgreementEnded, AgreementExists, TopUpEnded)


# --- journeys: what leads up to it, and what is interrupted --------------------------------------


@dataclass(frozen=True)
class Journey:
    """
    What an organization does, and what leads up to it. A death at each write of the deed is tried.
    """

    deed: Callable[[Shopper], object]
    before: Callable[[Shopper], object] = lambda shopper: shopper.subscribe("starter")


def check_out_and_pay(shopper: Shopper) -> None:
    """Alice checks out, pays, and comes back; if she paid before, she only comes back."""
    checkout = shopper.go_to_checkout("starter")
    assert pay(shopper.stripe, checkout.url) == 303
    shopper.come_back(checkout)


def on_professional(shopper: Shopper) -> None:
    shopper.subscribe("professional")


def downgrading(shopper: Shopper) -> None:
    shopper.subscribe("professional")
    shopper.change(plan_code="starter")


def with_five_seats(shopper: Shopper) -> None:
    shopper.subscribe("team")
    shopper.change(seats=5)


def leaving(shopper: Shopper) -> None:
    shopper.subscribe("starter")
    leave(shopper)


def leave(shopper: Shopper) -> None:
    end_at_period_end(
        agreement=shopper.agreement,
        feedback=None,
        comment="",
        actor=shopper.alice,
        now=shopper.now,
    )


def stay(shopper: Shopper) -> None:
    go_on(agreement=shopper.agreement, actor=shopper.alice, now=shopper.now)


def stop(shopper: Shopper) -> None:
    end_now(
        agreement=shopper.agreement,
        refunds_rest=True,
        actor=STAFF,
        reason="Asked for by phone.",
        now=shopper.now,
    )


def undo(shopper: Shopper) -> None:
    undo_change(agreement=shopper.agreement, actor=shopper.alice, now=shopper.now)


def with_a_card_and_an_order(shopper: Shopper) -> None:
    shopper.subscribe("starter")
    shopper.stripe.deliver()
    order(shopper.organization, at=shopper.now)


def the_order(shopper: Shopper) -> TopUp:
    found: TopUp = TopUp.objects.owned_by(shopper.organization).get()
    return found


def buy(shopper: Shopper) -> None:
    pay_with_card(top_up=the_order(shopper), now=shopper.now)


def finalized_and_taken_back(shopper: Shopper) -> None:
    take_back(top_up=the_order(shopper), actor=shopper.alice, reason="", now=shopper.now)


def over_the_allowance(shopper: Shopper) -> None:
    shopper.subscribe("starter")
    use(shopper.organization, f"over-{shopper.organization.pk}", 1_460, at=shopper.now)
    shopper.stripe.deliver()
    shopper.stripe.now = shopper.agreement.current_period_end + timedelta(minutes=1)
    shopper.stripe.run_due()
    shopper.stripe.now += timedelta(minutes=62)


def settle(shopper: Shopper) -> None:
    close_due_periods(now=shopper.now)
    collect_all_overage(now=shopper.now)


def ended_over_the_allowance(shopper: Shopper) -> None:
    leaving(shopper)
    use(shopper.organization, f"over-{shopper.organization.pk}", 1_460, at=shopper.now)
    shopper.stripe.deliver()
    shopper.stripe.now = shopper.agreement.current_period_end + timedelta(minutes=1)
    shopper.stripe.run_due()
    bring_all_current(now=shopper.now)
    shopper.stripe.now += timedelta(minutes=62)


JOURNEYS = {
    "subscribe": Journey(check_out_and_pay, before=lambda shopper: None),
    "upgrade": Journey(lambda shopper: shopper.change(plan_code="professional")),
    "downgrade": Journey(
        lambda shopper: shopper.change(plan_code="starter"), before=on_professional
    ),
    "another interval": Journey(lambda shopper: shopper.change(interval="year")),
    "undo": Journey(undo, before=downgrading),
    "more seats": Journey(
        lambda shopper: shopper.change(seats=9), before=lambda one: one.subscribe("team")
    ),
    "fewer seats": Journey(lambda shopper: shopper.change(seats=2), before=with_five_seats),
    "leave": Journey(leave),
    "stay": Journey(stay, before=leaving),
    "leave while a change waits": Journey(leave, before=downgrading),
    # So cheap that what is left of it is the same some minutes later.
    "stop": Journey(stop, before=lambda one: one.subscribe("team")),
    "buy a pack": Journey(buy, before=with_a_card_and_an_order),
    "settle a month": Journey(settle, before=over_the_allowance),
    "settle after the end": Journey(settle, before=ended_over_the_allowance),
}


# --- the world -----------------------------------------------------------------------------------


@pytest.fixture
def shop(stripe: StripeAtHand, settings: Settings) -> StripeAtHand:
    # Else the credits of an upgrade would tell to the second when our books heard of it.
    settings.ALLOWANCE_ON_UPGRADE = "full"
    catalog = make_article_catalog()
    make_pack(catalog.credits)
    make_version(make_plan(catalog.current, "team"), prices=(per_seat("20"),), included_seats=None)
    publish_waiting(now=NOW)
    stripe.deliver()
    return stripe


def recover(stripe: StripeAtHand) -> None:
    """Some minutes later everything that beat rings for has rung, and webhooks have come."""
    for _ in range(2):
        stripe.now += timedelta(minutes=5)
        now = stripe.now
        finish_open_intents(now=now)
        handle_waiting(now=now)
        bring_all_current(now=now)
        close_due_periods(now=now)
        collect_all_overage(now=now)
        pay_automatic_top_ups(now=now)
        stripe.run_due()


def hear_what_was_missed(stripe: StripeAtHand) -> None:
    """Some minutes later, Stripe is asked for what it could not deliver."""
    stripe.break_with(drop=0)
    assert catch_up(now=stripe.now) > 0
    recover(stripe)


def do_again(deed: Callable[[Shopper], object], shopper: Shopper) -> None:
    """Whoever was interrupted tries again, or is told that it is done."""
    try:
        deed(shopper)
    except DONE_ALREADY:
        return


def outcome(shopper: Shopper) -> dict[str, Any]:
    """All that there is to see, without what differs between two organizations."""
    own = {"organization": shopper.organization}
    agreements = Agreement.objects.filter(**own).select_related("plan_version__plan").order_by("pk")
    balances = list_balances(organization_id=shopper.organization.pk, at=shopper.now)
    at_stripe = shopper.stripe.ask(
        "subscriptions.list", customer=shopper.customer_id, status="all"
    )["data"]
    return {
        "agreements": [_of(agreement) for agreement in agreements],
        "remaining": sorted(balance.remaining for balance in balances.values()),
        "invoices": Counter(
            Invoice.objects.filter(**own).values_list("billing_reason", "status", "total_minor")
        ),
        "invoices at Stripe": Counter(
            (invoice["billing_reason"], invoice["status"], invoice["total"])
            for invoice in shopper.stripe.ask(
                "invoices.list", customer=shopper.customer_id, limit=100
            )["data"]
        ),
        "charges": Counter(
            SettlementCharge.objects.filter(**own).values_list("status", "settlement__amount_minor")
        ),
        "top-ups": Counter(TopUp.objects.filter(**own).values_list("status", flat=True)),
        "subscriptions": [
            (each["status"], bool(each["schedule"]), each["cancel_at_period_end"])
            for each in at_stripe
        ],
        "balance at Stripe": shopper.stripe.ask("customers.retrieve", target=shopper.customer_id)[
            "balance"
        ],
    }


def _of(agreement: Agreement) -> tuple[Any, ...]:
    change = find_waiting_change(agreement)
    waiting = None if change is None else (change.to_version_id, change.interval, change.seats)
    return (
        agreement.status,
        agreement.plan_version.plan.code,
        agreement.interval,
        agreement.seats,
        agreement.collection,
        agreement.cancel_at is not None,
        agreement.end_reason,
        waiting,
    )


def assert_nothing_is_left() -> None:
    """No call is open, no event unseen, and nothing differs."""
    open_calls = StripeIntent.objects.filter(status=IntentStatus.OPEN)
    assert list(open_calls.values_list("key", "error")) == []
    unseen = StripeEvent.objects.filter(status__in=[InboxStatus.WAITING, InboxStatus.FAILED])
    assert list(unseen.values_list("type", "error")) == []
    found = StripeDifference.objects.filter(resolved_at=None)
    assert list(found.values_list("kind", "ours", "theirs")) == []


def undisturbed(journey: Journey, stripe: StripeAtHand) -> tuple[dict[str, Any], int]:
    """What it comes to when nobody dies, and how many calls are made."""
    stripe.now = NOW
    shopper = make_shopper(stripe, "Undisturbed")
    journey.before(shopper)
    stripe.deliver()
    stripe.now += timedelta(seconds=90)
    calls = StripeIntent.objects.count()
    journey.deed(shopper)
    calls = StripeIntent.objects.count() - calls
    recover(stripe)
    return outcome(shopper), calls


def deaths_during(name: str, *, calls: int) -> list[tuple[str, int]]:
    """When during which call to die. In short one death, at another moment in each journey."""
    moment = MOMENTS[list(JOURNEYS).index(name) % len(MOMENTS)]
    return extent(
        short=[(moment, calls)],
        full=[(moment, number) for moment in MOMENTS for number in range(1, calls + 1)],
    )


@pytest.mark.parametrize("name", JOURNEYS)
def test_a_death_at_any_moment_changes_nothing_in_the_end(
    shop: StripeAtHand, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    journey = JOURNEYS[name]
    expected, calls = undisturbed(journey, shop)
    assert calls > 0

    outcomes = {}
    for moment, number in deaths_during(name, calls=calls):
        shop.now = NOW
        shopper = make_shopper(shop, f"Killed {moment} {number}")
        journey.before(shopper)
        shop.deliver()
        shop.now += timedelta(seconds=90)
        with mortal(Death(moment, number), monkeypatch), pytest.raises(Died):
            journey.deed(shopper)
        recover(shop)
        do_again(journey.deed, shopper)
        recover(shop)
        outcomes[moment, number] = outcome(shopper)

    assert {where: _differing(found, expected) for where, found in outcomes.items()} == {
        where: {} for where in outcomes
    }
    assert_nothing_is_left()


# In short those of which Stripe has most to tell.
UNHEARD = extent(
    short=("subscribe", "upgrade", "leave", "buy a pack", "settle a month"), full=tuple(JOURNEYS)
)


@pytest.mark.parametrize("name", UNHEARD)
def test_webhooks_that_are_lost_are_made_up_for(shop: StripeAtHand, name: str) -> None:
    journey = JOURNEYS[name]
    expected, _ = undisturbed(journey, shop)
    shop.now = NOW
    shopper = make_shopper(shop, "Unheard")
    journey.before(shopper)
    shop.deliver()
    shop.now += timedelta(seconds=90)

    shop.break_with(drop=100)
    journey.deed(shopper)
    shop.deliver()
    hear_what_was_missed(shop)

    assert _differing(outcome(shopper), expected) == {}
    assert_nothing_is_left()


def test_a_payment_of_which_nobody_comes_back_and_no_webhook_tells_is_found(
    shop: StripeAtHand,
) -> None:
    shopper = make_shopper(shop)
    checkout = shopper.go_to_checkout("starter")
    shop.break_with(drop=100)
    assert pay(shop, checkout.url) == 303
    shop.deliver()

    hear_what_was_missed(shop)

    assert shopper.agreement.plan_version.plan.code == "starter"
    done = complete_checkout(
        organization=shopper.organization, checkout_id=checkout.public_id, now=shop.now
    )
    assert done.status == "completed"


def _differing(found: dict[str, Any], expected: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {
        name: (value, expected[name]) for name, value in found.items() if value != expected[name]
    }
