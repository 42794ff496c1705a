"""
How much enforced use is allowed: the policy that metering is handed for each meter.

Entitlements ask here as well, so that what they say is what is done. Pure: plain values in,
plain values out.
"""

from datetime import datetime

from config.kernel.money import Money
from config.kernel.quantities import ZERO
from metering.usage.reports import Bounds, Rejection

from ..catalog.terms import FeatureTerms, VersionTerms
from ..choices import WhenPastDue
from .charges import overage_charges
from .terms import Limits


def bounds_of(
    *, terms: VersionTerms, currency: str, is_past_due: bool, limits: Limits, at: datetime
) -> dict[int, Bounds]:
    """
    Return what enforced use may come to on each meter of a plan, in the period of an instant.

    A feature that is refused while a payment is overdue allows nothing. Otherwise the plan's
    limit bounds what is used, and overage is bounded where it is not sold, or where the spend
    cap stops it: at the quantity whose charge fits into what the other features leave of the
    cap, with what open holds will still add.
    """
    return {
        feature.meter_id: _bounds(
            feature,
            terms=terms,
            limits=limits,
            currency=currency,
            is_past_due=is_past_due,
            at=at,
        )
        for feature in terms.metered
        if feature.meter_id is not None
    }


def features_share_a_cap(*, terms: VersionTerms, currency: str, limits: Limits) -> bool:
    """Whether overage of one feature takes from what the cap leaves to another."""
    cap = limits.cap_in(currency)
    sold = [feature for feature in terms.metered if currency in feature.overage]
    return cap is not None and cap.stops and len(sold) > 1


def _bounds(
    feature: FeatureTerms,
    *,
    terms: VersionTerms,
    limits: Limits,
    currency: str,
    is_past_due: bool,
    at: datetime,
) -> Bounds:
    if is_past_due and feature.when_past_due == WhenPastDue.REFUSE:
        return Bounds(refusal=Rejection.PAYMENT_OVERDUE)
    if feature.is_unlimited:
        return Bounds(overage=None)
    pricing = feature.overage.get(currency)
    if pricing is None:
        return Bounds(limit=feature.limit, overage=ZERO)
    left = _left_of_cap(feature, terms=terms, limits=limits, currency=currency, at=at)
    return Bounds(
        limit=feature.limit,
        overage=None if left is None else pricing.largest_quantity_worth(left),
        overage_refusal=Rejection.SPEND_CAP_REACHED,
    )


def _left_of_cap(
    feature: FeatureTerms, *, terms: VersionTerms, limits: Limits, currency: str, at: datetime
) -> Money | None:
    """What the other features leave of a cap that stops; None without one."""
    cap = limits.cap_in(currency)
    if cap is None or not cap.stops:
        return None
    spent = overage_charges(
        limits.expected_overage_at(at), terms=terms, currency=currency, but_not=feature.meter_id
    )
    return Money(cap.amount_minor - spent.minor, currency)
