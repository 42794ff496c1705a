"""
What the usage of a period beyond the allowance costs, by each model of price.

Pure: plain values in, plain values out. The bill, its estimate, every limit in money and every
comparison of plans ask here, so that a number shown anywhere is the number charged.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil
from typing import Final

from config.kernel.money import Money, minor_digits, rounded
from config.kernel.quantities import EXACT, PLACES, SMALLEST, ZERO

_HALF: Final = Fraction(1, 2)
# Less than two costs can differ by: prices have twelve places, quantities six.
_CRUMB: Final = Fraction(1, 10**20)


class Model(StrEnum):
    """How the overage of a period makes a charge."""

    PER_UNIT = "per_unit"
    GRADUATED = "graduated"
    VOLUME = "volume"
    PACKAGE = "package"
    PERCENTAGE = "percentage"


TIERED: Final = frozenset({Model.GRADUATED, Model.VOLUME})


@dataclass(frozen=True, slots=True)
class Tier:
    """
    The quantities above the tier before it, up to and including `up_to` (None: no end).

    `flat_price` is due once when the tier is reached; the first tier is reached from the start.
    """

    up_to: Decimal | None
    unit_price: Decimal = ZERO
    flat_price: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Stretch:
    """
    Quantities above `above`, up to and including `up_to` (None: no end), that cost `due` plus
    `unit_price` for each one above `above`. Prices are in major units and exact.
    """

    above: Decimal
    up_to: Decimal | None
    due: Decimal
    unit_price: Decimal

    def holds(self, quantity: Decimal) -> bool:
        """Whether a quantity that is not in an earlier stretch is in this one."""
        return self.up_to is None or quantity <= self.up_to

    def cost(self, quantity: Decimal) -> Decimal:
        """What a quantity of the stretch costs."""
        beyond = EXACT.subtract(quantity, self.above)
        return EXACT.add(self.due, EXACT.multiply(beyond, self.unit_price))

    def largest_below(self, bound: Fraction) -> Decimal | None:
        """
        The largest quantity that costs less than the bound: `above` itself if none of the
        stretch does, None if all of an endless one does.
        """
        room = bound - Fraction(self.due)
        if room <= 0:
            return self.above
        if self.unit_price == ZERO:
            return self.up_to
        steps = ceil(room / Fraction(self.unit_price) / Fraction(SMALLEST)) - 1
        largest = EXACT.add(self.above, Decimal(steps).scaleb(-PLACES, context=EXACT))
        return largest if self.up_to is None else min(largest, self.up_to)


@dataclass(frozen=True, slots=True)
class OveragePricing:
    """
    The price of a period's overage in one currency. Prices are in major units.

    `per_unit` and `percentage` multiply by `unit_price` (0.015 is 1.5 % of a reported value);
    `package` charges `unit_price` for each package begun, of `package_size` units after
    `free_quantity`; `graduated` charges each unit in its own tier, `volume` all of them in the
    tier that is reached. The charge of a period is at least `minimum`, even if there is no
    overage, and at most `maximum`.

    The calculations rely on terms that fit together; the catalog takes no others.
    """

    currency: str
    model: Model
    unit_price: Decimal | None = None
    package_size: Decimal | None = None
    free_quantity: Decimal = ZERO
    tiers: tuple[Tier, ...] = ()
    minimum: Money | None = None
    maximum: Money | None = None

    def __post_init__(self) -> None:
        bounds = [money for money in (self.minimum, self.maximum) if money is not None]
        assert {money.currency for money in bounds} <= {self.currency}, self

    @classmethod
    def per_unit(cls, unit_price: Decimal, *, currency: str) -> "OveragePricing":
        """The same price for every unit, and nothing else."""
        return cls(currency=currency, model=Model.PER_UNIT, unit_price=unit_price)

    @property
    def only_price(self) -> Decimal | None:
        """The price of every unit if that is all there is to say; None otherwise."""
        is_bounded = self.minimum is not None or self.maximum is not None
        return self.unit_price if self.model is Model.PER_UNIT and not is_bounded else None

    @property
    def is_free(self) -> bool:
        """Whether no quantity is ever charged."""
        if self.maximum is not None and self.maximum.minor == 0:
            return True
        prices = [self.unit_price or ZERO]
        prices += [price for tier in self.tiers for price in (tier.unit_price, tier.flat_price)]
        return not any(prices) and (self.minimum is None or self.minimum.minor == 0)

    def charge(self, quantity: Decimal) -> Money:
        """
        Return what a period's overage costs.

        The result is exact until it is rounded, once, half up: never per event, never per tier.
        """
        assert quantity >= ZERO, quantity
        charge = rounded(self._cost(quantity), currency=self.currency).minor
        if self.minimum is not None:
            charge = max(charge, self.minimum.minor)
        if self.maximum is not None:
            charge = min(charge, self.maximum.minor)
        return Money(charge, self.currency)

    def largest_quantity_within(self, amount: Money) -> Decimal | None:
        """
        Return the largest quantity up to which no quantity costs more than the amount; None if
        there is no such bound.

        What is due without any overage, such as a minimum, is due anyway: where it exceeds the
        amount, the bound is the largest quantity that costs no more than it. The total of
        volume prices may fall at the edge of a tier; what lies behind a dearer quantity does not
        count.
        """
        # Half a minor unit more is rounded up, everything below it down to what is affordable.
        return self._largest_within(amount, below=_HALF)

    def largest_quantity_worth(self, amount: Money) -> Decimal | None:
        """
        Return the same before rounding: with nothing to spend, only what is free.

        It never costs more than the amount, and never comes by a quantity that only rounding
        makes affordable.
        """
        return self._largest_within(amount, below=_CRUMB)

    def _largest_within(self, amount: Money, *, below: Fraction) -> Decimal | None:
        """The largest quantity that costs less than `below` minor units above the amount."""
        assert amount.currency == self.currency, (amount, self.currency)
        affordable = max(amount.minor, self.charge(ZERO).minor)
        if self.maximum is not None and self.maximum.minor <= affordable:
            return None
        bound = (affordable + below) / 10 ** minor_digits(self.currency)
        if self.model is Model.PACKAGE:
            return self._packages_below(bound)
        for stretch in self._stretches():
            largest = stretch.largest_below(bound)
            if largest != stretch.up_to:
                return largest
        return None

    def _cost(self, quantity: Decimal) -> Decimal:
        if self.model is Model.PACKAGE:
            return EXACT.multiply(self._packages(quantity), self._unit_price)
        stretch = next(each for each in self._stretches() if each.holds(quantity))
        return stretch.cost(quantity)

    def _packages(self, quantity: Decimal) -> Decimal:
        """How many packages are begun."""
        beyond = max(ZERO, EXACT.subtract(quantity, self.free_quantity))
        return Decimal(ceil(Fraction(beyond) / Fraction(self._package_size)))

    def _packages_below(self, bound: Fraction) -> Decimal | None:
        if self._unit_price == ZERO:
            return None
        packages = ceil(bound / Fraction(self._unit_price)) - 1
        return EXACT.add(self.free_quantity, EXACT.multiply(self._package_size, Decimal(packages)))

    def _stretches(self) -> Iterator[Stretch]:
        if self.model not in TIERED:
            yield Stretch(ZERO, None, ZERO, self._unit_price)
            return
        above = before = ZERO
        for tier in self.tiers:
            if self.model is Model.VOLUME:
                before = EXACT.multiply(above, tier.unit_price)
            stretch = Stretch(
                above, tier.up_to, EXACT.add(before, tier.flat_price), tier.unit_price
            )
            yield stretch
            if tier.up_to is not None:
                above, before = tier.up_to, stretch.cost(tier.up_to)

    @property
    def _unit_price(self) -> Decimal:
        assert self.unit_price is not None, self
        return self.unit_price

    @property
    def _package_size(self) -> Decimal:
        assert self.package_size is not None, self
        return self.package_size
