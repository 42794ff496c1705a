"""
Stripe knows what is on sale: a product for each plan, a price for each base price of a version.

Prices never change there either: a new version has new prices. The lookup key moves to them, and
the old ones are archived, which honours them for their subscribers. Nobody opens Stripe's
dashboard for it; what was edited there is reported and never silently overwritten.
"""

from .prices import (
    NotPublished,
    PublishedPrice,
    find_prices,
    find_version_of_prices,
    kinds_of_prices,
    price_ids_of,
)

__all__ = [
    "NotPublished",
    "PublishedPrice",
    "find_prices",
    "find_version_of_prices",
    "kinds_of_prices",
    "price_ids_of",
]
