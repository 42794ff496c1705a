"""Whether a feature may be used now, and why not. Pure: plain values in, plain values out."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from config.kernel.quantities import ZERO
from metering.queries import Balance

from ..catalog.offers import FeatureOffer
from ..catalog.terms import FeatureTerms


class Reason(StrEnum):
    """Why a feature may, or may not, be used."""

    INCLUDED = "included"
    DEFAULT = "default"
    OVERAGE = "overage"
    NO_AGREEMENT = "no_agreement"
    NOT_IN_PLAN = "not_in_plan"
    SWITCHED_OFF = "switched_off"
    ALLOWANCE_USED = "allowance_used"
    LIMIT_REACHED = "limit_reached"


@dataclass(frozen=True, slots=True)
class Use:
    """
    What an agreement says today about one feature. The quantities are None for a flag;
    `remaining` is None where usage is unlimited.
    """

    allowed: bool
    reason: Reason
    value: Any = None
    used: Decimal | None = None
    remaining: Decimal | None = None
    overage: Decimal | None = None
    resets_at: datetime | None = None


def use_of_flag(terms: FeatureTerms) -> Use:
    """A flag that is off may not be used; every other value may."""
    if terms.value is False:
        return Use(allowed=False, reason=Reason.SWITCHED_OFF, value=False)
    return Use(allowed=True, reason=Reason.INCLUDED, value=terms.value)


def use_of_default(value: Any, *, has_agreement: bool) -> Use:
    """What an organization may use whose plan does not name the feature: its default, if any."""
    if value is not None and value is not False:
        return Use(allowed=True, reason=Reason.DEFAULT, value=value)
    reason = Reason.NOT_IN_PLAN if has_agreement else Reason.NO_AGREEMENT
    return Use(allowed=False, reason=reason, value=value)


def use_of_meter(terms: FeatureTerms, balance: Balance, *, currency: str) -> Use:
    """
    A metered feature may be used up to its limit, while credits are left, or as overage where
    the plan sells it.
    """
    used = balance.period.used if balance.period is not None else ZERO
    reason = _reason(terms, used=used, remaining=balance.remaining, currency=currency)
    return Use(
        allowed=reason in (Reason.INCLUDED, Reason.OVERAGE),
        reason=reason,
        used=used,
        remaining=None if terms.is_unlimited else balance.remaining,
        overage=_overage(terms, balance),
        resets_at=balance.period.ends_at if balance.period is not None else None,
    )


def _overage(terms: FeatureTerms, balance: Balance) -> Decimal:
    """What no credits covered. Unlimited usage needs none, so nothing of it is overage."""
    if terms.is_unlimited or balance.period is None:
        return ZERO
    return balance.period.overage


def _reason(terms: FeatureTerms, *, used: Decimal, remaining: Decimal, currency: str) -> Reason:
    if terms.is_unlimited:
        return Reason.INCLUDED
    if terms.limit is not None and used >= terms.limit:
        return Reason.LIMIT_REACHED
    if remaining > ZERO:
        return Reason.INCLUDED
    return Reason.OVERAGE if currency in terms.overage else Reason.ALLOWANCE_USED


def would_help(offer: FeatureOffer, *, instead_of: FeatureTerms | None, currency: str) -> bool:
    """Whether a plan that offers this would allow what the present terms do not."""
    if not offer.is_metered:
        return offer.value is not False
    offered = _ceiling(offer, currency=currency)
    present = ZERO if instead_of is None else _ceiling(instead_of, currency=currency)
    return offered is None or (present is not None and offered > present)


def _ceiling(terms: FeatureOffer | FeatureTerms, *, currency: str) -> Decimal | None:
    """How much of a metered feature the terms allow in a month; None where there is no end."""
    if terms.is_unlimited or currency in terms.overage:
        return terms.limit
    return terms.allowance
