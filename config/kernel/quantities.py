"""Quantities and credits: decimals with six places inside a fixed range."""

from decimal import ROUND_DOWN, Decimal
from typing import Final

ZERO: Final = Decimal(0)
PLACES: Final = 6
SMALLEST: Final = Decimal(1).scaleb(-PLACES)
LARGEST: Final = Decimal(10) ** 12


def rounded_down(quantity: Decimal) -> Decimal:
    """Cut a quantity to six places, towards zero: never grant more than was earned."""
    return quantity.quantize(SMALLEST, rounding=ROUND_DOWN)
