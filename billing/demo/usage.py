"""Report the demo's usage, as the apps would have: through the intake, in the order of time."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from hashlib import sha256
from itertools import chain
from operator import itemgetter
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
from .guarantees import list_moves
from .history import Day, list_days
from .paying import list_happenings

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
    Report everything that the customers use until now, in the order of time, with what happens
    to their payments meanwhile; return the number of events.

    `organizations` has them by external id. What an earlier run reported already is answered
    as a duplicate. Raises `UsageRefused`, and what paying raises.
    """
    event_count = 0
    happenings: list[tuple[datetime, str, Callable[[], None]]] = []
    for customer in customers:
        name, organization = customer.external_id, organizations[customer.external_id]
        for day in list_days(customer, now=now):
            event_count += len(day.reports)
            report = partial(_report_day, day, organization_id=organization.pk, key_id=api_key_id)
            happenings.append((day.received_at, name, report))
        payments = list_happenings(customer, organization=organization, now=now)
        moves = list_moves(customer, organization=organization, now=now)
        happenings += [(at, name, happen) for at, happen in chain(payments, moves)]
    for _at, _name, happen in sorted(happenings, key=itemgetter(0, 1)):
        happen()
    mistakes = _take_a_mistake_back(organizations, now=now)
    for organization in organizations.values():
        bring_current(organization=organization, now=now)
    close_due_periods(now=now)
    for organization in organizations.values():
        fill_rollups(organization_id=organization.pk)
    return event_count + mistakes


def _report_day(day: Day, *, organization_id: int, key_id: int) -> None:
    for first in range(0, len(day.reports), LARGEST_BATCH):
        receipts = report_usage(
            organization_id=organization_id,
            reports=day.reports[first : first + LARGEST_BATCH],
            api_key_id=key_id,
            received_at=day.received_at,
        )
        for receipt in receipts:
            if receipt.outcome not in (Outcome.ACCEPTED, Outcome.DUPLICATE):
                raise UsageRefused(f"{receipt.event_id}: {receipt.outcome} {receipt.reason}")


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
