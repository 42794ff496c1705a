"""Report the demo's usage, as the apps would have: through the intake, in the order of time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Final

from accounts.models import Organization
from config.kernel.errors import DomainError
from metering.models import UsageReversal
from metering.usage.reports import LARGEST_BATCH, Outcome, UsageReport
from metering.usage.rollups import fill_rollups

from ..agreements.operations import bring_current
from ..settlements.operations import close_due_periods
from ..usage.operations import report_usage, reverse_usage
from .customers import PROFESSIONAL, Customer
from .history import list_days

MISTAKE: Final = "northwind-counted-twice"


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
    mistakes = _take_a_mistake_back(organizations, now=now)
    for organization in organizations.values():
        bring_current(organization=organization, now=now)
    close_due_periods(now=now)
    for organization in organizations.values():
        fill_rollups(organization_id=organization.pk)
    return sum(len(day.reports) for _external_id, day in days) + mistakes


def _take_a_mistake_back(organizations: Mapping[str, Organization], *, now: datetime) -> int:
    """Report what an app counted twice, take it back a little later, and say how many it was."""
    organization = organizations.get(PROFESSIONAL.external_id)
    if organization is None:
        return 0
    if UsageReversal.objects.owned_by(organization).exists():
        return 1
    report_usage(
        organization_id=organization.pk,
        reports=[
            UsageReport(
                event_id=MISTAKE,
                quantity=Decimal(1),
                action="GENERATE_REPORT",
                member=PROFESSIONAL.users[0],
                body_sha256=sha256(MISTAKE.encode()).digest(),
            )
        ],
        api_key_id=None,
        received_at=now - timedelta(minutes=2),
    )
    reverse_usage(
        organization_id=organization.pk,
        event_id=MISTAKE,
        reason="The report was counted twice.",
        now=now - timedelta(minutes=1),
    )
    return 1
