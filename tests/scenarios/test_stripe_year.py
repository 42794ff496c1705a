"""
A year of many agreements: every period is billed once, to the cent.

Three agreements here; `make verify` tells of fifty.
"""

from __future__ import annotations

from collections import Counter

import pytest

from billing.models import Invoice
from tests.support.extent import extent
from tests.support.haste import hasty
from tests.support.stripe_at_hand import StripeAtHand, stripe

from .year.oracle import Charge, what_it_costs
from .year.stories import ALL, END, list_stories
from .year.world import Year, charges_at_stripe, loose_ends, sell_plans, statuses_at_stripe

__all__ = ["hasty", "stripe"]

pytestmark = pytest.mark.django_db

AGREEMENTS = extent(short=2, full=ALL)


@pytest.mark.usefixtures("hasty")
def test_every_period_of_a_year_is_billed_once_to_the_cent(stripe: StripeAtHand) -> None:
    stories = list_stories(AGREEMENTS)
    stripe.now = min(story.anchor for story in stories)
    sell_plans(stripe.now)
    year = Year(stripe, stories)

    year.tell()

    expected = {story.name: what_it_costs(story, until=END) for story in stories}
    billed = {name: charges_at_stripe(shopper) for name, shopper in year.shoppers.items()}
    assert {name: _difference(billed[name], expected[name]) for name in expected} == {
        name: ({}, {}) for name in expected
    }
    assert {name: sum_of(charges) for name, charges in billed.items()} == {
        name: _sum_of_copies(year, name) for name in expected
    }
    assert {status for one in year.shoppers.values() for status in statuses_at_stripe(one)} == {
        "paid"
    }
    assert loose_ends(stripe.now) == {}


def sum_of(charges: Counter[Charge]) -> int:
    """What the charges come to together."""
    return sum(charge.cents * times for charge, times in charges.items())


def _sum_of_copies(year: Year, name: str) -> int:
    """The totals of the invoices that the organization itself sees."""
    copies = Invoice.objects.owned_by(year.shoppers[name].organization)
    return sum(copies.values_list("total_minor", flat=True))


def _difference(
    found: Counter[Charge], expected: Counter[Charge]
) -> tuple[dict[Charge, int], dict[Charge, int]]:
    """What is there and should not be, and what is missing."""
    return dict(found - expected), dict(expected - found)
