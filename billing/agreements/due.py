"""Which agreements have come to a period that is not open yet."""

from datetime import datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from metering.models import UsagePeriod

from ..choices import FeatureKind
from ..models import Agreement, PlanFeature


def has_due_agreement(*, organization_id: int, now: datetime) -> bool:
    """Whether the organization's live agreement needs a new period. One query."""
    return _due(now).filter(organization_id=organization_id).exists()


def list_organizations_due(*, now: datetime) -> list[int]:
    """Return the keys of the organizations whose live agreement needs a new period."""
    return list(_due(now).order_by("pk").values_list("organization_id", flat=True))


def _due(now: datetime) -> QuerySet[Agreement, Any]:
    """
    Live agreements of open organizations whose billing period is over, or with fewer open usage
    periods than meters.

    A yearly agreement has monthly usage periods, so its own period alone does not tell.
    """
    open_periods = UsagePeriod.objects.filter(
        organization_id=OuterRef("organization_id"),
        source=OuterRef("public_id"),
        starts_at__lte=now,
        ends_at__gt=now,
    )
    meters = PlanFeature.objects.filter(
        plan_version_id=OuterRef("plan_version_id"), feature__kind=FeatureKind.METERED
    )
    return (
        Agreement.objects.live()
        .filter(anchor_at__lte=now, organization__closed_at=None)
        .annotate(
            open_count=_count(open_periods, by="source"),
            meter_count=_count(meters, by="plan_version"),
        )
        .filter(Q(current_period_end__lte=now) | Q(open_count__lt=F("meter_count")))
    )


def _count(rows: QuerySet[Any, Any], *, by: str) -> Coalesce:
    counted = rows.order_by().values(by).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)
