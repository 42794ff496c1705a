"""
Stripe answers 429, answers 500, or answers and the answer is lost: three times out of ten.

Nobody is charged twice for it, nothing is made twice, and nothing stays undone. Four customers
here, twelve in `make verify`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

import pytest

from billing.agreements.operations import bring_all_current
from billing.choices import ChargeStatus, InboxStatus, IntentStatus, PublicationStatus
from billing.models import (
    Publication,
    Settlement,
    SettlementCharge,
    StripeDifference,
    StripeEvent,
    StripeIntent,
    StripePrice,
    TopUp,
)
from billing.settlements.operations import close_due_periods
from billing.stripe.gateway.client import ask_for_all, use_http_client
from billing.stripe.gateway.errors import StripeUnavailable
from billing.stripe.gateway.pace import Pace
from billing.stripe.gateway.transport import Patience
from billing.stripe.inbox import catch_up, handle_waiting
from billing.stripe.intents import finish_open_intents
from billing.stripe.journeys.top_ups import pay_with_card
from billing.stripe.publishing import publish_waiting
from billing.stripe.reconcile.operations import reconcile
from billing.stripe.settling.operations import collect_all_overage, look_for_invoices
from tests.factories.agreements import use
from tests.factories.catalog import ArticleCatalog, make_article_catalog
from tests.factories.top_ups import make_pack, order
from tests.support.extent import extent
from tests.support.haste import hasty
from tests.support.paying import pay
from tests.support.shopping import Shopper, make_shopper
from tests.support.stripe_at_hand import StripeAtHand, stripe

__all__ = ["hasty", "stripe"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hasty")]

CUSTOMERS = extent(short=4, full=12)
REQUESTS = extent(short=300, full=1_000)
SEED = 7
Result = TypeVar("Result")


@pytest.fixture
def shaky(stripe: StripeAtHand) -> Iterator[StripeAtHand]:
    """Three calls of ten fail, and a call is asked again once only."""
    stripe.sandbox.faults.seed = SEED
    stripe.break_with(too_many_requests=10, server_error=11, timeout_after=12)
    patience = Patience(wait=lambda _milliseconds: None, attempts=2)
    with use_http_client(stripe.http, patience=patience, pace=Pace(per_second=1_000_000)):
        yield stripe


def insist(stripe: StripeAtHand, deed: Callable[[], Result]) -> Result:
    """A person tries again some minutes later, while the sweeps go on."""
    for _ in range(30):
        try:
            return deed()
        except StripeUnavailable:
            pass_time(stripe, minutes=7)
    raise AssertionError("It never went through.")


@contextmanager
def suppress_unavailable() -> Iterator[None]:
    """A sweep that was stopped by Stripe rings again later; by anything else, never."""
    try:
        yield
    except StripeUnavailable:
        pass
    except ExceptionGroup as group:
        others = group.split(StripeUnavailable)[1]
        if others is not None:
            raise


def pass_time(stripe: StripeAtHand, **length: int) -> None:
    """Some time later: everything that beat rings for has rung."""
    stripe.now += timedelta(**length)
    now = stripe.now
    stripe.run_due()
    for sweep in (
        publish_waiting, finish_open_intents, bring_all_current, close_due_periods,
        collect_all_overage, look_for_invoices, catch_up, handle_waiting,
    ):  # fmt: skip
        with suppress_unavailable():
            sweep(now=now)
    stripe.run_due()


def calm_down(stripe: StripeAtHand) -> None:
    """Stripe is well again, and there is time for everything that was put off."""
    stripe.break_with(too_many_requests=0, server_error=0, timeout_after=0)
    for _ in range(8):
        pass_time(stripe, hours=2)


def live(shopper: Shopper, number: int) -> None:
    """Subscribe, use, upgrade if the number is even, buy a pack if it can be divided by three."""
    stripe = shopper.stripe
    checkout = insist(stripe, lambda: shopper.go_to_checkout("starter"))
    assert pay(stripe, checkout.url) == 303
    insist(stripe, lambda: shopper.come_back(checkout))
    if number % 2 == 0:
        insist(stripe, lambda: change_once(shopper))
    if number % 3 == 0:
        top_up = order(shopper.organization, at=stripe.now)
        insist(stripe, lambda: pay_once(top_up, shopper))


def change_once(shopper: Shopper) -> None:
    """A person who is told that it failed looks whether it has happened meanwhile."""
    if shopper.agreement.plan_version.plan.code != "professional":
        shopper.change(plan_code="professional")


def pay_once(top_up: TopUp, shopper: Shopper) -> None:
    top_up.refresh_from_db()
    if top_up.status != "paid":
        pay_with_card(top_up=top_up, now=shopper.now)


def everything(operation: str, **filters: Any) -> list[dict[str, Any]]:
    return list(ask_for_all(operation, filters))


def test_calls_of_which_three_in_ten_fail_do_everything_once(
    shaky: StripeAtHand,
) -> None:
    catalog = make_article_catalog()
    make_pack(catalog.credits)
    pass_time(shaky, minutes=5)
    insist(shaky, published)
    shoppers = [make_shopper(shaky, f"Customer {number}") for number in range(CUSTOMERS)]
    for number, shopper in enumerate(shoppers):
        live(shopper, number)
        use(shopper.organization, "over", 9_000, at=shaky.now)
    pass_time(shaky, days=15)
    for _ in range(40):
        pass_time(shaky, days=16, hours=1) if _ == 0 else pass_time(shaky, minutes=31)
        if len(shaky.requests) > REQUESTS and _ > 6:
            break

    asked = len(shaky.requests)
    calm_down(shaky)

    assert asked >= REQUESTS
    assert_as_many_objects_as_intended(catalog, shoppers)
    assert_nothing_is_left_open(shaky)


def published() -> None:
    if Publication.objects.exclude(status=PublicationStatus.PUBLISHED).exists():
        raise StripeUnavailable("Not all plans are published yet.")


def assert_as_many_objects_as_intended(catalog: ArticleCatalog, shoppers: list[Shopper]) -> None:
    """Counted at Stripe, not in our books."""
    organizations = sorted(shopper.organization.public_id for shopper in shoppers)
    customers = everything("customers.list")
    assert sorted(each["metadata"]["organization"] for each in customers) == organizations
    assert Counter(each["status"] for each in everything("subscriptions.list", status="all")) == {
        "active": len(shoppers)
    }
    assert len(everything("products.list")) == 4
    ours = set(StripePrice.objects.values_list("stripe_id", flat=True))
    assert {each["id"] for each in everything("prices.list") if each["recurring"]} == ours
    items = [each for each in everything("invoice_items.list") if each["metadata"]]
    settled = set(Settlement.objects.filter(amount_minor__gt=0).values_list("public_id", flat=True))
    of_settlements = [each["metadata"].get("settlement") for each in items]
    assert Counter(filter(None, of_settlements)) == Counter(settled)
    assert settled
    of_orders = [each["metadata"].get("top_up") for each in items]
    assert Counter(filter(None, of_orders)) == Counter(
        TopUp.objects.values_list("public_id", flat=True)
    )
    paid = [each for each in everything("invoices.list") if each["status"] == "paid"]
    # Overage whose renewal was final before its line was there is on an invoice of its own.
    own = [each for each in paid if "agreement" in each["metadata"]]
    assert sum(len(each["lines"]["data"]) for each in own) <= len(settled)
    assert Counter(
        each["billing_reason"] for each in paid if each["total"] and each not in own
    ) == {
        "subscription_create": CUSTOMERS,
        "subscription_update": CUSTOMERS // 2,
        "manual": len(range(0, CUSTOMERS, 3)),
        "subscription_cycle": CUSTOMERS,
    }


def assert_nothing_is_left_open(stripe: StripeAtHand) -> None:
    assert list(StripeIntent.objects.filter(status=IntentStatus.OPEN).values("key", "error")) == []
    assert not StripeEvent.objects.filter(
        status__in=[InboxStatus.WAITING, InboxStatus.FAILED]
    ).exists()
    assert set(SettlementCharge.objects.values_list("status", flat=True)) == {ChargeStatus.INVOICED}
    assert set(TopUp.objects.values_list("status", flat=True)) == {"paid"}
    reconcile(now=stripe.now, everything=True)
    found = StripeDifference.objects.filter(resolved_at=None)
    assert list(found.values_list("kind", "ours", "theirs")) == []
