"""
What an action would take, be worth and cost: for the button that does it, and for every page
that says so.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Organization
from config.kernel.errors import Invalid, NotFound
from config.kernel.money import Money
from config.kernel.quantities import EXACT, SMALLEST, ZERO
from metering.rate_card.queries import ActionOnCard, credits_of, list_actions
from metering.usage.reports import LARGEST_QUANTITY

from ..entitlements.queries import FeatureNotFound
from ..rating.pricing import OveragePricing
from ..wording import money_words, percent_words, quantity_words, rough_money_words
from .queries import FeatureBalance, find_feature_balance

ONCE: Final = Decimal(1)


class ActionNotFound(NotFound):
    """The rate card has no such action."""

    code = "action_not_found"
    title = "No such action"


class QuantityTooLarge(Invalid):
    """Nobody can use so much at once."""

    code = "quantity_too_large"
    title = "The quantity is too large"


@dataclass(frozen=True, slots=True)
class UseEstimate:
    """
    What so many of an action would take now.

    `allowance` and `remaining` are None where usage is unlimited, `worth` where nobody has said
    what the action is worth. `overage` is the part that no credits are left for, and
    `overage_cost` what it would add to the charge of the period; `cost_without_credits` is what
    all of it would. Both are None where overage is not sold.
    """

    action: ActionOnCard
    quantity: Decimal
    credits: Decimal
    unit: str
    unit_plural: str
    allowance: Decimal | None
    remaining: Decimal | None
    overage: Decimal
    overage_cost: Money | None
    cost_without_credits: Money | None
    worth: Decimal | None
    worth_currency: str
    resets_at: datetime | None

    @property
    def percent_of_allowance(self) -> Decimal | None:
        """The percentage of the month's allowance, to six decimals; None without an allowance."""
        share = share_of_allowance(self.credits, allowance=self.allowance)
        return None if share is None else (share * 100).quantize(SMALLEST, ROUND_HALF_UP)


def get_estimate(
    *, organization: Organization, action: str, quantity: Decimal | None, now: datetime
) -> UseEstimate:
    """
    Return what an action would take from an organization now; once unless a quantity is given.

    Raises `ActionNotFound`, `QuantityTooLarge`, and `FeatureNotFound` if its plan does not have
    the feature that the action draws on.
    """
    on_card = next((item for item in list_actions(at=now) if item.code == action), None)
    if on_card is None:
        raise ActionNotFound(f"There is no action “{action}”.")
    balance = find_feature_balance(organization=organization, feature=on_card.meter, now=now)
    if balance is None:
        raise FeatureNotFound(f"The plan does not have the feature “{on_card.meter}”.")
    return estimate_use(on_card, quantity=quantity or ONCE, balance=balance)


def estimate_use(
    action: ActionOnCard, *, quantity: Decimal, balance: FeatureBalance
) -> UseEstimate:
    """Return what an action would take from a balance. Raises `QuantityTooLarge`."""
    credits = credits_of(quantity, each=action.credits)
    if quantity >= LARGEST_QUANTITY or credits >= LARGEST_QUANTITY:
        raise QuantityTooLarge("The quantity is too large.")
    remaining = None if balance.unlimited else balance.remaining
    overage = ZERO if remaining is None else max(credits - remaining, ZERO)
    return UseEstimate(
        action=action,
        quantity=quantity,
        credits=credits,
        unit=balance.unit,
        unit_plural=balance.unit_plural,
        allowance=balance.allowance,
        remaining=remaining,
        overage=overage,
        overage_cost=_cost(balance, more=overage),
        cost_without_credits=_cost(balance, more=credits),
        worth=None
        if action.customer_value is None
        else EXACT.multiply(quantity, action.customer_value),
        worth_currency=settings.REPORTING_CURRENCY,
        resets_at=balance.resets_at,
    )


def _cost(balance: FeatureBalance, *, more: Decimal) -> Money | None:
    pricing = balance.overage_pricing
    return None if pricing is None else added_charge(pricing, so_far=balance.overage, more=more)


def share_of_allowance(credits: Decimal, *, allowance: Decimal | None) -> Decimal | None:
    """Return the share of a month's allowance; None without one."""
    return credits / allowance if allowance else None


def added_charge(pricing: OveragePricing, *, so_far: Decimal, more: Decimal) -> Money:
    """Return what so much more overage adds to the charge of a period."""
    before = pricing.charge(so_far).minor
    return Money(pricing.charge(so_far + more).minor - before, pricing.currency)


def estimate_words(estimate: UseEstimate) -> str:
    """Say it: `50 credits • 2 % of monthly allowance • about $150 of value`."""
    parts = [_in_units(estimate.credits, estimate)]
    share = share_of_allowance(estimate.credits, allowance=estimate.allowance)
    if share is not None:
        parts.append(_("%(percent)s of monthly allowance") % {"percent": percent_words(share)})
    if estimate.worth is not None:
        worth = rough_money_words(estimate.worth, currency=estimate.worth_currency)
        parts.append(_("about %(worth)s of value") % {"worth": worth})
    return " • ".join(parts)


def shortage_words(estimate: UseEstimate, *, with_amounts: bool) -> str:
    """
    Say what no credits are left for: `30 credits beyond what is left, for $3.60`; empty if all is
    covered. The amount is named where overage is sold, and only to those who may see it.
    """
    if not estimate.overage:
        return ""
    missing = _in_units(estimate.overage, estimate)
    if estimate.overage_cost is None or not with_amounts:
        return _("%(missing)s beyond what is left") % {"missing": missing}
    amount = money_words(estimate.overage_cost)
    return _("%(missing)s beyond what is left, for %(amount)s") % {
        "missing": missing,
        "amount": amount,
    }


def _in_units(quantity: Decimal, estimate: UseEstimate) -> str:
    unit = estimate.unit if quantity == ONCE else estimate.unit_plural
    return f"{quantity_words(quantity)} {unit}"
