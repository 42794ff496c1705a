"""
The charges of a bill.

The invoice, its estimate, the price list and every comparison of plans call these functions,
so that a number shown anywhere is the number charged.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from config.kernel.money import Money

from .pricing import OveragePricing


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
    """
    One line of a bill: `quantity` makes `amount`, rounded once, by `unit_price` for each.

    Where that is not all there is to the price `unit_price` is None; `price_words` says it then.
    """

    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal | None
    amount: Money
    price_words: str = ""


def base_charge(*, price: BasePrice, seats: int) -> Money:
    """Return what a billing period costs before usage. Every seat is charged, none is free."""
    assert seats >= 1, seats
    charge = Money(0, price.currency)
    if price.fixed is not None:
        charge += price.fixed
    if price.per_seat is not None:
        charge += price.per_seat * seats
    return charge


def fixed_line(*, description: str, unit: str, amount: Money) -> ChargeLine:
    """The line of a fixed base price; `unit` names the interval."""
    return ChargeLine(description, Decimal(1), unit, amount.amount, amount)


def seats_line(*, description: str, unit: str, per_seat: Money, seats: int) -> ChargeLine:
    """The line of a base price per seat."""
    return ChargeLine(description, Decimal(seats), unit, per_seat.amount, per_seat * seats)


def overage_line(
    *, description: str, unit: str, quantity: Decimal, pricing: OveragePricing, price_words: str
) -> ChargeLine:
    """The line of usage beyond the allowance; `price_words` says the price in a sentence."""
    amount = pricing.charge(quantity)
    if pricing.only_price is not None:
        return ChargeLine(description, quantity, unit, pricing.only_price, amount)
    return ChargeLine(description, quantity, unit, None, amount, price_words)


def total(lines: Iterable[ChargeLine], *, currency: str) -> Money:
    """Add the lines up. Each was rounded already, so the sum is what the lines show."""
    return sum((line.amount for line in lines), Money(0, currency))
