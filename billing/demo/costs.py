"""What serving the demo's customers costs apart from their usage, and their weeks so far."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from accounts.audit.actor import SYSTEM
from accounts.models import Organization

from ..analytics.drift import take_weeks
from ..analytics.serving_costs import CostDetails, add_cost
from ..models import CustomerCost

# Hosting and support of 50 seats at $2 a month, as the article reckons it.
_NAME: Final = "Hosting and support"
_OF_SEATS: Final = ("customer-a", "customer-b", "customer-c", "marketing-team")
_MONTHLY: Final = Decimal(100)


def ensure_costs(
    organizations: Mapping[str, Organization], *, since: datetime, now: datetime
) -> None:
    """Say what serving the customers who pay by the seat costs, and take down complete weeks."""
    for name in _OF_SEATS:
        organization = organizations.get(name)
        if organization is None or CustomerCost.objects.owned_by(organization).exists():
            continue
        details = CostDetails(
            name=_NAME,
            monthly_cost=_MONTHLY,
            first_date=since.date(),
            organization_id=organization.pk,
        )
        add_cost(details=details, actor=SYSTEM, now=now)
    take_weeks(now=now)
