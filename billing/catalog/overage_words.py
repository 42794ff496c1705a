"""What overage costs, in a sentence that is the same on every page and in every answer."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from config.kernel.quantities import ZERO

from ..rating.pricing import Model, OveragePricing, Tier
from ..wording import money_words, quantity_words, unit_price_words


def overage_words(pricing: OveragePricing, *, unit: str, unit_plural: str) -> str:
    """
    Say the price: “$0.15 per credit”, “first 1,000 at $0.01 each, then $0.008 each”,
    “$100 per 10 credits begun”. The terms fit together, as those of the catalog do.
    """
    match pricing.model:
        case Model.PER_UNIT:
            words = _("%(price)s per %(unit)s") % {"price": _price(pricing), "unit": unit}
        case Model.PERCENTAGE:
            words = _percentage_words(pricing, unit_plural)
        case Model.PACKAGE:
            words = _package_words(pricing, unit_plural)
        case Model.GRADUATED:
            words = ", ".join(_graduated_words(pricing))
        case Model.VOLUME:
            words = _("all %(tiers)s") % {"tiers": ", ".join(_volume_words(pricing))}
    return ", ".join([words, *_bounds_words(pricing)])


def further_words(pricing: OveragePricing, *, unit: str, unit_plural: str) -> str:
    """Say the price of what comes after the allowance: “$0.15 for each further credit”."""
    if pricing.only_price is not None:
        words = {"price": _price(pricing), "unit": unit}
        return _("%(price)s for each further %(unit)s") % words
    said = overage_words(pricing, unit=unit, unit_plural=unit_plural)
    return _("Further %(units)s: %(price)s") % {"units": unit_plural, "price": said}


def _price(pricing: OveragePricing) -> str:
    assert pricing.unit_price is not None, pricing
    return unit_price_words(pricing.unit_price, currency=pricing.currency)


def _percentage_words(pricing: OveragePricing, unit_plural: str) -> str:
    assert pricing.unit_price is not None, pricing
    return _("%(percent)s %% of the reported %(units)s") % {
        "percent": quantity_words(pricing.unit_price * 100),
        "units": unit_plural,
    }


def _package_words(pricing: OveragePricing, unit_plural: str) -> str:
    assert pricing.package_size is not None, pricing
    words = _("%(price)s per %(size)s %(units)s begun") % {
        "price": _price(pricing),
        "size": quantity_words(pricing.package_size),
        "units": unit_plural,
    }
    if pricing.free_quantity == ZERO:
        return words
    free = quantity_words(pricing.free_quantity)
    return _("%(packages)s, the first %(free)s free") % {"packages": words, "free": free}


def _graduated_words(pricing: OveragePricing) -> Iterator[str]:
    above = ZERO
    for tier in pricing.tiers:
        price = _tier_price(tier, pricing.currency)
        if tier.up_to is None:
            yield _("then %(price)s") % {"price": price} if above else price
            return
        words = {"quantity": quantity_words(tier.up_to - above), "price": price}
        yield (
            _("next %(quantity)s %(price)s") % words
            if above
            else _("first %(quantity)s %(price)s") % words
        )
        above = tier.up_to


def _volume_words(pricing: OveragePricing) -> Iterator[str]:
    for tier in pricing.tiers:
        price = _tier_price(tier, pricing.currency)
        if tier.up_to is not None:
            words = {"price": price, "quantity": quantity_words(tier.up_to)}
            yield _("%(price)s up to %(quantity)s") % words
        elif len(pricing.tiers) > 1:
            yield _("%(price)s beyond") % {"price": price}
        else:
            yield price


def _tier_price(tier: Tier, currency: str) -> str:
    each = unit_price_words(tier.unit_price, currency=currency)
    flat = unit_price_words(tier.flat_price, currency=currency)
    if tier.flat_price == ZERO:
        return _("at %(each)s each") % {"each": each} if tier.unit_price else _("free")
    if tier.unit_price == ZERO:
        return _("for %(flat)s") % {"flat": flat}
    return _("for %(flat)s plus %(each)s each") % {"flat": flat, "each": each}


def _bounds_words(pricing: OveragePricing) -> Iterator[str]:
    if pricing.minimum is not None:
        yield _("at least %(amount)s a month") % {"amount": money_words(pricing.minimum)}
    if pricing.maximum is not None:
        yield _("at most %(amount)s a month") % {"amount": money_words(pricing.maximum)}
