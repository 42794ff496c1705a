"""What the next invoice would be if usage went on."""

from decimal import Decimal

from config.kernel.money import Money
from config.kernel.quantities import ZERO

from ..usage.queries import FeatureBalance
from .estimate import InvoiceEstimate


def total_if_used(
    estimate: InvoiceEstimate, *, balance: FeatureBalance, used: Decimal
) -> Money | None:
    """
    Return what an estimated invoice would come to if the period of one of its features ended with
    so much used.

    Credits that are left or held pay first; what ends or is bought meanwhile is not foreseen. None
    if the overage of that feature has no price, or is not due with that invoice.
    """
    pricing = balance.overage_pricing
    if pricing is None or balance.resets_at != estimate.due_at:
        return None
    covered = balance.remaining + balance.held
    more = max(used - balance.used - covered, ZERO)
    charged = pricing.charge(balance.overage).minor
    return Money(
        estimate.total.minor - charged + pricing.charge(balance.overage + more).minor,
        estimate.total.currency,
    )
