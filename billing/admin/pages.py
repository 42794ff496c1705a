"""What the pages of this app share: customers counted, and their time."""

from datetime import datetime

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.admin.deeds import ConfirmForm, DeedAdmin, Entered, ReasonForm, View
from accounts.organizations.clock import time_of

from ..models import Agreement

__all__ = [
    "ConfirmForm",
    "DeedAdmin",
    "Entered",
    "ReasonForm",
    "View",
    "customer_count",
    "now_for",
]


def customer_count(path: str) -> Coalesce:
    """How many organizations have a live agreement on the row that `path` leads to."""
    live = (
        Agreement.objects.live()
        .filter(**{path: OuterRef("pk")})
        .order_by()
        .values(path)
        .annotate(customers=Count("pk"))
        .values("customers")
    )
    return Coalesce(Subquery(live), 0)


def now_for(organization_id: int) -> datetime:
    """What time it is for an organization: the pages about customers read the clock here."""
    return time_of(organization_id=organization_id, now=timezone.now())
