"""How many packs an automatic top-up orders."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.top_ups.automatic import MOST_PACKS, Refill, packs_due, packs_needed

QUANTITIES = st.decimals(min_value="0.000001", max_value="1000", places=6)
ORDERED = st.integers(min_value=0, max_value=10**5)


@st.composite
def refills(draw: st.DrawFn) -> Refill:
    threshold, further = draw(QUANTITIES), draw(QUANTITIES)
    return Refill(
        threshold=threshold,
        target=threshold + further,
        pack_credits=draw(st.decimals(min_value=3, max_value="5000", places=6)),
        price_minor=draw(st.integers(min_value=1, max_value=10**4)),
        limit_minor=draw(st.integers(min_value=0, max_value=10**7)),
    )


@st.composite
def running_low(draw: st.DrawFn) -> tuple[Refill, Decimal]:
    """A refill, and a balance below its threshold."""
    refill = draw(refills())
    highest = refill.threshold - Decimal("0.000001")
    return refill, draw(st.decimals(min_value=0, max_value=highest, places=6))


def refill(
    *,
    threshold: str = "20",
    target: str = "50",
    pack: str = "1",
    price: int = 100,
    limit: int = 1_000_000,
) -> Refill:
    return Refill(Decimal(threshold), Decimal(target), Decimal(pack), price, limit)


def due(refill: Refill, balance: str, *, ordered: int = 0) -> int:
    return packs_due(refill, balance=Decimal(balance), ordered_minor=ordered)


def test_ac_045_a_balance_of_18_is_filled_up_to_50_with_32() -> None:
    assert due(refill(), "18") == 32


@pytest.mark.parametrize(
    ("balance", "packs"),
    [("18", 4), ("10", 4), ("9.999999", 5), ("0", 5), ("20", 0), ("19.999999", 4), ("60", 0)],
)
def test_a_pack_is_ordered_whole_and_only_below_the_threshold(balance: str, packs: int) -> None:
    assert due(refill(pack="10"), balance) == packs


@pytest.mark.parametrize(
    ("ordered", "packs"), [(0, 3), (100, 2), (299, 0), (300, 0), (201, 0), (200, 1), (10_000, 0)]
)
def test_the_limit_of_the_period_leaves_what_it_leaves(ordered: int, packs: int) -> None:
    assert due(refill(limit=300), "18", ordered=ordered) == packs


@pytest.mark.parametrize(
    ("left", "ordered", "packs"),
    [("1000", 0, 0), ("999", 0, 3), ("0", 0, 4), ("0", 22_000, 3), ("0", 38_500, 0)],
)
def test_the_example_of_the_reference(left: str, ordered: int, packs: int) -> None:
    example = refill(threshold="1000", target="2000", pack="500", price=5_500, limit=40_000)
    assert due(example, left, ordered=ordered) == packs


def test_a_pack_that_became_tiny_does_not_make_an_order_of_millions() -> None:
    assert due(refill(pack="0.000001", price=1), "18") == MOST_PACKS


@given(refill=refills(), balance=QUANTITIES, ordered=ORDERED)
def test_orders_never_come_to_more_than_the_limit(
    refill: Refill, balance: Decimal, ordered: int
) -> None:
    packs = packs_due(refill, balance=balance, ordered_minor=ordered)
    assert packs == 0 or ordered + packs * refill.price_minor <= refill.limit_minor


@given(low=running_low(), ordered=ORDERED)
def test_the_target_is_reached_with_the_fewest_packs_unless_the_limit_forbids_it(
    low: tuple[Refill, Decimal], ordered: int
) -> None:
    refill, balance = low
    packs = packs_due(refill, balance=balance, ordered_minor=ordered)
    if balance + packs * refill.pack_credits >= refill.target:
        assert balance + (packs - 1) * refill.pack_credits < refill.target
    else:
        assert ordered + (packs + 1) * refill.price_minor > refill.limit_minor


@given(refill=refills(), above=st.decimals(min_value=0, max_value=1000, places=6))
def test_nothing_is_ordered_at_or_above_the_threshold(refill: Refill, above: Decimal) -> None:
    assert packs_due(refill, balance=refill.threshold + above, ordered_minor=0) == 0


@given(balance=QUANTITIES, target=QUANTITIES, pack_credits=QUANTITIES)
def test_packs_needed_are_the_fewest_that_reach_the_target(
    balance: Decimal, target: Decimal, pack_credits: Decimal
) -> None:
    packs = packs_needed(balance=balance, target=target, pack_credits=pack_credits)
    assert balance + packs * pack_credits >= target
    assert packs == 0 or balance + (packs - 1) * pack_credits < target
