"""What a period's overage is charged. Pure: plain values in, plain values out."""

from decimal import Decimal

from config.kernel.money import Money
from config.kernel.quantities import SMALLEST, ZERO

from ..catalog.terms import FeatureTerms
from ..rating.pricing import OveragePricing


def period_charge(feature: FeatureTerms, *, overage: Decimal, currency: str) -> Money:
    """Return what the overage of one period costs; nothing where it is not sold."""
    pricing = feature.overage.get(currency)
    return Money(0, currency) if pricing is None else pricing.charge(overage)


def corrected_charge(
    feature: FeatureTerms, *, settled: Decimal, left: Decimal, currency: str
) -> Money:
    """Return the same once only `left` of the settled overage is left."""
    pricing = feature.overage.get(currency)
    if pricing is None:
        return Money(0, currency)
    return least_charge(pricing, settled=settled, left=left)


def least_charge(pricing: OveragePricing, *, settled: Decimal, left: Decimal) -> Money:
    """
    Return what a settled period costs once only `left` of its overage is left.

    Taking usage back never makes a period dearer: where the price of a larger volume is lower,
    the least that any quantity from `left` to `settled` costs is charged. So it does not matter
    in how many steps, or in which order, usage is taken back.
    """
    assert ZERO <= left <= settled, (left, settled)
    # Only right after the edge of a tier can more cost less.
    edges = [tier.up_to for tier in pricing.tiers if tier.up_to is not None]
    quantities = [left, *(edge + SMALLEST for edge in edges if left <= edge < settled)]
    return Money(min(pricing.charge(quantity).minor for quantity in quantities), pricing.currency)
