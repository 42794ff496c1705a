"""What an agreement grants on each meter, handed down to metering."""

from datetime import datetime
from typing import Final

from config.kernel.sql import Asked, ask
from metering.usage.reports import MeterTerms

from ..catalog.queries import get_plan_version_terms
from ..choices import LIVE_STATUSES
from ..models import Agreement

_LIVE_AGREEMENT: Final = """
SELECT agreement.public_id, agreement.anchor_at, agreement.plan_version_id
FROM billing_agreement AS agreement
JOIN accounts_organization AS organization ON organization.id = agreement.organization_id
WHERE agreement.organization_id = %s AND agreement.status = ANY(%s)
  AND organization.closed_at IS NULL
"""


def ask_for_agreement(*, organization_id: int) -> Asked:
    """Ask for an organization's live agreement, for `meter_terms` to read."""
    return ask(_LIVE_AGREEMENT, [organization_id, list(LIVE_STATUSES)])


def meter_terms(asked: Asked) -> list[MeterTerms] | None:
    """
    Return what the live agreement grants on each meter.

    None without one, and for an organization that is closed. The terms of a plan version are
    read once by each process.
    """
    agreement = asked.first()
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
