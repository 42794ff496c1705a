"""Prices and seats of a plan on sale, in words."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.catalog.offers import PlanOffer
from billing.choices import BillingInterval
from billing.rating.charges import BasePrice, base_charge
from billing.wording import free_days_words
from config.kernel.money import Money

from ...formatting import credits_text, money_text, percent_text

MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class PriceWords:
    """`amount` for each `unit` of time, and a remark."""

    amount: str
    unit: str
    note: str


def price_words(plan: PlanOffer, *, currency: str, interval: str) -> PriceWords:
    """Say what a plan costs; by its other interval where it is not sold by this one."""
    price = plan.base_price(currency=currency, interval=interval)
    if price is None:
        other = BillingInterval.YEAR if interval == BillingInterval.MONTH else BillingInterval.MONTH
        price, interval = plan.base_price(currency=currency, interval=other), other
    if price is None:
        return PriceWords(_("Custom"), "", _("Priced with you"))
    unit = _("a month") if interval == BillingInterval.MONTH else _("a year")
    if price.fixed is None and price.per_seat is not None:
        per_seat = _("per seat, %(interval)s") % {"interval": unit}
        return PriceWords(money_text(price.per_seat, whole=True), per_seat, "")
    amount = price.fixed or Money(0, currency)
    note = _price_note(plan, price, currency=currency, interval=interval)
    return PriceWords(money_text(amount, whole=True), unit, note)


def _price_note(plan: PlanOffer, price: BasePrice, *, currency: str, interval: str) -> str:
    if price.per_seat is not None:
        return _("plus %(price)s per seat") % {"price": money_text(price.per_seat, whole=True)}
    if interval == BillingInterval.MONTH:
        return _("Billed monthly")
    saved = yearly_saving(plan, currency=currency)
    if saved is None:
        return _("Billed yearly")
    return _("Billed yearly, %(share)s less than monthly") % {"share": percent_text(saved)}


def yearly_saving(plan: PlanOffer, *, currency: str) -> Decimal | None:
    """Return the share by which a year costs less than twelve months; None if it does not."""
    monthly = plan.base_price(currency=currency, interval=BillingInterval.MONTH)
    yearly = plan.base_price(currency=currency, interval=BillingInterval.YEAR)
    if monthly is None or yearly is None:
        return None
    twelve = base_charge(price=monthly, seats=1) * MONTHS
    saved = twelve.minor - base_charge(price=yearly, seats=1).minor
    return Decimal(saved) / twelve.minor if saved > 0 else None


def trial_words(plan: PlanOffer) -> str:
    """Say how long a new customer may try a plan: “14 days free”; empty without a trial."""
    if plan.trial_days == 0:
        return ""
    free = free_days_words(plan.trial_days)
    if plan.trial_needs_card:
        return free
    return _("%(days_free)s, no card needed") % {"days_free": free}


def seats_words(included: int | None) -> str:
    """Say how many seats are included: None is no limit."""
    if included is None:
        return _("Unlimited seats")
    return ngettext("%(count)s seat", "%(count)s seats", included) % {
        "count": credits_text(Decimal(included))
    }
