"""Whose members are to be counted."""

from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Membership
from metering.choices import Aggregation, MeterSource
from metering.models import UsagePeriod

from ..models import Agreement, PlanFeature


def list_organizations_to_count(*, now: datetime) -> list[int]:
    """
    Return the keys of open organizations whose number of members is not what is booked on a meter
    that counts them, or on a meter of maxima is above it. One query.
    """
    members = (
        Membership.objects.filter(organization=OuterRef("organization"))
        .order_by()
        .values("organization")
        .annotate(number=Count("pk"))
        .values("number")
    )
    counted = PlanFeature.objects.filter(
        plan_version_id=OuterRef("plan_version_id"),
        feature__meter_id=OuterRef(OuterRef("meter__code")),
    )
    in_the_plan = (
        Agreement.objects.live().filter(public_id=OuterRef("source")).filter(Exists(counted))
    )
    periods = (
        UsagePeriod.objects.filter(
            meter__source=MeterSource.MEMBERSHIPS,
            organization__closed_at=None,
            starts_at__lte=now,
            ends_at__gt=now,
        )
        .filter(Exists(in_the_plan))
        .annotate(members=Coalesce(Subquery(members), 0))
        .filter(
            Q(members__gt=F("used_credits"))
            | Q(meter__aggregation=Aggregation.LATEST, members__lt=F("used_credits"))
        )
    )
    return list(
        periods.order_by("organization_id").values_list("organization_id", flat=True).distinct()
    )
