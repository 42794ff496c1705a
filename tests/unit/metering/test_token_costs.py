"""What tokens cost."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from metering.price_book.costs import MOST_TOKENS, MillionPrice, TokensUsed, cost_of
from metering.price_book.queries import PriceBook

MINI = MillionPrice(Decimal("0.15"), Decimal("0.60"), Decimal("0.075"))
JANUARY = datetime(2026, 1, 1, tzinfo=UTC)
counts = st.integers(min_value=0, max_value=MOST_TOKENS)
prices = st.decimals(min_value=0, max_value="999999.999999", places=6)


def test_each_token_is_paid_by_its_sort() -> None:
    used = TokensUsed("mini", input=12_000, output=800, cached=4_000)
    # 0.0018 + 0.00048 + 0.0003
    assert cost_of(used, price=MINI) == Decimal("0.00258")


def test_a_cost_is_rounded_once_half_up_to_twelve_places() -> None:
    price = MillionPrice(Decimal("0.0000005"), Decimal("0.0000005"), Decimal(0))
    assert cost_of(TokensUsed("mini", input=1), price=price) == Decimal("0.000000000001")
    assert cost_of(TokensUsed("mini", input=1, output=1), price=price) == Decimal("0.000000000001")


@given(st.tuples(counts, counts, counts), st.tuples(prices, prices, prices))
def test_a_cost_is_off_by_half_of_the_last_place_at_most(
    used: tuple[int, int, int], each: tuple[Decimal, Decimal, Decimal]
) -> None:
    exact = sum(
        count * Fraction(price) / 1_000_000 for count, price in zip(used, each, strict=True)
    )
    found = cost_of(TokensUsed("mini", *used), price=MillionPrice(*each))
    assert abs(Fraction(found) - exact) <= Fraction(1, 2 * 10**12)


def test_a_book_knows_the_price_of_each_moment() -> None:
    dear = MillionPrice(Decimal(10), Decimal(30), Decimal(5))
    book = PriceBook([("mini", JANUARY + timedelta(days=31), MINI), ("mini", JANUARY, dear)])
    used = TokensUsed("mini", input=1_000_000)
    before = JANUARY - timedelta(microseconds=1)
    change = JANUARY + timedelta(days=31)
    assert book.cost_of(used, at=before) is None
    assert book.cost_of(used, at=change - timedelta(microseconds=1)) == 10
    assert book.cost_of(used, at=change) == Decimal("0.15")
    assert book.price_at("other", at=change) is None
