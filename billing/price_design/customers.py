"""Which customers an action matters to."""

from django.db.models import QuerySet

from ..models import Agreement, RateChange


def agreements_with(*, meter_id: int) -> QuerySet[Agreement]:
    """The live agreements whose plan has a feature that is counted on a meter."""
    return Agreement.objects.live().filter(
        plan_version__plan_features__feature__meter__id=meter_id, organization__closed_at=None
    )


def count_customers(*, meter_id: int) -> int:
    """Return how many organizations have the actions of a meter in their plan."""
    return agreements_with(meter_id=meter_id).values("organization").distinct().count()


def list_untold(*, change: RateChange) -> list[int]:
    """
    Return the organizations whom a change of a rate concerns, and who were not told of it yet.

    Who agrees after it took effect has never known another rate.
    """
    concerned = agreements_with(meter_id=change.rate.action.meter_id)
    told = change.notices.values("organization")
    untold = concerned.filter(started_at__lt=change.effective_at).exclude(organization__in=told)
    return list(untold.order_by("organization").values_list("organization", flat=True).distinct())
