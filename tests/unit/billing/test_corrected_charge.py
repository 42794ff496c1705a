from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rating.pricing import OveragePricing
from billing.settlements.charges import least_charge
from tests.factories.pricing import graduated, package, per_unit, volume

FALLING = volume((1_000, "0.10"), (None, "0.05"))
PRICINGS = [
    per_unit("0.15"),
    per_unit("0.001", minimum=1, maximum=20),
    package(5, size=100, free=50),
    graduated((100, "0.20"), (1_000, "0.10"), (None, "0.05")),
    FALLING,
    volume((100, "1", 5), (1_000, "0.30"), (None, "0.01")),
]


@pytest.mark.parametrize(
    ("settled", "left", "expected"),
    [
        (1_001, 1_001, 5_005),
        (1_001, 1_000, 5_000),
        (1_001, 500, 5_000),
        (1_001, 499, 4_990),
        (1_001, 0, 0),
        (1_000, 999, 9_990),
    ],
)
def test_less_is_never_dearer_than_more_was(settled: int, left: int, expected: int) -> None:
    charge = least_charge(FALLING, settled=Decimal(settled), left=Decimal(left))
    assert (charge.minor, charge.currency) == (expected, "USD")


quantities = st.decimals(min_value=0, max_value=2_000, places=6)


@given(
    pricing=st.sampled_from(PRICINGS), settled=quantities, parts=st.lists(quantities, max_size=6)
)
def test_many_corrections_add_up_to_one(
    pricing: OveragePricing, settled: Decimal, parts: list[Decimal]
) -> None:
    left, given_back = settled, 0
    charged = pricing.charge(settled).minor
    assert least_charge(pricing, settled=settled, left=settled).minor == charged
    for part in parts:
        left = max(Decimal(0), left - part)
        step = least_charge(pricing, settled=settled, left=left).minor - (charged + given_back)
        assert step <= 0
        given_back += step
    assert charged + given_back == least_charge(pricing, settled=settled, left=left).minor
    assert charged + given_back <= pricing.charge(left).minor
