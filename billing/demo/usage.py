"""Report the demo's usage, as the apps would have: through the intake, in the order of time."""

from collections.abc import Mapping
from datetime import datetime

from accounts.models import Organization
from config.kernel.errors import DomainError
from metering.usage.reports import LARGEST_BATCH, Outcome

from ..agreements.operations import bring_current
from ..usage.operations import report_usage
from .customers import Customer
from .history import list_days


class UsageRefused(DomainError):
    """The intake did not take an event: the demo would tell another story than it should."""

    code = "demo_usage_refused"
    title = "The demo's usage was refused"


def load_usage(
    organizations: Mapping[str, Organization],
    *,
    customers: tuple[Customer, ...],
    api_key_id: int,
    now: datetime,
) -> int:
    """
    Report everything that the customers use until now, and return the number of events.

    `organizations` has them by external id. What an earlier run reported already is answered
    as a duplicate. Raises `UsageRefused`.
    """
    days = sorted(
        (
            (customer.external_id, day)
            for customer in customers
            for day in list_days(customer, now=now)
        ),
        key=lambda reported: (reported[1].received_at, reported[0]),
    )
    for external_id, day in days:
        for first in range(0, len(day.reports), LARGEST_BATCH):
            receipts = report_usage(
                organization_id=organizations[external_id].pk,
                reports=day.reports[first : first + LARGEST_BATCH],
                api_key_id=api_key_id,
                received_at=day.received_at,
            )
            for receipt in receipts:
                if receipt.outcome not in (Outcome.ACCEPTED, Outcome.DUPLICATE):
                    raise UsageRefused(f"{receipt.event_id}: {receipt.outcome} {receipt.reason}")
    for organization in organizations.values():
        bring_current(organization=organization, now=now)
    return sum(len(day.reports) for _external_id, day in days)
