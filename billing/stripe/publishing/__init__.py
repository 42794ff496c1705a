"""
Stripe knows what is on sale: a product for each plan, a price for each base price of a version.

Prices never change there either: a new version has new prices. The lookup key moves to them, and
the old ones are archived, which honours them for their subscribers. Nobody opens Stripe's
dashboard for it; what was edited there is reported and never silently overwritten.
"""

from .drift import check_drift, compare_plan, repair_plan
from .operations import publish_plan, publish_plan_version, publish_waiting
from .prices import (
    NotPublished,
    PublishedPrice,
    SoldAs,
    find_prices,
    find_version_of_prices,
    kinds_of_prices,
    price_ids_of,
)
from .words import Difference, preview

__all__ = [
    "Difference",
    "NotPublished",
    "PublishedPrice",
    "SoldAs",
    "check_drift",
    "compare_plan",
    "find_prices",
    "find_version_of_prices",
    "kinds_of_prices",
    "preview",
    "price_ids_of",
    "publish_plan",
    "publish_plan_version",
    "publish_waiting",
    "repair_plan",
]
