"""Bring the periods of an agreement to a moment. The caller holds the organization's lock."""

from datetime import datetime

from accounts.audit.actor import SYSTEM
from accounts.audit.operations import record
from metering.operations import open_periods

from ..models import Agreement
from .periods import billing_period_at
from .terms import list_meter_terms


def move_on(agreement: Agreement, *, now: datetime) -> None:
    """
    Move the billing period on to the one that contains `now`, never back, and open usage's.

    Nothing happens before the agreement begins. Its organization is loaded.
    """
    if now < agreement.started_at:
        return
    open_usage_periods(agreement, through=now)
    period = billing_period_at(agreement, at=now)
    is_behind = period.starts_at < agreement.current_period_start
    if is_behind or period.ends_at == agreement.current_period_end:
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
