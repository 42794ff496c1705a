"""Pricing tables by the code of their plan group."""

from datetime import datetime

from config.kernel.errors import NotFound

from ..choices import Visibility
from ..models import PlanGroup
from .offers import PricingTable
from .queries import get_pricing_table


class PricingTableNotFound(NotFound):
    """There is no such plan group, or it is not on sale: the two are never told apart."""

    code = "pricing_table_not_found"
    title = "No such pricing table"


def get_pricing_table_of(*, group: str, at: datetime) -> tuple[PlanGroup, PricingTable]:
    """
    Return a plan group that is on sale, and its plans at a moment.

    On sale is the default group of an audience. Raises `PricingTableNotFound` for any other.
    """
    on_sale = PlanGroup.objects.filter(
        code=group, is_default=True, visibility=Visibility.CURRENT
    ).first()
    if on_sale is None:
        raise PricingTableNotFound(f"There is no pricing table “{group}”.")
    return on_sale, get_pricing_table(at=at, audience=on_sale.audience)
