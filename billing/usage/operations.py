"""Report usage under the terms of an organization's agreement."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.organizations.locking import lock_organization
from metering import operations as metering
from metering.usage.reports import Outcome, Receipt, Rejection, UsageReport

from ..agreements.terms import find_meter_terms


def report_usage(
    *,
    organization_id: int,
    reports: Sequence[UsageReport],
    api_key_id: int | None,
    received_at: datetime,
) -> list[Receipt]:
    """
    Book usage events of one organization, and return a receipt for each, in order.

    All of them are booked in one transaction, under the agreement that is live once the
    organization's lock is held. Without an agreement every event is rejected as such.
    """
    with transaction.atomic(durable=True):
        lock_organization(organization_id=organization_id)
        terms = find_meter_terms(organization_id=organization_id)
        if terms is None:
            return [
                Receipt(
                    event_id=report.event_id,
                    outcome=Outcome.REJECTED,
                    reason=Rejection.NO_AGREEMENT,
                )
                for report in reports
            ]
        return metering.record_usage(
            organization_id=organization_id,
            reports=reports,
            terms=terms,
            api_key_id=api_key_id,
            received_at=received_at,
        )
