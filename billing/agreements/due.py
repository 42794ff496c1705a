"""Which agreements have come to a period that is not open yet."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from metering.models import UsagePeriod

from ..choices import FeatureKind
from ..models import Agreement, PlanFeature


def has_due_agreement(*, organization_id: int, now: datetime) -> bool:
    """Whether the organization's live agreement needs a new period. One query."""
    return _due(now).filter(organization_id=organization_id).exists()


def list_organizations_due(*, now: datetime) -> list[int]:
    """Return the keys of the organizations whose live agreement needs a new period."""
    return list(_due(now).order_by("pk").values_list("organization_id", flat=True))


def _due(now: datetime) -> QuerySet[Agreement]:
    """
    Live agreements of open organizations whose billing period is over, or with a meter that has
    no open usage period.

    A yearly agreement has monthly usage periods, so its own period alone does not tell.
    """
    open_periods = UsagePeriod.objects.filter(
        organization_id=OuterRef(OuterRef("organization_id")),
        source=OuterRef(OuterRef("public_id")),
        meter__code=OuterRef("feature__meter_id"),
        starts_at__lte=now,
        ends_at__gt=now,
    )
    without_period = PlanFeature.objects.filter(
        plan_version_id=OuterRef("plan_version_id"), feature__kind=FeatureKind.METERED
    ).filter(~Exists(open_periods))
    return (
        Agreement.objects.live()
        .filter(anchor_at__lte=now, organization__closed_at=None)
        .filter(Q(current_period_end__lte=now) | Exists(without_period))
    )
