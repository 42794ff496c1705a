"""Monthly recurring revenue: what a base price brings a month, and how customers move."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.analytics.mrr import Moved, Movement, compare, monthly
from billing.rating.charges import BasePrice
from config.kernel.money import Money

PAID = st.dictionaries(st.integers(1, 12), st.integers(1, 10**9))


@pytest.mark.parametrize(
    ("price", "seats", "interval", "minor"),
    [
        (BasePrice(fixed=Money(299_00, "USD")), 1, "month", 299_00),
        (BasePrice(fixed=Money(2_990_00, "USD")), 1, "year", 249_17),
        (BasePrice(per_seat=Money(100_00, "USD")), 50, "month", 5_000_00),
        (BasePrice(per_seat=Money(75_00, "USD")), 10, "month", 750_00),
        (BasePrice(fixed=Money(6, "USD")), 1, "year", 1),
        (BasePrice(fixed=Money(5, "USD")), 1, "year", 0),
    ],
)
def test_what_an_agreement_brings_a_month(
    price: BasePrice, seats: int, interval: str, minor: int
) -> None:
    assert monthly(price=price, seats=seats, interval=interval) == Money(minor, "USD")


def test_everybody_moves_in_one_way() -> None:
    found = compare(
        before={1: 100, 2: 200, 3: 300, 4: 400},
        after={2: 200, 3: 350, 4: 250, 5: 99, 6: 50},
        had_before={6},
    )
    assert (found.start, found.end) == (Moved(4, 1_000), Moved(5, 949))
    assert dict(found.steps()) == {
        Movement.NEW: Moved(1, 99),
        Movement.RETURNED: Moved(1, 50),
        Movement.EXPANSION: Moved(1, 50),
        Movement.CONTRACTION: Moved(1, -150),
        Movement.CHURNED: Moved(1, -100),
    }


@given(before=PAID, after=PAID, had_before=st.sets(st.integers(1, 12)))
def test_the_movements_lead_from_the_start_to_the_end(
    before: dict[int, int], after: dict[int, int], had_before: set[int]
) -> None:
    found = compare(before=before, after=after, had_before=had_before)
    assert found.start.minor + sum(moved.minor for _, moved in found.steps()) == found.end.minor
    came = found.of(Movement.NEW).customers + found.of(Movement.RETURNED).customers
    gone = found.of(Movement.CHURNED).customers
    assert found.start.customers + came - gone == found.end.customers
