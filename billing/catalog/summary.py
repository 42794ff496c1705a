"""One short paragraph that says what a plan is."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.kernel.money import Money
from metering.expiry_words import expiry_sentence

from ..choices import BillingInterval, PriceKind, ValueType
from ..rating.charges import BasePrice
from ..rating.pricing import OveragePricing
from ..wording import money_words, quantity_words, unit_price_words
from .offers import FeatureOffer
from .overage_words import overage_words
from .terms import PriceOffer, find_base_price

MOST_WORDS: Final = 60


def summarize(
    *,
    name: str,
    included_seats: int | None,
    trial_days: int,
    prices: tuple[PriceOffer, ...],
    features: Sequence[FeatureOffer],
) -> str:
    """
    Say in at most 60 words what a plan costs, what it includes and what becomes of the rest.

    Prices are in the reporting currency where the plan is sold in it. What does not fit is left
    out, the least important first.
    """
    currency = leading_currency([price.currency for price in prices])
    sentences = [
        _price_sentence(name, prices, currency),
        _trial_sentence(trial_days),
        _inclusion_sentence(included_seats, prices, features),
        *_usage_sentences(features, currency),
    ]
    words_left = MOST_WORDS
    kept = []
    for sentence in sentences:
        length = len(sentence.split())
        if 0 < length <= words_left:
            kept.append(sentence)
            words_left -= length
    return " ".join(kept)


def leading_currency(currencies: Sequence[str]) -> str:
    """The reporting currency if it is among these; the first in alphabetical order otherwise."""
    reporting: str = settings.REPORTING_CURRENCY
    return reporting if reporting in currencies or not currencies else min(currencies)


def _price_sentence(name: str, prices: tuple[PriceOffer, ...], currency: str) -> str:
    monthly = find_base_price(prices, currency=currency, interval=BillingInterval.MONTH)
    yearly = find_base_price(prices, currency=currency, interval=BillingInterval.YEAR)
    if monthly is not None and yearly is not None:
        return _("%(plan)s costs %(monthly)s a month, or %(yearly)s a year.") % {
            "plan": name,
            "monthly": _price_words(monthly),
            "yearly": _price_words(yearly),
        }
    if yearly is not None:
        return _("%(plan)s costs %(price)s a year.") % {"plan": name, "price": _price_words(yearly)}
    if monthly is not None:
        return _("%(plan)s costs %(price)s a month.") % {
            "plan": name,
            "price": _price_words(monthly),
        }
    return ""


def _trial_sentence(days: int) -> str:
    if days == 0:
        return ""
    words = ngettext("The first day is free.", "The first %(days)s days are free.", days)
    return words % {"days": quantity_words(days)}


def _price_words(price: BasePrice) -> str:
    if price.per_seat is None:
        return money_words(price.fixed or Money(0, price.currency))
    per_seat = _("%(price)s per seat") % {"price": money_words(price.per_seat)}
    if price.fixed is None:
        return per_seat
    return _("%(fixed)s plus %(per_seat)s") % {
        "fixed": money_words(price.fixed),
        "per_seat": per_seat,
    }


def _inclusion_sentence(
    included_seats: int | None, prices: tuple[PriceOffer, ...], features: Sequence[FeatureOffer]
) -> str:
    items = []
    if included_seats is not None:
        seats = ngettext("%(count)s seat", "%(count)s seats", included_seats)
        items.append(seats % {"count": quantity_words(included_seats)})
    elif all(price.kind == PriceKind.FIXED for price in prices):
        items.append(_("unlimited seats"))
    items += [words for feature in features if (words := _feature_words(feature))]
    if not items:
        return ""
    return _("It includes %(items)s.") % {"items": _joined(items)}


def _feature_words(feature: FeatureOffer) -> str:
    if feature.is_unlimited:
        return _("unlimited %(units)s") % {"units": feature.unit_plural}
    if feature.is_metered:
        if not feature.allowance:
            return ""
        return _("%(quantity)s %(units)s a month") % {
            "quantity": quantity_words(feature.allowance),
            "units": feature.unit if feature.allowance == 1 else feature.unit_plural,
        }
    if feature.value_type == ValueType.BOOLEAN:
        return feature.name if feature.value else ""
    if feature.value_type == ValueType.JSON:
        return ""
    value = feature.value
    if feature.value_type == ValueType.NUMBER:
        value = quantity_words(Decimal(str(value)))
    return f"{feature.name}: {value}"


def _usage_sentences(features: Sequence[FeatureOffer], currency: str) -> Iterator[str]:
    counted = [feature for feature in features if feature.is_metered and not feature.is_unlimited]
    for feature in counted:
        pricing = feature.overage.get(currency)
        if pricing is not None:
            yield _overage_sentence(feature, pricing)
    for feature in counted:
        if feature.allowance:
            yield expiry_sentence(feature.rollover, unit_plural=feature.unit_plural)


def _overage_sentence(feature: FeatureOffer, pricing: OveragePricing) -> str:
    if pricing.only_price is not None:
        words = (
            _("Each further %(unit)s costs %(price)s.")
            if feature.allowance
            else _("Each %(unit)s costs %(price)s.")
        )
        price = unit_price_words(pricing.only_price, currency=pricing.currency)
        return words % {"unit": feature.unit, "price": price}
    words = _("Further %(units)s: %(price)s.") if feature.allowance else _("%(units)s: %(price)s.")
    price = overage_words(pricing, unit=feature.unit, unit_plural=feature.unit_plural)
    return capfirst(words % {"units": feature.unit_plural, "price": price})


def _joined(items: Sequence[str]) -> str:
    if len(items) == 1:
        return items[0]
    return _("%(first)s and %(last)s") % {"first": ", ".join(items[:-1]), "last": items[-1]}
