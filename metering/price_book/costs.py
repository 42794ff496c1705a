"""What tokens cost: plain values in and out."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from config.kernel.quantities import EXACT

MOST_TOKENS: Final = 10**12
_PLACES: Final = Decimal(1).scaleb(-12)


@dataclass(frozen=True, slots=True)
class TokensUsed:
    """
    The tokens that a call to a model took, each counted once: those of the input that the
    provider had read before are `cached` and not `input`.
    """

    model: str
    input: int = 0
    output: int = 0
    cached: int = 0


@dataclass(frozen=True, slots=True)
class MillionPrice:
    """What a million tokens of each sort cost, in the reporting currency."""

    input: Decimal
    output: Decimal
    cached: Decimal


def cost_of(tokens: TokensUsed, *, price: MillionPrice) -> Decimal:
    """
    Return what the tokens cost in major units of the reporting currency, exact until it is rounded
    once, half up, to twelve places.
    """
    of_millions = sum(
        (
            EXACT.multiply(Decimal(count), each)
            for count, each in (
                (tokens.input, price.input),
                (tokens.output, price.output),
                (tokens.cached, price.cached),
            )
        ),
        Decimal(0),
    )
    return of_millions.scaleb(-6, context=EXACT).quantize(_PLACES, ROUND_HALF_UP, context=EXACT)
