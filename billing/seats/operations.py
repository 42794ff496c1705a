"""
Count the members of organizations whose plan counts them.

The count is booked as usage of the meter, so that included seats are its allowance, and further
seats its overage. Nobody but us reports to such a meter.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.crypto import salted_hmac

from accounts.memberships.queries import count_members
from accounts.models import Organization
from accounts.organizations.locking import lock_organization
from accounts.organizations.sweeping import sweep
from config.kernel.periods import INSTANT
from metering.choices import Aggregation
from metering.models import UsageEvent, UsagePeriod
from metering.operations import DuePeriod, record_usage
from metering.usage.reports import MeterTerms, Outcome, UsageReport
from metering.usage.state import ask_for_ledger

from ..agreements.advancing import advance_if_due
from ..agreements.terms import list_meter_terms
from ..models import Agreement
from .queries import list_organizations_to_count

_SALT: Final = "billing.seats"


@transaction.atomic
def count_seats(*, organization_id: int, now: datetime) -> int:
    """
    Book the number of members on each meter that counts them, and return how many reports it took.

    One for each period, and one for each change: where the number is booked already, or on a
    meter of maxima is below the period's highest, nothing is written. A period that is not open
    yet is left to the sweep that opens it.
    """
    lock_organization(organization_id=organization_id)
    advance_if_due(organization_id=organization_id, now=now)
    live = Agreement.objects.live().filter(organization_id=organization_id)
    agreement = live.select_related("organization").first()
    if agreement is None:
        return 0
    members = count_members(organization=agreement.organization)
    return sum(
        _count(organization_id, terms, members=members, at=now)
        for terms in list_meter_terms(agreement=agreement)
        if terms.is_our_count
    )


def count_all_seats(*, now: datetime) -> int:
    """
    Do the same for every organization whose number of members is not booked yet, and return how
    many there were.

    Each is a transaction of its own. One that fails does not hold up the others: the failures
    are raised together at the end.
    """
    counted = sweep(
        list_organizations_to_count(now=now),
        lambda organization_id: count_seats(organization_id=organization_id, now=now),
        doing="counting the seats of",
    )
    return len(counted)


def count_missed_seats(
    *, organization_id: int, periods: Iterable[tuple[MeterTerms, DuePeriod]]
) -> int:
    """
    Count the seats of periods that are about to be closed and in which nobody counted, and return
    how many there were.

    No sweep ran while they were open, so the members of today have to stand for those of then.
    Runs in the caller's transaction, with the organization locked.
    """
    missed = [
        (terms, period) for terms, period in periods if terms.is_our_count and not period.used
    ]
    if not missed:
        return 0
    organization = Organization.objects.get(pk=organization_id)
    members = count_members(organization=organization)
    return sum(
        _count(organization_id, terms, members=members, at=period.ends_at - INSTANT)
        for terms, period in missed
    )


def _count(organization_id: int, terms: MeterTerms, *, members: int, at: datetime) -> int:
    """Book the number of members in the period of an instant, if that is news."""
    period = UsagePeriod.objects.filter(
        organization_id=organization_id,
        meter_id=terms.meter_id,
        source=terms.source,
        starts_at__lte=at,
        ends_at__gt=at,
        closed_at=None,
    ).first()
    if period is None or not _is_news(members, period=period, aggregation=terms.aggregation):
        return 0
    report = _report(terms, members=members, period=period, at=at)
    recorded = record_usage(
        state=ask_for_ledger(organization_id=organization_id, reports=[report], received_at=at),
        reports=[report],
        terms=[terms],
        api_key_id=None,
    )
    [receipt] = recorded.receipts
    assert receipt.outcome is Outcome.ACCEPTED, receipt
    return 1


def _is_news(members: int, *, period: UsagePeriod, aggregation: str) -> bool:
    booked: Decimal = period.used_credits
    return members > booked if aggregation == Aggregation.MAX else members != booked


def _report(terms: MeterTerms, *, members: int, period: UsagePeriod, at: datetime) -> UsageReport:
    """
    The report of a count. Its id follows from the period and the number of counts before it, and
    cannot be guessed: nobody can take it first.
    """
    earlier = UsageEvent.objects.filter(
        organization_id=period.organization_id, meter_id=period.meter_id, period=period
    ).count()
    name = salted_hmac(_SALT, f"{period.pk}:{earlier + 1}", algorithm="sha256").hexdigest()[:32]
    return UsageReport(
        event_id=f"seats_{name}",
        quantity=Decimal(members),
        body_sha256=hashlib.sha256(f"{name}:{members}".encode()).digest(),
        meter=terms.meter,
        occurred_at=at,
        is_our_count=True,
    )
