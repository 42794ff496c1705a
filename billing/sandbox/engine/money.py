"""Whole minor units, rounded once."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction


def half_up(amount: Decimal | Fraction | int) -> int:
    """The nearest whole amount; a half goes away from zero, so a credit mirrors its debit."""
    exact = Fraction(amount)
    magnitude = (abs(exact) * 2 + 1) // 2
    return -magnitude if exact < 0 else magnitude


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """The total in shares as large as the weights: nothing is lost, the largest rests come first.

    The weights are not negative. No weight at all takes nothing.
    """
    whole = sum(weights)
    if not whole:
        return [0 for _ in weights]
    shares = [total * weight // whole for weight in weights]
    rests = [total * weight % whole for weight in weights]
    by_rest = sorted(range(len(weights)), key=lambda place: -rests[place])
    for place in by_rest[: total - sum(shares)]:
        shares[place] += 1
    return shares


def plain(number: Decimal) -> str:
    """The decimal as Stripe writes it: no exponent, no idle zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
