"""What an agreement hands down to metering."""

from datetime import datetime

from metering.usage.reports import MeterTerms

from ..catalog.queries import get_plan_version_terms
from ..models import Agreement


def find_meter_terms(*, organization_id: int) -> list[MeterTerms] | None:
    """Return the terms of each meter under the organization's live agreement; None without one."""
    agreement = (
        Agreement.objects.live()
        .filter(organization_id=organization_id)
        .values_list("public_id", "plan_version_id", "anchor_at")
        .first()
    )
    if agreement is None:
        return None
    public_id, plan_version_id, anchor_at = agreement
    return meter_terms(public_id=public_id, plan_version_id=plan_version_id, anchor_at=anchor_at)


def meter_terms(*, public_id: str, plan_version_id: int, anchor_at: datetime) -> list[MeterTerms]:
    """Return the terms of each meter under one agreement."""
    terms = get_plan_version_terms(plan_version_id=plan_version_id)
    return [
        MeterTerms(
            meter_id=feature.meter_id,
            meter=feature.code,
            starts_at=anchor_at,
            allowance=feature.allowance,
            source=public_id,
        )
        for feature in terms.metered
        if feature.meter_id is not None
    ]
