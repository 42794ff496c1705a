"""What a quantity costs at a price."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from billing.sandbox.engine.money import half_up, plain
from billing.sandbox.store import Row


@dataclass(frozen=True)
class Charge:
    """One line's worth of a price: a whole amount and how it came about."""

    amount: int
    quantity: Decimal
    unit_amount_decimal: str | None
    label: str


def charges(price: Row, quantity: Decimal) -> list[Charge]:
    """What the quantity costs, a charge for each line of the invoice.

    A graduated price charges each tier for the units in it, a volume price all units at the tier
    of the last one; a flat fee is a charge of its own.
    """
    if price["billing_scheme"] == "per_unit":
        units = _packaged(price, quantity)
        return [_charge(units, unit_price(price), "", shown=quantity)]
    if price["tiers_mode"] == "volume":
        return _volume(_tiers(price), quantity)
    return _graduated(_tiers(price), quantity)


def cost(price: Row, quantity: Decimal) -> int:
    """What the quantity costs altogether."""
    return sum(charge.amount for charge in charges(price, quantity))


def unit_price(price: Row) -> Decimal:
    """The exact price of one unit in minor units."""
    exact = price["unit_amount_decimal"]
    return Decimal(exact if exact is not None else price["unit_amount"])


def _tiers(price: Row) -> list[Row]:
    """A price shows its tiers to those only who ask for them."""
    tiers: list[Row] = price.get("tiers") or price["_sandbox"]["tiers"]
    return tiers


def _packaged(price: Row, quantity: Decimal) -> Decimal:
    """Units are sold in packages when the price says so: rounded up or down to whole ones."""
    package = price["transform_quantity"]
    if package is None:
        return quantity
    rounding = ROUND_CEILING if package["round"] == "up" else ROUND_FLOOR
    packages = quantity / Decimal(package["divide_by"])
    return packages.to_integral_value(rounding)


def _graduated(tiers: list[Row], quantity: Decimal) -> list[Charge]:
    found: list[Charge] = []
    below = Decimal(0)
    for number, tier in enumerate(tiers, start=1):
        top = quantity if tier["up_to"] is None else min(quantity, Decimal(tier["up_to"]))
        if top > below or number == 1:
            found += _tier(tier, top - below, number)
        below = max(below, top)
    return found


def _volume(tiers: list[Row], quantity: Decimal) -> list[Charge]:
    for number, tier in enumerate(tiers, start=1):
        if tier["up_to"] is None or quantity <= tier["up_to"]:
            return _tier(tier, quantity, number)
    return []


def _tier(tier: Row, units: Decimal, number: int) -> list[Charge]:
    label = f"Tier {number}"
    found = [_charge(units, _exact(tier, "unit_amount"), label)]
    flat = _exact(tier, "flat_amount")
    return [*found, _charge(Decimal(1), flat, f"{label} flat fee")] if flat else found


def _exact(tier: Row, name: str) -> Decimal:
    value = tier.get(f"{name}_decimal")
    return Decimal(value if value is not None else tier.get(name) or 0)


def _charge(units: Decimal, each: Decimal, label: str, *, shown: Decimal | None = None) -> Charge:
    quantity = units if shown is None else shown
    return Charge(half_up(units * each), quantity, plain(each), label)
