"""Prices of overage for tests, in dollars unless another currency is named, by each model."""

from decimal import Decimal
from typing import Any

from billing.rating.pricing import Model, OveragePricing, Tier
from config.kernel.money import Money

Amount = int | str
TierTerms = tuple[Amount | None, Amount] | tuple[Amount | None, Amount, Amount]


def per_unit(unit_price: Amount, **more: Any) -> OveragePricing:
    """The same price for each unit."""
    return _price(Model.PER_UNIT, unit_price=Decimal(unit_price), **more)


def percentage(share: Amount, **more: Any) -> OveragePricing:
    """A share of the reported value: 0.015 is 1.5 %."""
    return _price(Model.PERCENTAGE, unit_price=Decimal(share), **more)


def package(price: Amount, *, size: Amount, free: Amount = 0, **more: Any) -> OveragePricing:
    """A price for each package begun, after the free units."""
    return _price(
        Model.PACKAGE,
        unit_price=Decimal(price),
        package_size=Decimal(size),
        free_quantity=Decimal(free),
        **more,
    )


def graduated(*tiers: TierTerms, **more: Any) -> OveragePricing:
    """Each unit in its own tier: (up to, price of one) or (up to, price of one, flat price)."""
    return _price(Model.GRADUATED, tiers=tuple(tier(*terms) for terms in tiers), **more)


def volume(*tiers: TierTerms, **more: Any) -> OveragePricing:
    """All units in the tier that is reached, with tiers as for `graduated`."""
    return _price(Model.VOLUME, tiers=tuple(tier(*terms) for terms in tiers), **more)


def tier(up_to: Amount | None, unit_price: Amount, flat_price: Amount = 0) -> Tier:
    """One tier; `up_to` of None has no end."""
    end = None if up_to is None else Decimal(up_to)
    return Tier(end, Decimal(unit_price), Decimal(flat_price))


def _price(
    model: Model,
    *,
    currency: str = "USD",
    minimum: int | None = None,
    maximum: int | None = None,
    **terms: Any,
) -> OveragePricing:
    """`minimum` and `maximum` are in whole units of a currency with two decimals."""
    return OveragePricing(
        currency=currency,
        model=model,
        minimum=None if minimum is None else Money(minimum * 100, currency),
        maximum=None if maximum is None else Money(maximum * 100, currency),
        **terms,
    )
