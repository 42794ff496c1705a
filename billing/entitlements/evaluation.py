"""Whether a feature may be used now, and why not. Pure: plain values in, plain values out."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from config.kernel.quantities import ZERO
from metering.queries import Balance
from metering.usage.reports import Bounds, Rejection

from ..catalog.terms import FeatureTerms
from ..choices import WhenPastDue
from ..limits.terms import Held


class Reason(StrEnum):
    """Why a feature may, or may not, be used."""

    INCLUDED = "included"
    DEFAULT = "default"
    OVERRIDE = "override"
    OVERAGE = "overage"
    NO_AGREEMENT = "no_agreement"
    NOT_IN_PLAN = "not_in_plan"
    SWITCHED_OFF = "switched_off"
    ALLOWANCE_USED = "allowance_used"
    LIMIT_REACHED = "limit_reached"
    SPEND_CAP_REACHED = "spend_cap_reached"
    PAYMENT_OVERDUE = "payment_overdue"


# Why a meter may not be used, in the words of whoever refuses to book it.
_REASONS: Final = {
    Rejection.INSUFFICIENT_CREDITS: Reason.ALLOWANCE_USED,
    Rejection.LIMIT_REACHED: Reason.LIMIT_REACHED,
    Rejection.SPEND_CAP_REACHED: Reason.SPEND_CAP_REACHED,
    Rejection.PAYMENT_OVERDUE: Reason.PAYMENT_OVERDUE,
}


@dataclass(frozen=True, slots=True)
class Use:
    """
    What an agreement says today about one feature. The quantities are None for a flag;
    `remaining` is None where usage is `unlimited`.
    """

    allowed: bool
    reason: Reason
    value: Any = None
    unlimited: bool = False
    used: Decimal | None = None
    remaining: Decimal | None = None
    overage: Decimal | None = None
    resets_at: datetime | None = None


def use_of_flag(terms: FeatureTerms, *, is_past_due: bool) -> Use:
    """
    A flag that is off may not be used; every other value may, unless the plan refuses it while
    a payment is overdue.
    """
    if terms.value is False:
        return Use(allowed=False, reason=Reason.SWITCHED_OFF, value=False)
    if is_past_due and terms.when_past_due == WhenPastDue.REFUSE:
        return Use(allowed=False, reason=Reason.PAYMENT_OVERDUE, value=terms.value)
    return Use(allowed=True, reason=Reason.INCLUDED, value=terms.value)


def use_of_default(value: Any, *, has_agreement: bool) -> Use:
    """What an organization may use whose plan does not name the feature: its default, if any."""
    if value is not None and value is not False:
        return Use(allowed=True, reason=Reason.DEFAULT, value=value)
    reason = Reason.NOT_IN_PLAN if has_agreement else Reason.NO_AGREEMENT
    return Use(allowed=False, reason=reason, value=value)


def use_of_override(value: Any) -> Use:
    """What was decided for the organization itself: no plan and no late payment counts then."""
    return Use(allowed=value is not False, reason=Reason.OVERRIDE, value=value)


def use_of_meter(terms: FeatureTerms, balance: Balance, *, bounds: Bounds, held: Held) -> Use:
    """
    A metered feature may be used up to its limit, while credits are left, or as overage where
    the plan sells it and the spend cap allows it.

    These are the bounds of enforced use, and what holds have set aside counts as there. A period
    in which usage was unlimited once needs no credits until its end.
    """
    is_unlimited = balance.is_unlimited(agreed=terms.is_unlimited)
    expected = _Expected(balance.used + held.credits, balance.charged_overage + held.overage)
    is_covered = is_unlimited or balance.remaining > ZERO
    reason = _reason(bounds, expected, is_covered=is_covered)
    return Use(
        allowed=reason in (Reason.INCLUDED, Reason.OVERAGE),
        reason=reason,
        unlimited=is_unlimited,
        used=balance.used,
        remaining=None if is_unlimited else balance.remaining,
        overage=balance.charged_overage,
        resets_at=balance.period.ends_at if balance.period is not None else None,
    )


@dataclass(frozen=True, slots=True)
class _Expected:
    """What a period comes to once every open hold is settled."""

    used: Decimal
    overage: Decimal


def _reason(bounds: Bounds, expected: _Expected, *, is_covered: bool) -> Reason:
    if bounds.refusal is not None:
        return _REASONS[bounds.refusal]
    if bounds.limit is not None and expected.used >= bounds.limit:
        return Reason.LIMIT_REACHED
    if is_covered:
        return Reason.INCLUDED
    if bounds.overage is None or expected.overage < bounds.overage:
        return Reason.OVERAGE
    return _REASONS[bounds.overage_refusal]


# What no other plan would allow either.
BEYOND_PLANS: Final = frozenset({Reason.OVERRIDE, Reason.SPEND_CAP_REACHED, Reason.PAYMENT_OVERDUE})


def would_help(
    offer: FeatureTerms,
    *,
    instead_of: FeatureTerms | None,
    currency: str,
    sells_overage: bool = True,
) -> bool:
    """
    Whether a plan that offers this would allow what the present terms do not.

    On trial no plan `sells_overage`.
    """
    if not offer.is_metered:
        return offer.value is not False
    sold_in = currency if sells_overage else None
    offered = _ceiling(offer, sold_in=sold_in)
    present = ZERO if instead_of is None else _ceiling(instead_of, sold_in=sold_in)
    return offered is None or (present is not None and offered > present)


def _ceiling(terms: FeatureTerms, *, sold_in: str | None) -> Decimal | None:
    """How much of a metered feature the terms allow in a month; None where there is no end."""
    if terms.is_unlimited or sold_in in terms.overage:
        return terms.limit
    return terms.allowance
