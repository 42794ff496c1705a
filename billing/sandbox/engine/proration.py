"""What is left of a period that was paid for, by the second."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from billing.sandbox.engine.money import half_up


@dataclass(frozen=True)
class Debit:
    """What the customer was really charged for a stretch of time, discounts taken off."""

    amount: int
    start: int
    end: int


def share_left(*, start: int, end: int, at: int) -> Fraction:
    """The share of the stretch that begins at the moment: all before its start, none at its end."""
    if end <= start:
        return Fraction(0)
    left = min(max(end - at, 0), end - start)
    return Fraction(left, end - start)


def charge_for_rest(amount: int, *, start: int, end: int, at: int) -> int:
    """What the rest of a period costs whose whole would cost the amount."""
    return half_up(amount * share_left(start=start, end=end, at=at))


def credit_for_rest(debit: Debit, *, at: int) -> int:
    """The unused share of a debit, below zero: flexible billing gives back what was debited."""
    return -charge_for_rest(debit.amount, start=debit.start, end=debit.end, at=at)
