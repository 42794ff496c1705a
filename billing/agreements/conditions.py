"""What follows for one organization from a plan version and its price. Pure."""

from django.utils.translation import gettext as _

from config.kernel.errors import Invalid

from ..catalog.terms import VersionTerms
from ..choices import Collection
from ..rating.charges import BasePrice, base_charge
from ..wording import quantity_words
from .errors import NotEnoughSeats, PriceNotOffered

LARGEST_SEATS = 1_000_000


def price_of(terms: VersionTerms, *, plan_name: str, currency: str, interval: str) -> BasePrice:
    """Return the base price of one currency and interval. Raises `PriceNotOffered`."""
    price = terms.base_price(currency=currency, interval=interval)
    if price is None:
        raise PriceNotOffered(
            _("%(plan)s has no price in %(currency)s for each “%(interval)s”.")
            % {"plan": plan_name, "currency": currency, "interval": interval},
            currencies=list(terms.currencies),
        )
    return price


def seats_of(terms: VersionTerms, price: BasePrice, *, wanted: int | None, members: int) -> int:
    """
    Return how many seats are agreed on: those wanted, else those included, else one for each
    member.

    Raises `NotEnoughSeats` if the plan includes fewer, or if there are more members, and
    `Invalid` for a number that nobody has.
    """
    included = terms.included_seats
    seats = wanted if wanted is not None else included or max(1, members)
    if not 1 <= seats <= LARGEST_SEATS:
        raise Invalid(
            _("The number of seats is between 1 and %(most)s.")
            % {"most": quantity_words(LARGEST_SEATS)}
        )
    if included is not None and seats > included:
        raise NotEnoughSeats(
            _("The plan has %(included)s seats, and %(seats)s are asked for.")
            % {"included": included, "seats": seats},
            included_seats=included,
        )
    is_unlimited = included is None and price.per_seat is None
    if members > seats and not is_unlimited:
        raise NotEnoughSeats(
            _("There would be %(seats)s seats for %(members)s members.")
            % {"seats": seats, "members": members},
            seats=seats,
            members=members,
        )
    return seats


def collection_of(terms: VersionTerms, price: BasePrice) -> Collection:
    """Nothing is to be collected where neither the base nor any overage costs anything."""
    is_free = base_charge(price=price, seats=1).minor == 0 and all(
        pricing.is_free
        for pricing in (feature.overage.get(price.currency) for feature in terms.metered)
        if pricing is not None
    )
    return Collection.FREE if is_free else Collection.NOT_CONNECTED
