"""The plans side by side, a row for each thing that they may differ in."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from billing.catalog.offers import FeatureOffer, PlanOffer
from billing.catalog.overage_words import overage_words
from billing.rating.pricing import OveragePricing
from config.kernel.quantities import ZERO

from ...formatting import credits_text, has_words, unit_price_text, value_text
from .plan_words import price_words, seats_words, trial_words


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One row of the comparison; an empty cell means not included."""

    label: str
    description: str
    cells: tuple[str, ...]


def compare_plans(
    plans: Sequence[PlanOffer], *, currency: str, interval: str
) -> tuple[MatrixRow, ...]:
    """Return the rows in the order of the features."""
    prices = [price_words(plan, currency=currency, interval=interval) for plan in plans]
    rows = [
        MatrixRow(
            _("Price"), "", tuple(f"{price.amount} {price.unit}".strip() for price in prices)
        ),
        MatrixRow(_("Seats"), "", tuple(seats_words(plan.included_seats) for plan in plans)),
    ]
    if any(plan.trial_days for plan in plans):
        rows.append(MatrixRow(_("Trial"), "", tuple(map(trial_words, plans))))
    features = {feature.code: feature for plan in plans for feature in plan.features}
    for feature in features.values():
        offered = [plan.feature(feature.code) for plan in plans]
        if not feature.is_metered:
            cells = tuple(_matrix_flag(flag) for flag in offered)
            rows.append(MatrixRow(feature.name, feature.description, cells))
            continue
        rows += _matrix_meter(feature, offered, currency=currency)
    return tuple(rows)


def _matrix_flag(flag: FeatureOffer | None) -> str:
    if flag is None or flag.value in (None, False, "", [], {}):
        return ""
    return (
        _("Included") if flag.value is True or not has_words(flag.value) else value_text(flag.value)
    )


def _matrix_meter(
    feature: FeatureOffer, offered: Sequence[FeatureOffer | None], *, currency: str
) -> list[MatrixRow]:
    prices = [one.overage.get(currency) if one else None for one in offered]
    if not any(one and (one.is_unlimited or one.allowance) for one in offered):
        cells = _matrix_sentences(feature, prices)
        return [MatrixRow(feature.name, feature.description, cells)]
    return [
        MatrixRow(
            _("%(feature)s a month") % {"feature": feature.name},
            feature.description,
            tuple(_matrix_allowance(one) for one in offered),
        ),
        _matrix_overage(feature, prices),
    ]


def _matrix_overage(feature: FeatureOffer, prices: Sequence[OveragePricing | None]) -> MatrixRow:
    """Bare prices where every plan charges by the unit; sentences otherwise."""
    if all(pricing is None or pricing.only_price is not None for pricing in prices):
        label = _("Each further %(unit)s") % {"unit": feature.unit}
        return MatrixRow(label, "", tuple(_matrix_unit_price(pricing) for pricing in prices))
    label = _("Further %(units)s") % {"units": feature.unit_plural}
    return MatrixRow(label, "", _matrix_sentences(feature, prices))


def _matrix_sentences(
    feature: FeatureOffer, prices: Sequence[OveragePricing | None]
) -> tuple[str, ...]:
    return tuple(
        overage_words(pricing, unit=feature.unit, unit_plural=feature.unit_plural)
        if pricing
        else ""
        for pricing in prices
    )


def _matrix_unit_price(pricing: OveragePricing | None) -> str:
    if pricing is None or pricing.only_price is None:
        return ""
    return unit_price_text(pricing.only_price, currency=pricing.currency)


def _matrix_allowance(feature: FeatureOffer | None) -> str:
    if feature is None:
        return ""
    if feature.is_unlimited:
        return _("Unlimited")
    return credits_text(feature.allowance or ZERO)
