"""Report usage under the terms of an organization's agreement."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.organizations.locking import lock_organization
from config.kernel.sql import one_round_trip
from metering import operations as metering
from metering.usage.reports import Receipt, UsageReport
from metering.usage.state import ask_for_ledger

from ..agreements.terms import ask_for_agreement, meter_terms


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
    organization's lock is held. Without an agreement an event that is not in the books yet is
    rejected as such.
    """
    with transaction.atomic(durable=True):
        with one_round_trip():
            lock_organization(organization_id=organization_id)
            agreement = ask_for_agreement(organization_id=organization_id)
            state = ask_for_ledger(
                organization_id=organization_id, reports=reports, received_at=received_at
            )
        return metering.record_usage(
            state=state,
            reports=reports,
            terms=meter_terms(agreement),
            api_key_id=api_key_id,
            received_at=received_at,
        )
