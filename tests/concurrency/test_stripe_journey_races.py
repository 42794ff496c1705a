"""
Two people, a page and a webhook, two sweeps: at the same time, about the same money.

Each race is first shown to exist where what prevents it is taken away.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connections

from billing.agreements.operations import bring_all_current
from billing.invoicing.finished_lines import finished_line
from billing.models import Agreement, Checkout, SettlementCharge, StripeDifference
from billing.settlements.operations import close_due_periods
from billing.stripe.gateway.errors import StripeUnavailable
from billing.stripe.intents import Call
from billing.stripe.journeys import checkout as checking_out
from billing.stripe.journeys.customers import ensure_customer
from billing.stripe.levelling import bring_subscription_level
from billing.stripe.levelling import subscriptions as levelling
from billing.stripe.levelling.looking import in_our_words, look_at
from billing.stripe.publishing import publish_waiting
from billing.stripe.settling import collectors
from billing.stripe.settling.operations import collect_overage
from metering.queries import list_balances
from tests.factories.agreements import use
from tests.factories.catalog import make_article_catalog
from tests.support.haste import hasty
from tests.support.paying import pay
from tests.support.shopping import Shopper, make_shopper
from tests.support.stripe_at_hand import NOW, StripeAtHand, stripe

__all__ = ["hasty", "stripe"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("hasty")]

PATIENCE = 60


@pytest.fixture
def shopper(stripe: StripeAtHand) -> Shopper:
    make_article_catalog()
    publish_waiting(now=NOW)
    return make_shopper(stripe)


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Do all of it together, each in a thread of its own; return what each came to or raised."""
    start = threading.Barrier(len(deeds), timeout=PATIENCE)

    def attempt(deed: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return deed()
        except Exception as failure:
            return failure
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [each.result() for each in [pool.submit(attempt, deed) for deed in deeds]]


def meeting(times: int = 2) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Whoever has done it waits until the others have, too: the first time each thread comes."""
    here = threading.Barrier(times, timeout=PATIENCE)
    been = threading.local()

    def wait_after(deed: Callable[..., Any]) -> Callable[..., Any]:
        def do_and_wait(*given: Any, **named: Any) -> Any:
            done = deed(*given, **named)
            if not getattr(been, "here", False):
                been.here = True
                here.wait()
            return done

        return do_and_wait

    return wait_after


# --- two browsers --------------------------------------------------------------------------------


def open_two(shopper: Shopper, monkeypatch: pytest.MonkeyPatch) -> list[Checkout]:
    """
    Both have noted their visit before either of them has a payment page.

    Stripe knows the organization already: of two that make it known at once, one is told to try
    again.
    """
    ensure_customer(organization=shopper.organization, now=shopper.now)
    monkeypatch.setattr(checking_out, "_note", meeting()(checking_out._note))
    opened = at_once(
        lambda: shopper.go_to_checkout("starter"), lambda: shopper.go_to_checkout("professional")
    )
    return [checkout for checkout in opened if isinstance(checkout, Checkout)]


def pay_all(shopper: Shopper) -> list[int]:
    """Everybody who has an address pays there."""
    visits = Checkout.objects.exclude(url="").order_by("pk")
    return sorted(pay(shopper.stripe, visit.url) for visit in visits)


def paid_for(shopper: Shopper) -> list[str]:
    told = shopper.stripe.ask("subscriptions.list", customer=shopper.customer_id, status="all")
    return [each["status"] for each in told["data"]]


def test_of_two_browsers_at_the_checkout_both_pay_if_nobody_closes_the_other_page(
    shopper: Shopper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking_out, "_leave_one_open", lambda *given, **named: None)

    assert len(open_two(shopper, monkeypatch)) == 2

    assert pay_all(shopper) == [303, 303]
    assert paid_for(shopper) == ["active", "active"]


def test_of_two_browsers_at_the_checkout_one_can_pay(
    shopper: Shopper, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_two(shopper, monkeypatch)

    assert pay_all(shopper).count(303) == 1
    shopper.stripe.deliver()
    assert paid_for(shopper) == ["active"]
    assert Agreement.objects.get().status == "active"
    assert not StripeDifference.objects.exists()


# --- a page and a webhook ------------------------------------------------------------------------


def paid_checkout(shopper: Shopper) -> Checkout:
    checkout = shopper.go_to_checkout("starter")
    assert pay(shopper.stripe, checkout.url) == 303
    return checkout


def unlocked(*, organization_id: int) -> None:
    """Nobody is kept waiting."""


def test_without_the_lock_page_and_webhook_both_begin_and_the_database_has_to_stop_one(
    shopper: Shopper, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = paid_checkout(shopper)
    subscription = shopper.stripe.ask("subscriptions.list")["data"][0]["id"]
    monkeypatch.setattr(levelling, "lock_organization", unlocked)
    monkeypatch.setattr(levelling, "in_our_words", meeting()(in_our_words))

    outcomes = at_once(
        lambda: shopper.come_back(checkout),
        lambda: bring_subscription_level(subscription_id=subscription, now=NOW),
    )

    assert [type(one).__name__ for one in outcomes if isinstance(one, Exception)] == [
        "IntegrityError"
    ]
    assert Agreement.objects.count() == 1


def test_page_and_webhooks_begin_one_agreement_and_grant_one_allowance(shopper: Shopper) -> None:
    checkout = paid_checkout(shopper)

    outcomes = at_once(
        lambda: shopper.come_back(checkout),
        lambda: shopper.come_back(checkout),
        shopper.stripe.deliver,
    )

    assert [one for one in outcomes if isinstance(one, Exception)] == []
    assert Agreement.objects.get().status == "active"
    [balance] = list_balances(organization_id=shopper.organization.pk, at=NOW).values()
    assert balance.remaining == 1_000


# --- a change while something else is being followed ---------------------------------------------


def look_late(shopper: Shopper, monkeypatch: pytest.MonkeyPatch, *, is_believed: bool) -> None:
    """Somebody asks Stripe, is held up, and goes on after Alice has upgraded."""
    shopper.subscribe("starter")
    [told] = shopper.stripe.ask("subscriptions.list")["data"]
    asked, upgraded = threading.Event(), threading.Event()
    is_first = count()

    def look_and_wait(**named: Any) -> Any:
        sight = look_at(**named)
        if threading.current_thread().name == "late" and next(is_first) == 0:
            asked.set()
            upgraded.wait(PATIENCE)
        return sight

    def follow() -> None:
        threading.current_thread().name = "late"
        bring_subscription_level(subscription_id=told["id"], now=NOW)

    def upgrade() -> None:
        asked.wait(PATIENCE)
        try:
            shopper.change(plan_code="professional")
        finally:
            upgraded.set()

    monkeypatch.setattr(levelling, "look_at", look_and_wait)
    if is_believed:
        bring_level = levelling._bring_level

        def believe(sight: Any, **named: Any) -> Any:
            known = levelling._find(sight.subscription.id)
            return bring_level(sight, **{**named, "revision": known.revision if known else 0})

        monkeypatch.setattr(levelling, "_bring_level", believe)
    assert at_once(follow, upgrade) == [None, None]


def test_what_was_asked_before_an_upgrade_and_is_believed_after_it_takes_it_back(
    shopper: Shopper, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_late(shopper, monkeypatch, is_believed=True)

    assert shopper.agreement.plan_version.plan.code == "starter"


def test_what_was_asked_before_an_upgrade_is_asked_again_after_it(
    shopper: Shopper, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_late(shopper, monkeypatch, is_believed=False)

    assert shopper.agreement.plan_version.plan.code == "professional"
    assert Agreement.objects.count() == 1


def test_a_change_while_a_renewal_runs_is_charged_once(shopper: Shopper) -> None:
    shopper.subscribe("starter")
    shopper.stripe.deliver()
    shopper.stripe.now = shopper.agreement.current_period_end + timedelta(minutes=1)

    outcomes = at_once(
        lambda: shopper.change(plan_code="professional"),
        shopper.stripe.run_due,
        lambda: bring_all_current(now=shopper.now),
    )
    for _ in range(3):
        shopper.stripe.now += timedelta(hours=1)
        close_due_periods(now=shopper.now)
        collect_overage(organization_id=shopper.organization.pk, now=shopper.now)
        shopper.stripe.run_due()

    # The change may be refused, because the amount is another one by then: nothing else may fail.
    refused = [one for one in outcomes if isinstance(one, Exception)]
    assert {type(one).__name__ for one in refused} <= {"PreviewOutdated", "StillChanging"}
    told = shopper.stripe.ask("invoices.list", customer=shopper.customer_id)["data"]
    reasons = Counter(each["billing_reason"] for each in told)
    assert reasons["subscription_cycle"] == 1
    assert reasons["subscription_update"] == (0 if refused else 1)
    plan = "starter" if refused else "professional"
    assert shopper.agreement.plan_version.plan.code == plan
    assert Agreement.objects.count() == 1


# --- two sweeps ----------------------------------------------------------------------------------


def due_with_overage(shopper: Shopper) -> None:
    """A month is over in which 460 credits too many were used, and its renewal is a draft."""
    shopper.subscribe("starter")
    use(shopper.organization, "over", 1_460, at=NOW)
    shopper.stripe.deliver()
    shopper.stripe.now = shopper.agreement.current_period_end + timedelta(minutes=1)
    shopper.stripe.run_due()
    shopper.stripe.now += timedelta(minutes=62)


def sweep_twice(shopper: Shopper) -> list[Any]:
    def sweep() -> None:
        collect_overage(organization_id=shopper.organization.pk, now=shopper.now)

    return at_once(sweep, sweep)


def lines_of_overage(shopper: Shopper) -> list[int]:
    told = shopper.stripe.ask("invoice_items.list", customer=shopper.customer_id)["data"]
    return [each["amount"] for each in told]


def test_without_a_key_that_follows_from_what_is_done_two_sweeps_charge_twice(
    shopper: Shopper, monkeypatch: pytest.MonkeyPatch
) -> None:
    due_with_overage(shopper)
    numbers = count()

    def call_with_another_key(**named: Any) -> Any:
        return Call(**{**named, "key": f"{named['key']}:{next(numbers)}"})

    monkeypatch.setattr(collectors, "Call", call_with_another_key)
    monkeypatch.setattr(collectors, "finished_line", meeting()(finished_line))

    sweep_twice(shopper)

    assert lines_of_overage(shopper) == [6_900, 6_900]


def test_two_sweeps_charge_once(shopper: Shopper, monkeypatch: pytest.MonkeyPatch) -> None:
    due_with_overage(shopper)
    monkeypatch.setattr(collectors, "finished_line", meeting()(finished_line))

    outcomes = sweep_twice(shopper)

    # Of two who make the same call at once, Stripe may tell one to come again; the next sweep does.
    assert all(one is None or isinstance(one, StripeUnavailable) for one in outcomes)
    assert None in outcomes
    collect_overage(organization_id=shopper.organization.pk, now=shopper.now)
    assert lines_of_overage(shopper) == [6_900]
    assert SettlementCharge.objects.count() == 1
