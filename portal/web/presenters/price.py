"""What a billing period costs, in words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.choices import BillingInterval
from billing.rating.charges import BasePrice, base_charge
from config.kernel.money import Money

from ...formatting import money_text


@dataclass(frozen=True, slots=True)
class PriceLine:
    """So much for each interval, and how it comes about."""

    amount: Money
    unit: str
    note: str


def price_line(price: BasePrice, *, interval: str, seats: int) -> PriceLine:
    """Return what each billing period costs for so many seats."""
    return PriceLine(
        amount=base_charge(price=price, seats=seats),
        unit=interval_words(interval),
        note=_note(price, seats=seats),
    )


def offered_price_line(price: BasePrice, *, interval: str) -> PriceLine:
    """Return what a plan costs before it is known for how many seats."""
    unit = interval_words(interval)
    if price.per_seat is None:
        return price_line(price, interval=interval, seats=1)
    if price.fixed is None or not price.fixed.minor:
        return PriceLine(price.per_seat, _("per seat, %(interval)s") % {"interval": unit}, "")
    per_seat = money_text(price.per_seat, whole=True)
    return PriceLine(price.fixed, unit, _("plus %(price)s per seat") % {"price": per_seat})


def interval_words(interval: str) -> str:
    """`a month` or `a year`."""
    return _("a year") if interval == BillingInterval.YEAR else _("a month")


def _note(price: BasePrice, *, seats: int) -> str:
    if price.per_seat is None:
        return ""
    of_seats = ngettext(
        "%(seats)s seat at %(price)s", "%(seats)s seats at %(price)s each", seats
    ) % {"seats": seats, "price": money_text(price.per_seat, whole=True)}
    if price.fixed is None or not price.fixed.minor:
        return of_seats
    return _("%(fixed)s and %(seats)s") % {
        "fixed": money_text(price.fixed, whole=True),
        "seats": of_seats,
    }
