"""Money: whole minor units and a currency, rounded once."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from .quantities import EXACT

# Number of decimals of the minor unit where it is not two; the currencies that
# Stripe lists as zero-decimal or three-decimal ("Supported currencies").
_MINOR_DIGITS: Final = dict.fromkeys(
    "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(), 0
) | dict.fromkeys("BHD JOD KWD OMR TND".split(), 3)


def minor_digits(currency: str) -> int:
    """Return how many decimals the currency's amounts carry: 2 for USD, 0 for JPY."""
    return _MINOR_DIGITS.get(currency, 2)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in whole minor units: `Money(9900, "USD")` is $99.00."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        assert self.currency == other.currency, (self, other)
        return Money(self.minor + other.minor, self.currency)

    def __mul__(self, count: int) -> "Money":
        return Money(self.minor * count, self.currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units, exact."""
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))


def rounded(amount: Decimal, *, currency: str) -> Money:
    """Round an exact amount in major units to whole minor units, half away from zero."""
    minor = amount.scaleb(minor_digits(currency), context=EXACT)
    return Money(int(minor.quantize(Decimal(1), ROUND_HALF_UP, context=EXACT)), currency)
