"""What is wrong with a price of overage: asked when it is written, and when it is published."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _

from config.kernel.constraints import LARGEST_UNIT_PRICE
from config.kernel.quantities import LARGEST, PLACES, ZERO

from ..models.plan_terms import LARGEST_PRICE_MINOR
from ..rating.pricing import TIERED, Model, OveragePricing

PRICE_PLACES = 12


def list_pricing_objections(pricing: OveragePricing) -> list[str]:
    """Return everything that keeps the price from being charged by; empty if nothing does."""
    return [
        *_model_objections(pricing),
        *_tier_objections(pricing),
        *_bound_objections(pricing),
        *_range_objections(pricing),
    ]


def _model_objections(pricing: OveragePricing) -> Iterator[str]:
    if pricing.model in TIERED:
        if pricing.unit_price is not None:
            yield _("Each tier has its own price, so there is none besides.")
    elif pricing.unit_price is None:
        yield _("The price has no amount.")
    if pricing.model is Model.PACKAGE:
        if pricing.package_size is None:
            yield _("Say how many units are in a package.")
    elif pricing.package_size is not None or pricing.free_quantity != ZERO:
        yield _("Only packages have a size and free units.")


def _tier_objections(pricing: OveragePricing) -> Iterator[str]:
    if pricing.model not in TIERED:
        if pricing.tiers:
            yield _("Only graduated and volume prices have tiers.")
        return
    if not pricing.tiers:
        yield _("Graduated and volume prices need at least one tier.")
        return
    *bounded, last = pricing.tiers
    if last.up_to is not None:
        yield _("The last tier must have no end.")
    if any(tier.up_to is None for tier in bounded):
        yield _("Only the last tier may have no end.")
    ends = [tier.up_to for tier in pricing.tiers if tier.up_to is not None]
    if any(later <= earlier for earlier, later in pairwise(ends)):
        yield _("Each tier must end above the one before it.")


def _bound_objections(pricing: OveragePricing) -> Iterator[str]:
    minimum, maximum = pricing.minimum, pricing.maximum
    if minimum is not None and maximum is not None and maximum.minor < minimum.minor:
        yield _("The maximum of a period is below its minimum.")


def _range_objections(pricing: OveragePricing) -> Iterator[str]:
    prices = [pricing.unit_price or ZERO]
    prices += [price for tier in pricing.tiers for price in (tier.unit_price, tier.flat_price)]
    if not all(_is_price(price) for price in prices):
        yield _("A price is from 0 to below one billion, with at most 12 decimals.")
    if not _is_quantity(pricing.free_quantity):
        yield _("A quantity is from 0 to below one trillion, with at most 6 decimals.")
    sizes = [pricing.package_size, *(tier.up_to for tier in pricing.tiers)]
    if not all(_is_quantity(size) and size > ZERO for size in sizes if size is not None):
        yield _(
            "The end of a tier and the size of a package are above 0 and below one trillion, "
            "with at most 6 decimals."
        )
    bounds = [money.minor for money in (pricing.minimum, pricing.maximum) if money is not None]
    if not all(0 <= minor < LARGEST_PRICE_MINOR for minor in bounds):
        yield _("The minimum or the maximum is not an amount that can be charged.")


def _is_price(value: Decimal) -> bool:
    return _fits(value, below=LARGEST_UNIT_PRICE, places=PRICE_PLACES)


def _is_quantity(value: Decimal) -> bool:
    return _fits(value, below=LARGEST, places=PLACES)


def _fits(value: Decimal, *, below: Decimal, places: int) -> bool:
    return value.is_finite() and ZERO <= value < below and value == round(value, places)
