"""Offers as they are once nobody else changes them."""

from datetime import datetime

from django.db.models import QuerySet

from accounts.organizations.locking import lock_organization

from ...agreements.advancing import advance_if_due
from ...models import RepricingOffer


def loaded() -> QuerySet[RepricingOffer]:
    """Offers with all that is said of them."""
    return RepricingOffer.objects.select_related(
        "organization",
        "campaign",
        "agreement__plan_version__plan",
        "from_version__plan",
        "to_version__plan",
        "scheduled_change",
    )


def lock_offer(*, offer_id: int, organization_id: int, now: datetime) -> RepricingOffer:
    """
    Lock the offer's organization until the transaction ends, bring its agreement to an instant,
    and return the offer with all that is said of it.
    """
    lock_organization(organization_id=organization_id)
    advance_if_due(organization_id=organization_id, now=now)
    return loaded().get(pk=offer_id, organization_id=organization_id)
