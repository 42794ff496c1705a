"""What the overage of a period costs over all features. Pure: plain values in, plain values out."""

from collections.abc import Mapping
from decimal import Decimal

from config.kernel.money import Money
from config.kernel.quantities import ZERO

from ..catalog.terms import VersionTerms


def overage_charges(
    overage: Mapping[int, Decimal | None],
    *,
    terms: VersionTerms,
    currency: str,
    but_not: int | None = None,
) -> Money:
    """
    Return what overage, by meter id, is charged under the terms of a plan; without that of one
    meter, if it is named.

    Each feature is rounded once, as on the bill. What is not sold in the currency costs nothing,
    nor does unlimited usage (None).
    """
    total = Money(0, currency)
    for feature in terms.metered:
        pricing = feature.overage.get(currency)
        if pricing is None or feature.meter_id is None or feature.meter_id == but_not:
            continue
        quantity = overage.get(feature.meter_id, ZERO)
        if quantity is not None:
            total += pricing.charge(quantity)
    return total
