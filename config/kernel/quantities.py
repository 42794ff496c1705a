"""Quantities and credits: decimals with six places inside a fixed range."""

from decimal import Context, Decimal
from typing import Final

ZERO: Final = Decimal(0)
PLACES: Final = 6
SMALLEST: Final = Decimal(1).scaleb(-PLACES)
LARGEST: Final = Decimal(10) ** 12
# Sums over the life of an organization, which only ever grow.
LARGEST_TOTAL: Final = Decimal(10) ** 24
# Room for every digit of a quantity times a price: a product is exact until it is rounded, once.
EXACT: Final = Context(prec=60)
