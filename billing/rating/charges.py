"""
The charges of a bill.

The invoice, its estimate, the price list and every comparison of plans call these functions,
so that a number shown anywhere is the number charged.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from config.kernel.money import Money, rounded
from config.kernel.quantities import EXACT, ZERO


@dataclass(frozen=True, slots=True)
class BasePrice:
    """
    What is due at the start of each billing period in one currency: a fixed amount, an amount
    for every seat, or both.
    """

    fixed: Money | None = None
    per_seat: Money | None = None

    def __post_init__(self) -> None:
        assert self.fixed is not None or self.per_seat is not None
        assert None in (self.fixed, self.per_seat) or self._has_one_currency()

    def _has_one_currency(self) -> bool:
        return (
            len({money.currency for money in (self.fixed, self.per_seat) if money is not None}) == 1
        )

    @property
    def currency(self) -> str:
        """The currency of the amounts."""
        return (self.fixed or self.per_seat or Money(0, "")).currency


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """One line of a bill: `quantity` at `unit_price` makes `amount`, rounded once."""

    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    amount: Money


def base_charge(*, price: BasePrice, seats: int) -> Money:
    """Return what a billing period costs before usage. Every seat is charged, none is free."""
    assert seats >= 1, seats
    charge = Money(0, price.currency)
    if price.fixed is not None:
        charge += price.fixed
    if price.per_seat is not None:
        charge += price.per_seat * seats
    return charge


def overage_charge(*, credits: Decimal, unit_price: Decimal, currency: str) -> Money:
    """
    Return what usage beyond the allowance costs.

    The product is exact and rounded once, half up: never per event, never per day.
    """
    assert credits >= ZERO and unit_price >= ZERO, (credits, unit_price)
    return rounded(EXACT.multiply(credits, unit_price), currency=currency)


def fixed_line(*, description: str, unit: str, amount: Money) -> ChargeLine:
    """The line of a fixed base price; `unit` names the interval."""
    return ChargeLine(description, Decimal(1), unit, amount.amount, amount)


def seats_line(*, description: str, unit: str, per_seat: Money, seats: int) -> ChargeLine:
    """The line of a base price per seat."""
    return ChargeLine(description, Decimal(seats), unit, per_seat.amount, per_seat * seats)


def overage_line(
    *, description: str, unit: str, credits: Decimal, unit_price: Decimal, currency: str
) -> ChargeLine:
    """The line of usage beyond the allowance."""
    amount = overage_charge(credits=credits, unit_price=unit_price, currency=currency)
    return ChargeLine(description, credits, unit, unit_price, amount)


def total(lines: Iterable[ChargeLine], *, currency: str) -> Money:
    """Add the lines up. Each was rounded already, so the sum is what the lines show."""
    return sum((line.amount for line in lines), Money(0, currency))
