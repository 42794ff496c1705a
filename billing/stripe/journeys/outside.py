"""Changes of an agreement that Stripe does not collect: free, or paid for elsewhere."""

from datetime import datetime

from accounts.audit.actor import Actor

from ...agreements.changes import change_plan, change_seats
from ...agreements.scheduling import schedule_change, undo_scheduled_change
from ...agreements.waiting import find_waiting_change
from ...models import Agreement
from .proposals import Proposal


def change_outside(
    agreement: Agreement, proposal: Proposal, *, actor: Actor, now: datetime
) -> None:
    """Make a change at once or when the period ends, without any payment."""
    if not proposal.is_at_once:
        schedule_change(
            agreement=agreement,
            to_version=proposal.version,
            interval=proposal.interval,
            seats=proposal.seats,
            effective_at=agreement.current_period_end,
            actor=actor,
            now=now,
        )
        return
    if proposal.version.pk != agreement.plan_version_id:
        change_plan(
            agreement=agreement,
            plan_code=proposal.version.plan.code,
            seats=proposal.seats,
            actor=actor,
            now=now,
        )
    else:
        change_seats(agreement=agreement, seats=proposal.seats, actor=actor, now=now)


def undo_outside(agreement: Agreement, *, actor: Actor, now: datetime) -> None:
    """Take a change back that waits, if one does."""
    if find_waiting_change(agreement) is not None:
        undo_scheduled_change(agreement=agreement, actor=actor, now=now)
