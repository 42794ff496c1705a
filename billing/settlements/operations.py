"""
Settle usage periods that are over.

Closing a period and writing down what it came to is one transaction under the organization's
lock: a period has either both or neither, whoever settles it and whenever the process dies.
"""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import Final

from django.db import transaction

from accounts.organizations.locking import lock_organization, try_lock_organization
from accounts.organizations.sweeping import sweep
from config.kernel.quantities import ZERO
from metering.choices import MeterSource
from metering.operations import (
    DuePeriod,
    Reversal,
    close_period,
    end_terms,
    list_organizations_with_periods_to_close,
    list_periods_to_close,
)

from ..agreements.advancing import advance_if_due
from ..catalog.queries import get_plan_version_terms
from ..choices import SettlementKind
from ..models import Settlement
from ..seats.operations import count_missed_seats
from .charges import corrected_charge, period_charge
from .contracts import Contract, list_contracts

LARGEST_SWEEP: Final = 10_000


def settle_due_periods(*, organization_id: int, now: datetime) -> list[Settlement]:
    """
    Close every usage period of an organization whose grace is over, oldest first, and write one
    settlement for each. Returns those that were written.

    Runs in the caller's transaction, with the organization locked. What is settled already is
    left alone, and several months that are settled late come to what they would have come to in
    time.
    """
    due = list_periods_to_close(organization_id=organization_id, now=now)
    if not due:
        return []
    # What rolls over is spent from, and may end with, the periods that follow.
    if advance_if_due(organization_id=organization_id, now=now):
        due = list_periods_to_close(organization_id=organization_id, now=now)
    contracts = list_contracts(
        organization_id=organization_id, sources={period.source for period in due}
    )
    due = _counted(due, contracts, organization_id=organization_id, now=now)
    return Settlement.objects.bulk_create(
        [_settle(organization_id, contracts[period.source], period, now=now) for period in due]
    )


def close_due_periods(*, now: datetime) -> int:
    """
    Settle the due periods of every organization, and return how many there were.

    Each organization is a transaction of its own. One at which another sweep or a report of
    usage is busy comes last, and is waited for. One that fails does not hold up the others: the
    failures are raised together at the end.
    """
    due = list_organizations_with_periods_to_close(now=now, limit=LARGEST_SWEEP)
    busy: list[int] = []

    def settle(organization_id: int) -> int:
        settled = _settle_one(organization_id, waits=organization_id in busy, now=now)
        if settled is None:
            busy.append(organization_id)
            return 0
        return settled

    return sum(sweep(chain(due, busy), settle, doing="settling the periods of"))


def settle_correction(
    *, organization_id: int, reversal: Reversal, now: datetime
) -> Settlement | None:
    """
    Write down what a customer is owed after an event of a settled period was taken back.

    None if the period is not settled yet: the event is missing from its total already. The
    correction is written also where no money changes, so that the settlements of a period
    always add up to what was used in it.

    Runs in the caller's transaction, with the organization locked.
    """
    if not reversal.is_settled:
        return None
    earlier = list(
        Settlement.objects.filter(
            organization_id=organization_id, usage_period_id=reversal.period_id
        ).select_related("usage_period")
    )
    [first] = [row for row in earlier if row.kind == SettlementKind.PERIOD]
    undone = ZERO if first.usage_period.allowance is None else reversal.overage_undone
    return Settlement.objects.create(
        organization_id=organization_id,
        agreement_id=first.agreement_id,
        plan_version_id=first.plan_version_id,
        feature_id=first.feature_id,
        usage_period_id=first.usage_period_id,
        kind=SettlementKind.CORRECTION,
        event_key=reversal.event_id,
        starts_at=first.starts_at,
        ends_at=first.ends_at,
        used_credits=-reversal.credits,
        overage_credits=-undone,
        currency=first.currency,
        amount_minor=_corrected_amount(first, earlier, undone=undone),
        settled_at=now,
    )


def _settle_one(organization_id: int, *, waits: bool, now: datetime) -> int | None:
    """Settle one organization, and say how many periods; None if somebody else is at it."""
    with transaction.atomic(durable=True):
        if waits:
            lock_organization(organization_id=organization_id)
        elif not try_lock_organization(organization_id=organization_id):
            return None
        return len(settle_due_periods(organization_id=organization_id, now=now))


def _counted(
    due: list[DuePeriod],
    contracts: dict[str, Contract],
    *,
    organization_id: int,
    now: datetime,
) -> list[DuePeriod]:
    """The same periods, once seats that nobody counted while they were open are counted."""
    of_seats = [
        (contracts[period.source].meter_terms_in(period), period)
        for period in due
        if (terms := contracts[period.source].terms_in(period)).was_agreed
        and terms.feature.source == MeterSource.MEMBERSHIPS
    ]
    if count_missed_seats(organization_id=organization_id, periods=of_seats):
        return list_periods_to_close(organization_id=organization_id, now=now)
    return due


def _settle(
    organization_id: int, contract: Contract, period: DuePeriod, *, now: datetime
) -> Settlement:
    terms = contract.terms_in(period)
    closed = close_period(
        organization_id=organization_id,
        period=period,
        policy=terms.rollover,
        anchor_at=contract.anchor_after(period),
        now=now,
    )
    if closed.rolled_over and contract.ended_at is not None:
        # Settled late: what rolled over ends with the agreement, as it would have in time.
        end_terms(
            organization_id=organization_id,
            source=contract.source,
            ended_at=contract.ended_at,
        )
    # Where usage is unlimited no grant pays for it, and nothing of it is overage.
    is_unlimited = closed.allowance is None
    overage = ZERO if is_unlimited else closed.overage
    amount = 0
    if terms.is_charged and not is_unlimited:
        amount = period_charge(terms.feature, overage=overage, currency=contract.currency).minor
    return Settlement(
        organization_id=organization_id,
        agreement_id=contract.agreement_id,
        plan_version_id=terms.version_id,
        feature_id=terms.feature.feature_id,
        usage_period_id=closed.period_id,
        kind=SettlementKind.PERIOD,
        starts_at=closed.starts_at,
        ends_at=closed.ends_at,
        used_credits=closed.used,
        overage_credits=overage,
        expired_credits=closed.expired,
        rolled_over_credits=closed.rolled_over,
        currency=contract.currency,
        amount_minor=amount,
        settled_at=now,
    ).with_public_id()


def _corrected_amount(
    first: Settlement, earlier: Collection[Settlement], *, undone: Decimal
) -> int:
    """The charge for what is left, less what was charged and given back so far."""
    terms = get_plan_version_terms(plan_version_id=first.plan_version_id)
    [feature] = [item for item in terms.metered if item.feature_id == first.feature_id]
    left = sum((row.overage_credits for row in earlier), ZERO) - undone
    charge = corrected_charge(
        feature, settled=first.overage_credits, left=left, currency=first.currency
    )
    # A month that was not agreed was charged nothing, whatever its usage would cost.
    due = min(charge.minor, first.amount_minor)
    return due - sum(row.amount_minor for row in earlier)
