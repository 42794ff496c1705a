"""How many packs an automatic top-up orders. Pure: plain values in, plain values out."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from config.kernel.quantities import ZERO

MOST_PACKS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Refill:
    """
    When and how far packs fill a balance up.

    With less than `threshold` left, as many packs of `pack_credits` for `price_minor` each are
    due as bring the balance to `target` at least, for at most `limit_minor` in a period.
    """

    threshold: Decimal
    target: Decimal
    pack_credits: Decimal
    price_minor: int
    limit_minor: int

    def __post_init__(self) -> None:
        assert ZERO < self.threshold <= self.target, self
        assert self.pack_credits > ZERO and self.price_minor > 0, self


def packs_needed(*, balance: Decimal, target: Decimal, pack_credits: Decimal) -> int:
    """Return the fewest packs that bring a balance to the target; 0 if it is there."""
    if balance >= target:
        return 0
    whole, rest = divmod(target - balance, pack_credits)
    return int(whole) + (rest > ZERO)


def packs_due(refill: Refill, *, balance: Decimal, ordered_minor: int) -> int:
    """
    Return how many packs to order now, after orders of `ordered_minor` in the same period.

    Not below the threshold: none. The limit of the period may leave fewer than are needed, or
    none; no order has more than `MOST_PACKS`.
    """
    if balance >= refill.threshold:
        return 0
    needed = packs_needed(balance=balance, target=refill.target, pack_credits=refill.pack_credits)
    affordable = max(0, refill.limit_minor - ordered_minor) // refill.price_minor
    return min(needed, affordable, MOST_PACKS)
