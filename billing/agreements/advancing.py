"""Bring an agreement to the period that contains a moment. The caller holds the lock."""

from datetime import datetime

from accounts.audit.actor import SYSTEM
from accounts.audit.operations import record
from config.kernel.periods import Interval, period_at
from metering.operations import open_periods

from ..models import Agreement
from .due import has_due_agreement
from .terms import list_meter_terms


def advance_if_due(*, organization_id: int, now: datetime) -> bool:
    """
    Bring the live agreement of an organization up to a moment, and say whether that was due.

    One query when it was not. A closed organization comes to no further period.
    """
    if not has_due_agreement(organization_id=organization_id, now=now):
        return False
    agreement = (
        Agreement.objects.live()
        .filter(organization_id=organization_id, organization__closed_at=None)
        .select_related("organization")
        .first()
    )
    assert agreement is not None, organization_id
    advance(agreement, now=now)
    return True


def advance(agreement: Agreement, *, now: datetime) -> None:
    """
    Move the billing period on to the one that contains `now`, never back, and open usage's.

    Nothing happens before the agreement begins. Its organization is loaded.
    """
    if now < agreement.anchor_at:
        return
    open_usage_periods(agreement, through=now)
    period = period_at(agreement.anchor_at, interval=Interval(agreement.interval), at=now)
    if period.starts_at <= agreement.current_period_start:
        return
    before = agreement.current_period_start
    agreement.current_period_start = period.starts_at
    agreement.current_period_end = period.ends_at
    agreement.save(update_fields=["current_period_start", "current_period_end"])
    record(
        actor=SYSTEM,
        action="agreement.period_advanced",
        target=agreement.public_id,
        organization=agreement.organization,
        changes={"current_period_start": [before.isoformat(), period.starts_at.isoformat()]},
        now=now,
    )


def open_usage_periods(agreement: Agreement, *, through: datetime) -> None:
    """Open every missing usage period up to the one that contains `through`."""
    for terms in list_meter_terms(agreement=agreement):
        open_periods(organization_id=agreement.organization_id, terms=terms, through=through)
