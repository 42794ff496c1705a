"""What months would have cost on a plan: the numbers of the article, and what rolls over."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rating.charges import BasePrice
from billing.rating.pricing import OveragePricing
from billing.rating.replay import (
    MonthUsed,
    PricedFeature,
    PricedPlan,
    average_of,
    dearest_of,
    replay,
)
from config.kernel.money import Money
from config.kernel.periods import Interval, boundary
from metering.credits.rollover import Basis, RolloverPolicy
from tests.factories.pricing import per_unit

ANCHOR = datetime(2026, 1, 31, 8, tzinfo=UTC)
QUARTER_FOR_A_MONTH = RolloverPolicy(Basis.UNUSED, 25, term_periods=1)


def months(*used: int | str, code: str = "ai_credits") -> list[MonthUsed]:
    return [
        MonthUsed(
            boundary(ANCHOR, months=index),
            boundary(ANCHOR, months=index + 1),
            {code: Decimal(quantity)},
        )
        for index, quantity in enumerate(used)
    ]


def plan(
    base: str,
    *,
    allowance: int | None,
    price: str | OveragePricing = "",
    rollover: RolloverPolicy | None = None,
    interval: Interval = Interval.MONTH,
) -> PricedPlan:
    pricing = per_unit(price) if isinstance(price, str) and price else price or None
    feature = PricedFeature(
        "ai_credits",
        None if allowance is None else Decimal(allowance),
        pricing if isinstance(pricing, OveragePricing) else None,
        rollover,
    )
    fixed = Money(int(Decimal(base) * 100), "USD")
    return PricedPlan(BasePrice(fixed=fixed), interval, (feature,))


STARTER = plan("99", allowance=1_000, price="0.15")
PROFESSIONAL = plan("299", allowance=5_000, price="0.12")
SEATS = PricedPlan(
    BasePrice(per_seat=Money(75_00, "USD")), Interval.MONTH, (PricedFeature("ai_credits", None),)
)


def totals(priced: PricedPlan, used: Sequence[MonthUsed], *, seats: int = 1) -> list[int]:
    return [bill.total.minor for bill in replay(priced, seats=seats, months=used)]


def test_ac_143_750_dollars_of_seats_are_299_or_219_dollars_for_1_800_credits() -> None:
    used = months(1_800)
    assert totals(SEATS, used, seats=10) == [750_00]
    assert totals(PROFESSIONAL, used) == [299_00]
    assert totals(STARTER, used) == [219_00]


def test_ac_144_starter_becomes_dearer_than_professional_after_2_333_credits() -> None:
    used = months(2_333, 2_334)
    assert totals(STARTER, used) == [298_95, 299_10]
    assert totals(PROFESSIONAL, used) == [299_00, 299_00]


def test_ac_145_professional_costs_more_than_750_dollars_from_8_759_credits() -> None:
    assert totals(PROFESSIONAL, months(8_758, 8_759)) == [749_96, 750_08]


def test_a_bill_says_what_its_base_and_its_overage_are() -> None:
    [bill] = replay(PROFESSIONAL, seats=20, months=months(9_000))
    assert bill.base == Money(299_00, "USD")
    assert bill.overage == {"ai_credits": Money(480_00, "USD")}
    assert bill.total == Money(779_00, "USD")
    assert (bill.starts_at, bill.ends_at) == (ANCHOR, boundary(ANCHOR, months=1))


def test_average_is_rounded_once_half_up_and_the_first_of_the_dearest_months_is_named() -> None:
    bills = replay(STARTER, seats=1, months=months(1_000, 1_001, 1_001, 1_000))
    assert [bill.total.minor for bill in bills] == [99_00, 99_15, 99_15, 99_00]
    assert average_of(bills) == Money(99_08, "USD")
    assert dearest_of(bills) == bills[1]


def test_a_yearly_price_counts_with_its_twelfth() -> None:
    yearly = plan("2990", allowance=5_000, price="0.12", interval=Interval.YEAR)
    assert totals(yearly, months(4_000, 6_000)) == [249_17, 369_17]


def test_a_quarter_of_what_is_left_pays_in_the_next_month_and_then_is_gone() -> None:
    rolling = plan("299", allowance=5_000, price="0.12", rollover=QUARTER_FOR_A_MONTH)
    # 1,000 roll over; 200 are missing; nothing is left, so 1,200 are missing.
    assert totals(rolling, months(1_000, 6_200, 6_200)) == [299_00, 323_00, 443_00]
    # What rolled over goes first, and the quarter is taken of the allowance that is left.
    assert totals(rolling, months(1_000, 2_000, 6_001)) == [299_00, 299_00, 299_12]


def test_what_rolls_over_for_ever_stays_within_its_cap() -> None:
    capped = plan(
        "1999",
        allowance=20_000,
        price="0.10",
        rollover=RolloverPolicy(Basis.UNUSED, 50, cap_percent=100),
    )
    # 10,000, 10,000 and nothing more: 20,000 are the cap.
    assert totals(capped, months(0, 0, 0, 40_000, 20_001)) == [1999_00] * 4 + [1999_10]


@pytest.mark.parametrize(("rerolls", "last"), [(True, 99_00), (False, 99_10)])
def test_what_rolled_over_rolls_again_only_where_the_terms_say_so(
    *, rerolls: bool, last: int
) -> None:
    policy = RolloverPolicy(Basis.UNUSED, 100, term_periods=1, rerolls=rerolls)
    rolling = plan("99", allowance=1, price="0.10", rollover=policy)
    assert totals(rolling, months(0, 0, 3))[-1] == last


def test_unlimited_usage_costs_nothing_and_overage_that_is_not_sold_neither() -> None:
    assert totals(plan("10", allowance=None), months(10**9)) == [10_00]
    assert totals(plan("10", allowance=5), months(10**9)) == [10_00]


def test_a_minimum_is_due_without_usage_and_other_features_cost_nothing() -> None:
    with_minimum = OveragePricing(
        currency="USD",
        model=per_unit("1").model,
        unit_price=Decimal(1),
        minimum=Money(20_00, "USD"),
    )
    priced = plan("10", allowance=5, price=with_minimum)
    assert totals(priced, months(0, 26)) == [30_00, 31_00]
    assert totals(STARTER, months(10_000, code="documents")) == [99_00]


def test_no_months_no_bills() -> None:
    assert replay(STARTER, seats=1, months=[]) == []


@given(
    used=st.lists(st.integers(min_value=0, max_value=20_000), min_size=1, max_size=8),
    policy=st.builds(
        RolloverPolicy,
        basis=st.sampled_from(Basis),
        percent=st.integers(min_value=1, max_value=100),
        cap_percent=st.none() | st.integers(min_value=0, max_value=200),
        term_periods=st.none() | st.integers(min_value=1, max_value=4),
        rerolls=st.booleans(),
    ),
)
def test_rollover_never_makes_a_month_dearer_nor_all_of_them_cheaper_than_one_big_allowance(
    used: list[int], policy: RolloverPolicy
) -> None:
    replayed = months(*used)
    with_rollover = totals(plan("0", allowance=5_000, price="0.12", rollover=policy), replayed)
    without = totals(plan("0", allowance=5_000, price="0.12"), replayed)
    assert all(mine <= plain for mine, plain in zip(with_rollover, without, strict=True))
    pooled = totals(plan("0", allowance=5_000 * len(used), price="0.12"), months(sum(used)))
    assert sum(with_rollover) >= pooled[0] - len(used)
