"""The amount that is shown is the amount that is charged, whenever somebody changes their mind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.models import Invoice
from billing.stripe.publishing import publish_waiting
from config.kernel.money import Money
from tests.factories.catalog import (
    fixed,
    make_group,
    make_metered,
    make_plan,
    make_version,
    metered,
)
from tests.factories.metering import make_credit_meter
from tests.proof.scene import never_committed
from tests.support.extent import extent
from tests.support.haste import hasty
from tests.support.shopping import Shopper, make_shopper
from tests.support.stripe_at_hand import NOW, StripeAtHand, stripe

__all__ = ["hasty", "stripe"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hasty")]

# Prices that divide badly, cheapest first.
PRICES = ("7.01", "19", "49.99", "99", "333.33", "1111.11", "1999.97")
MONTH = timedelta(days=30)
# Of four upgrades each.
LADDERS = extent(short=6, full=50)
DOWNGRADES = extent(short=4, full=20)
numbers = count(1)

plans = st.integers(0, len(PRICES) - 1)
ladders = st.lists(plans, min_size=5, max_size=5, unique=True).map(sorted)
moments = st.integers(1, int(MONTH.total_seconds()) - 3_600)


@pytest.fixture
def shop(stripe: StripeAtHand) -> StripeAtHand:
    credits, group = make_metered(make_credit_meter()), make_group()
    for number, price in enumerate(PRICES):
        make_version(
            make_plan(group, f"plan_{number}"),
            metered(credits, 100 * (number + 1), overage="0.1"),
            prices=(fixed(price), fixed(f"{price[:-1]}5", interval="year")),
        )
    publish_waiting(now=NOW)
    return stripe


@contextmanager
def one_example(shop: StripeAtHand) -> Iterator[Shopper]:
    """A customer of its own at the same moment each time."""
    shop.now = NOW
    with never_committed():
        yield make_shopper(shop, f"Customer {next(numbers)}")


def invoices(shopper: Shopper) -> list[dict[str, Any]]:
    """All of the customer's invoices at Stripe, the first one first."""
    told = shopper.stripe.ask("invoices.list", customer=shopper.customer_id, limit=100)["data"]
    return list(reversed(told))


RANDOM = settings(
    deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def test_every_upgrade_charges_what_was_shown(shop: StripeAtHand) -> None:
    upgrades = count()
    climb(shop, upgrades)
    assert next(upgrades) >= LADDERS * 4


@settings(RANDOM, max_examples=LADDERS)
@given(ladder=ladders, waits=st.lists(moments, min_size=4, max_size=4, unique=True).map(sorted))
def climb(shop: StripeAtHand, upgrades: count[int], ladder: list[int], waits: list[int]) -> None:
    """From plan to dearer plan within one month, each for what was shown."""
    with one_example(shop) as shopper:
        shopper.subscribe(f"plan_{ladder[0]}")
        for target, wait in zip(ladder[1:], waits, strict=False):
            shop.now = NOW + timedelta(seconds=wait)
            shown = shopper.preview(plan_code=f"plan_{target}")
            before = len(invoices(shopper))

            made = shopper.change(plan_code=f"plan_{target}")

            [charged] = invoices(shopper)[before:]
            assert shown.due_now == made.due_now == Money(charged["amount_paid"], "USD")
            assert charged["status"] == "paid"
            assert sum(line.amount.minor for line in shown.lines) == charged["total"]
            assert [line.amount.minor for line in shown.lines] == [
                line["amount"] for line in charged["lines"]["data"]
            ]
            assert shopper.agreement.plan_version.plan.code == f"plan_{target}"
            next(upgrades)


@settings(RANDOM, max_examples=DOWNGRADES)
@given(ladder=ladders, wait=moments)
def test_a_downgrade_charges_nothing_now_and_the_smaller_price_then(
    shop: StripeAtHand, ladder: list[int], wait: int
) -> None:
    with one_example(shop) as shopper:
        shopper.subscribe(f"plan_{ladder[-1]}")
        shop.now = NOW + timedelta(seconds=wait)

        shown = shopper.preview(plan_code=f"plan_{ladder[0]}")
        shopper.change(plan_code=f"plan_{ladder[0]}")

        assert shown.due_now == Money(0, "USD")
        assert len(invoices(shopper)) == 1
        shop.now = NOW + MONTH + timedelta(minutes=1)
        shop.run_due()
        renewal = invoices(shopper)[-1]
        assert (renewal["billing_reason"], renewal["total"]) == (
            "subscription_cycle",
            shown.base.minor,
        )
        assert not Invoice.objects.filter(total_minor__lt=0).exists()
