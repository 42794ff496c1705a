"""What an agreement grants on each meter, handed down to metering."""

from datetime import datetime
from typing import Final

from config.kernel.sql import fetch_one
from metering.usage.reports import MeterTerms

from ..catalog.queries import get_plan_version_terms
from ..choices import LIVE_STATUSES
from ..models import Agreement

_LIVE_AGREEMENT: Final = """
SELECT public_id, anchor_at, plan_version_id
FROM billing_agreement
WHERE organization_id = %s AND status = ANY(%s)
"""


def find_meter_terms(*, organization_id: int) -> list[MeterTerms] | None:
    """
    Return what the organization's live agreement grants on each meter; None without one.

    One query, once the plan version has been read by this process.
    """
    agreement = fetch_one(_LIVE_AGREEMENT, [organization_id, list(LIVE_STATUSES)])
    if agreement is None:
        return None
    public_id, anchor_at, plan_version_id = agreement
    return _terms(plan_version_id, anchor_at=anchor_at, source=public_id)


def list_meter_terms(*, agreement: Agreement) -> list[MeterTerms]:
    """Return what an agreement grants on each meter."""
    return _terms(
        agreement.plan_version_id, anchor_at=agreement.anchor_at, source=agreement.public_id
    )


def _terms(plan_version_id: int, *, anchor_at: datetime, source: str) -> list[MeterTerms]:
    return [
        MeterTerms(
            meter_id=feature.meter_id,
            meter=feature.code,
            starts_at=anchor_at,
            allowance=feature.allowance,
            source=source,
        )
        for feature in get_plan_version_terms(plan_version_id=plan_version_id).metered
        if feature.meter_id is not None
    ]
