"""How much enforced use may still take: what would be accepted, to the last millionth."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.kernel.quantities import SMALLEST, ZERO
from metering.usage.decision import available_within, refusal_of
from metering.usage.reports import Bounds, Held, Rejection

AMOUNTS = st.decimals(0, 2_000, places=6)


def available(
    bounds: Bounds,
    *,
    used: int = 0,
    overage: int = 0,
    held: tuple[int, int] = (0, 0),
    spendable: int | None = 0,
) -> Decimal | None:
    return available_within(
        bounds,
        used=Decimal(used),
        overage=Decimal(overage),
        held=Held(*map(Decimal, held)),
        spendable=None if spendable is None else Decimal(spendable),
    )


def test_without_overage_it_is_what_grants_would_pay() -> None:
    assert available(Bounds(), used=60, spendable=40) == 40


def test_what_the_plan_sells_comes_to_it() -> None:
    sold = Bounds(overage=Decimal(300))
    assert available(sold, used=1_100, overage=100, held=(80, 50), spendable=40) == 190


def test_the_limit_counts_what_is_held_as_used() -> None:
    limited = Bounds(limit=Decimal(1_000), overage=None)
    assert available(limited, used=700, held=(200, 0), spendable=400) == 100


@pytest.mark.parametrize(
    "bounds", [Bounds(limit=Decimal(50), overage=None), Bounds(overage=Decimal(-10))]
)
def test_it_is_never_below_zero(bounds: Bounds) -> None:
    assert available(bounds, used=60, overage=20) == 0


def test_overage_beyond_its_bound_takes_nothing_from_what_grants_would_pay() -> None:
    assert available(Bounds(), used=160, overage=60, spendable=40) == 40


def test_a_feature_that_is_withheld_has_nothing_to_spend() -> None:
    overdue = Bounds(refusal=Rejection.PAYMENT_OVERDUE)
    assert [available(overdue, spendable=left) for left in (1_000, None)] == [0, 0]


@pytest.mark.parametrize(("overage", "spendable"), [(None, 40), (ZERO, None)])
def test_where_nothing_bounds_it_there_is_no_most(
    overage: Decimal | None, spendable: int | None
) -> None:
    assert available(Bounds(overage=overage), spendable=spendable) is None


@given(
    limit=st.none() | AMOUNTS,
    bound=st.none() | st.decimals(-500, 2_000, places=6),
    used=AMOUNTS,
    overage=AMOUNTS,
    held=st.builds(Held, AMOUNTS, AMOUNTS),
    spendable=st.none() | AMOUNTS,
)
def test_all_that_is_available_is_allowed_and_nothing_beyond(
    limit: Decimal | None,
    bound: Decimal | None,
    used: Decimal,
    overage: Decimal,
    held: Held,
    spendable: Decimal | None,
) -> None:
    bounds = Bounds(limit=limit, overage=bound)

    def is_refused(asked: Decimal) -> bool:
        short = ZERO if spendable is None else max(ZERO, asked - spendable)
        refusal = refusal_of(
            bounds,
            used=used + asked,
            overage=overage + short,
            held=held,
            is_covered=short == ZERO,
        )
        return refusal is not None

    most = available_within(bounds, used=used, overage=overage, held=held, spendable=spendable)
    if most is None:
        assert not is_refused(Decimal(10) ** 9)
        return
    assert is_refused(most + SMALLEST)
    assert most == ZERO or not is_refused(most)
