"""How many credits an action should take: the article's numbers, and what holds for any."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rating.credit_price import (
    Aim,
    cost_per_credit,
    margins_at,
    price_for_margin,
    rounded_up,
    suggested_credits,
)
from billing.rating.margins import in_percent
from config.kernel.money import Money

# Of the article, "Pitfall 2: Underestimating Your Costs" and "Step 1: Define Your Value Metrics".
AIM = Aim(target=Decimal("0.70"), buffer=Decimal("0.4"))
PLAIN = Aim(target=Decimal("0.70"), buffer=Decimal(0))
PRICE = Decimal("0.12")
COSTS = [Decimal("0.035"), Decimal("0.19"), Decimal("1.58")]

costs = st.decimals(min_value=0, max_value=1000, places=6)
prices = st.decimals(min_value="0.0001", max_value=100, places=4)
aims = st.builds(
    Aim,
    target=st.decimals(min_value=0, max_value="0.9999", places=4),
    buffer=st.decimals(min_value=0, max_value=5, places=4),
)


def credits_for(aim: Aim) -> list[int]:
    return [suggested_credits(cost=cost, price=PRICE, aim=aim) for cost in COSTS]


def test_a_buffer_of_40_percent_asks_for_more_than_the_article_charges() -> None:
    assert credits_for(AIM) == [2, 8, 62]


def test_without_a_buffer_fewer_suffice() -> None:
    assert credits_for(PLAIN) == [1, 6, 44]


def test_an_exact_fit_is_not_rounded_up() -> None:
    # 0.36 / (0.12 x 0.3) is 10; in binary fractions it is a little more.
    assert suggested_credits(cost=Decimal("0.36"), price=PRICE, aim=PLAIN) == 10


def test_what_costs_nothing_takes_no_credits() -> None:
    assert suggested_credits(cost=Decimal(0), price=PRICE, aim=AIM) == 0


def test_a_price_for_a_margin_is_rounded_up_to_a_cent() -> None:
    price = price_for_margin(cost=Decimal("0.035"), target=Decimal("0.70"))
    assert price == Fraction(35, 300)
    assert rounded_up(price, currency="USD") == Money(12, "USD")
    assert rounded_up(Fraction(12, 100), currency="USD") == Money(12, "USD")
    assert rounded_up(Fraction(12, 100), currency="JPY") == Money(1, "JPY")


def test_a_credit_costs_what_its_action_costs_divided_by_its_credits() -> None:
    per_credit = [
        cost_per_credit(cost=cost, credits=Decimal(credits))
        for cost, credits in zip(COSTS, (5, 10, 50), strict=True)
    ]
    assert per_credit == [Decimal("0.007"), Decimal("0.019"), Decimal("0.0316")]
    assert cost_per_credit(cost=Decimal(1), credits=Decimal(0)) is None


@pytest.mark.parametrize(
    ("credits", "cost", "plain", "buffered"),
    [
        (5, "0.035", "94.2", "91.8"),
        (10, "0.19", "84.2", "77.8"),
        (50, "1.58", "73.7", "63.1"),
        (62, "1.58", "78.8", "70.3"),
    ],
)
def test_an_action_misses_the_target_by_its_buffered_margin(
    credits: int, cost: str, plain: str, buffered: str
) -> None:
    found = margins_at(credits=Decimal(credits), cost=Decimal(cost), price=PRICE, aim=AIM)
    assert found.plain is not None
    assert found.buffered is not None
    assert (str(in_percent(found.plain)), str(in_percent(found.buffered))) == (plain, buffered)
    assert found.misses_target is (Decimal(buffered) < 70)


def test_what_is_given_away_misses_every_target_if_it_costs_something() -> None:
    free = margins_at(credits=Decimal(0), cost=Decimal("0.01"), price=PRICE, aim=PLAIN)
    assert (free.plain, free.misses_target) == (None, True)
    nothing = margins_at(credits=Decimal(0), cost=Decimal(0), price=PRICE, aim=PLAIN)
    assert nothing.misses_target is False


@given(cost=costs, price=prices, aim=aims)
def test_the_suggestion_is_the_least_number_that_reaches_the_target(
    cost: Decimal, price: Decimal, aim: Aim
) -> None:
    credits = suggested_credits(cost=cost, price=price, aim=aim)

    def reaches(count: int) -> bool:
        revenue = count * Fraction(price)
        spent = Fraction(cost) * (1 + Fraction(aim.buffer))
        return revenue - spent >= Fraction(aim.target) * revenue

    assert reaches(credits)
    assert credits == 0 or not reaches(credits - 1)


@given(cost=costs, target=st.decimals(min_value=0, max_value="0.9999", places=4))
def test_a_price_leaves_exactly_the_margin_that_it_is_for(cost: Decimal, target: Decimal) -> None:
    price = price_for_margin(cost=cost, target=target)
    assert price - Fraction(cost) == Fraction(target) * price
    shown = rounded_up(price, currency="USD")
    assert 0 <= Fraction(shown.amount) - price < Fraction(1, 100)
