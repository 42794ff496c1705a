"""
Monthly recurring revenue, and how it moves. Pure: plain values in and out.

It is what customers have agreed to pay ahead for a month: the base price at their seats, of a
yearly one the twelfth. Overage, packs, taxes, discounts and credits are not recurring.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Final

from config.kernel.money import Money

from ..choices import BillingInterval
from ..rating.charges import BasePrice, base_charge

_MONTHS: Final = {BillingInterval.MONTH: 1, BillingInterval.YEAR: 12}


class Movement(StrEnum):
    """How the revenue from a customer moved between two days."""

    NEW = "new"
    RETURNED = "returned"
    EXPANSION = "expansion"
    CONTRACTION = "contraction"
    CHURNED = "churned"


@dataclass(frozen=True, slots=True)
class Moved:
    """How many customers moved so, and by how much together; less is negative."""

    customers: int = 0
    minor: int = 0


@dataclass(frozen=True, slots=True)
class Movements:
    """
    The revenue of one currency on two days, in minor units a month, and what lies between.

    `start + sum of the movements == end`, always.
    """

    start: Moved
    end: Moved
    by_kind: Mapping[Movement, Moved] = field(default_factory=dict)

    def of(self, kind: Movement) -> Moved:
        """What moved in one way."""
        return self.by_kind.get(kind, Moved())

    def steps(self) -> Iterator[tuple[Movement, Moved]]:
        """Every way, in the order in which a waterfall shows them."""
        return ((kind, self.of(kind)) for kind in Movement)


def monthly(*, price: BasePrice, seats: int, interval: str) -> Money:
    """
    Return what an agreement brings a month, rounded once, half up.

    >>> monthly(price=BasePrice(fixed=Money(2_990_00, "USD")), seats=1, interval="year")
    Money(minor=24917, currency='USD')
    """
    charge = base_charge(price=price, seats=seats)
    share = Fraction(charge.minor, _MONTHS[BillingInterval(interval)])
    return Money(int(share + Fraction(1, 2)), charge.currency)


def compare(
    *, before: Mapping[int, int], after: Mapping[int, int], had_before: Collection[int]
) -> Movements:
    """
    Hold two days against each other: what each customer pays a month, by its key, above zero.

    Who pays on the second day and not on the first is new, or has returned if it is among those
    who `had_before` paid.
    """
    moved: dict[Movement, Moved] = {}
    for customer in before.keys() | after.keys():
        paid, pays = before.get(customer, 0), after.get(customer, 0)
        kind = _kind(paid, pays, has_returned=customer in had_before)
        if kind is not None:
            so_far = moved.get(kind, Moved())
            moved[kind] = Moved(so_far.customers + 1, so_far.minor + pays - paid)
    return Movements(
        start=Moved(len(before), sum(before.values())),
        end=Moved(len(after), sum(after.values())),
        by_kind=moved,
    )


def _kind(paid: int, pays: int, *, has_returned: bool) -> Movement | None:
    if paid == pays:
        return None
    if paid == 0:
        return Movement.RETURNED if has_returned else Movement.NEW
    if pays == 0:
        return Movement.CHURNED
    return Movement.EXPANSION if pays > paid else Movement.CONTRACTION
